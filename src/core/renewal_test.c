/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailings: who is asked to sign the new version, how often, how fast, and how it ends. */

#include "core/renewal.h"

#include "core/erasure.h"
#include "core/news.h"
#include "core/return_path.h"
#include "core/signer.h"

#include "test_core.h"

static void raise_version(fixture *f, int version, const char *text)
{
    content_report report;
    fixture_write(
        f, "declaration/main/en.md",
        arena_printf(f->a, "title: main en\nstate: original\nsummary: Short\n\n%s\n", text));
    fixture_write(f, "declaration/main/declaration.ini",
                  arena_printf(f->a,
                               "version=%d\nopens=2026-01-01\ncloses=2027-01-01\ngoal=1000\n"
                               "retain_until=2999-12-31\nper_mailbox=2\n"
                               "kinds=person organisation mandate\noriginal=en\n",
                               version));
    ASSERT_OK(fixture_import(f, &report));
    fixture_reload(f);
}

static str sign(fixture *f, const char *name, const char *mail, bool wants_news)
{
    signing s = fixture_signing(name, mail);
    s.wants_news = wants_news;
    return fixture_sign(f, f->main, &s);
}

static renewal_outlook look(fixture *f)
{
    renewal_outlook o;
    ASSERT_OK(renewal_look(&f->c, f->a, f->main, &o));
    return o;
}

static int64_t ask(fixture *f)
{
    int64_t n;
    ASSERT_OK(renewal_ask(&f->c, f->main, f->now_ms, &n));
    return n;
}

static letter_jobs claim(fixture *f, int most, int64_t a_minute)
{
    letter_jobs jobs;
    ASSERT_OK(letter_claim_mailing(&f->c, f->a, f->now_ms, most, a_minute, &jobs));
    return jobs;
}

static letters prepare(fixture *f, const letter_job *job)
{
    letters out;
    ASSERT_OK(letter_prepare(&f->c, f->a, job, &f->al, f->now_ms, &out));
    return out;
}

/* Sends all that waits; how many letters that were. */
static int64_t send_all(fixture *f)
{
    int64_t n = 0;
    for (letter_jobs jobs; (jobs = claim(f, 4, 900)).n > 0; f->now_ms += 1000) {
        for (size_t i = 0; i < jobs.n; i++) {
            letters out = prepare(f, &jobs.at[i]);
            n += (int64_t)out.n;
            if (out.n)
                ASSERT_OK(letter_settle(&f->c, &jobs.at[i], LETTER_SENT, 250, f->now_ms));
        }
    }
    return n;
}

