/* SPDX-License-Identifier: EUPL-1.2 */
/* Submitting and confirming, on both engines. */

#include "core/record.h"
#include "core/signer.h"

#include "test_core.h"

#include <pthread.h>
#include <stdatomic.h>

/* --- submitting --- */

static void submit_writes_one_of_each(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada Lovelace", "Ada@Example.org");
    s.wants_news = true;
    submitted out = fixture_submit(&f, f.main, &s);
    assert_int_equal(out.token.n, LINK_TOKEN_CHARS);
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.signatures, 1);
    assert_int_equal(n.records, 1);
    assert_int_equal(n.links, 1);
    assert_int_equal(n.jobs, 1);
    assert_int_equal(n.listings, 0);
    assert_int_equal(n.mailboxes, 0);
    assert_int_equal(n.queue, 0);
    q_probe_signatures_row row = fixture_signatures(&f).at[0];
    assert_int_equal(row.state, SIGNATURE_PENDING);
    assert_int_equal(row.declaration, f.main->id);
    assert_int_equal(row.text_version, 1);
    ASSERT_STR(row.lang, S("da"));
    ASSERT_STR(row.country, S("DK"));
    assert_false(row.is_listed);
    assert_true(row.wants_news);
    q_probe_jobs_row job = fixture_jobs(&f).at[0];
    assert_int_equal(job.kind, LETTER_CONFIRM);
    assert_int_equal(job.priority, 0);
    assert_int_equal(job.signature, row.id);
    assert_int_equal(job.due, f.now_ms);
    assert_int_equal(fixture_links(&f).at[0].signature, row.id);
    s.is_listed = true;
    fixture_submit(&f, f.main, &s);
    assert_int_equal(fixture_counts(&f).listings, 1);
    fixture_close(&f);
}

static void refuse(fixture *f, const declaration *d, const signing *s, err expected)
{
    submitted out;
    assert_int_equal(signature_submit(&f->c, f->a, d, s, f->now_ms, &out), expected);
    q_probe_counts_row n = fixture_counts(f);
    assert_int_equal(n.signatures + n.records + n.links + n.jobs + n.listings, 0);
}

static void submit_refuses(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    refuse(&f, f.past, &s, ERR_DENIED);
    refuse(&f, f.future, &s, ERR_DENIED);
    s.kind = SIGNER_ORGANISATION;
    refuse(&f, f.petition, &s, ERR_DENIED);
    s.kind = (signer_kind)0;
    refuse(&f, f.petition, &s, ERR_DENIED);
    s.kind = (signer_kind)77;
    refuse(&f, f.petition, &s, ERR_DENIED);
    s = fixture_signing("Ada", "ada at example.org");
    refuse(&f, f.main, &s, ERR_INVALID);
    s = fixture_signing("Ada", "ada@localhost");
    refuse(&f, f.main, &s, ERR_INVALID);
    s = fixture_signing("Ada \xff", "ada@example.org");
    refuse(&f, f.main, &s, ERR_INVALID);
    s = fixture_signing("Ada", "ada@example.org");
    s.reason = (str){"one\0two", 7};
    s.is_listed = true;
    refuse(&f, f.main, &s, ERR_INVALID);
    /* The edges of the time in which it is open. */
    s = fixture_signing("Ada", "ada@example.org");
    f.now_ms = f.main->opens_ms - 1;
    refuse(&f, f.main, &s, ERR_DENIED);
    f.now_ms = f.main->closes_ms;
    refuse(&f, f.main, &s, ERR_DENIED);
    f.now_ms = f.main->closes_ms - 1;
    fixture_submit(&f, f.main, &s);
    f.now_ms = f.main->opens_ms;
    fixture_submit(&f, f.main, &s);
    fixture_close(&f);
}

