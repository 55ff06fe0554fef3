/* SPDX-License-Identifier: EUPL-1.2 */
/* Following the markup. Views are written in the part of HTML that every tokeniser reads the same
 * way: lower-case names, quotes around every value, every element closed where its block closes, no
 * raw text. So the state here is the state of the browser's tokeniser at the same byte, which is
 * what the escaping of values depends on; everything outside that part is refused.
 *
 * Literals are normalised on the way: one space between attributes, and white space in content
 * dropped beside blocks and otherwise written as one space, except where it counts. */

#include "view.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const html_element *innermost(const html_state *h)
{
    return h->depth ? &h->open[h->depth - 1] : NULL;
}

static const html_element *find_open(const html_state *h, str name)
{
    for (size_t i = h->depth; i > 0; i--)
        if (str_eq(h->open[i - 1].name, name))
            return &h->open[i - 1];
    return NULL;
}

static bool keeps_space(const html_state *h)
{
    for (size_t i = 0; i < h->depth; i++)
        if (h->open[i].flags & ELEMENT_PRE)
            return true;
    return false;
}

/* Title, textarea and option show tags or drop them; in svg an HTML element would end the svg. */
bool html_is_plain(const html_state *h)
{
    const html_element *e = innermost(h);
    return h->where == HTML_RCDATA || (e && e->flags & (ELEMENT_PLAIN | ELEMENT_SVG)) ||
           find_open(h, S("svg"));
}

str html_describe(const html_state *h)
{
    switch (h->where) {
    case HTML_TAG:
        return S("inside a tag");
    case HTML_VALUE:
        return S("inside an attribute");
    case HTML_RCDATA:
        return S("inside title or textarea");
    case HTML_EMPTY:
        return S("inside an element that must be empty");
    case HTML_DATA:
    default:
        return S("in content");
    }
}

/* --- White space --- */

void html_touch(compile *k)
{
    if (k->html.has_space)
        emit_literal(&k->out, S(" "));
    k->html.has_space = false;
    k->html.edge = EDGE_TEXT;
}

void html_settle(compile *k)
{
    if (k->html.where == HTML_DATA && k->html.has_space) {
        html_touch(k);
        k->html.edge = EDGE_SPACE;
    }
}

static void read_space(compile *k)
{
    size_t n = 0;
    while (is_space(scan_peek(&k->c, n)))
        n++;
    if (keeps_space(&k->html))
        emit_literal(&k->out, str_head(scan_rest(&k->c), n));
    else if (k->html.edge == EDGE_TEXT)
        k->html.has_space = true;
    scan_skip(&k->c, n);
}

/* --- Literal text --- */

/* "&name;" or "&#number;" at the cursor: its length. */
static size_t reference_length(compile *k)
{
    size_t n = 1;
    bool is_number = scan_peek(&k->c, 1) == '#';
    if (is_number)
        n++;
    size_t start = n;
    while (is_letter(scan_peek(&k->c, n)) || is_digit(scan_peek(&k->c, n)))
        n++;
    if (n == start || scan_peek(&k->c, n) != ';' || (!is_number && is_digit(scan_peek(&k->c, 1))))
        scan_refuse(&k->c, "& that begins no reference: write &amp;");
    return n + 1;
}

/* Whether letters stand here that a reader would read as a word: two, not all capitals. */
static bool is_word(compile *k, size_t *out_n)
{
    size_t n = 0;
    bool has_lower = false;
    while (is_letter(scan_peek(&k->c, n))) {
        has_lower = has_lower || is_lower(scan_peek(&k->c, n));
        n++;
    }
    *out_n = n;
    return n >= 2 && has_lower;
}

static void refuse_word(compile *k, size_t n)
{
    scan_refuse(&k->c,
                "\"%.*s\" would not be translated: use {t key}, or translate=\"no\" on its element",
                (int)n, scan_rest(&k->c).at);
}

static bool is_words_allowed(const html_state *h)
{
    const html_element *e = innermost(h);
    for (size_t i = 0; i < h->depth; i++)
        if (h->open[i].flags & ELEMENT_VERBATIM)
            return true;
    return e && e->is_untranslated;
}

