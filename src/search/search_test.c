/* SPDX-License-Identifier: EUPL-1.2 */
/* What is found in which language, in which order, and how it is shown; hostile questions. */

#include "search/search.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { BG, DE, EL, EN, HU, TONGUES };

typedef struct sample {
    arena *a;
    search_index *index;
} sample;

static void add(search_builder *b, int tongue, const char *title, const char *summary,
                const char *body)
{
    search_add_text(b, tongue, SEARCH_TITLE, str_of(title));
    search_add_text(b, tongue, SEARCH_SUMMARY, str_of(summary));
    search_add_text(b, tongue, SEARCH_BODY, str_of(body));
}

static sample open_sample(void)
{
    search_builder *b = search_begin();
    search_add_thing(b, EN); /* 0 */
    add(b, EN, "Cohesion in Europe", "Every region counts.", "Solidarity, and a budget.");
    add(b, EL, "Η πολιτική συνοχής", "Κάθε περιφέρεια μετράει.", "Αλληλεγγύη.");
    add(b, BG, "Кохезията в Европа", "Всеки регион е важен.", "");
    add(b, DE, "Große Kohäsion", "Jede Straße, jede Region.", "Die Maße der Ungleichheit");
    add(b, HU, "Kohéziós politika", "Minden régió számít.", "");
    search_add_thing(b, EN); /* 1: in English alone */
    add(b, EN, "Budget", "What the cohesion of regions costs.", "");
    search_add_thing(b, EN); /* 2 */
    add(b, EN, "Nothing to see", "", "A word on cohesion and cohesion again: l\u2019Europe.");
    return (sample){arena_open(64 << 20), search_end(b)};
}

static void close_sample(sample *s)
{
    search_close(s->index);
    arena_close(s->a);
}

static search_hits find(sample *s, int tongue, const char *typed)
{
    search_question q;
    assert_int_equal(search_ask(s->a, str_of(typed), &q), OK);
    return search_find(s->a, s->index, &q, tongue);
}

/* The things in the order in which they are found: "0 2". */
static const char *order(sample *s, int tongue, const char *typed)
{
    search_hits hits = find(s, tongue, typed);
    buf b = buf_in(s->a);
    for (size_t i = 0; i < hits.n; i++)
        buf_printf(&b, "%s%u", i ? " " : "", hits.at[i].thing);
    return arena_cstr(s->a, buf_str(&b));
}