static void known_address_answers_alike(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.main, &s);
    q_probe_counts_row before = fixture_counts(&f);
    submitted out = fixture_submit(&f, f.main, &s);
    q_probe_counts_row after = fixture_counts(&f);
    assert_int_equal(after.signatures - before.signatures, 1);
    assert_int_equal(after.records - before.records, 1);
    assert_int_equal(after.links - before.links, 1);
    assert_int_equal(after.jobs - before.jobs, 1);
    signing other = fixture_signing("Bob", "bob@example.org");
    submitted fresh = fixture_submit(&f, f.main, &other);
    assert_int_equal(out.receipt.n, fresh.receipt.n);
    assert_int_equal(out.token.n, fresh.token.n);
    fixture_close(&f);
}

static void mail_again(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    submitted out = fixture_submit(&f, f.main, &s);
    /* The first mail still waits. */
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
    assert_int_equal(fixture_counts(&f).jobs, 1);
    letter_jobs jobs;
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 10, &jobs));
    assert_int_equal(jobs.n, 1);
    ASSERT_OK(letter_settle(&f.c, &jobs.at[0], LETTER_SENT, 250, f.now_ms));
    /* Sent: once more, and not twice. The reminder does not stand in the way. */
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
    q_probe_jobs_rows rows = fixture_jobs(&f);
    assert_int_equal(rows.n, 2);
    assert_int_equal(rows.at[0].kind, LETTER_REMIND);
    assert_int_equal(rows.at[1].kind, LETTER_AGAIN);
    /* Forged, empty and foreign receipts answer alike and write nothing. */
    ASSERT_OK(signature_mail_again(&f.c, f.a, S(""), f.now_ms));
    ASSERT_OK(signature_mail_again(&f.c, f.a, S("not base64!"), f.now_ms));
    str forged = arena_copy(f.a, out.receipt);
    *(char *)(uintptr_t)(forged.at + 60) ^= 1;
    ASSERT_OK(signature_mail_again(&f.c, f.a, forged, f.now_ms));
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.token, f.now_ms));
    assert_int_equal(fixture_counts(&f).jobs, 2);
    assert_int_equal(fixture_confirm(&f, out.token), CONFIRM_DONE);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

/* --- confirming --- */

static void confirm_counts_once(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_submit(&f, f.main, &s).token;
    assert_int_equal(fixture_confirm(&f, token), CONFIRM_DONE);
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.mailboxes, 1);
    assert_int_equal(n.queue, 1);
    assert_int_equal(n.jobs, 0);
    q_probe_queue_row queued = fixture_queue(&f).at[0];
    q_probe_signatures_row row = fixture_signatures(&f).at[0];
    assert_int_equal(queued.verb, LOG_ADD);
    assert_int_equal(queued.kind, SIGNER_PERSON);
    ASSERT_STR(queued.commitment, row.commitment);
    ASSERT_STR(queued.country, S("DK"));
    for (int i = 0; i < 5; i++)
        assert_int_equal(fixture_confirm(&f, token), CONFIRM_BEFORE);
    f.now_ms = f.main->closes_ms + DAY_MS;
    confirm_outcome outcome;
    assert_int_equal(signature_confirm(&f.c, token, f.now_ms, &f.al, &outcome), ERR_NOT_FOUND);
    n = fixture_counts(&f);
    assert_int_equal(n.mailboxes, 1);
    assert_int_equal(n.queue, 1);
    fixture_close(&f);
}

