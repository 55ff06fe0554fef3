/* SPDX-License-Identifier: EUPL-1.2 */
/* What is drawn: forms and sizes, letters that are there and that are not, words that do not fit.
 * That codes decode and texts can be taken out again is seen from outside (tests/e2e/kit.mjs). */

#include "draw/appeal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static appeal usual(str *points, size_t n)
{
    return (appeal){
        .lang = S("en"),
        .alliance = S("Alliance"),
        .cry = S("Together for a Europe that leaves no region behind"),
        .title = S("A declaration"),
        .summary = S("Nine points"),
        .number = S("12\u202f345"),
        .caption = S("signatures"),
        .as_of = S("26 November 2026"),
        .day = S("2026-11-26"),
        .call = S("Scan and sign"),
        .address = S("alliance.example/en"),
        .link = S("https://alliance.example/en/sign/2026?src=qr"),
        .hashtag = S("#Alliance"),
        .purpose_heading = S("Purpose"),
        .purpose = S("One paragraph.\n\nAnother one."),
        .who_heading = S("Who"),
        .who = S("Everybody"),
        .points = {points, n},
    };
}

static uint32_t big_endian(str bytes, size_t at)
{
    uint32_t n = 0;
    assert_true(at + 4 <= bytes.n);
    for (size_t i = 0; i < 4; i++)
        n = n << 8 | (unsigned char)bytes.at[at + i];
    return n;
}

static void check_pdf(const drawn *d)
{
    assert_int_equal(d->unknown, 0);
    assert_true(str_starts(d->bytes, S("%PDF-1.")));
    assert_true(str_ends(str_trim(d->bytes), S("%%EOF")));
}

static void check_png(const drawn *d, uint32_t w, uint32_t h)
{
    assert_int_equal(d->unknown, 0);
    assert_true(str_starts(d->bytes, S("\x89PNG\r\n\x1a\n")));
    assert_int_equal(big_endian(d->bytes, 16), w);
    assert_int_equal(big_endian(d->bytes, 20), h);
}

static void draw_all(typeface *t, arena *a, const appeal *p)
{
    drawn d;
    assert_int_equal(poster_draw(t, a, p, PAPER_A4, &d), OK);
    check_pdf(&d);
    assert_int_equal(poster_draw(t, a, p, PAPER_A3, &d), OK);
    check_pdf(&d);
    assert_int_equal(slides_draw(t, a, p, &d), OK);
    check_pdf(&d);
    static const int sizes[][2] = {{1200, 630}, {1080, 1080}, {1080, 1920}, {600, 600}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(picture_draw(t, a, p, sizes[i][0], sizes[i][1], &d), OK);
        check_png(&d, (uint32_t)sizes[i][0], (uint32_t)sizes[i][1]);
    }
    assert_int_equal(logo_draw(t, a, p, LOGO_PNG, false, &d), OK);
    assert_true(str_starts(d.bytes, S("\x89PNG")));
    assert_int_equal(big_endian(d.bytes, 20), LOGO_HEIGHT);
    assert_int_equal(logo_draw(t, a, p, LOGO_SVG, true, &d), OK);
    assert_true(str_find_str(d.bytes, S("<svg")) < d.bytes.n);
    assert_true(str_find_str(d.bytes, S("<text")) == d.bytes.n); /* no font is needed to see it */
}

static void all_files_are_drawn(void **state)
{
    (void)state;
    typeface *t;
    arena *a = arena_open(256 << 20);
    str points[] = {S("One."), S("Two."), S("Three.")};
    assert_int_equal(typeface_open(&t), OK);
    appeal p = usual(points, 3);
    draw_all(t, a, &p);
    p.number = p.caption = p.hashtag = p.contact = p.behind = S(""); /* nobody has signed yet */
    p.points.n = 0;
    draw_all(t, a, &p);
    typeface_close(t);
    arena_close(a);
}

static void drawings_of_the_same_are_the_same(void **state)
{
    (void)state;
    typeface *t;
    drawn one, two;
    arena *a = arena_open(64 << 20);
    appeal p = usual(NULL, 0);
    assert_int_equal(typeface_open(&t), OK);
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &one), OK);
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &two), OK);
    assert_true(str_eq(one.bytes, two.bytes));
    p.number = S("12\u202f346");
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &two), OK);
    assert_false(str_eq(one.bytes, two.bytes));
    typeface_close(t);
    arena_close(a);
}

static void missing_letters_are_counted(void **state)
{
    (void)state;
    typeface *t;
    drawn d;
    arena *a = arena_open(64 << 20);
    appeal p = usual(NULL, 0);
    assert_int_equal(typeface_open(&t), OK);
    p.cry = S("Ζήτω η Европа: Ħaġra, ščepec, ğ, ű"); /* every script of the languages */
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &d), OK);
    assert_int_equal(d.unknown, 0);
    p.cry = S("ありがとう"); /* none of them: the drawing stands, with boxes */
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &d), OK);
    assert_int_equal(d.unknown, 5);
    typeface_close(t);
    arena_close(a);
}

static void too_many_words_are_cut_and_links_refused(void **state)
{
    (void)state;
    typeface *t;
    drawn d;
    arena *a = arena_open(256 << 20);
    assert_int_equal(typeface_open(&t), OK);
    char *words = arena_alloc(a, 6000);
    memset(words, 'W', 6000);
    str endless = {words, 6000};
    str points[20];
    for (size_t i = 0; i < 20; i++)
        points[i] = endless;
    appeal p = usual(points, 20);
    p.cry = p.title = p.summary = p.alliance = p.number = p.caption = p.call = p.address = endless;
    p.hashtag = p.behind = p.contact = p.purpose = p.who = p.warning = endless;
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &d), OK);
    assert_int_equal(slides_draw(t, a, &p, &d), OK);
    assert_int_equal(picture_draw(t, a, &p, 1080, 1920, &d), OK);
    assert_int_equal(logo_draw(t, a, &p, LOGO_PNG, false, &d), OK);
    p = usual(NULL, 0);
    p.link = endless;
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &d), ERR_LIMIT);
    p.link = S("");
    assert_int_equal(slides_draw(t, a, &p, &d), ERR_INVALID);
    p = usual(NULL, 0); /* after a refusal the next drawing goes on */
    assert_int_equal(poster_draw(t, a, &p, PAPER_A4, &d), OK);
    typeface_close(t);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_files_are_drawn),
        cmocka_unit_test(drawings_of_the_same_are_the_same),
        cmocka_unit_test(missing_letters_are_counted),
        cmocka_unit_test(too_many_words_are_cut_and_links_refused),
    };
    return cmocka_run_group_tests_name("appeal", tests, NULL, NULL);
}
