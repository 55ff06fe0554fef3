/* SPDX-License-Identifier: EUPL-1.2 */
/* Whatever colour a host chooses, text keeps its contrast. */

#include "web/palette.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void known_contrasts(void **state)
{
    const rgb white = {{255, 255, 255}}, black = {{0, 0, 0}}, grey = {{0x76, 0x76, 0x76}};
    (void)state;
    assert_true(rgb_contrast(white, black) > 20.99 && rgb_contrast(white, black) < 21.01);
    assert_true(rgb_contrast(grey, white) > 4.53 && rgb_contrast(grey, white) < 4.55);
    assert_true(rgb_contrast(grey, grey) == 1.0);
}

static void every_colour_is_readable(void **state)
{
    (void)state;
    for (palette_ground g = GROUND_AUTO; g <= GROUND_DARK; g++) {
        for (int i = 0; i < 17 * 17 * 17; i++) {
            rgb c = {{(unsigned char)(i % 17 * 15), (unsigned char)(i / 17 % 17 * 15),
                      (unsigned char)(i / 289 * 15)}};
            palette p = palette_make(g, &c);
            assert_true(rgb_contrast(p.on_accent, p.accent) >= 4.5);
            assert_true(rgb_contrast(p.accent_text, p.paper) >= 4.5);
            assert_memory_equal(&p.accent, &c, sizeof c);
        }
        palette own = palette_make(g, NULL);
        assert_true(rgb_contrast(own.on_accent, own.accent) >= 4.5);
        assert_memory_equal(&own.accent, &own.accent_text, sizeof own.accent);
        assert_true(rgb_contrast(own.ink, own.paper) >= 7);
        assert_true(rgb_contrast(own.soft, own.paper) >= 4.5);
    }
}

static void colours_are_read_strictly(void **state)
{
    static const char *const bad[] = {"",        "fff",    "#ffffff", "fffffg",
                                      "ffffff0", "-12345", "12 456"};
    rgb c;
    palette_ground g;
    (void)state;
    assert_int_equal(rgb_read(S("C93a10"), &c), OK);
    assert_int_equal(c.at[0], 0xc9);
    assert_int_equal(c.at[2], 0x10);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(rgb_read(str_of(bad[i]), &c), ERR_INVALID);
    assert_int_equal(palette_ground_read(S("dark"), &g), OK);
    assert_int_equal(g, GROUND_DARK);
    assert_int_equal(palette_ground_read(S("Dark"), &g), ERR_INVALID);
}

static void sheets_hold_both_grounds_when_asked(void **state)
{
    arena *a = arena_open(1 << 16);
    (void)state;
    str both = palette_sheet(a, GROUND_AUTO, NULL), one = palette_sheet(a, GROUND_DARK, NULL);
    assert_true(str_find_str(both, S("prefers-color-scheme")) < both.n);
    assert_true(str_find_str(both, S("--accent:#c93a10")) < both.n);
    assert_true(str_find_str(one, S("prefers-color-scheme")) == one.n);
    assert_true(str_find_str(one, S("--paper:#08191c")) < one.n);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_contrasts),
        cmocka_unit_test(every_colour_is_readable),
        cmocka_unit_test(colours_are_read_strictly),
        cmocka_unit_test(sheets_hold_both_grounds_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
