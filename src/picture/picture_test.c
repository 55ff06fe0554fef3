/* SPDX-License-Identifier: EUPL-1.2 */
/* Drawings that could act, photographs that are none, and real ones through the real program. */

#include "picture/picture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SVG(inside)                                                                                \
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 120.4 40'>" inside "</svg>"

static void harmless_drawings_pass(void **state)
{
    (void)state;
    static const str good[] = {
        STR_INIT(SVG("<title>AER</title><g fill='#036'><path d='M0 0h10v10z'/></g>")),
        STR_INIT(
            SVG("<defs><linearGradient id='a'><stop offset='0'/></linearGradient></defs>"
                "<style>.b{fill:url(#a)}</style><rect class='b' fill='url(&quot;#a&quot;)'/>")),
        STR_INIT(SVG("<symbol id='s'/><use href='#s' xmlns:xlink='http://www.w3.org/1999/xlink' "
                     "xlink:href='#s'/>")),
        STR_INIT("<?xml version='1.0'?><!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' "
                 "'http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd'>" SVG("")),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        size_t line;
        const char *message;
        if (drawing_check(good[i], &line, &message) != OK)
            fail_msg("drawing %zu: %zu: %s", i, line, message);
        picture_size size = drawing_size(good[i]);
        assert_int_equal(size.width, 120);
        assert_int_equal(size.height, 40);
    }
}

static void drawings_that_could_act_are_refused(void **state)
{
    (void)state;
    static const struct {
        str svg;
        const char *message;
        size_t line;
    } bad[] = {
        {STR_INIT(SVG("\n\n<script>alert(1)</script>")), "an element", 3},
        {STR_INIT(SVG("<g onload='x()'/>")), "runs a script", 1},
        {STR_INIT(SVG("<g OnClick='x()'/>")), "runs a script", 1},
        {STR_INIT(SVG("<a href='#x'/>")), "an element", 1},
        {STR_INIT(SVG("<image href='#x'/>")), "an element", 1},
        {STR_INIT(SVG("<foreignObject/>")), "an element", 1},
        {STR_INIT(SVG("<animate/>")), "an element", 1},
        {STR_INIT(SVG("<x:script xmlns:x='http://www.w3.org/2000/svg'/>")), "an element", 1},
        {STR_INIT(SVG("<use href='other.svg#x'/>")), "outside itself", 1},
        {STR_INIT(SVG("<use x:href='https://example.org/a' xmlns:x='u'/>")), "outside itself", 1},
        {STR_INIT(SVG("<rect fill='url(https://example.org/a)'/>")), "outside itself", 1},
        {STR_INIT(SVG("<rect fill='URL( \"x.svg\" )'/>")), "outside itself", 1},
        {STR_INIT(SVG("<rect style='background:u\\72l(x)'/>")), "outside itself", 1},
        {STR_INIT(SVG("<style>@im&#112;ort 'x';</style>")), "a style", 1},
        {STR_INIT(SVG("<style>a{b:url(\n//x)}</style>")), "a style", 2},
        {STR_INIT("<!DOCTYPE svg [<!ENTITY a 'a'>]>" SVG("&a;")), "entities", 1},
        {STR_INIT("<?xml-stylesheet href='x'?>" SVG("")), "instruction", 1},
        {STR_INIT("<html/>"), "not SVG", 1},
        {STR_INIT("<svg><g></svg>"), "well-formed", 1},
        {STR_INIT("\xff\xfe<"), "well-formed", 1},
        {STR_INIT(""), "well-formed", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t line;
        const char *message = "";
        assert_int_equal(drawing_check(bad[i].svg, &line, &message), ERR_INVALID);
        if (!strstr(message, bad[i].message) || line != bad[i].line)
            fail_msg("drawing %zu: %zu: %s", i, line, message);
    }
}

/* --- photographs --- */

static str file_of(arena *a, const char *path)
{
    char *bytes = arena_alloc(a, 1 << 20);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    ssize_t n = read(fd, bytes, 1 << 20);
    close(fd);
    assert_true(n > 0);
    return (str){bytes, (size_t)n};
}

static void write_file(const char *path, str bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, bytes.at, bytes.n) == (ssize_t)bytes.n);
    close(fd);
}

typedef struct rendering {
    arena *a;
    char folder[64];
    picture_form forms[PICTURE_FORMS];
    err outcome;
} rendering;

