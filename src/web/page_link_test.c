/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking for the link again, and the page for a commit whose outcome nobody knows. */

#include "test_visit.h"

#include "core/signer.h"

static str standing(visit *v, const char *name, const char *mail)
{
    signing s = fixture_signing(name, mail);
    return fixture_sign(&v->f, v->f.main, &s);
}

static void asking_for_links_tells_nothing(void **state)
{
    visit *v = visit_open(state);
    standing(v, "Ada", "ada@example.org");
    seen s = visit_get(v, S("/en/link"));
    assert_int_equal(s.status, 200);
    seen known = visit_post(v, "link_post", S("/en/link"), S("email=ada%40example.org"));
    seen unknown = visit_post(v, "link_post", S("/en/link"), S("email=nobody%40example.org"));
    assert_int_equal(known.status, 303);
    ASSERT_STR(known.location, unknown.location);
    assert_int_equal(visit_get(v, known.location).status, 200);
    int64_t jobs = fixture_counts(&v->f).jobs;
    static const char *const bad[] = {"email=", "email=x", "email=a%40b", "email=a%0D%0A%40b.org"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = visit_post(v, "link_post", S("/en/link"), str_of(bad[i]));
        assert_int_equal(s.status, 422);
        assert_int_equal(seen_count(&s, "class=\"field-error\""), 1);
        assert_int_equal(seen_count(&s, "aria-describedby=\"email-error\""), 1);
    }
    assert_int_equal(fixture_counts(&v->f).jobs, jobs);
    visit_close(v);
}

static err lost_page(struct app *ap, req *rq, reply *out)
{
    (void)ap, (void)rq, (void)out;
    return ERR_UNCERTAIN;
}

/* A commit whose answer was lost may have happened: no page may say that nothing was recorded, and
 * none that it was. */
static void uncertain_is_said(void **state)
{
    static const route_segment path[] = {{SEGMENT_LANG, {"", 0}},
                                         {SEGMENT_LITERAL, STR_INIT("lost")}};
    static const route lost = {.name = STR_INIT("lost"),
                               .method = HTTP_GET,
                               .segments = path,
                               .n = 2,
                               .handle = lost_page};
    visit *v = visit_open(state);
    v->r.routes = &lost;
    v->r.n = 1;
    seen s = visit_get(v, S("/en/lost"));
    assert_int_equal(s.status, 503);
    assert_true(seen_has(&s, visit_words(v, MSG_ERROR_UNCERTAIN_TITLE)));
    assert_false(seen_has(&s, visit_words(v, MSG_ERROR_BUSY_TEXT)));
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(asking_for_links_tells_nothing),
        TEST_ON_SQLITE(uncertain_is_said),
    };
    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
