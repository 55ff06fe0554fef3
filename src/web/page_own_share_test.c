/* SPDX-License-Identifier: EUPL-1.2 */
/* Telling others from the own page, and what a partner may ask for there. */

#include "test_visit.h"

#include "core/signer.h"

static str own(visit *v, str token, const char *below)
{
    return arena_printf(v->f.a, "/en/s/%.*s%s", STR_FMT(token), below);
}

static str standing(visit *v, const char *name, const char *mail)
{
    signing s = fixture_signing(name, mail);
    return fixture_sign(&v->f, v->f.main, &s);
}

static void a_partner_box_can_be_taken_back(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.partner = S("aer");
    str token = fixture_sign(&v->f, v->f.main, &s);
    static const char ticked[] = "name=\"partner_news\" value=\"1\" checked>";
    seen page_seen = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&page_seen, ticked));
    assert_true(seen_has(&page_seen, "from this partner as well: Regions"));
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            visit_post(v, "own_choices", own(v, token, "/choices"), S("news=1")).status, 303);
    page_seen = visit_get(v, own(v, token, ""));
    assert_false(seen_has(&page_seen, ticked));
    assert_true(seen_has(&page_seen, "name=\"partner_news\""));
    q_probe_consents_rows rows = fixture_consents(&v->f);
    assert_int_equal(rows.n, 3); /* given, news given, taken back: each once */
    ASSERT_STR(rows.at[2].what, S("partner:aer"));
    assert_false(rows.at[2].is_given);
    ASSERT_STR(rows.at[2].lang, S("en"));
    visit_post(v, "own_choices", own(v, token, "/choices"), S("news=1&partner_news=1"));
    page_seen = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&page_seen, ticked));
    /* Who came without one is not asked. */
    str other = standing(v, "Bea", "bea@example.org");
    visit_post(v, "own_choices", own(v, other, "/choices"), S("partner_news=1"));
    page_seen = visit_get(v, own(v, other, ""));
    assert_false(seen_has(&page_seen, "partner_news"));
    assert_int_equal(fixture_consents(&v->f).n, 4);
    visit_close(v);
}

/* Without a script: own words and an own server come back in the links. */
static void own_words_go_into_the_links(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada", "ada@example.org");
    seen s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, "href=\"https://t.me/share/url?url=https%3A%2F%2Fsign.example%2Fen%2F"
                             "sign%2Fmain%3Fsrc%3Dtelegram&amp;text=I%20have%20signed%3A%20"));
    assert_true(seen_has(&s, "href=\"https://share.joinmastodon.org/#text=I%20have%20signed"));
    assert_true(seen_has(&s, "<svg class=\"qr\" viewBox=\"0 0 37 37\" role=\"img\""));
    assert_false(seen_has(&s, "src=thanks"));
    s = visit_get(v, own(v, token, "?words=Fish+%26+%3Cchips%3E&server=mastodon.example"));
    assert_int_equal(seen_count(&s, "Fish%20%26%20%3Cchips%3E%20https%3A%2F%2F"), 3);
    assert_true(seen_has(&s, "\nFish &amp; &lt;chips&gt;</textarea>"));
    assert_true(seen_has(&s, "href=\"https://mastodon.example/share?text=Fish%20%26%20"));
    static const char *const bad[] = {"javascript:alert(1)", "a.example/path", "http://a.example",
                                      "me@a.example", "nonsense"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = visit_get(v, own(v, token, arena_printf(v->f.a, "?server=%s", bad[i]).at));
        assert_int_equal(s.status, 200);
        assert_true(seen_has(&s, "id=\"server-error\""));
        assert_true(seen_has(&s, "href=\"https://share.joinmastodon.org/#text="));
    }
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(own_words_go_into_the_links),
        TEST_ON_BOTH(a_partner_box_can_be_taken_back),
    };
    return cmocka_run_group_tests_name("own page, sharing", tests, NULL, NULL);
}
