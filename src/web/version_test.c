/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages after a new version of a text: the number says which it counts, and who signed an earlier
 * one is marked. */

#include "test_visit.h"

#include <unistd.h>

/* The page as soon as it shows what the newsroom has read. */
static seen page_with(visit *v, str path, const char *text)
{
    seen s = {.status = 0};
    for (int tries = 0; tries < 200; tries++) {
        s = visit_get(v, path);
        if (seen_has(&s, text))
            return s;
        usleep(20000);
    }
    fail_msg("%.*s never shows %s", STR_FMT(path), text);
    return s;
}

static void earlier_versions_are_told_apart(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada Prima", "ada@example.org");
    s.is_listed = true;
    str ada = fixture_sign(&v->f, v->f.main, &s);
    s = fixture_signing("Bea Prima", "bea@example.org");
    fixture_sign(&v->f, v->f.main, &s);
    visit_publish(v, v->f.main);
    seen shown = visit_get(v, S("/en/signatories/main"));
    assert_true(seen_has(&shown, "Ada Prima"));
    assert_false(seen_has(&shown, "Version 1"));
    shown = visit_get(v, S("/en/figures/main"));
    assert_false(seen_has(&shown, visit_words(v, MSG_VERSION_TITLE)));
    fixture_write(&v->f, "declaration/main/declaration.ini",
                  S("version=2\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n"
                    "goal=1000\nper_mailbox=2\nkinds=person organisation mandate\noriginal=en\n"));
    content_report report;
    ASSERT_OK(fixture_import(&v->f, &report));
    fixture_reload(&v->f);
    page_with(v, S("/data/main/count.json"), "\"version\":2");
    s = fixture_signing("Cai Nova", "cai@example.org");
    s.is_listed = true;
    fixture_sign(&v->f, v->f.main, &s);
    visit_publish(v, v->f.main);
    shown = page_with(v, S("/en/signatories/main"), "Cai Nova");
    assert_int_equal(seen_count(&shown, "<span class=\"tag\">Version 1</span>"), 1);
    shown = page_with(v, S("/en/figures/main"), visit_words(v, MSG_VERSION_TITLE));
    assert_true(seen_has(&shown, "Of these, behind an earlier version of the text: 2"));
    assert_true(seen_has(&shown, "Version 1</th><td class=\"num\">2</td>"));
    assert_true(seen_has(&shown, "Version 2</th><td class=\"num\">1</td>"));
    shown = visit_get(v, S("/data/main/count.json"));
    assert_true(
        seen_has(&shown, "\"versions\":[{\"version\":1,\"count\":2},{\"version\":2,\"count\":1}]"));
    /* Ada is asked on her own page, and renews with one button. */
    str own = arena_printf(v->f.a, "/en/s/%.*s", STR_FMT(ada));
    str renew = arena_printf(v->f.a, "%.*s/renew", STR_FMT(own));
    shown = visit_get(v, own);
    assert_true(seen_has(&shown, "Your signature stands behind version 1."));
    assert_true(seen_has(&shown, visit_words(v, MSG_RENEW_BUTTON)));
    assert_int_equal(visit_get(v, renew).status, 405);
    shown = visit_post(v, "own_renew", renew, S(""));
    assert_int_equal(shown.status, 303);
    shown = visit_get(v, own);
    assert_false(seen_has(&shown, visit_words(v, MSG_RENEW_BUTTON)));
    visit_publish(v, v->f.main);
    shown = visit_get(v, S("/data/main/count.json"));
    assert_true(seen_has(&shown, "[{\"version\":1,\"count\":1},{\"version\":2,\"count\":2}]"));
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(earlier_versions_are_told_apart),
    };
    return cmocka_run_group_tests_name("version", tests, NULL, NULL);
}