static void confirm_outcomes(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "family@example.org");
    signing bob = fixture_signing("Bob", "Family@EXAMPLE.org");
    signing eve = fixture_signing("Eve", "family@example.org");
    str second = fixture_submit(&f, f.main, &ada).token;
    str third = fixture_submit(&f, f.main, &eve).token;
    fixture_sign(&f, f.main, &ada);
    assert_int_equal(fixture_confirm(&f, second), CONFIRM_ALREADY);
    fixture_sign(&f, f.main, &bob);
    assert_int_equal(fixture_confirm(&f, third), CONFIRM_FULL);
    assert_int_equal(fixture_confirm(&f, second), CONFIRM_ALREADY);
    q_probe_mailboxes_rows boxes = fixture_mailboxes(&f);
    assert_int_equal(boxes.n, 2);
    assert_int_equal(boxes.at[0].slot, 1);
    assert_int_equal(boxes.at[1].slot, 2);
    ASSERT_STR(boxes.at[0].mailbox, boxes.at[1].mailbox);
    assert_int_equal(fixture_counts(&f).queue, 2);
    /* A name is one name however it is written. */
    signing again = fixture_signing("  ADA ", "family@example.org");
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.main, &again).token),
                     CONFIRM_ALREADY);
    /* Another declaration has its own mailboxes, here with one signer each. */
    fixture_sign(&f, f.petition, &ada);
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.petition, &bob).token), CONFIRM_FULL);
    /* Closed between the mail and the button. */
    signing late = fixture_signing("Late", "late@example.org");
    f.now_ms = f.main->closes_ms - 1;
    str token = fixture_submit(&f, f.main, &late).token;
    f.now_ms = f.main->closes_ms;
    assert_int_equal(fixture_confirm(&f, token), CONFIRM_CLOSED);
    assert_int_equal(fixture_confirm(&f, token), CONFIRM_CLOSED);
    confirm_outcome outcome;
    assert_int_equal(signature_confirm(&f.c, S("nonsense"), f.now_ms, &f.al, &outcome),
                     ERR_NOT_FOUND);
    fixture_close(&f);
}

static void kinds_share_a_mailbox(void **state)
{
    fixture f = fixture_open(state);
    signing person = fixture_signing("Ada", "ada@example.org");
    signing body = person;
    body.kind = SIGNER_ORGANISATION;
    body.organisation = S("Ada"); /* the same words, another kind of signer */
    signing other = body;
    other.name.private_text = S("Somebody else");
    fixture_sign(&f, f.main, &person);
    fixture_sign(&f, f.main, &body);
    /* An organisation is one by its own name, whoever signs for it. */
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.main, &other).token),
                     CONFIRM_ALREADY);
    q_probe_queue_rows queue = fixture_queue(&f);
    assert_int_equal(queue.n, 2);
    assert_int_equal(queue.at[0].kind, SIGNER_PERSON);
    assert_int_equal(queue.at[1].kind, SIGNER_ORGANISATION);
    fixture_close(&f);
}

/* Who has withdrawn does not stand in the count, and may sign anew without waiting a day. */
static void withdrawn_may_sign_anew(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str first = fixture_sign(&f, f.petition, &s);
    ASSERT_OK(signer_withdraw(&f.c, first, f.now_ms));
    str second = fixture_submit(&f, f.petition, &s).token;
    assert_int_equal(fixture_confirm(&f, second), CONFIRM_DONE);
    assert_int_equal(fixture_counts(&f).mailboxes, 1);
    /* Only one of the two can count. */
    assert_int_equal(signer_undo(&f.c, first, f.now_ms), ERR_CONFLICT);
    q_probe_signatures_rows rows = fixture_signatures(&f);
    assert_int_equal(rows.at[0].state, SIGNATURE_WITHDRAWN);
    assert_int_equal(rows.at[1].state, SIGNATURE_CONFIRMED);
    assert_int_equal(fixture_mailboxes(&f).at[0].signature, rows.at[1].id);
    fixture_close(&f);
}

/* --- many at once --- */

enum { THREADS = 64, ROWS = 100, PRESSES = 16 };

typedef struct crowd {
    fixture *f;
    str tokens[ROWS];
    atomic_int done, outcomes, failures;
} crowd;

typedef struct presser {
    crowd *crowd;
    unsigned number;
    pthread_t thread;
} presser;

/* Half of the threads press one button, the others each other's and their own. */
static void *press(void *arg)
{
    presser *p = arg;
    crowd *c = p->crowd;
    for (unsigned i = 0; i < PRESSES; i++) {
        unsigned row = p->number % 2 ? 0 : (p->number * 31 + i * 7) % ROWS;
        confirm_outcome outcome;
        err e = ERR_BUSY;
        for (int tries = 0; e == ERR_BUSY && tries < 50; tries++)
            e = signature_confirm(&c->f->c, c->tokens[row], c->f->now_ms, &c->f->al, &outcome);
        if (e != OK)
            atomic_fetch_add(&c->failures, 1);
        else if (outcome == CONFIRM_DONE)
            atomic_fetch_add(&c->done, 1);
        else if (outcome == CONFIRM_BEFORE || outcome == CONFIRM_ALREADY)
            atomic_fetch_add(&c->outcomes, 1);
    }
    return NULL;
}

