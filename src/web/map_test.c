/* SPDX-License-Identifier: EUPL-1.2 */
/* Map and mosaic over a published count: what is coloured, what is a link, what is folded. */

#include "test_site.h"

#include "base/clock.h"
#include "core/log.h"

#include <time.h>

enum { STORIES = 3 }; /* of the demo, each in a known region */

static size_t count(str body, const char *part)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(body, str_of(part))) < body.n; n++)
        body = str_skip(body, at + strlen(part));
    return n;
}

/* Publishes these counts as they are, and waits until readers see them. */
static void publish(site *s, const char *breakdown, const char *regions, int64_t people)
{
    alliance al;
    static int64_t size = 1000;
    assert_int_equal(alliance_load(&s->app.core, s->a, &al), OK);
    published p = {.size = ++size,
                   .note = S("n\n"),
                   .counts = {{people, 0, 0}},
                   .breakdown = str_of(breakdown),
                   .regions = str_of(regions),
                   .at_ms = clock_now_ms()};
    assert_int_equal(log_publish(&s->app.core, al.declarations.at[0].id, &p), OK);
    for (int i = 0; i < 500; i++) {
        arena *look = arena_open(1 << 20);
        bool is_seen = newsroom_read(s->app.news, look)->counts[0].size == p.size;
        arena_close(look);
        if (is_seen)
            return;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    fail_msg("not seen");
}

static void small_numbers_stand_together(void **state)
{
    site *s = site_open(state);
    publish(s, "p AT 60\np DE 40\n",
            "2021 AT11 4\n2021 AT221 3\n2021 AT222 4\n2021 DE2 6\n2021 DE212 20\n2024 PT19 9\n",
            100);
    static const char *const kinds[] = {"/en/map/2026?show=regions", "/en/map/2026?show=mosaic"};
    str shown = {"", 0};
    for (size_t i = 0; i < 2; i++) {
        shown = site_get(s, str_of(kinds[i])).body;
        ASSERT_HAS(shown, S("<title>Steiermark: 7</title>"));
        ASSERT_HAS(shown, S("<title>Oberbayern: 20</title>"));
        ASSERT_HAS(shown, S("<title>Burgenland</title>")); /* four: nobody learns even that */
        assert_int_equal(count(shown, "Burgenland"), 1);
        assert_int_equal(count(shown, "<title>"), 1 + 242 + STORIES);
    }
    ASSERT_HAS(shown, S("<span translate=\"no\">Bayern</span></th><td>Germany</td>"
                        "<td class=\"num\">6</td>"));
    ASSERT_HAS(shown, S("together</th><td></td><td class=\"num\">4</td>"));
    ASSERT_HAS(shown, S("No region given</th><td></td><td class=\"num\">63</td>"));
    ASSERT_HAS(shown, S("href=\"/en/signatories/2026?country=AT&amp;region=AT22\""));
    ASSERT_HAS(shown, S("NUTS 2021,"));
    assert_int_equal(site_get(s, S("/en/signatories/2026?region=AT99")).status, 400);
    str json = site_get(s, S("/data/2026/regions.json")).body;
    ASSERT_HAS(json, S("\"nuts\":2021,\"least_shown\":5,\"few\":4,\"unplaced\":63,"));
    ASSERT_HAS(json, S("{\"region\":\"DE2\",\"country\":\"DE\",\"name\":\"Bayern\",\"count\":6}"));
    str csv = site_get(s, S("/data/2026/regions.csv")).body;
    ASSERT_HAS(csv, S("\r\nAT22,2021,AT,7,"));
    assert_int_equal(count(csv, "AT11"), 0);
    assert_int_equal(count(csv, "\r\n"), 4);
    site_close(s);
}

static void countries_are_coloured_by_classes(void **state)
{
    site *s = site_open(state);
    publish(s, "m AT 5\np AT 27\np DE 1\np GR 3\np ZZ 9\n", "", 45);
    str shown = site_get(s, S("/da/map/2026")).body;
    ASSERT_HAS(shown, S("<a href=\"/da/signatories/2026?country=AT\"><title>Østrig: 32</title>"
                        "<path class=\"s5\""));
    ASSERT_HAS(shown, S("<title>Tyskland: 1</title><path class=\"s1\""));
    ASSERT_HAS(shown, S("<title>Grækenland: 3</title><path class=\"s2\""));
    ASSERT_HAS(shown, S("<path class=\"s0\""));
    ASSERT_HAS(shown, S("<title>Frankrig: 0</title>"));
    assert_int_equal(count(shown, "class=\"frame\""), 8);
    assert_int_equal(count(shown, "class=\"around\""), 1);
    assert_int_equal(count(shown, "signatories/2026?country="), 3);
    site_close(s);
}

static void nothing_is_drawn_as_nothing(void **state)
{
    site *s = site_open(state);
    str shown = site_get(s, S("/en/map/petition")).body;
    assert_int_equal(count(shown, "signatories/petition?country="), 0);
    /* 27 countries, 8 frames, and the first class in the legend. */
    assert_int_equal(count(shown, "class=\"s0\""), 27 + 8 + 1);
    shown = site_get(s, S("/en/map/petition?show=regions")).body;
    assert_int_equal(count(shown, "class=\"s0\""), 242 + 1);
    assert_int_equal(count(shown, "class=\"frame\""), 8);
    assert_int_equal(count(shown, "class=\"borders\""), 1);
    shown = site_get(s, S("/en/map/petition?show=mosaic")).body;
    assert_int_equal(count(shown, "class=\"s0\""), 242 + 1);
    assert_int_equal(count(shown, "class=\"frame\""), 0);
    assert_int_equal(site_get(s, S("/en/map/petition?show=globe")).status, 400);
    assert_int_equal(site_get(s, S("/en/map/none")).status, 404);
    site_close(s);
}

/* Each kind leads to the others, and another language keeps it. */
static void kinds_lead_to_each_other(void **state)
{
    site *s = site_open(state);
    str shown = site_get(s, S("/en/map/2026?show=regions")).body;
    ASSERT_HAS(shown, S("href=\"/en/map/2026\""));
    ASSERT_HAS(shown, S("href=\"/en/map/2026?show=regions\" aria-current=\"page\""));
    ASSERT_HAS(shown, S("href=\"/en/map/2026?show=mosaic\""));
    ASSERT_HAS(shown, S("href=\"/da/map/2026?show=regions\""));
    site_close(s);
}

/* Stories are pins on every kind, and a list below. */
static void stories_are_pins(void **state)
{
    site *s = site_open(state);
    static const char *const kinds[] = {"/en/map/2026", "/en/map/2026?show=regions",
                                        "/en/map/2026?show=mosaic"};
    for (size_t i = 0; i < 3; i++) {
        str shown = site_get(s, str_of(kinds[i])).body;
        assert_int_equal(count(shown, "class=\"pin\""), STORIES);
        assert_int_equal(count(shown, "href=\"/en/stories/metro-line-3-sofia\""), 2);
    }
    site_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(small_numbers_stand_together),
        TEST_ON_BOTH(countries_are_coloured_by_classes),
        TEST_ON_BOTH(nothing_is_drawn_as_nothing),
        TEST_ON_BOTH(kinds_lead_to_each_other),
        TEST_ON_BOTH(stories_are_pins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