static void take_literal(compile *k, size_t n)
{
    emit_literal(&k->out, str_head(scan_rest(&k->c), n));
    scan_skip(&k->c, n);
}

static void read_text(compile *k)
{
    char c = scan_peek(&k->c, 0);
    size_t n = 1;
    if ((unsigned char)c < ' ' || c == 0x7F)
        scan_refuse(&k->c, "a control character");
    if (c == '&')
        n = reference_length(k);
    else if (is_letter(c) && is_word(k, &n) && !is_words_allowed(&k->html))
        refuse_word(k, n);
    if (k->html.where == HTML_DATA)
        html_touch(k);
    take_literal(k, n);
}

/* --- Tags --- */

static size_t name_length(compile *k)
{
    size_t n = 0;
    char c;
    while (c = scan_peek(&k->c, n),
           is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == ':' || c == '.')
        n++;
    if (n && scan_peek(&k->c, n) == '{')
        scan_refuse(&k->c, "a value may not stand in a name");
    return n;
}

static void check_nesting(compile *k, const html_element *e)
{
    const html_state *h = &k->html;
    const html_element *p = find_open(h, S("p"));
    if ((e->flags & ELEMENT_CLOSES_P) && p)
        scan_refuse(&k->c, "<%.*s> would end the <p> of line %zu", STR_FMT(e->name), p->line);
    if ((e->flags & ELEMENT_SVG) && !find_open(h, S("svg")))
        scan_refuse(&k->c, "<%.*s> outside svg", STR_FMT(e->name));
    bool is_shared = str_eq(e->name, S("a")) || str_eq(e->name, S("title"));
    if (!(e->flags & ELEMENT_SVG) && !is_shared && find_open(h, S("svg")))
        scan_refuse(&k->c, "<%.*s> inside svg", STR_FMT(e->name));
    static const str alone[] = {STR_INIT("a"), STR_INIT("button"), STR_INIT("form"),
                                STR_INIT("label"), STR_INIT("svg")};
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        const html_element *same = str_eq(e->name, alone[i]) ? find_open(h, alone[i]) : NULL;
        if (same)
            scan_refuse(&k->c, "<%.*s> inside the <%.*s> of line %zu", STR_FMT(e->name),
                        STR_FMT(e->name), same->line);
    }
}

static void begin_tag(compile *k)
{
    html_state *h = &k->html;
    scan_skip(&k->c, 1);
    size_t n = name_length(k);
    html_element e = {.name = str_head(scan_rest(&k->c), n), .line = k->c.line};
    if (!rules_element(e.name, &e.flags))
        scan_refuse(&k->c, "<%.*s> is not an element for views (names are written small)",
                    STR_FMT(e.name));
    check_nesting(k, &e);
    const html_element *outer = innermost(h);
    e.is_untranslated = outer && outer->is_untranslated;
    if (e.flags & ELEMENT_BLOCK)
        h->has_space = false;
    else
        html_touch(k);
    h->tag = e;
    h->tag_at = k->c.at;
    h->where = HTML_TAG;
    h->has_gap = false;
    h->attribute_count = 0;
    emit_literal(&k->out, S("<"));
    take_literal(k, n);
}

static bool has_attribute(const html_state *h, str name)
{
    for (size_t i = 0; i < h->attribute_count; i++)
        if (str_eq(h->attributes[i], name))
            return true;
    return false;
}