static void only_who_agreed_is_asked_and_once(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign(&f, "Ada", "ada@example.org", true);
    sign(&f, "Bea", "bea@example.org", false); /* no news */
    str cai = sign(&f, "Cai", "cai@example.org", true);
    str dea = sign(&f, "Dea", "dea@example.org", true);
    str eva = sign(&f, "Eva", "eva@example.org", true);
    ASSERT_OK(signer_withdraw(&f.c, cai, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, dea, f.now_ms));
    ASSERT_OK(signer_set_consents(&f.c, f.a, eva, false, false, S("en"), f.now_ms));
    assert_int_equal(look(&f).older, 0);
    assert_int_equal(ask(&f), 0);
    raise_version(&f, 2, "We ask for more.");
    sign(&f, "Fia", "fia@example.org", true); /* has signed the new one */
    renewal_outlook o = look(&f);
    assert_int_equal(o.older, 3); /* Ada, Bea, Eva */
    assert_int_equal(o.due, 1);
    assert_int_equal(o.asked, 0);
    assert_int_equal(o.lang_count, 1);
    ASSERT_STR(o.langs[0].lang, S("da"));
    assert_int_equal(fixture_counts(&f).jobs, 0);
    assert_int_equal(ask(&f), 1);
    assert_int_equal(ask(&f), 0);
    assert_int_equal(look(&f).asked, 1);
    letter_jobs others;
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 10, &others));
    assert_int_equal(others.n, 0); /* no mailing among what signers wait for */
    letter_jobs jobs = claim(&f, 10, 60);
    assert_int_equal(jobs.n, 1);
    letters out = prepare(&f, &jobs.at[0]);
    assert_int_equal(out.n, 1);
    assert_int_equal(out.at[0].kind, LETTER_RENEW);
    ASSERT_STR(personal_text(out.at[0].to), S("ada@example.org"));
    ASSERT_STR(out.at[0].lang, S("da"));
    assert_int_equal(out.at[0].leave_token.n, LEAVE_TOKEN_CHARS);
    /* The link opens her own page; what she wrote it cannot open, so she says it anew. */
    signer_view v;
    ASSERT_OK(signer_open(&f.c, f.a, out.at[0].token, f.now_ms, &v));
    assert_false(v.has_record);
    assert_int_equal(signer_renew(&f.c, f.a, f.main, out.at[0].token, NULL, S("da"), f.now_ms),
                     ERR_CONFLICT);
    correction fix = {.name = {S("Ada L.")}, .country = S("SE")};
    fixture_sequence(&f, f.main);
    for (int press = 0; press < 2; press++)
        ASSERT_OK(signer_renew(&f.c, f.a, f.main, out.at[0].token, &fix, S("da"), f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_OK(signer_open(&f.c, f.a, out.at[0].token, f.now_ms, &v));
    assert_true(v.has_record);
    assert_int_equal(v.text_version, 2);
    ASSERT_STR(personal_text(v.record.name), S("Ada L."));
    hash32 hash = declaration_text_in(f.main, 2, S("da"))->hash;
    ASSERT_STR(v.record.text_hash, hex_make(f.a, hash_str(&hash)));
    ASSERT_OK(signer_open(&f.c, f.a, ada, f.now_ms, &v)); /* the first link leads there, too */
    assert_int_equal(look(&f).older, 2);
    fixture_recount(&f, f.main);
    fixture_close(&f);
}

/* Between queueing and sending everything may change. */
static void a_letter_is_held_against_the_moment(void **state)
{
    fixture f = fixture_open(state);
    str withdrawn = sign(&f, "Ada", "ada@example.org", true);
    str erased = sign(&f, "Bea", "bea@example.org", true);
    str left = sign(&f, "Cai", "cai@example.org", true);
    str renewed = sign(&f, "Dea", "dea@example.org", true);
    sign(&f, "Eva", "eva@example.org", true);
    sign(&f, "Fia", "fia@example.org", true);
    raise_version(&f, 2, "We ask for more.");
    assert_int_equal(ask(&f), 6);
    ASSERT_OK(signer_withdraw(&f.c, withdrawn, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, erased, f.now_ms));
    ASSERT_OK(signer_set_consents(&f.c, f.a, left, false, false, S("en"), f.now_ms));
    ASSERT_OK(signer_renew(&f.c, f.a, f.main, renewed, NULL, S("en"), f.now_ms));
    int64_t bounced = fixture_signatures(&f).at[4].id;
    str back = return_token(f.a, &f.c.keys, bounced, f.now_ms);
    ASSERT_OK(return_note(&f.c, back, RETURNED_FOR_GOOD, 5001001, f.now_ms));
    assert_int_equal(send_all(&f), 1); /* Fia */
    assert_int_equal(fixture_counts(&f).jobs, 0);
    assert_int_equal(look(&f).due, 0);
    /* Another version: she is asked again; a letter that waits is of the newest one. */
    raise_version(&f, 3, "We ask for even more.");
    assert_int_equal(ask(&f), 2);
    raise_version(&f, 4, "We ask for everything.");
    assert_int_equal(send_all(&f), 2);
    assert_int_equal(ask(&f), 0);
    /* Nobody is asked for what can no longer be signed. */
    raise_version(&f, 5, "We ask.");
    assert_int_equal(ask(&f), 2);
    f.now_ms = f.main->closes_ms;
    assert_int_equal(send_all(&f), 0);
    int64_t n;
    assert_int_equal(renewal_ask(&f.c, f.main, f.now_ms, &n), ERR_CONFLICT);
    fixture_close(&f);
}

static void many_are_asked_at_the_given_rate(void **state)
{
    enum { MANY = 450 };
    fixture f = fixture_open(state);
    for (int i = 0; i < MANY; i++)
        sign(&f, "Ada", arena_printf(f.a, "ada%d@example.org", i).at, true);
    raise_version(&f, 2, "We ask for more.");
    assert_int_equal(ask(&f), MANY); /* more than one step */
    assert_int_equal(ask(&f), 0);
    assert_int_equal(claim(&f, 4, 0).n, 0); /* paused */
    int64_t sent = 0, start_ms = f.now_ms;
    for (; f.now_ms < start_ms + 2 * MINUTE_MS; f.now_ms += 125) { /* two mailers ask in turn */
        letter_jobs jobs = claim(&f, 4, 60);
        for (size_t i = 0; i < jobs.n; i++) {
            assert_int_equal(prepare(&f, &jobs.at[i]).n, 1);
            ASSERT_OK(letter_settle(&f.c, &jobs.at[i], LETTER_SENT, 250, f.now_ms));
        }
        sent += (int64_t)jobs.n;
    }
    assert_in_range(sent, 117, 124);
    fixture_close(&f);
}

/* A mailing waits when its address has had its letters of the day, and is given up only after it
 * was tried for days, however long it waited for its turn. */
static void a_mailing_waits_its_turn(void **state)
{
    fixture f = fixture_open(state);
    sign(&f, "Ada", "ada@example.org", true);
    raise_version(&f, 2, "We ask for more.");
    email_address ada = {S("ada@example.org")};
    for (int i = 0; i < LETTERS_A_DAY; i++) {
        letter_jobs jobs;
        ASSERT_OK(letter_ask_link(&f.c, f.a, ada, S("en"), f.now_ms));
        ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 1, &jobs));
        assert_int_equal(prepare(&f, &jobs.at[0]).n, 1);
        ASSERT_OK(letter_settle(&f.c, &jobs.at[0], LETTER_SENT, 250, f.now_ms));
    }
    assert_int_equal(ask(&f), 1);
    assert_int_equal(send_all(&f), 0);
    assert_int_equal(fixture_counts(&f).jobs, 1);
    f.now_ms += 20 * (int64_t)DAY_MS;
    int64_t first_ms = f.now_ms;
    while (fixture_counts(&f).jobs == 1) {
        letter_jobs jobs = claim(&f, 1, 60);
        if (jobs.n == 1) {
            assert_int_equal(prepare(&f, &jobs.at[0]).n, 1);
            ASSERT_OK(letter_settle(&f.c, &jobs.at[0], LETTER_LATER, 450, f.now_ms));
        }
        f.now_ms += HOUR_MS / 4;
    }
    assert_in_range(f.now_ms - first_ms, 4 * (int64_t)DAY_MS, 6 * (int64_t)DAY_MS);
    fixture_close(&f);
}

