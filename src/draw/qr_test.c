/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes read back by zbarimg: the path is painted into a picture, margin and all. */

#include "draw/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 24, SCALE = 4 };

/* Fills what "Mx yhNv1h-Nz" draws; everything else is a fault. */
static void paint(const qr *code, unsigned char *pixels)
{
    const char *at = code->path.at, *end = at + code->path.n;
    size_t side = (size_t)code->size * SCALE;
    memset(pixels, 255, side * side);
    while (at < end) {
        int x, y, n, back, used = 0;
        assert_int_equal(sscanf(at, "M%d %dh%dv1h-%dz%n", &x, &y, &n, &back, &used), 4);
        assert_true(used > 0 && n == back && n > 0);
        assert_true(x >= QR_QUIET_MODULES && x + n <= code->size - QR_QUIET_MODULES);
        assert_true(y >= QR_QUIET_MODULES && y < code->size - QR_QUIET_MODULES);
        for (size_t row = (size_t)y * SCALE; row < (size_t)(y + 1) * SCALE; row++)
            memset(pixels + row * side + (size_t)x * SCALE, 0, (size_t)n * SCALE);
        at += used;
    }
}

static str read_back(arena *a, const qr *code)
{
    size_t side = (size_t)code->size * SCALE;
    unsigned char *pixels = arena_array(a, unsigned char, side *side);
    char name[] = "/tmp/undersigned-qr.XXXXXX";
    paint(code, pixels);
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    fprintf(file, "P5\n%zu %zu\n255\n", side, side);
    assert_int_equal(fwrite(pixels, 1, side * side, file), side * side);
    assert_int_equal(fclose(file), 0);
    str command = arena_printf(a, "zbarimg --quiet --raw -Sbinary %s 2>/dev/null", name);
    FILE *reader = popen(arena_cstr(a, command), "r");
    assert_non_null(reader);
    char *text = arena_array(a, char, QR_TEXT_BYTES_MOST + 8);
    size_t n = fread(text, 1, QR_TEXT_BYTES_MOST + 8, reader);
    assert_int_equal(pclose(reader), 0);
    unlink(name);
    return (str){text, n};
}

static void readers_read_it(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "https://sign.example/da/sign/2026?src=qr",
        ("https://alliance.example.eu/el/sign/a-much-longer-name-of-a-declaration-2026/"
         "organisation?src=association-of-european-border-regions"),
        "x",
        "https://παράδειγμα.ελ/βγ",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        arena *a = arena_open(ARENA_BYTES);
        qr code;
        assert_int_equal(qr_make(a, str_of(texts[i]), &code), OK);
        str back = read_back(a, &code);
        if (!str_eq(back, str_of(texts[i])))
            fail_msg("\"%s\" is read as \"%.*s\"", texts[i], STR_FMT(back));
        arena_close(a);
    }
}

static void the_path_is_small(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    qr code;
    assert_int_equal(qr_make(a, S("https://sign.example/da/sign/2026?src=qr"), &code), OK);
    assert_true(code.path.n < 6000);
    assert_int_equal(code.size, 29 + 2 * QR_QUIET_MODULES);
    arena_close(a);
}

static void what_cannot_be_drawn_is_said(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    qr code;
    char *longest = arena_array(a, char, QR_TEXT_BYTES_MOST + 1);
    memset(longest, 'q', QR_TEXT_BYTES_MOST + 1);
    assert_int_equal(qr_make(a, (str){longest, QR_TEXT_BYTES_MOST}, &code), OK);
    assert_int_equal(qr_make(a, (str){longest, QR_TEXT_BYTES_MOST + 1}, &code), ERR_LIMIT);
    assert_int_equal(qr_make(a, S(""), &code), ERR_INVALID);
    assert_int_equal(qr_make(a, S("a\0b"), &code), ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_read_it),
        cmocka_unit_test(the_path_is_small),
        cmocka_unit_test(what_cannot_be_drawn_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
