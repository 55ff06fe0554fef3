/* SPDX-License-Identifier: EUPL-1.2 */
/* Escaping by position and Markdown, mostly with what an attacker would send. */

#include "atom.h"
#include "html.h"
#include "linked_data.h"

#include "html/count_image.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef void put_function(html_out *o, str s);

static void assert_put(put_function *put, str given, str wanted)
{
    arena *a = arena_open(1 << 20);
    buf b = buf_in(a);
    html_out o = {&b};
    put(&o, given);
    str got = buf_str(&b);
    if (!str_eq(got, wanted))
        fail_msg("got \"%.*s\", wanted \"%.*s\"", STR_FMT(got), STR_FMT(wanted));
    assert_true(utf8_is_valid(got));
    arena_close(a);
}

#define REPLACED "\xEF\xBF\xBD"

static void text_escapes_markup_only(void **state)
{
    (void)state;
    assert_put(html_text, S(""), S(""));
    assert_put(html_text, S("Ψηφίζω \"yes\" & 'no' <b>"), S("Ψηφίζω \"yes\" &amp; 'no' &lt;b&gt;"));
    assert_put(html_text, S("</textarea><script>"), S("&lt;/textarea&gt;&lt;script&gt;"));
    assert_put(html_text, S("&lt;"), S("&amp;lt;"));
}

static str image_of(arena *a, const char *title, const char *number, int64_t count)
{
    buf b = buf_in(a);
    html_out o = {&b};
    count_image_put(&o, &(count_image){.title = str_of(title),
                                       .number = str_of(number),
                                       .caption = S("signatures"),
                                       .count = count,
                                       .goal = 1000,
                                       .paper = S("#ffffff"),
                                       .accent = S("#c93a10")});
    return buf_str(&b);
}

static size_t times(str text, str part)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(text, part)) < text.n; n++)
        text = str_skip(text, at + part.n);
    return n;
}

static void pictures_hold_no_markup_of_others(void **state)
{
    arena *a = arena_open(1 << 20);
    (void)state;
    str hostile = image_of(a, "\"><script>&</title>", "<b>", 5);
    assert_int_equal(times(hostile, S("<script")), 0);
    assert_int_equal(times(hostile, S("</title>")), 1);
    assert_int_equal(times(hostile, S("&lt;script&gt;&amp;&lt;/title&gt;")), 2);
    str plain = image_of(a, "Alliance", "12", 12);
    assert_int_equal(times(plain, S("<text")), 3);
    assert_int_equal(times(plain, S("textLength")), 0);
    assert_int_equal(times(plain, S("style")), 0); /* our own policy would drop it */
    assert_int_equal(times(image_of(a, "Alliance", "", 0), S("<text")), 2);
    assert_int_equal(times(image_of(a, "Alliance", "", 0), S("height=\"8\"")), 1);
    assert_int_equal(times(image_of(a, "Alliance", "5000", 5000), S("width=\"320\"")), 2);
    str longest = image_of(a, "An alliance whose name is longer than any picture is wide", "1", 1);
    assert_int_equal(times(longest, S("textLength=\"320\"")), 1);
    arena_close(a);
}

static void attribute_escapes_quotes_too(void **state)
{
    (void)state;
    assert_put(html_attribute, S("a\"b'c<d>e&f"), S("a&#34;b&#39;c&lt;d&gt;e&amp;f"));
    assert_put(html_attribute, S("\" onclick=\"x"), S("&#34; onclick=&#34;x"));
}

