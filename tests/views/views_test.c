/* SPDX-License-Identifier: EUPL-1.2 */
/* Sample views, compiled by viewc and run with hostile values, against the pages that a person
 * checked once (expected/). Messages come from below instead of po/: they write what they were
 * given, so that the test sees which function was called with which arguments. */

#include "sample_letters.h"
#include "sample_pages.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* --- Messages that show themselves --- */

static str shown(arena *a, const char *place, msg m, const msg_arg *args, size_t n)
{
    buf b = buf_in(a);
    buf_printf(&b, "[%s%s", place, m == MSG_SAMPLE_PLAIN ? "" : " counted");
    for (size_t i = 0; i < n; i++) {
        static const char *const kinds[] = {[MSG_ARG_STR] = "str",
                                            [MSG_ARG_INT] = "int",
                                            [MSG_ARG_URL] = "url",
                                            [MSG_ARG_NAME] = "name"};
        buf_printf(&b, " %s=%.*s", kinds[args[i].kind], STR_FMT(args[i].text));
        if (args[i].kind == MSG_ARG_INT)
            buf_put_int(&b, args[i].number);
    }
    buf_put_char(&b, ']');
    return buf_str(&b);
}

void lang_html(html_out *o, lang l, msg m, const msg_arg *args, size_t n)
{
    (void)l;
    html_text(o, shown(o->to->home, "html", m, args, n));
}

void lang_attribute(html_out *o, lang l, msg m, const msg_arg *args, size_t n)
{
    (void)l;
    html_attribute(o, shown(o->to->home, "attribute", m, args, n));
}

str lang_text(arena *a, lang l, msg m, const msg_arg *args, size_t n)
{
    (void)l;
    return shown(a, "text", m, args, n);
}

str lang_number(arena *a, lang l, int64_t n)
{
    (void)l;
    return arena_printf(a, "<%lld>", (long long)n);
}

str lang_code(lang l)
{
    return l == LANG_EL ? S("el") : S("??");
}

/* --- The comparison --- */

static str expected(arena *a, const char *name)
{
    FILE *file = fopen(arena_cstr(a, arena_printf(a, "%s/%s", getenv("EXPECTED"), name)), "rb");
    assert_non_null(file);
    char *text = arena_alloc(a, 1 << 16);
    size_t n = fread(text, 1, 1 << 16, file);
    fclose(file);
    return (str){text, n};
}

static void assert_page(arena *a, const char *name, const buf *b)
{
    str wanted = expected(a, name), got = buf_str(b);
    if (str_eq(got, wanted))
        return;
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    fwrite(got.at, 1, got.n, file);
    fclose(file);
    fail_msg("%s differs: see the file of that name in the working directory", name);
}

static sample_page hostile_page(str_list names)
{
    return (sample_page){
        .title = S("</title><b>\"T\" & 'co'"),
        .kind = S("x\" onclick=\"y"),
        .query = S("\n</textarea>\"<q>&'\r\nBcc: z"),
        .link = S("javascript:alert(1)"),
        .body = {S("<p>safe</p>\n")},
        .signer = {S("Žofie <i>\"Ó Briain\"</i>")},
        .email = {S("a'b@example.org")},
        .names = names,
        .chosen = 1,
        .rate = 7,
        .is_wrong = true,
    };
}

static void pages_escape_by_position(void **state)
{
    (void)state;
    arena *a = arena_open(4 << 20);
    str names[] = {STR_INIT("A&B"), STR_INIT("<C>")};
    sample_page p = hostile_page((str_list){names, 2});
    buf b = buf_in(a);
    html_out o = {&b};
    view_context vc = {a, LANG_EL, NULL};
    view_sample(&vc, &o, &p, 1234);
    assert_page(a, "hostile.html", &b);
    arena_close(a);
}

static void pages_take_the_other_branches(void **state)
{
    (void)state;
    arena *a = arena_open(4 << 20);
    sample_page p = {.title = S("T"), .link = S("/l")};
    buf b = buf_in(a);
    html_out o = {&b};
    view_context vc = {a, LANG_EL, NULL};
    view_sample(&vc, &o, &p, 0);
    assert_page(a, "empty.html", &b);
    arena_close(a);
}

static void letters_keep_values_on_their_line(void **state)
{
    (void)state;
    arena *a = arena_open(4 << 20);
    str names[] = {STR_INIT("A\nB"), STR_INIT("<C>")};
    sample_page p = hostile_page((str_list){names, 2});
    buf b = buf_in(a);
    html_out o = {&b};
    view_context vc = {a, LANG_EL, NULL};
    view_mail_letter_text(&vc, &o, &p);
    view_mail_letter(&vc, &o, &p);
    assert_page(a, "letter.txt", &b);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_escape_by_position),
        cmocka_unit_test(pages_take_the_other_branches),
        cmocka_unit_test(letters_keep_values_on_their_line),
    };
    return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