static rendering render(const char *path)
{
    rendering r = {.a = arena_open(8 << 20)};
    snprintf(r.folder, sizeof r.folder, "/tmp/picture-XXXXXX");
    assert_non_null(mkdtemp(r.folder));
    confinement offered = confine_offered();
    confine_level level = offered.has_files && offered.has_calls ? CONFINE_REQUIRE : CONFINE_TRY;
    r.outcome = photograph_render(r.a, str_of(path), str_of(r.folder), level, r.forms);
    return r;
}

static void drop(rendering *r)
{
    for (size_t i = 0; i < PICTURE_FORMS; i++)
        if (r->forms[i].name)
            unlink(arena_printf(r->a, "%s/%s", r->folder, r->forms[i].name).at);
    assert_int_equal(rmdir(r->folder), 0); /* nothing else was left there */
    arena_close(r->a);
}

/* 900 x 500 with a note of where it was taken. */
static void photographs_get_their_forms(void **state)
{
    (void)state;
    rendering r = render(SAMPLES "/noted.jpg");
    assert_int_equal(r.outcome, OK);
    static const int64_t widths[PICTURE_FORMS] = {400, 800, 900, 900};
    str before = file_of(r.a, SAMPLES "/noted.jpg");
    assert_true(str_find_str(before, S("secret place")) < before.n);
    for (size_t i = 0; i < PICTURE_FORMS; i++) {
        assert_true(r.forms[i].is_there);
        assert_int_equal(r.forms[i].size.width, widths[i]);
        assert_in_range(r.forms[i].size.height, widths[i] * 5 / 9 - 1, widths[i] * 5 / 9 + 1);
        str bytes = file_of(r.a, arena_printf(r.a, "%s/%s", r.folder, r.forms[i].name).at);
        assert_true(str_find_str(bytes, S("secret place")) == bytes.n);
    }
    drop(&r);
}

static void small_ones_are_not_blown_up(void **state)
{
    (void)state;
    rendering r = render(SAMPLES "/small.png");
    assert_int_equal(r.outcome, OK);
    assert_true(r.forms[0].is_there && r.forms[0].size.width == 60);
    assert_false(r.forms[1].is_there || r.forms[2].is_there);
    assert_true(r.forms[3].is_there && r.forms[3].size.width == 60);
    drop(&r);
}

/* A camera held upright says so beside the pixels. */
static void photographs_stand_upright(void **state)
{
    (void)state;
    rendering r = render(SAMPLES "/turned.jpg");
    assert_int_equal(r.outcome, OK);
    assert_true(r.forms[0].size.height > r.forms[0].size.width);
    drop(&r);
}

static void what_is_no_photograph_is_refused(void **state)
{
    (void)state;
    char path[] = "/tmp/picture-bad-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    static const str bad[] = {
        STR_INIT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x20\0\0\0\x20\0\x08\2\0\0\0 and then nothing"),
        STR_INIT("\xff\xd8\xff\xe0 no picture at all, but it says so"),
        STR_INIT("RIFF\x40\0\0\0WEBPVP8 and then nothing that could be decoded"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file(path, bad[i]);
        rendering r = render(path);
        assert_int_equal(r.outcome, ERR_INVALID);
        drop(&r);
    }
    unlink(path);
}

static void sizes_are_read_from_the_head(void **state)
{
    (void)state;
    arena *a = arena_open(8 << 20);
    picture_size size;
    assert_int_equal(photograph_size(file_of(a, SAMPLES "/noted.jpg"), &size), OK);
    assert_true(size.width == 900 && size.height == 500);
    assert_int_equal(photograph_size(file_of(a, SAMPLES "/small.png"), &size), OK);
    assert_true(size.width == 60 && size.height == 30);
    assert_int_equal(photograph_size(S("GIF89a is none of ours, whatever comes behind it"), &size),
                     ERR_INVALID);
    assert_int_equal(photograph_size(S("\xff\xd8\xff"), &size), ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmless_drawings_pass),
        cmocka_unit_test(drawings_that_could_act_are_refused),
        cmocka_unit_test(sizes_are_read_from_the_head),
        cmocka_unit_test(photographs_get_their_forms),
        cmocka_unit_test(small_ones_are_not_blown_up),
        cmocka_unit_test(photographs_stand_upright),
        cmocka_unit_test(what_is_no_photograph_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