static void controls_and_broken_utf8_are_replaced(void **state)
{
    (void)state;
    assert_put(html_text, (str){"a\0b", 3}, S("a" REPLACED "b"));
    assert_put(html_text, S("\x01\x1B\x7F"), S(REPLACED REPLACED REPLACED));
    assert_put(html_text, S("\xC2\x85"), S(REPLACED)); /* NEL, a C1 control */
    assert_put(html_text, S("a\tb\nc\r\nd\re"), S("a\tb\nc\nd\ne"));
    assert_put(html_text, S("\xFF<\xC3"), S(REPLACED "&lt;" REPLACED));
    assert_put(html_text, S("\xC0\xBC"), S(REPLACED REPLACED)); /* overlong < */
    assert_put(html_attribute, S("\xED\xA0\x80\""), S(REPLACED REPLACED REPLACED "&#34;"));
    assert_put(html_attribute, S("\xF0\x9F\x87\xAA"), S("\xF0\x9F\x87\xAA"));
    assert_put(html_attribute, S("\xE2\x82\""), S(REPLACED REPLACED "&#34;")); /* cut, then quote */
}

static void url_lets_known_schemes_through(void **state)
{
    (void)state;
    static const str good[] = {
        STR_INIT(""),
        STR_INIT("/el/sign/2026"),
        STR_INIT("?q=1#top"),
        STR_INIT("#main"),
        STR_INIT("page"),
        STR_INIT("../up"),
        STR_INIT("./a:b"),
        STR_INIT("/a:b"),
        STR_INIT("?a:b"),
        STR_INIT("https://a.example/x"),
        STR_INIT("HTTP://a.example"),
        STR_INIT("mailto:team@a.example"),
        STR_INIT("/με/ελληνικά"),
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_put(html_url, good[i], good[i]);
    assert_put(html_url, S(" \n/x\t "), S("/x"));
    assert_put(html_url, S("/a\nb\tc"), S("/abc"));
    assert_put(html_url, S("/?a=1&b=\"'<>"), S("/?a=1&amp;b=&#34;&#39;&lt;&gt;"));
    assert_put(html_url, S("/\xFF"), S("/" REPLACED));
}

static void sources_are_of_this_site(void **state)
{
    (void)state;
    assert_put(html_sources, S("/a/b-400.webp 400w, /a/b.webp 800w"),
               S("/a/b-400.webp 400w, /a/b.webp 800w"));
    static const str bad[] = {
        STR_INIT("https://a.example/x 400w"), STR_INIT("//a.example/x 400w"), STR_INIT("/x"),
        STR_INIT("/x 400w, data:x 1w"),       STR_INIT("/x\" 400w"),          STR_INIT("/a:b 400w"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_put(html_sources, bad[i], S(""));
}

static void url_refuses_every_disguise(void **state)
{
    (void)state;
    static const str bad[] = {
        STR_INIT("javascript:alert(1)"),
        STR_INIT("JaVaScRiPt:alert(1)"),
        STR_INIT("  javascript:x"),
        STR_INIT("\x01\x1Fjavascript:x"),
        STR_INIT("java\nscript:x"),
        STR_INIT("java\r\n\tscript\t:x"),
        STR_INIT("javascript\n:x"),
        STR_INIT("\njavascript:x"),
        STR_INIT("data:text/html,x"),
        STR_INIT("vbscript:x"),
        STR_INIT("blob:x"),
        STR_INIT("file:///etc/passwd"),
        STR_INIT("ftp://x"),
        STR_INIT("view-source:https://x"),
        STR_INIT("ｊavascript:x"),
        STR_INIT("javascript\xC2\xA0:x"),
        STR_INIT(":x"),
        STR_INIT("java\x0Bscript:x"),
        STR_INIT("//evil.example"),
        STR_INIT(" //evil.example"),
        STR_INIT("/\t/evil.example"),
        STR_INIT("\\\\evil.example"),
        STR_INIT("/\\evil.example"),
        STR_INIT("https:\\\\evil.example"),
        STR_INIT("\x7F"
                 "javascript:x\x7F"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_put(html_url, bad[i], S("#"));
    assert_put(html_url, (str){"java\0script:x", 13}, S("#"));
    /* An entity is not one here: the value is text, and its & is escaped. */
    assert_put(html_url, S("javascript&#58;x"), S("javascript&amp;#58;x"));
    assert_put(html_url, S("javascript&colon;x"), S("javascript&amp;colon;x"));
}

static void url_parts_are_percent_encoded(void **state)
{
    (void)state;
    assert_put(html_url_part, S("a-b.c_d~9"), S("a-b.c_d~9"));
    assert_put(html_url_part, S("a/b?c=d&e#f:g@h"), S("a%2Fb%3Fc%3Dd%26e%23f%3Ag%40h"));
    assert_put(html_url_part, S("é\"<"), S("%C3%A9%22%3C"));
    assert_put(html_url_part, S("\xFF"), S("%EF%BF%BD"));
}

static void plain_line(html_out *o, str s)
{
    html_plain_line(o->to, s);
}

static void plain_values_stay_on_their_line(void **state)
{
    (void)state;
    assert_put(plain_line, S("a\r\nBcc: x <&>\t\x07"), S("a Bcc: x <&>  "));
    assert_put(plain_line,
               S("a\xE2\x80\xA8"
                 "b\xC2\x85"
                 "c"),
               S("a b c"));
    assert_put(plain_line, (str){"\0\xFF", 2}, S(" " REPLACED));
}

static void markdown2(html_out *o, str s)
{
    html_safe(o, html_markdown(o->to->home, s, 2));
}

static void markdown5(html_out *o, str s)
{
    html_safe(o, html_markdown(o->to->home, s, 5));
}

static str demo_target(arena *a, const void *context, str named)
{
    return str_eq(named, S("page/x")) ? arena_printf(a, "/%s/page/x", (const char *)context)
                                      : (str){"", 0};
}

static void markdown_linked(html_out *o, str s)
{
    html_safe(o, html_markdown_linked(o->to->home, s, 2, demo_target, "da"));
}

static void links_lead_to_things_of_the_site(void **state)
{
    (void)state;
    assert_put(
        markdown_linked, S("[a](page/x) [b](page/y) [c](https://x.eu/) [d](javascript:e)"),
        S("<p><a href=\"/da/page/x\">a</a> b <a href=\"https://x.eu/\" rel=\"noopener\">c</a> "
          "d</p>\n"));
}

static void markdown_becomes_markup(void **state)
{
    (void)state;
    assert_put(markdown2, S(""), S(""));
    assert_put(
        markdown2, S("# A\n## B\ntext *e* **s** `c<`\nsoft  \nhard"),
        S("<h2>A</h2>\n<h3>B</h3>\n<p>text <em>e</em> <strong>s</strong> <code>c&lt;</code>\n"
          "soft<br>\nhard</p>\n"));
    assert_put(markdown5, S("## A\n### B\n"), S("<h5>A</h5>\n<h6>B</h6>\n"));
    assert_put(markdown5, S("# A\n## B\n### C"), S("<h5>A</h5>\n<h6>B</h6>\n<h6>C</h6>\n"));
    assert_put(markdown2, S("- a\n- b\n\n3. x\n\n4. y"),
               S("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
                 "<ol start=\"3\">\n<li><p>x</p>\n</li>\n<li><p>y</p>\n</li>\n</ol>\n"));
    assert_put(
        markdown2, S("> q\n\n---\n\n    <c>\n"),
        S("<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n<pre><code>&lt;c&gt;\n</code></pre>\n"));
    assert_put(
        markdown2, S("[a](/b \"t\") [c](https://d.example/?e&f) <https://g.example>"),
        S("<p><a href=\"/b\">a</a> <a href=\"https://d.example/?e&amp;f\" rel=\"noopener\">c</a>"
          " <a href=\"https://g.example\" rel=\"noopener\">https://g.example</a></p>\n"));
}

static void markdown_lets_nothing_raw_through(void **state)
{
    (void)state;
    assert_put(markdown2, S("a <b onclick=x>c</b> <!-- d -->"), S("<p>a c </p>\n"));
    assert_put(markdown2, S("<script>\nalert(1)\n</script>\n\nx"), S("<p>x</p>\n"));
    assert_put(markdown2, S("![alt *x*](https://e.example/i.png)"), S("<p>alt <em>x</em></p>\n"));
    assert_put(markdown2, S("[x](javascript:alert(1))"), S("<p>x</p>\n"));
    assert_put(markdown2, S("[x](JAVASCRIPT&#58;alert)"), S("<p>x</p>\n"));
    assert_put(markdown2, S("[x](java&Tab;script&colon;alert)"), S("<p>x</p>\n"));
    assert_put(markdown2, S("[x](&#1;javascript:alert)"), S("<p>x</p>\n"));
    assert_put(markdown2, S("[x](data:text/html;base64,xx)"), S("<p>x</p>\n"));
    assert_put(markdown2, S("<javascript:alert>"), S("<p>javascript:alert</p>\n"));
    assert_put(markdown2, S("[x](//evil.example)"), S("<p>x</p>\n"));
    assert_put(markdown2, S("[x](<\"onmouseover=alert>)"),
               S("<p><a href=\"&#34;onmouseover=alert\">x</a></p>\n"));
    assert_put(markdown2, S("[![[y](/z)](/i)](/l)"), S("<p>[<a href=\"/z\">y</a>](/l)</p>\n"));
    assert_put(markdown2, (str){"a\0b \xFF", 5}, S("<p>a" REPLACED "b " REPLACED "</p>\n"));
    assert_put(markdown2, S("&#0; &#27; &lt;b&gt;"),
               S("<p>" REPLACED " " REPLACED " &lt;b&gt;</p>\n"));
}

/* Many uses of one long reference must not make a small text a huge page. */
static void markdown_output_stays_in_proportion(void **state)
{
    (void)state;
    arena *a = arena_open(64 << 20);
    buf b = buf_in(a);
    for (int i = 0; i < 10000; i++)
        buf_put(&b, S("[a] "));
    buf_put(&b, S("\n\n[a]: /"));
    for (int i = 0; i < 20000; i++)
        buf_put_char(&b, 'x');
    str markup = html_markdown(a, buf_str(&b), 2).markup;
    assert_true(markup.n < 32 * b.n);
    arena_close(a);
}

static void markdown_nests_without_recursion(void **state)
{
    (void)state;
    arena *a = arena_open(256 << 20);
    buf b = buf_in(a);
    for (int i = 0; i < 20000; i++)
        buf_put(&b, S("> "));
    buf_put(&b, S("x"));
    assert_true(html_markdown(a, buf_str(&b), 2).markup.n < 32 * b.n + 400);
    arena_close(a);
}

static void markdown_text(html_out *o, str s)
{
    buf_put(o->to, html_markdown_text(o->to->home, s));
}

static void markdown_without_markup(void **state)
{
    (void)state;
    assert_put(markdown_text, S(""), S(""));
    assert_put(markdown_text, S("# A *b*\n\nc\nd  \ne <i>f</i> [g](/h) ![i](j)\n"),
               S("A b\n\nc d\ne f g i"));
    assert_put(markdown_text, S("x\n\n- a\n- b\n  - c\n\ny\n\n3. d\n4. e\n"),
               S("x\n\n- a\n- b\n- c\n\ny\n\n3. d\n4. e"));
    assert_put(markdown_text, S("- \n- a"), S("-\n- a"));
    assert_put(markdown_text, S("```\na\n\n<b>\n```"), S("a\n\n<b>"));
    assert_put(markdown_text, S("&#27; a&#10;b"), S("  a b"));
}

static void inline_elements_hold_what_is_given(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 16);
    assert_true(str_eq(html_inline_script(a, S("a < b && c")).markup,
                       S("<script type=\"module\">\na < b && c</script>")));
    assert_true(
        str_eq(html_inline_style(a, S("a > b { }")).markup, S("<style>\na > b { }</style>")));
    arena_close(a);
}

static void linked_data_never_ends_its_element(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 16);
    linked_data ld = linked_data_begin(a);
    linked_data_open(&ld, S(""), S("Article"));
    linked_data_put(&ld, S("headline"), S("</script><!-- \"x\" & \\ \n\u2028"));
    linked_data_put(&ld, S("empty"), S(""));
    linked_data_list(&ld, S("hasPart"));
    linked_data_put(&ld, S(""), S("a"));
    linked_data_open(&ld, S(""), S("Thing"));
    linked_data_put_int(&ld, S("position"), -2);
    linked_data_close(&ld);
    linked_data_close(&ld);
    linked_data_close(&ld);
    linked_data_open(&ld, S(""), S("Thing"));
    linked_data_close(&ld);
    str got = linked_data_end(&ld).markup;
    str expected =
        S("<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@graph\":[{"
          "\"@type\":\"Article\",\"headline\":\"\\u003c/script\\u003e\\u003c!-- \\\"x\\\" \\u0026 "
          "\\\\ "
          "\\u000a\u2028\",\"hasPart\":[\"a\",{\"@type\":\"Thing\",\"position\":-2}]},{\"@type\":"
          "\"Thing\"}]}</script>");
    if (!str_eq(got, expected))
        fail_msg("%.*s", STR_FMT(got));
    arena_close(a);
}

static void feeds_escape_what_they_hold(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 16);
    buf b = buf_in(a);
    atom feed = atom_begin(&b, &(atom_feed){.lang = S("el"),
                                            .title = S("A & B"),
                                            .address = S("https://a.example/?x&y"),
                                            .page = S("https://a.example/"),
                                            .author = S("<A>"),
                                            .updated = S("2026-11-22T00:00:00Z")});
    atom_put(&feed, &(atom_entry){.lang = S("en"),
                                  .title = S("</title>"),
                                  .address = S("https://a.example/1"),
                                  .updated = S("2026-11-22T00:00:00Z"),
                                  .content = {S("<p>x &amp; y</p>")}});
    atom_end(&feed);
    static const char *const parts[] = {
        "xml:lang=\"el\"",
        "<title>A &amp; B</title>",
        "href=\"https://a.example/?x&amp;y\"",
        "<name>&lt;A&gt;</name>",
        "<entry xml:lang=\"en\">",
        "<title>&lt;/title&gt;</title>",
        "<content type=\"html\">&lt;p&gt;x &amp;amp; y&lt;/p&gt;</content>"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (str_find_str(buf_str(&b), str_of(parts[i])) == b.n)
            fail_msg("no %s in %.*s", parts[i], STR_FMT(buf_str(&b)));
    assert_true(str_find_str(buf_str(&b), S("<summary>")) == b.n);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_hold_no_markup_of_others),
        cmocka_unit_test(text_escapes_markup_only),
        cmocka_unit_test(attribute_escapes_quotes_too),
        cmocka_unit_test(controls_and_broken_utf8_are_replaced),
        cmocka_unit_test(url_lets_known_schemes_through),
        cmocka_unit_test(sources_are_of_this_site),
        cmocka_unit_test(url_refuses_every_disguise),
        cmocka_unit_test(url_parts_are_percent_encoded),
        cmocka_unit_test(plain_values_stay_on_their_line),
        cmocka_unit_test(markdown_becomes_markup),
        cmocka_unit_test(links_lead_to_things_of_the_site),
        cmocka_unit_test(markdown_lets_nothing_raw_through),
        cmocka_unit_test(markdown_output_stays_in_proportion),
        cmocka_unit_test(markdown_nests_without_recursion),
        cmocka_unit_test(markdown_without_markup),
        cmocka_unit_test(inline_elements_hold_what_is_given),
        cmocka_unit_test(linked_data_never_ends_its_element),
        cmocka_unit_test(feeds_escape_what_they_hold),
    };
    return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