static void finish_tag(compile *k, bool is_closed)
{
    html_state *h = &k->html;
    html_element *e = &h->tag;
    bool is_svg = (e->flags & ELEMENT_SVG) != 0;
    if (is_closed && !is_svg && !(e->flags & ELEMENT_VOID))
        scan_refuse(&k->c, "<%.*s/>: browsers do not read this as closed", STR_FMT(e->name));
    if (str_eq(e->name, S("img")) && !has_attribute(h, S("alt")))
        scan_refuse(&k->c, "<img> without alt");
    emit_literal(&k->out, is_closed && is_svg ? S("/>") : S(">"));
    h->edge = e->flags & ELEMENT_BLOCK ? EDGE_BLOCK : EDGE_TEXT;
    h->where = HTML_DATA;
    if ((e->flags & ELEMENT_VOID) || is_closed)
        return;
    if (h->depth == HTML_DEPTH_MOST)
        scan_refuse(&k->c, "more than %d elements inside each other", HTML_DEPTH_MOST);
    h->open[h->depth++] = *e;
    if (e->flags & ELEMENT_RCDATA)
        h->where = HTML_RCDATA;
    if (e->flags & ELEMENT_EMPTY)
        h->where = HTML_EMPTY;
    if (e->flags & ELEMENT_PRE && (e->flags & (ELEMENT_RCDATA | ELEMENT_BLOCK)))
        emit_literal(&k->out, S("\n")); /* browsers drop one: this, not the value's own */
}

static void end_tag(compile *k)
{
    html_state *h = &k->html;
    scan_skip(&k->c, 2);
    size_t n = name_length(k);
    str name = str_head(scan_rest(&k->c), n);
    const html_element *e = innermost(h);
    if (!e)
        scan_refuse(&k->c, "</%.*s> closes nothing", STR_FMT(name));
    if (!str_eq(e->name, name))
        scan_refuse(&k->c, "</%.*s> where the <%.*s> of line %zu is open", STR_FMT(name),
                    STR_FMT(e->name), e->line);
    if (h->depth == h->floor)
        scan_refuse(&k->c, "</%.*s> closes an element that was opened outside this {…} block",
                    STR_FMT(name));
    if (scan_peek(&k->c, n) != '>')
        scan_refuse(&k->c, "'>' is missing after </%.*s", STR_FMT(name));
    bool is_block = (e->flags & ELEMENT_BLOCK) != 0;
    if (is_block)
        h->has_space = false;
    else if (h->where == HTML_DATA)
        html_touch(k);
    h->depth--;
    h->where = HTML_DATA;
    h->edge = is_block ? EDGE_BLOCK : EDGE_TEXT;
    emit_literal(&k->out, S("</"));
    take_literal(k, n + 1);
}

/* --- Attributes --- */

void html_attribute_name(compile *k, str name)
{
    html_state *h = &k->html;
    h->class = rules_attribute(name, k->v->is_mail);
    if (h->class == ATTRIBUTE_REFUSED)
        scan_refuse(&k->c, "the attribute %.*s is not for views", STR_FMT(name));
    bool is_svg = h->tag.flags & ELEMENT_SVG || str_eq(h->tag.name, S("svg"));
    for (size_t i = 0; i < name.n; i++)
        if (!is_lower(name.at[i]) && !is_svg && (i == 0 || is_letter(name.at[i])))
            scan_refuse(&k->c, "attribute names are written small: %.*s", STR_FMT(name));
    if (has_attribute(h, name))
        scan_refuse(&k->c, "the attribute %.*s twice", STR_FMT(name));
    if (h->attribute_count == HTML_ATTRIBUTES_MOST)
        scan_refuse(&k->c, "more than %d attributes", HTML_ATTRIBUTES_MOST);
    h->attributes[h->attribute_count++] = name;
}

static void read_attribute(compile *k)
{
    html_state *h = &k->html;
    size_t n = name_length(k);
    if (n == 0)
        scan_refuse(&k->c, "'%c' inside a tag", scan_peek(&k->c, 0));
    if (!h->has_gap)
        scan_refuse(&k->c, "white space is missing before the attribute");
    str name = str_head(scan_rest(&k->c), n);
    html_attribute_name(k, name);
    emit_literal(&k->out, S(" "));
    take_literal(k, n);
    h->has_gap = false;
    if (scan_peek(&k->c, 0) != '=')
        return;
    if (scan_peek(&k->c, 1) != '"')
        scan_refuse(&k->c, "the value of %.*s is not in double quotes", STR_FMT(name));
    if (str_eq(name, S("translate")))
        h->tag.is_untranslated = str_starts(scan_rest(&k->c), S("=\"no\""));
    take_literal(k, 2);
    h->where = HTML_VALUE;
    h->value_at = k->c.at;
    h->url = URL_START;
}

