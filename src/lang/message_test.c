/* SPDX-License-Identifier: EUPL-1.2 */
/* Filling messages, on a catalogue of its own so that no wording of po/ matters here. */

#include "lang/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 20 };

#define GROUP "\xE2\x80\xAF"

static unsigned plural_en(uint64_t n)
{
    return n != 1;
}

static unsigned plural_pl(uint64_t n)
{
    return n == 1 ? 0 : n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2;
}

static const str text_en[] = {
    STR_INIT("Sign & \"win\""),
    STR_INIT("Hello <\001\001>"),
    STR_INIT("one in \001\001"),
    STR_INIT("\001\002 in \001\001"),
    STR_INIT("\002\001Read\003\001 \002\003\001this\003\003 or "
             "\002\003\002\002\002that\003\002\003\003"),
};
static const message_entry entries_en[] = {{0, 1, MESSAGE_ORIGINAL},
                                           {1, 1, MESSAGE_ORIGINAL},
                                           {2, 2, MESSAGE_ORIGINAL},
                                           {4, 1, MESSAGE_ORIGINAL}};
static const str text_pl[] = {STR_INIT("[0] \001\002"), STR_INIT("[1] \001\002"),
                              STR_INIT("[2] \001\002 \001\001")};
static const message_entry entries_pl[] = {{0, 0, MESSAGE_MISSING},
                                           {0, 0, MESSAGE_OUTDATED},
                                           {0, 3, MESSAGE_MACHINE},
                                           {0, 0, MESSAGE_MISSING}};

const catalogue catalogues[LANG_SLOTS] = {
    [LANG_EN] = {text_en, entries_en, plural_en}, [LANG_PL] = {text_pl, entries_pl, plural_pl}};
const message_shape message_shapes[MSG_COUNT + 1] = {
    {"plain", 0, -1}, {"greeting", 1, -1}, {"found", 2, 1}, {"links", 2, -1}};

typedef void writer(html_out *o, lang l, msg m, const msg_arg *args, size_t n);

static void expect(writer *put, lang l, msg m, const msg_arg *args, size_t n, const char *wanted)
{
    arena *a = arena_open(ARENA_BYTES);
    buf b = buf_in(a);
    html_out o = {&b};
    put(&o, l, m, args, n);
    assert_string_equal(arena_cstr(a, buf_str(&b)), wanted);
    arena_close(a);
}

static void expect_text(lang l, msg m, const msg_arg *args, size_t n, const char *wanted)
{
    arena *a = arena_open(ARENA_BYTES);
    assert_string_equal(arena_cstr(a, lang_text(a, l, m, args, n)), wanted);
    arena_close(a);
}

static void words_are_escaped_by_place(void **state)
{
    (void)state;
    expect(lang_html, LANG_EN, MSG_PLAIN, NULL, 0, "Sign &amp; \"win\"");
    expect(lang_attribute, LANG_EN, MSG_PLAIN, NULL, 0, "Sign &amp; &#34;win&#34;");
    expect_text(LANG_EN, MSG_PLAIN, NULL, 0, "Sign & \"win\"");
}

static void values_are_escaped_by_place(void **state)
{
    (void)state;
    msg_arg args[] = {msg_arg_of("<b>\"x\"&\n\001y")};
    expect(lang_html, LANG_EN, MSG_GREETING, args, 1,
           "Hello &lt;&lt;b&gt;\"x\"&amp;\n\xEF\xBF\xBDy&gt;");
    expect(lang_attribute, LANG_EN, MSG_GREETING, args, 1,
           "Hello &lt;&lt;b&gt;&#34;x&#34;&amp;\n\xEF\xBF\xBDy&gt;");
    expect_text(LANG_EN, MSG_GREETING, args, 1, "Hello <<b>\"x\"&  y>");
    /* what looks like a placeholder in a value is text */
    args[0] = msg_arg_of(S("{name}"));
    expect_text(LANG_EN, MSG_GREETING, args, 1, "Hello <{name}>");
}

static void names_stand_apart(void **state)
{
    (void)state;
    person_name name = {S("דנה <x>")};
    msg_arg args[] = {msg_arg_of(name)};
    expect(lang_html, LANG_EN, MSG_GREETING, args, 1, "Hello &lt;<bdi>דנה &lt;x&gt;</bdi>&gt;");
    expect(lang_attribute, LANG_EN, MSG_GREETING, args, 1, "Hello &lt;דנה &lt;x&gt;&gt;");
}

static void counts_pick_the_form(void **state)
{
    (void)state;
    static const struct {
        lang l;
        int64_t n;
        const char *wanted;
    } cases[] = {
        {LANG_EN, 1, "one in Łódź"},
        {LANG_EN, 0, "0 in Łódź"},
        {LANG_EN, -1, "one in Łódź"},
        {LANG_EN, 1234567, "1" GROUP "234" GROUP "567 in Łódź"},
        {LANG_EN, INT64_MIN,
         "\xE2\x88\x92"
         "9" GROUP "223" GROUP "372" GROUP "036" GROUP "854" GROUP "775" GROUP "808 in Łódź"},
        {LANG_PL, 1, "[0] 1"},
        {LANG_PL, 22, "[1] 22"},
        {LANG_PL, 12, "[2] 12 Łódź"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        msg_arg args[MSG_FOUND__ARGS] = {[MSG_FOUND__ARG_PLACE] = msg_arg_of("Łódź"),
                                         [MSG_FOUND__ARG_COUNT] = msg_arg_of(cases[i].n)};
        expect_text(cases[i].l, MSG_FOUND, args, 2, cases[i].wanted);
    }
}

static void links_are_filtered(void **state)
{
    (void)state;
    msg_arg args[] = {msg_arg_url(S("/en/privacy?a=1&b=\"")), msg_arg_of("javascript:alert(1)")};
    expect(lang_html, LANG_EN, MSG_LINKS, args, 2,
           "<b>Read</b> <a href=\"/en/privacy?a=1&amp;b=&#34;\">this</a> or "
           "<a href=\"#\"><em>that</em></a>");
    expect(lang_attribute, LANG_EN, MSG_LINKS, args, 2, "Read this or that");
    expect_text(LANG_EN, MSG_LINKS, args, 2,
                "Read this (/en/privacy?a=1&b=\") or that (javascript:alert(1))");
}

static void lacking_texts_are_english_and_say_so(void **state)
{
    (void)state;
    expect(lang_html, LANG_PL, MSG_PLAIN, NULL, 0, "<span lang=\"en\">Sign &amp; \"win\"</span>");
    expect(lang_attribute, LANG_PL, MSG_PLAIN, NULL, 0, "Sign &amp; &#34;win&#34;");
    msg_arg args[] = {msg_arg_of(2)};
    expect(lang_html, LANG_PL, MSG_GREETING, args, 1, "<span lang=\"en\">Hello &lt;2&gt;</span>");
    assert_int_equal(lang_state(LANG_PL, MSG_GREETING), MESSAGE_OUTDATED);
    assert_int_equal(lang_state(LANG_PL, MSG_FOUND), MESSAGE_MACHINE);
    assert_string_equal(lang_key(MSG_FOUND), "found");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_escaped_by_place),
        cmocka_unit_test(values_are_escaped_by_place),
        cmocka_unit_test(names_stand_apart),
        cmocka_unit_test(counts_pick_the_form),
        cmocka_unit_test(links_are_filtered),
        cmocka_unit_test(lacking_texts_are_english_and_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
