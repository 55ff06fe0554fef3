/* SPDX-License-Identifier: EUPL-1.2 */
/* Escaping by position. One walk for all places: runs of harmless bytes are copied whole, every
 * other byte or character is looked at once. The set of special bytes is the larger one of the
 * attribute in both places but for the quotes, so text stays readable. */

#include "html.h"

#include "base/utf8.h"
#include "url.h"

#define REPLACEMENT S("\xEF\xBF\xBD")

typedef enum place { PLACE_TEXT, PLACE_ATTRIBUTE, PLACE_LINE } place;

static bool is_harmless(unsigned char c, place where)
{
    if (c < ' ' || c >= 0x7F)
        return false;
    if (where == PLACE_LINE)
        return true;
    if (c == '&' || c == '<' || c == '>')
        return false;
    return where == PLACE_TEXT || (c != '"' && c != '\'');
}

static str escaped_ascii(unsigned char c, place where)
{
    switch (c) {
    case '&':
        return S("&amp;");
    case '<':
        return S("&lt;");
    case '>':
        return S("&gt;");
    case '"':
        return S("&#34;");
    case '\'':
        return S("&#39;");
    case '\t':
        return where == PLACE_LINE ? S(" ") : S("\t");
    case '\r':
    case '\n':
        return where == PLACE_LINE ? S(" ") : S("\n");
    default:
        return where == PLACE_LINE ? S(" ") : REPLACEMENT;
    }
}

/* Takes one special character off the front of *s and puts what stands for it. */
static void put_special(buf *b, str *s, place where)
{
    unsigned char c = (unsigned char)s->at[0];
    if (c < 0x80) {
        bool is_pair = c == '\r' && s->n > 1 && s->at[1] == '\n';
        *s = str_skip(*s, is_pair ? 2 : 1);
        buf_put(b, escaped_ascii(c, where));
        return;
    }
    const char *start = s->at;
    int32_t code = utf8_next(s);
    if (code >= 0 && code < 0xA0)
        buf_put(b, where == PLACE_LINE ? S(" ") : REPLACEMENT);
    else if (where == PLACE_LINE && (code == 0x2028 || code == 0x2029))
        buf_put(b, S(" "));
    else
        buf_put(b, code < 0 ? REPLACEMENT : (str){start, (size_t)(s->at - start)});
}

static void put_escaped(buf *b, str s, place where)
{
    buf_reserve(b, s.n);
    while (s.n) {
        size_t run = 0;
        while (run < s.n && is_harmless((unsigned char)s.at[run], where))
            run++;
        buf_put(b, str_head(s, run));
        s = str_skip(s, run);
        if (s.n)
            put_special(b, &s, where);
    }
}

void html_text(html_out *o, str s)
{
    put_escaped(o->to, s, PLACE_TEXT);
}

void html_attribute(html_out *o, str s)
{
    put_escaped(o->to, s, PLACE_ATTRIBUTE);
}

void html_plain_line(buf *b, str s)
{
    put_escaped(b, s, PLACE_LINE);
}

void html_url(html_out *o, str s)
{
    str url;
    html_attribute(o, url_clean(o->to->home, s, &url) ? url : S("#"));
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void html_url_part(html_out *o, str s)
{
    static const char digits[] = "0123456789ABCDEF";
    while (s.n) {
        if (is_unreserved(s.at[0])) {
            buf_put_char(o->to, s.at[0]);
            s = str_skip(s, 1);
            continue;
        }
        const char *start = s.at;
        int32_t code = utf8_next(&s);
        str bytes = code < 0 ? REPLACEMENT : (str){start, (size_t)(s.at - start)};
        for (size_t i = 0; i < bytes.n; i++) {
            unsigned char c = (unsigned char)bytes.at[i];
            buf_put(o->to, (str){(char[]){'%', digits[c >> 4], digits[c & 15]}, 3});
        }
    }
}

void html_sources(html_out *o, str s)
{
    for (str rest = s; rest.n;) {
        str one = str_trim(str_cut(rest, ',', &rest)), width;
        str url = str_cut(one, ' ', &width);
        bool is_good =
            str_starts(url, S("/")) && !str_starts(url, S("//")) && str_ends(width, S("w"));
        for (size_t i = 0; i < one.n; i++)
            is_good = is_good && (is_unreserved(one.at[i]) || one.at[i] == '/' || one.at[i] == ' ');
        if (!is_good)
            return;
    }
    html_attribute(o, s);
}

void html_int(html_out *o, int64_t n)
{
    buf_put_int(o->to, n);
}

void html_safe(html_out *o, safe_html markup)
{
    buf_put(o->to, markup.markup);
}

static safe_html inline_element(arena *a, str opening, str content, str closing)
{
    BUG_IF(str_find_str(content, str_head(closing, 3)) < content.n ||
           str_find_str(content, S("<!--")) < content.n);
    buf b = buf_in(a);
    buf_put(&b, opening);
    buf_put(&b, content);
    buf_put(&b, closing);
    return (safe_html){buf_str(&b)};
}

safe_html html_inline_script(arena *a, str script)
{
    return inline_element(a, S("<script type=\"module\">\n"), script, S("</script>"));
}

safe_html html_inline_style(arena *a, str sheet)
{
    return inline_element(a, S("<style>\n"), sheet, S("</style>"));
}