static void tag_step(compile *k)
{
    char c = scan_peek(&k->c, 0);
    if (is_space(c)) {
        scan_skip(&k->c, 1);
        k->html.has_gap = true;
    } else if (c == '>') {
        scan_skip(&k->c, 1);
        finish_tag(k, false);
    } else if (c == '/' && scan_peek(&k->c, 1) == '>') {
        scan_skip(&k->c, 2);
        finish_tag(k, true);
    } else {
        read_attribute(k);
    }
}

/* Where the scheme of s would end: at the first of ':' '/' '?' '#', or at its end. */
static size_t scheme_stop(str s)
{
    size_t n = 0;
    while (n < s.n && s.at[n] != ':' && s.at[n] != '/' && s.at[n] != '?' && s.at[n] != '#')
        n++;
    return n;
}

/* Behind a value: nothing here may turn what stands before it into a scheme, neither a ':' nor a
 * reference that means one. */
static void check_url_tail(compile *k, str s)
{
    str front = str_head(s, scheme_stop(s));
    bool is_good = front.n == s.n || s.at[front.n] != ':';
    for (str rest = front; is_good && rest.n; rest = str_skip(rest, 1))
        is_good = rest.at[0] != '&' || str_starts(rest, S("&amp;"));
    if (!is_good)
        scan_refuse(&k->c, "':' or '&' behind a value in a URL, before the first of / ? #");
}

/* At the beginning: a scheme that we know, or plainly none. */
static void check_url_head(compile *k, str s)
{
    html_state *h = &k->html;
    str scheme = str_head(s, scheme_stop(s));
    bool has_scheme = scheme.n < s.n && s.at[scheme.n] == ':';
    bool is_web = str_eq(scheme, S("https")) || str_eq(scheme, S("http"));
    h->url = URL_LATER;
    if (str_find(scheme, '&') < scheme.n)
        scan_refuse(&k->c, "'&' in a URL before the first of / ? #");
    if (!has_scheme) {
        if (str_starts(s, S("//")))
            scan_refuse(&k->c, "the URL of another host is written with its scheme");
    } else if (is_web) {
        str host = str_skip(s, scheme.n + 1);
        if (!str_starts(host, S("//")))
            scan_refuse(&k->c, "%.*s: without //", STR_FMT(scheme));
        host = str_skip(host, 2);
        size_t n = scheme_stop(host);
        while (n < host.n && host.at[n] == ':') /* a port, or a password: the host goes on */
            n += 1 + scheme_stop(str_skip(host, n + 1));
        h->url = n > 0 && n < host.n ? URL_LATER : URL_HOST;
    } else if (!str_eq(scheme, S("mailto"))) {
        scan_refuse(&k->c, "a URL of the scheme \"%.*s:\"", STR_FMT(scheme));
    }
}

static void check_url_literal(compile *k, str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.at[i] <= ' ' || s.at[i] == '\\' || s.at[i] == 0x7F)
            scan_refuse(&k->c, "white space, a control character or \\ in a URL");
    if (k->html.url == URL_START)
        check_url_head(k, s);
    else if (k->html.url == URL_LATER)
        check_url_tail(k, s);
    else
        scan_refuse(&k->c, "the host of a URL is not written in one piece");
}

/* Literal text up to the closing quote or the next brace. */
static void value_step(compile *k)
{
    html_state *h = &k->html;
    str rest = scan_rest(&k->c);
    size_t n = 0;
    while (n < rest.n && rest.at[n] != '"' && rest.at[n] != '{' && rest.at[n] != '}')
        n++;
    if (n == rest.n)
        scan_refuse(&k->c, "the attribute is not closed");
    if (n > 0 && h->class == ATTRIBUTE_URL)
        check_url_literal(k, str_head(rest, n));
    bool is_read =
        rules_attribute_is_read(h->attributes[h->attribute_count - 1]) && !h->tag.is_untranslated;
    size_t end = k->c.at + n;
    while (k->c.at < end) {
        char c = scan_peek(&k->c, 0);
        size_t length = 1;
        if (c == '<' || ((unsigned char)c < ' ' && !is_space(c)) || c == 0x7F)
            scan_refuse(&k->c, "'<' or a control character inside an attribute");
        if (c == '&')
            length = reference_length(k);
        else if (is_letter(c) && is_word(k, &length) && is_read)
            refuse_word(k, length);
        if (c == '\n') {
            while (k->c.at < end && is_space(scan_peek(&k->c, 0)))
                scan_skip(&k->c, 1);
            emit_literal(&k->out, S(" "));
        } else {
            take_literal(k, length);
        }
    }
    if (scan_peek(&k->c, 0) == '"') {
        take_literal(k, 1);
        h->where = HTML_TAG;
    }
}