static void one_token_ends_the_news_and_nothing_else(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign(&f, "Ada", "ada@example.org", true);
    sign(&f, "Bea", "bea@example.org", true);
    int64_t id = fixture_signatures(&f).at[0].id;
    str token = leave_token(f.a, &f.c.keys, id, f.now_ms);
    assert_int_equal(token.n, LEAVE_TOKEN_CHARS);
    for (size_t i = 0; i < token.n; i++) {
        char *forged = arena_cstr(f.a, token);
        forged[i] = forged[i] == '0' ? '1' : '0';
        ASSERT_OK(news_leave(&f.c, str_of(forged), S("en"), f.now_ms));
    }
    /* A return token is none, nor is the leave token one. */
    ASSERT_OK(news_leave(&f.c, return_token(f.a, &f.c.keys, id, f.now_ms), S("en"), f.now_ms));
    ASSERT_OK(news_leave(&f.c, S(""), S("en"), f.now_ms));
    assert_int_equal(return_note(&f.c, token, RETURNED_FOR_GOOD, 5001001, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(fixture_news(&f).n, 2);
    f.now_ms += 400 * (int64_t)DAY_MS; /* it does not expire */
    for (int press = 0; press < 3; press++)
        ASSERT_OK(news_leave(&f.c, token, S("el"), f.now_ms));
    assert_int_equal(fixture_news(&f).n, 1);
    q_probe_consents_rows kept = fixture_consents(&f);
    assert_int_equal(kept.n, 1);
    ASSERT_STR(kept.at[0].what, S("news"));
    assert_false(kept.at[0].is_given);
    ASSERT_STR(kept.at[0].lang, S("el"));
    q_probe_signatures_row row = fixture_signatures(&f).at[0];
    assert_int_equal(row.state, SIGNATURE_CONFIRMED);
    assert_false(row.wants_news);
    (void)ada;
    fixture_close(&f);
}

/* --- what became of the letter with the link --- */

static undelivered why(fixture *f, str receipt)
{
    undelivered w;
    ASSERT_OK(signature_undelivered(&f->c, f->a, receipt, &w));
    return w;
}

static letter_job only_job(fixture *f, letters *out)
{
    letter_jobs jobs;
    ASSERT_OK(letter_claim(&f->c, f->a, f->now_ms, 4, &jobs));
    assert_int_equal(jobs.n, 1);
    *out = prepare(f, &jobs.at[0]);
    assert_int_equal(out->n, 1);
    return jobs.at[0];
}

/* Whatever the address was, its receipt tells the same. */
static void a_receipt_tells_that_the_letter_came_back(void **state)
{
    fixture f = fixture_open(state);
    sign(&f, "Ada", "ada@example.org", false);
    f.now_ms += 1000;
    static const char *const who[] = {"ada@example.org", "new@example.org"};
    for (size_t i = 0; i < 2; i++) {
        signing s = fixture_signing("Ada", who[i]);
        submitted out = fixture_submit(&f, f.main, &s);
        letters sent;
        letter_job job = only_job(&f, &sent);
        assert_int_equal(sent.at[0].kind, i == 0 ? LETTER_ALREADY : LETTER_CONFIRM);
        ASSERT_OK(letter_settle(&f.c, &job, LETTER_SENT, 250, f.now_ms));
        assert_int_equal(why(&f, out.receipt), UNDELIVERED_NOT);
        ASSERT_OK(return_note(&f.c, sent.at[0].return_token, RETURNED_FOR_NOW, 5002002, f.now_ms));
        assert_int_equal(why(&f, out.receipt), UNDELIVERED_NOT);
        ASSERT_OK(return_note(&f.c, sent.at[0].return_token, RETURNED_FOR_GOOD, 5001001, f.now_ms));
        assert_int_equal(why(&f, out.receipt), UNDELIVERED_FAILED);
        assert_int_equal(fixture_counts(&f).jobs, 0);
        /* Asked for again, it is on its way again; refused at the door, it is so at once. */
        ASSERT_OK(signature_mail_again(&f.c, f.a, out.receipt, f.now_ms));
        assert_int_equal(why(&f, out.receipt), UNDELIVERED_NOT);
        job = only_job(&f, &sent);
        ASSERT_OK(letter_settle(&f.c, &job, LETTER_EAI, 0, f.now_ms));
        assert_int_equal(why(&f, out.receipt), UNDELIVERED_EAI);
        assert_int_equal(fixture_counts(&f).jobs, 0);
        ASSERT_STR(fixture_mail_log(&f).at[fixture_counts(&f).mail_log - 1].fate, S("eai"));
    }
    assert_int_equal(why(&f, S("nonsense")), UNDELIVERED_NOT);
    fixture_close(&f);
}

static void giving_up_is_told_and_confirming_ends_it(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    submitted out = fixture_submit(&f, f.main, &s);
    for (; fixture_counts(&f).jobs == 1; f.now_ms += HOUR_MS) {
        letter_jobs jobs;
        ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 1, &jobs));
        for (size_t i = 0; i < jobs.n; i++) {
            assert_int_equal(why(&f, out.receipt), UNDELIVERED_NOT);
            ASSERT_OK(letter_settle(&f.c, &jobs.at[i], LETTER_LATER, 450, f.now_ms));
        }
    }
    assert_int_equal(why(&f, out.receipt), UNDELIVERED_FAILED);
    assert_int_equal(fixture_confirm(&f, out.token), CONFIRM_DONE); /* it did arrive, in the end */
    assert_int_equal(why(&f, out.receipt), UNDELIVERED_NOT);
    fixture_close(&f);
}

