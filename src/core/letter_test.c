/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters as jobs: what is sent to whom, when, how often. */

#include "core/signer.h"

#include "test_core.h"

static letter_jobs claim(fixture *f, int most)
{
    letter_jobs jobs;
    ASSERT_OK(letter_claim(&f->c, f->a, f->now_ms, most, &jobs));
    return jobs;
}

static letter_job claim_one(fixture *f)
{
    letter_jobs jobs = claim(f, 10);
    assert_int_equal(jobs.n, 1);
    return jobs.at[0];
}

static letters prepare(fixture *f, const letter_job *job)
{
    letters out;
    ASSERT_OK(letter_prepare(&f->c, f->a, job, &f->al, f->now_ms, &out));
    return out;
}

static void settle(fixture *f, const letter_job *job, letter_fate fate)
{
    ASSERT_OK(letter_settle(&f->c, job, fate, fate == LETTER_SENT ? 250 : 450, f->now_ms));
}

/* Claims, prepares and sends the one waiting job; what was said. */
static letters send_one(fixture *f)
{
    letter_job job = claim_one(f);
    letters out = prepare(f, &job);
    if (out.n)
        settle(f, &job, LETTER_SENT);
    return out;
}

static void drop_jobs(fixture *f)
{
    letter_jobs jobs = claim(f, 100);
    for (size_t i = 0; i < jobs.n; i++)
        settle(f, &jobs.at[i], LETTER_REFUSED);
}

static void confirmations_come_first(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    ASSERT_OK(letter_ask_link(&f.c, f.a, ada.mail, S("da"), f.now_ms));
    fixture_submit(&f, f.main, &ada);
    letter_job first = claim(&f, 1).at[0];
    assert_int_equal(first.kind, LETTER_CONFIRM);
    assert_int_equal(first.attempts, 0);
    settle(&f, &first, LETTER_SENT); /* waits as a reminder now */
    f.now_ms += 3 * (int64_t)DAY_MS;
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_submit(&f, f.main, &bob);
    letter_jobs jobs = claim(&f, 10);
    assert_int_equal(jobs.n, 3);
    assert_int_equal(jobs.at[0].kind, LETTER_CONFIRM);
    assert_int_equal(jobs.at[1].kind, LETTER_LINK);
    assert_int_equal(jobs.at[2].kind, LETTER_REMIND);
    fixture_close(&f);
}

static void leases_end(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &ada);
    letter_job first = claim_one(&f);
    assert_int_equal(claim(&f, 10).n, 0);
    f.now_ms += LETTER_LEASE_MS - 1;
    assert_int_equal(claim(&f, 10).n, 0);
    f.now_ms++;
    letter_job second = claim_one(&f);
    assert_int_equal(second.id, first.id);
    assert_int_equal(second.attempts, 1);
    /* The first worker wakes up late: the job is not its any more. */
    settle(&f, &first, LETTER_REFUSED);
    assert_int_equal(fixture_counts(&f).jobs, 1);
    settle(&f, &second, LETTER_SENT);
    assert_int_equal(fixture_jobs(&f).at[0].kind, LETTER_REMIND);
    fixture_close(&f);
}

/* The signer confirms while the mail is on its way, and another signer's job gets the number. */
static void settling_spares_later_jobs(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_submit(&f, f.main, &ada).token;
    letter_job job = claim_one(&f);
    fixture_confirm(&f, token);
    f.now_ms++;
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_submit(&f, f.main, &bob);
    letter_job other = claim_one(&f);
    settle(&f, &job, LETTER_SENT);
    q_probe_jobs_row row = fixture_jobs(&f).at[0];
    assert_int_equal(row.kind, LETTER_CONFIRM);
    assert_int_equal(row.attempts, 1);
    settle(&f, &other, LETTER_LATER);
    assert_int_equal(fixture_jobs(&f).at[0].due, f.now_ms + 5 * MINUTE_MS);
    fixture_close(&f);
}