/* --- Comments, the doctype, and the step itself --- */

static void skip_comment(compile *k)
{
    str inside = str_skip(scan_rest(&k->c), 4);
    size_t n = str_find_str(inside, S("--"));
    if (n == inside.n || inside.at[n + 2] != '>' || inside.at[0] == '>' ||
        str_starts(inside, S("->")))
        scan_refuse(&k->c, "a comment ends with the first --, which must be -->");
    if (str_find(str_head(inside, n), '{') < n)
        scan_refuse(&k->c, "a value may not stand in a comment: write {# … #}");
    scan_skip(&k->c, 4 + n + 3);
}

static void read_markup(compile *k)
{
    str rest = scan_rest(&k->c);
    char next = scan_peek(&k->c, 1);
    if (is_letter(next)) {
        begin_tag(k);
    } else if (next == '/') {
        end_tag(k);
    } else if (str_starts(rest, S("<!--"))) {
        skip_comment(k);
    } else if (str_starts(rest, S("<!doctype html>"))) {
        take_literal(k, 15);
        k->html.edge = EDGE_BLOCK;
    } else if (next == '{') {
        scan_refuse(&k->c, "a value may not stand in a name");
    } else {
        scan_refuse(&k->c, "'<' that begins no tag: write &lt;");
    }
}

static void rcdata_step(compile *k)
{
    char c = scan_peek(&k->c, 0);
    if (c == '<' && scan_peek(&k->c, 1) == '/')
        end_tag(k);
    else if (c == '<')
        scan_refuse(&k->c, "no tags %.*s: write &lt;", STR_FMT(html_describe(&k->html)));
    else if (is_space(c))
        take_literal(k, 1);
    else
        read_text(k);
}

void html_step(compile *k)
{
    char c = scan_peek(&k->c, 0);
    switch (k->html.where) {
    case HTML_TAG:
        tag_step(k);
        return;
    case HTML_VALUE:
        value_step(k);
        return;
    case HTML_RCDATA:
        rcdata_step(k);
        return;
    case HTML_EMPTY:
        if (!str_starts(scan_rest(&k->c), S("</")))
            scan_refuse(&k->c, "<%.*s> must be empty", STR_FMT(innermost(&k->html)->name));
        end_tag(k);
        return;
    case HTML_DATA:
        if (c == '<')
            read_markup(k);
        else if (is_space(c))
            read_space(k);
        else
            read_text(k);
        return;
    default:
        BUG_IF(true);
    }
}

void html_brace(compile *k, str brace)
{
    html_state *h = &k->html;
    if (h->where == HTML_TAG || h->where == HTML_EMPTY)
        scan_refuse(&k->c, "a brace %.*s", STR_FMT(html_describe(h)));
    if (h->where == HTML_DATA)
        html_touch(k);
    if (h->where == HTML_VALUE && h->class == ATTRIBUTE_URL)
        scan_refuse(&k->c, "a brace in a URL: write %%7B or %%7D");
    emit_literal(&k->out, brace);
}

void html_end(compile *k)
{
    const html_state *h = &k->html;
    if (h->where != HTML_DATA && h->where != HTML_RCDATA)
        scan_refuse(&k->c, "the view ends %.*s", STR_FMT(html_describe(h)));
    if (h->depth)
        source_refuse(&k->v->src, innermost(h)->line, "<%.*s> is not closed",
                      STR_FMT(innermost(h)->name));
}
