/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of figures over a published count: what each table shows, what is folded, and that the
 * files say the same. */

#include "test_site.h"

#include "base/clock.h"
#include "core/log.h"

#include <time.h>

static size_t count(str body, const char *part)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(body, str_of(part))) < body.n; n++)
        body = str_skip(body, at + strlen(part));
    return n;
}

/* Publishes these counts as they are. */
static int64_t put(site *s, published p)
{
    alliance al;
    static int64_t size = 1000;
    assert_int_equal(alliance_load(&s->app.core, s->a, &al), OK);
    p.size = ++size;
    p.note = S("n\n");
    p.at_ms = p.at_ms ? p.at_ms : clock_now_ms();
    assert_int_equal(log_publish(&s->app.core, al.declarations.at[0].id, &p), OK);
    return size;
}

/* The same, and waits until readers see them. */
static void publish(site *s, published p)
{
    int64_t size = put(s, p);
    for (int i = 0; i < 500; i++) {
        arena *look = arena_open(1 << 20);
        bool is_seen = newsroom_read(s->app.news, look)->counts[0].size == size;
        arena_close(look);
        if (is_seen)
            return;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    fail_msg("not seen");
}

static str get(site *s, const char *path)
{
    return site_get(s, str_of(path)).body;
}

static void languages_and_types_are_shown(void **state)
{
    site *s = site_open(state);
    publish(s, (published){.counts = {{50, 20, 1}},
                           .breakdown = S("m SE 1\no DK 20\np DK 50\n"),
                           .languages = S("da 40\nel 4\nen 15\nga 1\nxx 3\n"),
                           .types = S("local 9\nngo 5\nunion 2\nwrong 1\n")});
    str shown = get(s, "/en/figures/2026");
    ASSERT_HAS(shown, S("<h2 id=\"by-language\">By language</h2>"));
    ASSERT_HAS(shown, S("<th scope=\"row\">Danish</th><td class=\"num\">40</td>"));
    ASSERT_HAS(shown, S("<th scope=\"row\">English</th><td class=\"num\">15</td>"));
    assert_int_equal(count(shown, "<th scope=\"row\">Greek"), 0);
    assert_int_equal(count(shown, "<th scope=\"row\">Irish"), 0);
    ASSERT_HAS(shown, S("<th scope=\"row\">Small numbers, together</th><td class=\"num\">5</td>"));
    ASSERT_HAS(shown, S("<th scope=\"row\">Not known</th><td class=\"num\">11</td>"));
    ASSERT_HAS(shown, S("<th scope=\"row\">Local authority</th><td class=\"num\">9"));
    assert_int_equal(count(shown, "Trade union"), 0);
    ASSERT_HAS(shown, S("<th scope=\"row\">Small numbers, together</th><td class=\"num\">2</td>"));
    ASSERT_HAS(shown, S("<th scope=\"row\">Not known</th><td class=\"num\">4</td>"));
    ASSERT_HAS(get(s, "/da/figures/2026"), S("<th scope=\"row\">Dansk</th>"));
    ASSERT_HAS(get(s, "/el/figures/2026"), S("<th scope=\"row\">Δανικά</th>"));
    /* The way to the goal, as a bar and in words. */
    ASSERT_HAS(shown, S("<progress class=\"goal\" max=\""));
    ASSERT_HAS(shown, S("value=\"71\" aria-label=\"Next goal: "));
    site_close(s);
}

static void the_files_say_the_same(void **state)
{
    site *s = site_open(state);
    publish(s, (published){.counts = {{50, 20, 0}},
                           .breakdown = S("o DK 20\np DK 50\n"),
                           .languages = S("da 40\nel 4\nen 15\n"),
                           .types = S("local 9\nngo 5\nunion 2\n")});
    answer csv = site_get(s, S("/data/2026/languages.csv"));
    ASSERT_HAS(csv.body, S("language,signatures,as_of,log_size\r\nda,40,20"));
    ASSERT_HAS(csv.body, S("\r\nen,15,"));
    assert_int_equal(count(csv.body, "\r\n"), 3);
    assert_true(str_eq(answer_header(&csv, "access-control-allow-origin"), S("*")));
    str json = get(s, "/data/2026/languages.json");
    ASSERT_HAS(json, S("\"count\":70,"));
    ASSERT_HAS(json, S("\"as_of\":\"20"));
    ASSERT_HAS(json, S("\"root\":\"00"));
    ASSERT_HAS(json,
               S("\"least_shown\":5,\"few\":4,\"unknown\":11,\"languages\":[\n"
                 "{\"language\":\"da\",\"count\":40},\n{\"language\":\"en\",\"count\":15}]}"));
    ASSERT_HAS(get(s, "/data/2026/types.csv"),
               S("type,organisations,as_of,log_size\r\nlocal,9,20"));
    ASSERT_HAS(get(s, "/data/2026/types.json"),
               S("\"few\":2,\"unknown\":4,\"types\":[\n{\"type\":\"local\",\"count\":9},\n"
                 "{\"type\":\"ngo\",\"count\":5}]}"));
    assert_int_equal(site_get(s, S("/data/none/types.json")).status, 404);
    site_close(s);
}

/* Of all twelve types one is small: who knows the other eleven would know its number. */
static void nothing_small_is_left_to_be_worked_out(void **state)
{
    site *s = site_open(state);
    publish(s, (published){.counts = {{0, 100, 0}},
                           .breakdown = S("o DK 100\n"),
                           .languages = S("da 100\n"),
                           .types = S("association 9\ncompany 9\nculture 9\nlocal 9\nnational 9\n"
                                      "ngo 9\nother 9\nregional 9\nschool 8\nsme 9\nunion 3\n"
                                      "university 7\n")});
    str json = get(s, "/data/2026/types.json");
    ASSERT_HAS(json, S("\"few\":10,\"unknown\":1,"));
    assert_int_equal(count(json, "\"type\":"), 10);
    assert_int_equal(count(json, "university") + count(json, "union"), 0);
    site_close(s);
}

static void persons_alone_have_no_types(void **state)
{
    site *s = site_open(state);
    publish(s, (published){.counts = {{7, 0, 0}},
                           .breakdown = S("p DK 7\n"),
                           .languages = S("da 7\n"),
                           .types = S("")});
    str shown = get(s, "/en/figures/2026");
    assert_int_equal(count(shown, "by-type"), 0);
    ASSERT_HAS(shown, S("id=\"by-language\""));
    assert_int_equal(count(shown, "Small numbers"), 0);
    assert_int_equal(count(shown, "Not known"), 0);
    site_close(s);
}

static void history_is_as_fine_as_asked(void **state)
{
    site *s = site_open(state);
    int64_t hour_ms = 3600000, now_ms = clock_now_ms();
    int64_t noon_ms = now_ms - now_ms % (24 * hour_ms) - 12 * hour_ms;
    published p = {.breakdown = S("p DK 7\n")};
    for (int64_t minute = 0; minute < 90; minute++) {
        p.counts.of[0] = minute + 1;
        p.at_ms = noon_ms + minute * 60000;
        if (minute < 89)
            put(s, p);
    }
    publish(s, p);
    assert_int_equal(count(get(s, "/data/2026/history.csv"), "\r\n"), 1 + 1);
    assert_int_equal(count(get(s, "/data/2026/history.csv?step=hour"), "\r\n"), 1 + 2);
    str rows = get(s, "/data/2026/history.csv?step=minute");
    assert_int_equal(count(rows, "\r\n"), 1 + 90);
    ASSERT_HAS(rows, S(",60,60,0,0\r\n"));
    assert_int_equal(count(get(s, "/data/2026/history.json?step=minute"), "\"time\""), 90);
    assert_int_equal(site_get(s, S("/data/2026/history.csv?step=week")).status, 400);
    site_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(languages_and_types_are_shown),
        TEST_ON_BOTH(the_files_say_the_same),
        TEST_ON_BOTH(nothing_small_is_left_to_be_worked_out),
        TEST_ON_BOTH(persons_alone_have_no_types),
        TEST_ON_BOTH(history_is_as_fine_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
