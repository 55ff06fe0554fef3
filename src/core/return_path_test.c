/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters that come back: whose they are, and what ends. */

#include "core/return_path.h"

#include "core/health.h"
#include "core/signer.h"

#include "test_core.h"

/* The token of the one letter that waits. */
static str token_of_letter(fixture *f)
{
    letter_jobs jobs;
    letters out;
    ASSERT_OK(letter_claim(&f->c, f->a, f->now_ms, 1, &jobs));
    assert_int_equal(jobs.n, 1);
    ASSERT_OK(letter_prepare(&f->c, f->a, &jobs.at[0], &f->al, f->now_ms, &out));
    assert_int_equal(out.n, 1);
    ASSERT_OK(letter_settle(&f->c, &jobs.at[0], LETTER_SENT, 250, f->now_ms));
    return out.at[0].return_token;
}

static health health_now(fixture *f)
{
    health h;
    ASSERT_OK(health_read(&f->c, f->a, f->now_ms, &h));
    return h;
}

static void an_end_for_good_leaves_no_letter(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &ada);
    str token = token_of_letter(&f);
    assert_int_equal(token.n, RETURN_TOKEN_CHARS);
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_submit(&f, f.main, &bob);
    assert_int_equal(fixture_counts(&f).jobs, 2); /* her reminder, his letter */
    ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_GOOD, 5001001, f.now_ms));
    assert_int_equal(fixture_counts(&f).jobs, 1);
    health h = health_now(&f);
    assert_int_equal(h.mail_returned, 1);
    assert_int_equal(h.mail_budget, 0);
    fixture_close(&f);
}

static void an_address_for_news_goes(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    ada.wants_news = true;
    fixture_sign(&f, f.main, &ada);
    assert_int_equal(fixture_news(&f).n, 1);
    ASSERT_OK(letter_ask_link(&f.c, f.a, ada.mail, S("da"), f.now_ms));
    str token = token_of_letter(&f);
    ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_NOW, 5002002, f.now_ms));
    ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_US, 5007515, f.now_ms));
    assert_int_equal(fixture_news(&f).n, 1);
    ASSERT_OK(return_note(&f.c, token, RETURNED_FOR_GOOD, 5001001, f.now_ms));
    assert_int_equal(fixture_news(&f).n, 0);
    health h = health_now(&f);
    assert_int_equal(h.mail_returned, 1);
    assert_int_equal(h.mail_kept, 1);
    assert_int_equal(h.mail_alarm, 1);
    fixture_close(&f);
}

static void a_forged_token_ends_nothing(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &ada);
    str token = token_of_letter(&f);
    for (size_t i = 0; i < token.n; i++) {
        char *forged = arena_cstr(f.a, token);
        forged[i] = forged[i] == '0' ? '1' : '0';
        assert_int_equal(return_note(&f.c, str_of(forged), RETURNED_FOR_GOOD, 5001001, f.now_ms),
                         ERR_NOT_FOUND);
    }
    assert_int_equal(return_note(&f.c, S(""), RETURNED_FOR_GOOD, 5001001, f.now_ms), ERR_NOT_FOUND);
    int64_t id = fixture_signatures(&f).at[0].id;
    key32 other = {.at = {9}};
    core_keys foreign = core_keys_derive(&other);
    str theirs = return_token(f.a, &foreign, id, f.now_ms);
    assert_int_equal(return_note(&f.c, theirs, RETURNED_FOR_GOOD, 5001001, f.now_ms),
                     ERR_NOT_FOUND);
    /* The number was another signature's, made at another moment. */
    str earlier = return_token(f.a, &f.c.keys, id, f.now_ms - 1);
    assert_int_equal(return_note(&f.c, earlier, RETURNED_FOR_GOOD, 5001001, f.now_ms),
                     ERR_NOT_FOUND);
    assert_int_equal(fixture_counts(&f).jobs, 1);
    assert_int_equal(health_now(&f).mail_returned, 0);
    /* Capitals are the same token. */
    char *upper = arena_cstr(f.a, token);
    for (size_t i = 0; i < token.n; i++)
        upper[i] = (char)(upper[i] >= 'a' ? upper[i] - 32 : upper[i]);
    ASSERT_OK(return_note(&f.c, str_of(upper), RETURNED_FOR_GOOD, 5001001, f.now_ms));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(an_end_for_good_leaves_no_letter),
                                       TEST_ON_BOTH(an_address_for_news_goes),
                                       TEST_ON_BOTH(a_forged_token_ends_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
