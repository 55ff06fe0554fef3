/* SPDX-License-Identifier: EUPL-1.2 */
/* Outlines, and languages told apart: all texts of the demo are in their own language, and a text
 * under a wrong name, or with a paragraph of another, is not. */

#include "prose/language.h"
#include "prose/outline.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ASSERT_STR(a, b)                                                                           \
    do {                                                                                           \
        str a_ = (a), b_ = (b);                                                                    \
        if (!str_eq(a_, b_))                                                                       \
            fail_msg("\"%.*s\" is not \"%.*s\"", STR_FMT(a_), STR_FMT(b_));                        \
    } while (0)

static void parts_are_counted(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    outline o;
    outline_read(a,
                 S("A *b* and **c**.\n\n## Head\n\n- one\n- two [words *here*](https://x.eu/)\n\n"
                   "See ![a *map*](map.png) and <https://y.eu>, [me@z.eu](mailto:me@z.eu).\n"),
                 &o);
    assert_int_equal(o.paragraphs, 2);
    assert_int_equal(o.headings, 1);
    assert_int_equal(o.items, 2);
    assert_int_equal(o.emphases, 4);
    assert_int_equal(o.link_count, 4);
    ASSERT_STR(o.links[0].target, S("https://x.eu/"));
    ASSERT_STR(o.links[0].words, S("words here"));
    assert_int_equal(o.links[0].line, 6);
    assert_true(o.links[1].is_picture);
    ASSERT_STR(o.links[1].words, S("a map"));
    assert_int_equal(o.links[1].line, 8);
    assert_int_equal(o.block_count, 5);
    ASSERT_STR(o.blocks[1].words, S("Head"));
    assert_int_equal(o.blocks[1].line, 3);
    ASSERT_STR(o.blocks[4].words, S("See a map and , ."));
    assert_int_equal(o.markup_line + o.title_line + o.deep_line, 0);
    arena_close(a);
}

static void what_has_no_place_is_found(void **state)
{
    (void)state;
    arena *a = arena_open(8 << 20);
    outline o;
    outline_read(a, S("x\n\n<div>\n\n# Big\n"), &o);
    assert_int_equal(o.markup_line, 3);
    assert_int_equal(o.title_line, 5);
    outline_read(a, S("x\ny <b>z</b>\n"), &o);
    assert_int_not_equal(o.markup_line, 0);
    outline_read(a, S("1 < 2 & `<b>`\n\n    <div>\n"), &o);
    assert_int_equal(o.markup_line, 0);
    buf deep = buf_in(a);
    for (int i = 0; i < 20000; i++)
        buf_put(&deep, S("> "));
    outline_read(a, buf_str(&deep), &o);
    assert_int_equal(o.deep_line, 1);
    outline_read(a, S("> - > 1. x"), &o);
    assert_int_equal(o.deep_line, 0);
    outline_read(a, S(""), &o);
    assert_int_equal(o.block_count, 0);
    arena_close(a);
}

#define DANISH                                                                                     \
    "Vi beder om, at samhørighedspolitikken bliver ved med at være stærk i alle regioner. Den " \
    "hjælper byer og landdistrikter med at udvikle sig."
#define CZECH                                                                                      \
    "Připojte se k nám a podpořte silnou politiku soudržnosti pro všechny regiony Evropské unie."
#define GREEK "Ζητούμε μια ισχυρή πολιτική συνοχής για όλες τις περιφέρειες της Ευρωπαϊκής Ένωσης."
#define BULGARIAN                                                                                  \
    "Призоваваме за силна политика на сближаване за всички региони на Европейския съюз."
#define NORWEGIAN                                                                                  \
    "Vi ber om at samhørighetspolitikken fortsatt skal være sterk i alle regioner i Europa."