static void a_loop_of_reports_fills_nothing(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &s);
    str token = return_token(f.a, &f.c.keys, fixture_signatures(&f).at[0].id, f.now_ms);
    for (int i = 0; i < 3 * RETURNS_A_DAY; i++)
        ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_NOW, 5002002, f.now_ms));
    assert_int_equal(fixture_counts(&f).mail_log, RETURNS_A_DAY);
    assert_int_equal(fixture_counts(&f).jobs, 1);
    ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_GOOD, 5001001, f.now_ms)); /* still heeded */
    assert_int_equal(fixture_counts(&f).jobs, 0);
    f.now_ms += DAY_MS;
    ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_NOW, 5002002, f.now_ms));
    assert_int_equal(fixture_counts(&f).mail_log, RETURNS_A_DAY + 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(only_who_agreed_is_asked_and_once),
        TEST_ON_BOTH(a_letter_is_held_against_the_moment),
        TEST_ON_BOTH(many_are_asked_at_the_given_rate),
        TEST_ON_BOTH(a_mailing_waits_its_turn),
        TEST_ON_BOTH(one_token_ends_the_news_and_nothing_else),
        TEST_ON_BOTH(a_receipt_tells_that_the_letter_came_back),
        TEST_ON_BOTH(giving_up_is_told_and_confirming_ends_it),
        TEST_ON_BOTH(a_loop_of_reports_fills_nothing),
    };
    return cmocka_run_group_tests_name("renewal", tests, NULL, NULL);
}
