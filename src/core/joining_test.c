/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests to join: from the form to the answer, and away again. */

#include "core/erasure.h"
#include "core/joining.h"
#include "core/retention.h"

#include "test_core.h"

static joining_words words_of(const char *mail)
{
    return (joining_words){.organisation = S("Network of Hills"),
                           .country = S("DK"),
                           .website = S("hills.example"),
                           .contact = {S("Solveig N\u00e6s")},
                           .role = S("Chair"),
                           .mail = {str_of(mail)},
                           .message = S("We carry it.\nAnd more.")};
}

static void submit(fixture *f, const char *mail)
{
    joining_words w = words_of(mail);
    ASSERT_OK(joining_submit(&f->c, f->a, &w, S("da"), f->now_ms));
}

/* The one letter that waits; n 0: none. */
static letters next_letter(fixture *f)
{
    letter_jobs jobs;
    letters out = {0};
    ASSERT_OK(letter_claim(&f->c, f->a, f->now_ms, 10, &jobs));
    assert_true(jobs.n <= 1);
    if (jobs.n == 0)
        return out;
    ASSERT_OK(letter_prepare(&f->c, f->a, &jobs.at[0], &f->al, f->now_ms, &out));
    if (out.n)
        ASSERT_OK(letter_settle(&f->c, &jobs.at[0], LETTER_SENT, 250, f->now_ms));
    return out;
}

static size_t shown(fixture *f)
{
    joining_list all;
    ASSERT_OK(joining_all(&f->c, f->a, 10, &all));
    return all.n;
}

typedef struct stored_rows {
    arena *a;
    q_probe_joinings_rows rows;
} stored_rows;

static err read_stored(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    stored_rows *s = arg;
    return q_probe_joinings(tx, s->a, &s->rows);
}

static q_probe_joinings_rows stored(fixture *f)
{
    stored_rows s = {.a = f->a};
    fixture_read(f, read_stored, &s);
    return s.rows;
}

static void from_form_to_answer(void **state)
{
    fixture f = fixture_open(state);
    joining j;
    submit(&f, "solveig@example.org");
    /* Nobody reads it before it is confirmed, and no disk ever. */
    assert_int_equal(shown(&f), 0);
    assert_int_equal(joining_get(&f.c, f.a, 1, &j), ERR_NOT_FOUND);
    assert_int_equal(joining_decide(&f.c, f.a, 1, true, S(""), f.now_ms), ERR_CONFLICT);
    str sealed = stored(&f).at[0].sealed;
    assert_int_equal(str_find_str(sealed, S("Hills")), sealed.n);
    letters sent = next_letter(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_JOIN);
    ASSERT_STR(personal_text(sent.at[0].to), S("solveig@example.org"));
    ASSERT_STR(sent.at[0].lang, S("da"));
    str token = sent.at[0].token;
    /* Looking changes nothing. */
    for (int i = 0; i < 2; i++) {
        ASSERT_OK(joining_open(&f.c, f.a, token, &j));
        assert_int_equal(j.state, JOINING_SENT);
    }
    ASSERT_STR(j.words.organisation, S("Network of Hills"));
    ASSERT_STR(j.words.website, S("https://hills.example"));
    ASSERT_STR(personal_text(j.words.contact), S("Solveig N\u00e6s"));
    ASSERT_STR(j.words.message, S("We carry it.\nAnd more."));
    for (int press = 0; press < 3; press++)
        ASSERT_OK(joining_confirm(&f.c, token));
    assert_int_equal(shown(&f), 1);
    int64_t waiting;
    ASSERT_OK(joining_waiting(&f.c, &waiting));
    assert_int_equal(waiting, 1);
    ASSERT_OK(joining_decide(&f.c, f.a, j.number, true, S("Welcome."), f.now_ms));
    assert_int_equal(joining_decide(&f.c, f.a, j.number, false, S(""), f.now_ms), ERR_CONFLICT);
    assert_int_equal(joining_decide(&f.c, f.a, 99, false, S(""), f.now_ms), ERR_NOT_FOUND);
    sent = next_letter(&f);
    assert_int_equal(sent.n, 1);
    assert_int_equal(sent.at[0].kind, LETTER_JOINED);
    ASSERT_STR(sent.at[0].token, token); /* the same link */
    ASSERT_OK(joining_confirm(&f.c, token));
    ASSERT_OK(joining_open(&f.c, f.a, token, &j));
    assert_int_equal(j.state, JOINING_ACCEPTED);
    ASSERT_STR(j.note, S("Welcome."));
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

static void refused_with_a_note(void **state)
{
    fixture f = fixture_open(state);
    joining j;
    submit(&f, "a@example.org");
    str token = next_letter(&f).at[0].token;
    ASSERT_OK(joining_confirm(&f.c, token));
    char *note = arena_alloc(f.a, JOINING_NOTE_BYTES_MOST + 1);
    memset(note, 'a', JOINING_NOTE_BYTES_MOST + 1);
    str whole = {note, JOINING_NOTE_BYTES_MOST + 1};
    assert_int_equal(joining_decide(&f.c, f.a, 1, false, whole, f.now_ms), ERR_LIMIT);
    ASSERT_OK(joining_decide(&f.c, f.a, 1, false, str_skip(whole, 1), f.now_ms));
    ASSERT_OK(joining_open(&f.c, f.a, token, &j));
    assert_int_equal(j.state, JOINING_REFUSED);
    fixture_close(&f);
}

static void other_links_open_nothing(void **state)
{
    fixture f = fixture_open(state);
    joining j;
    submit(&f, "a@example.org");
    str token = next_letter(&f).at[0].token;
    signing s = fixture_signing("Ada", "ada@example.org");
    str own = fixture_sign(&f, f.main, &s);
    char *forged = arena_cstr(f.a, token);
    forged[3] = forged[3] == 'A' ? 'B' : 'A';
    const str others[] = {own, str_of(forged), S(""), S("x"), str_head(token, token.n - 1)};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(joining_open(&f.c, f.a, others[i], &j), ERR_NOT_FOUND);
        assert_int_equal(joining_confirm(&f.c, others[i]), ERR_NOT_FOUND);
        ASSERT_OK(joining_take_back(&f.c, others[i])); /* and erases nothing */
    }
    assert_int_equal(stored(&f).n, 1);
    fixture_close(&f);
}