static void crowd_makes_one(void **state)
{
    fixture f = fixture_open(state);
    crowd c = {.f = &f};
    signing s = fixture_signing("Ada", "ada@example.org");
    for (size_t i = 0; i < ROWS; i++)
        c.tokens[i] = fixture_submit(&f, f.main, &s).token;
    presser pressers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        pressers[i] = (presser){.crowd = &c, .number = i};
        assert_int_equal(pthread_create(&pressers[i].thread, NULL, press, &pressers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(pressers[i].thread, NULL);
    assert_int_equal(c.failures, 0);
    assert_int_equal(c.done, 1);
    assert_int_equal(c.done + c.outcomes, THREADS * PRESSES);
    /* And replays. */
    for (size_t i = 0; i < ROWS; i++) {
        confirm_outcome outcome = fixture_confirm(&f, c.tokens[i]);
        assert_true(outcome == CONFIRM_BEFORE || outcome == CONFIRM_ALREADY);
    }
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.mailboxes, 1);
    assert_int_equal(n.queue, 1);
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, 2);
    fixture_close(&f);
}

/* --- undoing against signing anew --- */

typedef struct racer {
    fixture *f;
    str token;
    bool undoes;
    err outcome;
    confirm_outcome confirmed;
    pthread_t thread;
} racer;

static void *race(void *arg)
{
    racer *r = arg;
    do
        r->outcome = r->undoes ? signer_undo(&r->f->c, r->token, r->f->now_ms)
                               : signature_confirm(&r->f->c, r->token, r->f->now_ms, &r->f->al,
                                                   &r->confirmed);
    while (r->outcome == ERR_BUSY);
    return NULL;
}

static void undo_and_anew_exclude_each_other(void **state)
{
    enum { ROUNDS = 30, RACERS = 4 };
    fixture f = fixture_open(state);
    for (int round = 0; round < ROUNDS; round++) {
        signing s = fixture_signing("Ada", arena_printf(f.a, "a%d@example.org", round).at);
        racer racers[RACERS] = {{.f = &f, .undoes = true, .token = fixture_sign(&f, f.main, &s)}};
        ASSERT_OK(signer_withdraw(&f.c, racers[0].token, f.now_ms));
        int counted = 0;
        for (size_t i = 1; i < RACERS; i++)
            racers[i] = (racer){.f = &f, .token = fixture_submit(&f, f.main, &s).token};
        for (size_t i = 0; i < RACERS; i++)
            assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
        for (size_t i = 0; i < RACERS; i++) {
            signer_view v;
            pthread_join(racers[i].thread, NULL);
            assert_true(racers[i].outcome == OK || racers[i].outcome == ERR_CONFLICT);
            ASSERT_OK(signer_open(&f.c, f.a, racers[i].token, f.now_ms, &v));
            counted += v.state == SIGNATURE_CONFIRMED;
        }
        assert_int_equal(counted, 1);
    }
    fixture_sequence(&f, f.main);
    log_state now;
    ASSERT_OK(log_state_now(&f.c, f.a, f.main->id, &now));
    assert_int_equal(log_counts_total(&now.counts), ROUNDS);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(submit_writes_one_of_each),
        TEST_ON_BOTH(submit_refuses),
        TEST_ON_BOTH(known_address_answers_alike),
        TEST_ON_BOTH(mail_again),
        TEST_ON_BOTH(confirm_counts_once),
        TEST_ON_BOTH(confirm_outcomes),
        TEST_ON_BOTH(kinds_share_a_mailbox),
        TEST_ON_BOTH(withdrawn_may_sign_anew),
        TEST_ON_BOTH(crowd_makes_one),
        TEST_ON_BOTH(undo_and_anew_exclude_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
