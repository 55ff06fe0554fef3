/* SPDX-License-Identifier: EUPL-1.2 */
/* The form, the mailed link and its buttons, as a visitor meets them. */

#include "test_visit.h"

#include "core/interest.h"

#include <unistd.h>

#define FIELDS "name=Ada&email=ada%40example.org&consent=1"

/* The fixture's folder with an action in it. */
static visit *visit_with_action(void **state)
{
    visit *v = visit_open(state);
    content_report report;
    fixture_write(&v->f, "action/video/action.ini", S("position=1\nminutes=10\n"));
    fixture_write(&v->f, "action/video/en.md",
                  S("title: A video\nsummary: One minute.\nbutton: Send it\ntime: 10 minutes\n"
                    "state: original\n\nSpeak.\n"));
    ASSERT_OK(fixture_import(&v->f, &report));
    fixture_reload(&v->f);
    while (visit_get(v, S("/en/act/video")).status != 200)
        usleep(20000);
    return v;
}

/* What the mail to the last who asked brings. */
static str mailed_token(visit *v)
{
    letter_jobs jobs;
    letters prepared;
    ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 4, &jobs));
    assert_int_equal(jobs.n, 1);
    assert_int_equal(jobs.at[0].kind, LETTER_INTEREST);
    ASSERT_OK(letter_prepare(&v->f.c, v->f.a, &jobs.at[0], &v->f.al, v->f.now_ms, &prepared));
    assert_int_equal(prepared.n, 1);
    ASSERT_STR(prepared.at[0].action, S("video"));
    ASSERT_OK(letter_settle(&v->f.c, &jobs.at[0], LETTER_SENT, 250, v->f.now_ms));
    return prepared.at[0].token;
}

static interest_counts counts(visit *v)
{
    interest_counts c;
    ASSERT_OK(interest_count_all(&v->f.c, v->f.a, &c));
    return c;
}

static void a_list_is_joined_and_left_by_buttons(void **state)
{
    visit *v = visit_with_action(state);
    seen s = visit_get(v, S("/en/act/video"));
    assert_true(seen_has(&s, "href=\"/en/act/video/interest\""));
    assert_int_equal(visit_get(v, S("/en/act/video/interest")).status, 200);
    s = visit_post(v, "interest_post", S("/en/act/video/interest"), S(FIELDS));
    assert_int_equal(s.status, 303);
    assert_int_equal(visit_get(v, s.location).status, 200);
    str token = mailed_token(v);
    str path = arena_printf(v->f.a, "/en/i/%.*s", STR_FMT(token));
    for (int i = 0; i < 2; i++) { /* looking changes nothing */
        s = visit_get(v, path);
        assert_int_equal(s.status, 200);
        assert_true(seen_has(&s, visit_words(v, MSG_INTEREST_ASK)));
        assert_true(seen_has(&s, "A video"));
        assert_int_equal(counts(v).at[0].confirmed, 0);
    }
    str confirm = arena_printf(v->f.a, "%.*s/confirm", STR_FMT(path));
    for (int i = 0; i < 2; i++) { /* pressing twice does no harm */
        s = visit_post(v, "interest_confirm", confirm, S(""));
        assert_int_equal(s.status, 303);
        assert_int_equal(counts(v).at[0].confirmed, 1);
    }
    s = visit_get(v, s.location);
    assert_true(seen_has(&s, visit_words(v, MSG_INTEREST_LISTED)));
    assert_false(seen_has(&s, "/confirm"));
    s = visit_post(v, "interest_leave", arena_printf(v->f.a, "%.*s/leave", STR_FMT(path)), S(""));
    assert_int_equal(s.status, 303);
    assert_int_equal(visit_get(v, s.location).status, 200);
    assert_int_equal(counts(v).n, 0);
    assert_int_equal(visit_get(v, path).status, 404);
    assert_int_equal(visit_post(v, "interest_confirm", confirm, S("")).status, 404);
    visit_close(v);
}

static void what_is_wrong_is_said(void **state)
{
    static const char *const bad[] = {
        "name=Ada&email=ada%40example.org",                   /* no consent */
        "name=Ada&email=ada&consent=1",                       /* no address */
        "name=Ada&email=&consent=1",                          /* none at all */
        "name=%3Cb%3E&email=ada%40example.org&consent=1",     /* markup */
        "name=http%3A%2F%2Fx&email=a%40example.org&consent=1" /* a link */
    };
    visit *v = visit_with_action(state);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        seen s = visit_post(v, "interest_post", S("/en/act/video/interest"), str_of(bad[i]));
        assert_int_equal(s.status, 422);
        assert_int_equal(seen_count(&s, "class=\"field-error\""), 1);
        if (i == 0)
            assert_true(seen_has(&s, visit_words(v, MSG_INTEREST_TICK)));
    }
    assert_int_equal(counts(v).n, 0);
    static const char *const nowhere[] = {"/en/act/petition/interest", "/en/act/materials/interest",
                                          "/en/act/none/interest", "/en/i/x",
                                          "/en/i/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        assert_int_equal(visit_get(v, str_of(nowhere[i])).status, 404);
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(a_list_is_joined_and_left_by_buttons),
        TEST_ON_SQLITE(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests_name("interest", tests, NULL, NULL);
}