static void confirm_then_one_reminder(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "Ada+x@GMAIL.com");
    submitted out = fixture_submit(&f, f.main, &ada);
    letters sent = send_one(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_CONFIRM);
    assert_int_equal(sent.at[0].declaration, f.main->id);
    ASSERT_STR(sent.at[0].lang, S("da"));
    ASSERT_STR(sent.at[0].token, out.token);
    ASSERT_STR(personal_text(sent.at[0].to), S("Ada+x@gmail.com")); /* as written */
    f.now_ms += REMIND_AFTER_DAYS * (int64_t)DAY_MS - 1;
    assert_int_equal(claim(&f, 10).n, 0);
    f.now_ms++;
    sent = send_one(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_REMIND);
    ASSERT_STR(sent.at[0].token, out.token);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    assert_int_equal(fixture_confirm(&f, sent.at[0].token), CONFIRM_DONE);
    fixture_close(&f);
}

static void no_reminder_in_vain(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_submit(&f, f.main, &ada).token;
    fixture_submit(&f, f.main, &ada);
    for (int i = 0; i < 2; i++) {
        letter_job job = claim(&f, 1).at[0];
        assert_int_equal(prepare(&f, &job).n, 1);
        settle(&f, &job, LETTER_SENT);
    }
    fixture_confirm(&f, token); /* its own reminder goes at once */
    assert_int_equal(fixture_counts(&f).jobs, 1);
    f.now_ms += REMIND_AFTER_DAYS * (int64_t)DAY_MS;
    assert_int_equal(send_one(&f).n, 0); /* the other: stands in the count already */
    assert_int_equal(fixture_counts(&f).jobs, 0);
    /* Nor after the end. */
    f.now_ms = f.main->closes_ms - 1;
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_submit(&f, f.main, &bob);
    assert_int_equal(send_one(&f).n, 1);
    f.now_ms += REMIND_AFTER_DAYS * (int64_t)DAY_MS;
    assert_int_equal(send_one(&f).n, 0);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

static void already_and_full(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    signing bob = fixture_signing("Bob", "ada@example.org");
    str first = fixture_sign(&f, f.petition, &ada);
    submitted again = fixture_submit(&f, f.petition, &ada);
    letters sent = send_one(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_ALREADY);
    /* A link to the signature that counts, not to the new one. */
    assert_false(str_eq(sent.at[0].token, again.token));
    signer_view view;
    ASSERT_OK(signer_open(&f.c, f.a, sent.at[0].token, f.now_ms, &view));
    assert_int_equal(view.state, SIGNATURE_CONFIRMED);
    fixture_submit(&f, f.petition, &bob);
    f.now_ms++;
    sent = send_one(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_FULL);
    assert_int_equal(sent.at[0].token.n, 0);
    f.now_ms += 2 * (int64_t)DAY_MS;
    /* Withdrawn: no word of "already". */
    ASSERT_OK(signer_withdraw(&f.c, first, f.now_ms));
    str token = fixture_submit(&f, f.petition, &ada).token;
    sent = send_one(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_CONFIRM);
    assert_int_equal(fixture_confirm(&f, token), CONFIRM_DONE);
    fixture_close(&f);
}

static void asked_again(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    submitted out = fixture_submit(&f, f.main, &ada);
    send_one(&f);
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
    letters sent = send_one(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_CONFIRM);
    ASSERT_STR(sent.at[0].token, out.token);
    /* Brings no reminder of its own. */
    assert_int_equal(fixture_counts(&f).jobs, 1);
    fixture_close(&f);
}

/* What a letter says of the last day is what becomes of the signature, however late it was asked
 * for. */
static void letters_know_the_last_day(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    submitted out = fixture_submit(&f, f.main, &ada);
    int64_t until_ms = f.now_ms + (int64_t)PENDING_DAYS * DAY_MS;
    assert_int_equal(send_one(&f).at[0].until_ms, until_ms);
    f.now_ms += DAY_MS;
    ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
    assert_int_equal(send_one(&f).at[0].until_ms, until_ms);
    f.now_ms += REMIND_AFTER_DAYS * (int64_t)DAY_MS;
    assert_int_equal(send_one(&f).at[0].until_ms, until_ms);
    /* Nothing can be confirmed after the end. */
    f.now_ms = f.main->closes_ms - DAY_MS;
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_submit(&f, f.main, &bob);
    assert_int_equal(send_one(&f).at[0].until_ms, declaration_last_day_ms(f.main));
    fixture_close(&f);
}

static void links_to_all_signatures(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.main, &ada);
    fixture_sign(&f, f.petition, &ada);
    email_address asked = {S(" ADA@Example.ORG ")};
    ASSERT_OK(letter_ask_link(&f.c, f.a, asked, S("el"), f.now_ms));
    letters sent = send_one(&f);
    assert_int_equal(sent.n, 2);
    for (size_t i = 0; i < sent.n; i++) {
        signer_view view;
        assert_int_equal(sent.at[i].kind, LETTER_LINK);
        ASSERT_STR(sent.at[i].lang, S("el"));
        ASSERT_STR(personal_text(sent.at[i].to), S("ADA@example.org"));
        ASSERT_OK(signer_open(&f.c, f.a, sent.at[i].token, f.now_ms, &view));
        assert_int_equal(view.declaration, sent.at[i].declaration);
        /* A link made by the server opens no sealed record. */
        assert_int_equal(view.has_record, view.declaration == f.petition->id);
        ASSERT_STR(personal_text(view.record.name), view.has_record ? S("Ada") : S(""));
    }
    assert_int_not_equal(sent.at[0].declaration, sent.at[1].declaration);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    /* Nobody: the same answer, no mail, no job. */
    ASSERT_OK(letter_ask_link(&f.c, f.a, (email_address){S("no@example.org")}, S("da"), f.now_ms));
    assert_int_equal(send_one(&f).n, 0);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    assert_int_equal(letter_ask_link(&f.c, f.a, (email_address){S("no")}, S("da"), f.now_ms),
                     ERR_INVALID);
    fixture_close(&f);
}