static void accents_case_and_script_do_not_matter(void **state)
{
    (void)state;
    sample s = open_sample();
    static const struct {
        int tongue;
        const char *typed;
    } asked[] = {
        {HU, "kohezios"},
        {HU, "KOHÉZIÓS"},
        {HU, "kohe\u0301zio\u0301s"},
        {HU, "régió"},
        {EL, "συνοχής"},
        {EL, "ΣΥΝΟΧΗΣ"},
        {EL, "συνοχη"},
        {EL, "synoches"},
        {EL, "politike"},
        {BG, "кохезия"},
        {BG, "КОХЕЗИЯТА"},
        {BG, "kohezia"},
        {BG, "evropa"},
        {DE, "strasse"},
        {DE, "STRASSE"},
        {DE, "Straße"},
        {DE, "masse"},
        {DE, "grosse"},
        {DE, "kohasion"},
        {DE, "Koha\u0308sion"},
        {DE, "jede  (Region)"},
        {EN, "budget COHESION solidarity"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        search_hits hits = find(&s, asked[i].tongue, asked[i].typed);
        if (hits.n == 0 || hits.at[0].thing != 0 || hits.at[0].tongue != asked[i].tongue ||
            hits.is_elsewhere)
            fail_msg("%s: %zu", asked[i].typed, hits.n);
    }
    close_sample(&s);
}

static void titles_go_before_summaries_before_bodies(void **state)
{
    (void)state;
    sample s = open_sample();
    assert_string_equal(order(&s, EN, "cohesion"), "0 1 2");
    assert_string_equal(order(&s, EN, "budget"), "1 0");
    assert_string_equal(order(&s, EN, "cohe"), "0 1 2");
    assert_string_equal(order(&s, EN, "co"), ""); /* too short for a beginning */
    assert_string_equal(order(&s, EN, "in"), "0");
    assert_string_equal(order(&s, EN, "cohesion budget"), "1 0");
    assert_string_equal(order(&s, EN, "cohesion nowhere"), "");
    assert_string_equal(order(&s, EN, "europe"), "0 2");
    close_sample(&s);
}

/* Who reads German is shown the English texts of what has no German one, and finds those. */
static void what_is_shown_is_what_is_searched(void **state)
{
    (void)state;
    sample s = open_sample();
    search_hits hits = find(&s, DE, "cohesion");
    assert_int_equal(hits.n, 2);
    assert_int_equal(hits.at[0].thing, 1);
    assert_int_equal(hits.at[0].tongue, EN);
    assert_false(hits.is_elsewhere);
    /* Shown in German, found in Greek: only when nothing else was. */
    hits = find(&s, DE, "αλληλεγγύη");
    assert_int_equal(hits.n, 1);
    assert_true(hits.is_elsewhere);
    assert_int_equal(hits.at[0].tongue, EL);
    /* All words in one text, not one here and one there. */
    assert_int_equal(find(&s, DE, "solidarity περιφέρεια").n, 0);
    close_sample(&s);
}

/* A paper in German beside texts in English, and one in a language that no text has. */
static void files_are_found_behind_texts(void **state)
{
    (void)state;
    search_builder *b = search_begin();
    size_t first = search_add_thing(b, EN);
    add(b, EN, "Paper", "On ferries.", "");
    size_t second = search_add_thing(b, EN);
    add(b, EN, "Ferries of the north", "", "");
    add(b, DE, "Fähren des Nordens", "", "Eine Brücke");
    search_add_file(b, first, DE, S("Fähre Brücke Brücke Brücke Straßenbahn"));
    search_add_file(b, first, BG, S("планинските общини"));
    search_add_file(b, second, EN, S("harbour ferries bridge"));
    search_add_file(b, first, EN, S("\xFF"));
    sample s = {arena_open(64 << 20), search_end(b)};
    assert_string_equal(order(&s, DE, "brucke"), "1 0"); /* the body goes before the file */
    search_hits hits = find(&s, DE, "brucke");
    assert_false(hits.at[0].is_in_file);
    assert_true(hits.at[1].is_in_file && hits.at[1].tongue == DE && !hits.is_elsewhere);
    /* The German reader is still shown the English title, and finds it. */
    hits = find(&s, DE, "paper");
    assert_true(hits.n == 1 && hits.at[0].thing == 0 && !hits.at[0].is_in_file);
    hits = find(&s, BG, "planinskite");
    assert_true(hits.n == 1 && hits.at[0].is_in_file && !hits.is_elsewhere);
    hits = find(&s, EN, "общини");
    assert_true(hits.n == 1 && hits.is_elsewhere);
    /* One word in the title, another in the file. */
    static const char *const asked[] = {"harbour north", "north harbour"};
    for (size_t i = 0; i < 2; i++) {
        hits = find(&s, EN, asked[i]);
        assert_true(hits.n == 1 && hits.at[0].thing == 1 && hits.at[0].is_in_file);
    }
    assert_false(find(&s, EN, "ferries").at[0].is_in_file);
    close_sample(&s);
}

static const char *marked(sample *s, const char *typed, str text, size_t most)
{
    search_question q;
    assert_int_equal(search_ask(s->a, str_of(typed), &q), OK);
    search_pieces pieces = search_mark(s->a, s->index, &q, text, most);
    buf b = buf_in(s->a);
    for (size_t i = 0; i < pieces.n; i++)
        buf_printf(&b, pieces.at[i].is_match ? "[%.*s]" : "%.*s", STR_FMT(pieces.at[i].text));
    return arena_cstr(s->a, buf_str(&b));
}

static void matches_are_marked_as_they_are_written(void **state)
{
    (void)state;
    sample s = open_sample();
    assert_string_equal(marked(&s, "kohasion", S("Große Kohäsion, <b>kohäsiv</b>"), 0),
                        "Große [Kohäsion], <b>kohäsiv</b>");
    assert_string_equal(marked(&s, "europ", S("l\u2019Europe und Europa."), 0),
                        "[l\u2019Europe] und [Europa].");
    assert_string_equal(marked(&s, "nothing", S(""), 0), "");
    assert_string_equal(marked(&s, "x", S("a b"), 0), "a b");
    buf b = buf_in(s.a);
    for (int i = 0; i < 60; i++)
        buf_put(&b, S("περιφέρεια "));
    buf_put(&b, S("συνοχής "));
    for (int i = 0; i < 60; i++)
        buf_put(&b, S("περιφέρεια "));
    str got = str_of(marked(&s, "synoch", buf_str(&b), 160));
    assert_true(utf8_is_valid(got) && got.n < 200);
    assert_true(str_find_str(got, S(" [συνοχής] ")) < got.n);
    assert_true(str_starts(got, S("\u2026 περιφέρεια ")) && str_ends(got, S(" \u2026")));
    /* No place to cut at: characters stay whole. */
    b = buf_in(s.a);
    for (int i = 0; i < 400; i++)
        buf_put(&b, S("\u20AC"));
    got = str_of(marked(&s, "x", buf_str(&b), 100));
    assert_true(utf8_is_valid(got) && got.n <= 110);
    close_sample(&s);
}

static void hostile_questions_find_nothing(void **state)
{
    (void)state;
    sample s = open_sample();
    static const char *const hostile[] = {
        "",       "%", "_",      "%%%",    "*",         "\"'`;--",     "<script>alert(1)</script>",
        "\u0301", "😀", "\u200B", "\u202E", "../../etc", "cohesion%00", "\\",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        if (find(&s, EN, hostile[i]).n)
            fail_msg("%s", hostile[i]);
    search_question q;
    assert_int_equal(search_ask(s.a, S("\xFF"), &q), ERR_INVALID);
    buf b = buf_in(s.a);
    for (int i = 0; i < 10240; i++)
        buf_put_char(&b, "a <%"[i % 4]);
    assert_int_equal(search_ask(s.a, buf_str(&b), &q), ERR_INVALID);
    assert_int_equal(search_ask(s.a, str_head(buf_str(&b), SEARCH_QUESTION_BYTES_MOST), &q), OK);
    assert_int_equal(q.n, SEARCH_WORDS_MOST);
    assert_int_equal(search_ask(s.a, S("one two three four five six seven eight nine"), &q), OK);
    assert_int_equal(q.n, SEARCH_WORDS_MOST);
    close_sample(&s);
}

static void an_empty_index_answers(void **state)
{
    (void)state;
    sample s = {arena_open(1 << 20), search_end(search_begin())};
    assert_int_equal(find(&s, EN, "cohesion").n, 0);
    close_sample(&s);
    /* What is not UTF-8 is left out, and the thing stands. */
    search_builder *b = search_begin();
    search_add_thing(b, EN);
    add(b, EN, "Good", "\xFF bad", "");
    s = (sample){arena_open(1 << 20), search_end(b)};
    assert_int_equal(find(&s, EN, "good").n, 1);
    assert_int_equal(find(&s, EN, "bad").n, 0);
    close_sample(&s);
}

/* Against the plain way: every text read for every word. */
static void agrees_with_reading_everything(void **state)
{
    (void)state;
    enum { THINGS = 300, WORDS = 40 };
    static char words[WORDS][8];
    static bool has[THINGS][TONGUES][WORDS];
    uint32_t any = 11;
    for (int w = 0; w < WORDS; w++)
        snprintf(words[w], sizeof words[w], "%c%cab%02d", 'a' + w % 5, 'a' + w % 3, w);
    search_builder *b = search_begin();
    for (int t = 0; t < THINGS; t++) {
        search_add_thing(b, t % 2 ? EN : DE);
        for (int tongue = 0; tongue < TONGUES; tongue++) {
            if (tongue != (t % 2 ? EN : DE) && (t + tongue) % 3)
                continue;
            for (int i = 0; i < 10; i++) {
                any = any * 1664525u + 1013904223u;
                int w = (int)((any >> 8) % WORDS);
                has[t][tongue][w] = true;
                search_add_text(b, tongue, (search_field)(i % 4), str_of(words[w]));
            }
        }
    }
    sample s = {arena_open(64 << 20), search_end(b)};
    for (int one = 0; one < WORDS; one++) {
        int other = (one * 7 + 3) % WORDS, reader = one % TONGUES;
        size_t shown = 0, anywhere = 0;
        for (int t = 0; t < THINGS; t++) {
            int seen = (t + reader) % 3 && reader != (t % 2 ? EN : DE) ? (t % 2 ? EN : DE) : reader;
            shown += has[t][seen][one] && has[t][seen][other];
            bool is_found = false;
            for (int tongue = 0; tongue < TONGUES; tongue++)
                is_found = is_found || (has[t][tongue][one] && has[t][tongue][other]);
            anywhere += is_found;
        }
        search_hits hits =
            find(&s, reader, arena_cstr(s.a, arena_printf(s.a, "%s %s", words[one], words[other])));
        assert_int_equal(hits.n, shown ? shown : anywhere);
        for (size_t i = 1; i < hits.n; i++)
            assert_true(hits.at[i - 1].score > hits.at[i].score ||
                        (hits.at[i - 1].score == hits.at[i].score &&
                         hits.at[i - 1].thing < hits.at[i].thing));
    }
    close_sample(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accents_case_and_script_do_not_matter),
        cmocka_unit_test(titles_go_before_summaries_before_bodies),
        cmocka_unit_test(what_is_shown_is_what_is_searched),
        cmocka_unit_test(files_are_found_behind_texts),
        cmocka_unit_test(matches_are_marked_as_they_are_written),
        cmocka_unit_test(hostile_questions_find_nothing),
        cmocka_unit_test(an_empty_index_answers),
        cmocka_unit_test(agrees_with_reading_everything),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
