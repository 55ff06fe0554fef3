/* SPDX-License-Identifier: EUPL-1.2 */
/* Escaping and Markdown: whatever comes in, what goes out is valid UTF-8, cannot leave its place,
 * and stays in proportion. */

#include "html/html.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_common(str out, str in)
{
    BUG_IF(!utf8_is_valid(out));
    BUG_IF(out.n > 32 * in.n + 400);
    for (size_t i = 0; i < out.n; i++) {
        unsigned char c = (unsigned char)out.at[i];
        BUG_IF((c < ' ' && c != '\t' && c != '\n') || c == 0x7F);
    }
}

static bool holds(str s, const char *bytes)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr(bytes, s.at[i]))
            return true;
    return false;
}

/* A URL in a page: "#", or no ':' before the first of / ? #, or one of three schemes. */
static void check_url(str out)
{
    size_t stop = 0;
    BUG_IF(holds(out, "<>\"'\t\n\\"));
    while (stop < out.n && !strchr(":/?#", out.at[stop]))
        stop++;
    str scheme = str_head(out, stop);
    if (stop < out.n && out.at[stop] == ':')
        BUG_IF(!str_eq_nocase(scheme, S("https")) && !str_eq_nocase(scheme, S("http")) &&
               !str_eq_nocase(scheme, S("mailto")));
    else
        BUG_IF(str_starts(out, S("//")));
}

/* Takes one tag of Markdown off the front of *s; tags are few and plain. */
static void check_tag(str *s)
{
    static const str plain[] = {
        STR_INIT("p"),  STR_INIT("em"), STR_INIT("strong"),     STR_INIT("code"), STR_INIT("pre"),
        STR_INIT("ul"), STR_INIT("ol"), STR_INIT("li"),         STR_INIT("h2"),   STR_INIT("h3"),
        STR_INIT("h4"), STR_INIT("h5"), STR_INIT("h6"),         STR_INIT("hr"),   STR_INIT("br"),
        STR_INIT("a"),  STR_INIT("/a"), STR_INIT("blockquote"),
    };
    size_t end = str_find(*s, '>');
    BUG_IF(end == s->n);
    str tag = {s->at + 1, end - 1};
    *s = str_skip(*s, end + 1);
    if (str_starts(tag, S("a href=\""))) {
        str url = str_skip(tag, 8);
        size_t quote = str_find(url, '"');
        check_url(str_head(url, quote));
        url = str_skip(url, quote);
        BUG_IF(!str_eq(url, S("\"")) && !str_eq(url, S("\" rel=\"noopener\"")));
        return;
    }
    if (str_starts(tag, S("ol start=\""))) {
        for (size_t i = 10; i + 1 < tag.n; i++)
            BUG_IF(tag.at[i] < '0' || tag.at[i] > '9');
        return;
    }
    str name = str_starts(tag, S("/")) ? str_skip(tag, 1) : tag;
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (str_eq(plain[i], name))
            return;
    BUG_IF(true);
}

static void check_markup(str s)
{
    int links = 0;
    while (s.n) {
        size_t text = str_find(s, '<');
        BUG_IF(holds(str_head(s, text), ">"));
        s = str_skip(s, text);
        links += str_starts(s, S("<a ")) - str_starts(s, S("</a>"));
        BUG_IF(links < 0 || links > 1);
        if (s.n)
            check_tag(&s);
    }
    BUG_IF(links != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n > 1 << 14)
        return 0;
    arena *a = arena_open(64 << 20);
    str in = {(const char *)data, n};
    buf text = buf_in(a), attribute = buf_in(a), url = buf_in(a), part = buf_in(a),
        line = buf_in(a);
    html_text(&(html_out){&text}, in);
    check_common(buf_str(&text), in);
    BUG_IF(holds(buf_str(&text), "<>"));
    html_attribute(&(html_out){&attribute}, in);
    check_common(buf_str(&attribute), in);
    BUG_IF(holds(buf_str(&attribute), "<>\"'"));
    html_url(&(html_out){&url}, in);
    check_common(buf_str(&url), in);
    check_url(buf_str(&url));
    html_url_part(&(html_out){&part}, in);
    check_common(buf_str(&part), in);
    BUG_IF(holds(buf_str(&part), "<>\"'&:/?#\\ \t\n"));
    html_plain_line(&line, in);
    check_common(buf_str(&line), in);
    BUG_IF(holds(buf_str(&line), "\t\n"));
    str markup = html_markdown(a, in, 2).markup;
    check_common(markup, in);
    check_markup(markup);
    check_common(html_markdown_text(a, in), in);
    arena_close(a);
    return 0;
}