/* A relay that is away costs no attempt, and its letters are no way around the budget. */
static void held_letters_are_none_the_worse(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    for (int i = 0; i < LETTERS_A_DAY + 1; i++)
        fixture_submit(&f, i % 2 ? f.petition : f.main, &ada);
    for (int round = 0; round < 5; round++) {
        letter_jobs jobs = claim(&f, 10);
        assert_int_equal(jobs.n, LETTERS_A_DAY + 1);
        assert_int_equal(prepare(&f, &jobs.at[0]).n, 1);
        settle(&f, &jobs.at[0], LETTER_HELD);
        ASSERT_OK(letter_release(&f.c, jobs.at + 1, jobs.n - 1, false, f.now_ms));
        assert_int_equal(claim(&f, 0).n, 0);
        f.now_ms += LETTER_HELD_MS;
    }
    letter_jobs jobs = claim(&f, 10);
    size_t sent = 0;
    for (size_t i = 0; i < jobs.n; i++) {
        assert_true(jobs.at[i].attempts <= 1);
        sent += prepare(&f, &jobs.at[i]).n;
    }
    assert_int_equal(sent, LETTERS_A_DAY);
    fixture_close(&f);
}

static void three_a_day(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "a.da@gmail.com");
    signing eve = fixture_signing("Eve", "ada+eve@googlemail.com"); /* the same mailbox */
    fixture_submit(&f, f.main, &ada);
    fixture_submit(&f, f.petition, &ada);
    fixture_submit(&f, f.main, &eve);
    fixture_submit(&f, f.petition, &eve);
    letter_jobs jobs = claim(&f, 10);
    assert_int_equal(jobs.n, 4);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(prepare(&f, &jobs.at[i]).n, 1);
    assert_int_equal(prepare(&f, &jobs.at[3]).n, 0);
    assert_int_equal(fixture_counts(&f).jobs, 3);
    assert_int_equal(fixture_counts(&f).budgets, 1);
    q_probe_mail_log_rows log = fixture_mail_log(&f);
    assert_int_equal(log.n, 1);
    ASSERT_STR(log.at[0].fate, S("budget"));
    /* A second attempt of the same letter is no second letter. */
    settle(&f, &jobs.at[0], LETTER_LATER);
    f.now_ms += 5 * MINUTE_MS;
    letter_jobs more = claim(&f, 10);
    assert_int_equal(more.n, 3);
    for (size_t i = 0; i < more.n; i++)
        assert_int_equal(prepare(&f, &more.at[i]).n, 1);
    /* Tomorrow is another day. */
    drop_jobs(&f);
    f.now_ms += DAY_MS;
    drop_jobs(&f);
    fixture_submit(&f, f.main, &ada);
    assert_int_equal(send_one(&f).n, 1);
    fixture_close(&f);
}