static void languages_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        str text;
        str claimed;
        language_verdict verdict;
        str other;
    } cases[] = {
        {STR_INIT(DANISH), STR_INIT("da"), LANGUAGE_FITS, STR_INIT("")},
        {STR_INIT(CZECH), STR_INIT("da"), LANGUAGE_WRONG, STR_INIT("cs")},
        {STR_INIT(DANISH " " CZECH), STR_INIT("da"), LANGUAGE_MIXED, STR_INIT("cs")},
        {STR_INIT(DANISH), STR_INIT("cs"), LANGUAGE_WRONG, STR_INIT("da")},
        {STR_INIT(GREEK), STR_INIT("bg"), LANGUAGE_WRONG, STR_INIT("el")},
        {STR_INIT(BULGARIAN), STR_INIT("el"), LANGUAGE_WRONG, STR_INIT("bg")},
        {STR_INIT(NORWEGIAN), STR_INIT("da"), LANGUAGE_FITS, STR_INIT("")},
        {STR_INIT("Join us"), STR_INIT("cs"), LANGUAGE_FITS, STR_INIT("")}, /* too short */
        {STR_INIT(DANISH), STR_INIT("eo"), LANGUAGE_FITS, STR_INIT("")},    /* not ours */
        {STR_INIT(""), STR_INIT("da"), LANGUAGE_FITS, STR_INIT("")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str other = S("");
        assert_int_equal(language_judge(cases[i].text, cases[i].claimed, &other), cases[i].verdict);
        ASSERT_STR(other, cases[i].other);
    }
}

static void stray_words_are_found(void **state)
{
    (void)state;
    str word;
    assert_true(language_stray_word(S("Deltag Připojte se"), S("da"), S("Join"), &word));
    ASSERT_STR(word, S("Připojte"));
    /* A name stands in the original as well. */
    assert_false(language_stray_word(S("Centret i Gdańsk"), S("da"), S("Gdańsk"), &word));
    assert_true(language_stray_word(S("Η συνοχή в региони"), S("el"), S("x"), &word));
    ASSERT_STR(word, S("в"));
    assert_false(language_stray_word(S("Smørrebrød på Ærø, señor"), S("da"), S(""), &word));
    assert_false(language_stray_word(
        S("Den historie begyndte med fagforeningen Solidarność i Polen."), S("da"), S(""), &word));
    assert_false(language_stray_word(S("a gdański központ"), S("hu"), S("In Gdańsk"), &word));
    assert_false(language_stray_word(S("Připojte"), S("eo"), S(""), &word));
}

/* --- the demo --- */

static size_t texts_seen;

static str read_text(arena *a, const char *path)
{
    char *at = arena_alloc(a, 1 << 20);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(at, 1, 1 << 20, file);
    fclose(file);
    return (str){at, n};
}

static void must_fit(const char *path, str words, str claimed, str original)
{
    str other = S(""), word;
    if (language_judge(words, claimed, &other) != LANGUAGE_FITS)
        fail_msg("%s: \"%.*s\" is taken for %.*s", path, STR_FMT(words), STR_FMT(other));
    if (language_stray_word(words, claimed, original, &word))
        fail_msg("%s: \"%.*s\" is taken for a stray word", path, STR_FMT(word));
}

static int judge_file(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    str name = str_of(path + at->base);
    if (type != FTW_F || name.n != 5 || !str_ends(name, S(".md")))
        return 0;
    arena *a = arena_open(16 << 20);
    str text = read_text(a, path), lang = str_head(name, 2), original;
    original = read_text(a, arena_printf(a, "%.*sen.md", at->base, path).at);
    size_t head = str_find_str(text, S("\n\n"));
    str lines = str_head(text, head), body = str_skip(text, head);
    outline o;
    outline_read(a, body, &o);
    buf all = buf_in(a);
    for (size_t i = 0; i < o.block_count; i++) {
        must_fit(path, o.blocks[i].words, lang, original);
        buf_put(&all, o.blocks[i].words);
        buf_put(&all, S("\n"));
    }
    while (lines.n) {
        str value;
        str_cut(str_cut(lines, '\n', &lines), ':', &value);
        must_fit(path, str_trim(value), lang, original);
        buf_put(&all, value);
        buf_put(&all, S("\n"));
    }
    must_fit(path, buf_str(&all), lang, original);
    texts_seen++;
    arena_close(a);
    return 0;
}

static void the_demo_is_in_its_languages(void **state)
{
    (void)state;
    texts_seen = 0;
    assert_int_equal(nftw(CONTENT_FOLDER, judge_file, 16, FTW_PHYS), 0);
    assert_true(texts_seen > 500 && texts_seen % 24 == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_counted),
        cmocka_unit_test(what_has_no_place_is_found),
        cmocka_unit_test(languages_are_told_apart),
        cmocka_unit_test(stray_words_are_found),
        cmocka_unit_test(the_demo_is_in_its_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
