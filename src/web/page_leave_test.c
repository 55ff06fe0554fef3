/* SPDX-License-Identifier: EUPL-1.2 */
/* RFC 8058: what mail programs send by themselves ends the news; looking changes nothing. And the
 * page behind the form, which tells when the letter did not arrive. */

#include "test_visit.h"

#include "core/letter.h"
#include "core/news.h"
#include "core/return_path.h"

#define URLENCODED "application/x-www-form-urlencoded"

static str leave_path(visit *v, size_t row)
{
    q_probe_signatures_rows all = fixture_signatures(&v->f);
    return arena_printf(v->f.a, "/de/leave/%.*s",
                        STR_FMT(leave_token(v->f.a, &v->f.c.keys, all.at[row].id, v->f.now_ms)));
}

static void one_click_needs_nothing_but_the_address(void **state)
{
    static const struct {
        const char *type, *body, *headers;
    } posts[] = {
        {URLENCODED, "List-Unsubscribe=One-Click", ""},
        {"multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n"
         "--x--\r\n",
         ""},
        {URLENCODED, "List-Unsubscribe=One-Click",
         "Origin: https://mail.example\r\nSec-Fetch-Site: cross-site\r\n"},
        {URLENCODED, "", ""},
    };
    visit *v = visit_open(state);
    for (size_t i = 0; i < sizeof posts / sizeof *posts; i++) {
        signing s = fixture_signing("Ada", arena_printf(v->f.a, "ada%zu@example.org", i).at);
        s.wants_news = true;
        fixture_sign(&v->f, v->f.main, &s);
        str path = leave_path(v, i);
        v->headers = posts[i].headers;
        for (int look = 0; look < 100; look++)
            assert_int_equal(visit_get(v, path).status, 200);
        assert_int_equal(fixture_news(&v->f).n, 1);
        for (int press = 0; press < 2; press++) {
            seen s2 = visit_send(v, "POST", path, posts[i].type, str_of(posts[i].body));
            assert_int_equal(s2.status, 200); /* no redirect */
            assert_int_equal(s2.location.n, 0);
        }
        assert_int_equal(fixture_news(&v->f).n, 0);
        assert_int_equal(fixture_consents(&v->f).n, i + 1);
    }
    visit_close(v);
}

static void the_page_has_one_button_and_no_secret(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.wants_news = true;
    fixture_sign(&v->f, v->f.main, &s);
    str path = leave_path(v, 0);
    seen shown = visit_get(v, path);
    assert_int_equal(seen_count(&shown, "<form method=\"post\" action=\"/de/leave/"), 1);
    assert_false(seen_has(&shown, "Ada"));
    assert_false(seen_has(&shown, "ada@"));
    assert_false(seen_has(&shown, "<link rel=\"alternate\""));
    assert_true(str_find_str(shown.head, S("no-store")) < shown.head.n);
    /* Unknown tokens get the same, before and after. */
    seen other = visit_get(v, S("/de/leave/nonsense"));
    assert_int_equal(other.status, 200);
    assert_int_equal(visit_send(v, "POST", S("/de/leave/nonsense"), URLENCODED, S("x=1")).status,
                     200);
    assert_int_equal(fixture_news(&v->f).n, 1);
    assert_int_equal(
        visit_send(v, "POST", path, URLENCODED, S("List-Unsubscribe=One-Click")).status, 200);
    assert_int_equal(fixture_news(&v->f).n, 0);
    visit_close(v);
}

/* What came back, and to whom: the receipt's page is the same for new and known addresses. */
static void the_page_tells_that_the_letter_came_back(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&v->f, v->f.main, &s);
    static const char *const who[] = {"ada@example.org", "new@example.org"};
    seen last[2];
    for (size_t i = 0; i < 2; i++) {
        s = fixture_signing("Ada", who[i]);
        submitted out = fixture_submit(&v->f, v->f.main, &s);
        str path = arena_printf(v->f.a, "/en/sent/main/%.*s", STR_FMT(out.receipt));
        letter_jobs jobs;
        letters sent;
        ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 1, &jobs));
        ASSERT_OK(letter_prepare(&v->f.c, v->f.a, &jobs.at[0], &v->f.al, v->f.now_ms, &sent));
        ASSERT_OK(letter_settle(&v->f.c, &jobs.at[0], LETTER_SENT, 250, v->f.now_ms));
        seen before = visit_get(v, path);
        assert_false(seen_has(&before, visit_words(v, MSG_SENT_FAILED)));
        ASSERT_OK(
            return_note(&v->f.c, sent.at[0].return_token, RETURNED_FOR_GOOD, 5001001, v->f.now_ms));
        last[i] = visit_get(v, path);
        assert_true(seen_has(&last[i], visit_words(v, MSG_SENT_FAILED)));
        assert_true(seen_has(&last[i], "href=\"/en/sign/main\""));
        visit_post(v, "sent_again", path, S(""));
        before = visit_get(v, path);
        assert_false(seen_has(&before, visit_words(v, MSG_SENT_FAILED)));
        ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 1, &jobs));
        ASSERT_OK(letter_settle(&v->f.c, &jobs.at[0], LETTER_EAI, 0, v->f.now_ms));
        before = visit_get(v, path);
        assert_true(seen_has(&before, visit_words(v, MSG_SENT_EAI)));
    }
    assert_int_equal(last[0].body.n, last[1].body.n);
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(one_click_needs_nothing_but_the_address),
        TEST_ON_SQLITE(the_page_has_one_button_and_no_secret),
        TEST_ON_BOTH(the_page_tells_that_the_letter_came_back),
    };
    return cmocka_run_group_tests_name("leave", tests, NULL, NULL);
}