/* A request for links to many signatures may not send more than a day's letters either. */
static void many_links_have_the_budget(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.petition, &s);
    fixture_sign(&f, f.main, &s);
    s.name.private_text = S("Bob");
    fixture_sign(&f, f.main, &s);
    s.name.private_text = S("Eve");
    fixture_submit(&f, f.petition, &s);
    assert_int_equal(send_one(&f).at[0].kind, LETTER_FULL);
    drop_jobs(&f);
    f.now_ms += REMIND_AFTER_DAYS * (int64_t)DAY_MS;
    drop_jobs(&f);
    ASSERT_OK(letter_ask_link(&f.c, f.a, s.mail, S("da"), f.now_ms));
    assert_int_equal(send_one(&f).n, 3);
    ASSERT_OK(letter_ask_link(&f.c, f.a, s.mail, S("da"), f.now_ms));
    assert_int_equal(send_one(&f).n, 0);
    f.now_ms += DAY_MS;
    fixture_submit(&f, f.petition, &s);
    assert_int_equal(send_one(&f).n, 1);
    drop_jobs(&f);
    ASSERT_OK(letter_ask_link(&f.c, f.a, s.mail, S("da"), f.now_ms));
    assert_int_equal(send_one(&f).n, 2);
    fixture_close(&f);
}

static void backs_off_and_ends(void **state)
{
    static const int minutes[] = {5,   15,  30,  60,  120, 240, 240, 240, 240, 240, 240, 240,
                                  240, 240, 240, 240, 240, 240, 240, 240, 240, 240, 240};
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &ada);
    int64_t start_ms = f.now_ms;
    size_t tries = 0;
    for (;; tries++) {
        letter_job job = claim_one(&f);
        assert_int_equal(job.attempts, tries);
        assert_int_equal(prepare(&f, &job).n, 1);
        settle(&f, &job, LETTER_LATER);
        q_probe_jobs_rows rows = fixture_jobs(&f);
        if (rows.n == 0)
            break;
        assert_true(tries < sizeof minutes / sizeof *minutes);
        assert_int_equal(rows.at[0].due, f.now_ms + minutes[tries] * MINUTE_MS);
        f.now_ms = rows.at[0].due;
        assert_true(f.now_ms - start_ms < 3 * (int64_t)DAY_MS);
    }
    assert_true(f.now_ms - start_ms > 2 * (int64_t)DAY_MS + 12 * HOUR_MS);
    q_probe_mail_log_rows log = fixture_mail_log(&f);
    assert_int_equal(log.n, tries + 1);
    for (size_t i = 0; i < log.n; i++) {
        ASSERT_STR(log.at[i].fate, S("later"));
        assert_int_equal(log.at[i].attempts, i + 1);
        assert_int_equal(log.at[i].code, 450);
        ASSERT_STR(log.at[i].lang, S("da"));
    }
    /* Refused: over at once. */
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_submit(&f, f.main, &bob);
    letter_job job = claim_one(&f);
    settle(&f, &job, LETTER_REFUSED);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

static void foreign_seals_are_invalid(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &ada);
    letter_job job = claim_one(&f);
    core other = f.c;
    key32 master = {.at = {5}};
    other.keys = core_keys_derive(&master);
    letters out;
    assert_int_equal(letter_prepare(&other, f.a, &job, &f.al, f.now_ms, &out), ERR_INVALID);
    job.sealed = str_head(job.sealed, 10);
    assert_int_equal(letter_prepare(&f.c, f.a, &job, &f.al, f.now_ms, &out), ERR_INVALID);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(confirmations_come_first),
        TEST_ON_BOTH(leases_end),
        TEST_ON_BOTH(settling_spares_later_jobs),
        TEST_ON_BOTH(confirm_then_one_reminder),
        TEST_ON_BOTH(no_reminder_in_vain),
        TEST_ON_BOTH(already_and_full),
        TEST_ON_BOTH(asked_again),
        TEST_ON_BOTH(letters_know_the_last_day),
        TEST_ON_BOTH(links_to_all_signatures),
        TEST_ON_BOTH(held_letters_are_none_the_worse),
        TEST_ON_BOTH(three_a_day),
        TEST_ON_BOTH(many_links_have_the_budget),
        TEST_ON_BOTH(backs_off_and_ends),
        TEST_ON_BOTH(foreign_seals_are_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