static void taken_back_at_any_time(void **state)
{
    fixture f = fixture_open(state);
    joining j;
    submit(&f, "a@example.org");
    assert_int_equal(fixture_counts(&f).jobs, 1);
    letter_jobs jobs;
    letters out;
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 10, &jobs));
    ASSERT_OK(letter_prepare(&f.c, f.a, &jobs.at[0], &f.al, f.now_ms, &out));
    str token = out.at[0].token;
    for (int press = 0; press < 2; press++)
        ASSERT_OK(joining_take_back(&f.c, token)); /* also while its letter is on the way */
    assert_int_equal(fixture_counts(&f).jobs, 0);
    assert_int_equal(stored(&f).n, 0);
    assert_int_equal(joining_open(&f.c, f.a, token, &j), ERR_NOT_FOUND);
    assert_int_equal(joining_confirm(&f.c, token), ERR_NOT_FOUND);
    ASSERT_OK(letter_settle(&f.c, &jobs.at[0], LETTER_LATER, 450, f.now_ms));
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

/* Somebody's erasure takes away what they asked for by address, and no request of an organisation.
 */
static void an_erased_signer_leaves_it_alone(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &s);
    submit(&f, "ada@example.org");
    ASSERT_OK(letter_ask_link(&f.c, f.a, s.mail, S("da"), f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, token, f.now_ms));
    q_probe_jobs_rows jobs = fixture_jobs(&f);
    assert_int_equal(jobs.n, 1);
    assert_int_equal(jobs.at[0].kind, LETTER_JOIN);
    fixture_close(&f);
}

static int64_t expired_after(fixture *f, int days)
{
    retention_report r;
    f->now_ms += days * (int64_t)DAY_MS;
    ASSERT_OK(retention_run(&f->c, f->now_ms, &r));
    return r.requests;
}

static void nothing_is_kept_for_ever(void **state)
{
    fixture f = fixture_open(state);
    submit(&f, "a@example.org");
    submit(&f, "b@example.org");
    letter_jobs jobs;
    letters out;
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 10, &jobs));
    for (size_t i = 1; i < jobs.n; i++) {
        ASSERT_OK(letter_prepare(&f.c, f.a, &jobs.at[i], &f.al, f.now_ms, &out));
        ASSERT_OK(joining_confirm(&f.c, out.at[0].token));
    }
    retention_forecast forecast;
    ASSERT_OK(retention_foresee(&f.c, f.a, &f.al, f.now_ms, &forecast));
    const retention_prospect *p = forecast.at;
    while (!str_eq(p->what, S("requests")))
        p++;
    assert_int_equal(p->n, 2);
    assert_int_equal(p->due, 0);
    assert_int_equal(p->next_ms, f.now_ms + JOINING_SENT_DAYS * (int64_t)DAY_MS);
    assert_int_equal(expired_after(&f, JOINING_SENT_DAYS), 0);
    assert_int_equal(expired_after(&f, 1), 1); /* never confirmed */
    ASSERT_OK(joining_decide(&f.c, f.a, stored(&f).at[0].id, true, S(""), f.now_ms));
    assert_int_equal(expired_after(&f, JOINING_DECIDED_DAYS), 0);
    assert_int_equal(expired_after(&f, 1), 1);
    /* What waited to be said of them is said to nobody. */
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 10, &jobs));
    for (size_t i = 0; i < jobs.n; i++) {
        ASSERT_OK(letter_prepare(&f.c, f.a, &jobs.at[i], &f.al, f.now_ms, &out));
        assert_int_equal(out.n, 0);
    }
    assert_int_equal(fixture_counts(&f).jobs, 0);
    submit(&f, "c@example.org");
    ASSERT_OK(joining_confirm(&f.c, next_letter(&f).at[0].token));
    assert_int_equal(expired_after(&f, JOINING_WAITS_DAYS), 0);
    assert_int_equal(expired_after(&f, 1), 1); /* never decided */
    assert_int_equal(stored(&f).n, 0);
    fixture_close(&f);
}

static void bad_words_are_refused(void **state)
{
    fixture f = fixture_open(state);
    static const char *const mails[] = {"", "x", "a@b", "a b@example.org"};
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
        joining_words w = words_of(mails[i]);
        assert_int_equal(joining_submit(&f.c, f.a, &w, S("da"), f.now_ms), ERR_INVALID);
    }
    joining_words w = words_of("a@example.org");
    w.website = S("javascript:alert(1)");
    assert_int_equal(joining_submit(&f.c, f.a, &w, S("da"), f.now_ms), ERR_INVALID);
    assert_int_equal(stored(&f).n, 0);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(from_form_to_answer),
        TEST_ON_BOTH(refused_with_a_note),
        TEST_ON_BOTH(other_links_open_nothing),
        TEST_ON_BOTH(taken_back_at_any_time),
        TEST_ON_BOTH(an_erased_signer_leaves_it_alone),
        TEST_ON_BOTH(nothing_is_kept_for_ever),
        TEST_ON_SQLITE(bad_words_are_refused),
    };
    return cmocka_run_group_tests_name("joining", tests, NULL, NULL);
}
