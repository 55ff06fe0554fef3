/* SPDX-License-Identifier: EUPL-1.2 */
/* The route compiler: one text table to a const table of routes, the prototypes of its handlers,
 * and typed functions for addresses and form tokens.
 *
 *   include web/web.h                       headers that the generated source needs, first lines
 *   NAME METHOD PATH HANDLER WHO FORM RATE CACHE BODY [age=SECONDS] [query=NAME,NAME] [framed]
 *   [shared]
 *
 *   METHOD   GET (serves HEAD too) or POST
 *   PATH     '/' and segments: literals of [a-z0-9._-], {lang}, {name} (slug), {name:int},
 *            {name:token}, {name:text}, {name:rest} (last only)
 *   WHO      anyone, or staff-… (WHO_STAFF_… of an included header)
 *   FORM     - for GET; for POST the name of a `const form`, or open:NAME for machines, which
 *            send neither token nor origin; json: those send JSON, which the handler reads
 *   RATE     - or a class (RATE_… of an included header)
 *   CACHE    never, counts, text, asset; POST: never
 *   BODY     - for GET; for POST 1 to 1024 K or M ("16K")
 *   age=     least age of the form token
 *   query=   the query parameters that the page reads, part of its cache key
 *   framed   other sites may show it in a frame or as an image; only below /embed/
 *   shared   scripts of other sites may read it; GET only
 *
 * '#' begins a comment line. Two routes that could answer the same request in the same way are
 * refused; a literal goes before a parameter. */

#include "source.h"

#include "base/number.h"

#include <stdio.h>

enum { ROUTES_MOST = 512, SEGMENTS_MOST = 8, PARTS_MOST = 16, QUERIES_MOST = 8, HEADERS_MOST = 8 };

typedef struct segment {
    str kind; /* "LITERAL", "LANG" … as in router.h */
    str text; /* the literal or the parameter's name */
} segment;

typedef struct route {
    size_t line;
    str name, handler, who, form, rate, cache;
    bool is_post, is_open, is_json, is_framed, is_shared;
    segment at[SEGMENTS_MOST];
    size_t n;
    int64_t body_bytes;
    int64_t age_s;
    str query[QUERIES_MOST];
    size_t queries;
} route;

typedef struct table {
    const source *s;
    arena *a;
    str header[HEADERS_MOST];
    size_t headers;
    route *at;
    size_t n;
} table;

static bool is_identifier(str s)
{
    return s.n > 0 && source_identifier(s) == s.n;
}

static bool is_of(str s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr(set, s.at[i]))
            return false;
    return s.n > 0;
}

static const char *const slug_set = "abcdefghijklmnopqrstuvwxyz0123456789._-";

static segment read_parameter(const table *t, const route *r, str inside, bool is_last)
{
    static const struct {
        str type, kind;
    } known[] = {{STR_INIT("int"), STR_INIT("INT")},
                 {STR_INIT("token"), STR_INIT("TOKEN")},
                 {STR_INIT("text"), STR_INIT("TEXT")},
                 {STR_INIT("rest"), STR_INIT("REST")}};
    str type = {0};
    bool has_type = memchr(inside.at, ':', inside.n) != NULL;
    str name = str_cut(inside, ':', &type);
    if (!is_identifier(name))
        source_refuse(t->s, r->line, "a parameter needs a name: {%.*s}", STR_FMT(inside));
    if (!has_type)
        return (segment){str_eq(name, S("lang")) ? S("LANG") : S("SLUG"), name};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(type, known[i].type)) {
            if (str_eq(type, S("rest")) && !is_last)
                source_refuse(t->s, r->line, "{%.*s} must stand last", STR_FMT(inside));
            return (segment){known[i].kind, name};
        }
    source_refuse(t->s, r->line, "unknown parameter type {%.*s}", STR_FMT(inside));
}

static void read_path(const table *t, route *r, str path)
{
    if (path.n == 0 || path.at[0] != '/')
        source_refuse(t->s, r->line, "a path begins with '/'");
    str rest = str_skip(path, 1);
    if (str_ends(rest, S("/")))
        source_refuse(t->s, r->line, "a path does not end with '/'");
    while (rest.n) {
        str after = {0};
        str one = str_cut(rest, '/', &after);
        if (r->n == SEGMENTS_MOST)
            source_refuse(t->s, r->line, "more than %d segments", SEGMENTS_MOST);
        bool is_parameter = one.n > 2 && one.at[0] == '{' && one.at[one.n - 1] == '}';
        if (is_parameter) {
            segment made = read_parameter(t, r, (str){one.at + 1, one.n - 2}, after.n == 0);
            for (size_t i = 0; i < r->n; i++)
                if (!str_eq(r->at[i].kind, S("LITERAL")) && str_eq(r->at[i].text, made.text))
                    source_refuse(t->s, r->line, "{%.*s} stands twice", STR_FMT(made.text));
            r->at[r->n++] = made;
        } else {
            bool is_dots = str_eq(one, S(".")) || str_eq(one, S(".."));
            if (!is_of(one, slug_set) || is_dots)
                source_refuse(t->s, r->line, "not a segment: '%.*s'", STR_FMT(one));
            r->at[r->n++] = (segment){S("LITERAL"), one};
        }
        rest = after;
    }
}

static int64_t read_bytes(const table *t, const route *r, str text)
{
    int64_t unit = str_ends(text, S("K")) ? 1024 : str_ends(text, S("M")) ? 1024 * 1024 : 0;
    int64_t number = 0;
    if (unit == 0 || number_parse(str_head(text, text.n - 1), 1, 1024, &number) != OK)
        source_refuse(t->s, r->line, "not a body limit: '%.*s'", STR_FMT(text));
    return number * unit;
}

static void read_attribute(const table *t, route *r, str text)
{
    if (str_starts(text, S("age="))) {
        if (!r->is_post || number_parse(str_skip(text, 4), 1, 600, &r->age_s) != OK)
            source_refuse(t->s, r->line, "age= wants 1 to 600 seconds and a POST");
        return;
    }
    if (str_eq(text, S("framed"))) {
        if (r->n == 0 || !str_eq(r->at[0].text, S("embed")) || !str_eq(r->at[0].kind, S("LITERAL")))
            source_refuse(t->s, r->line, "only what is below /embed/ may be framed");
        r->is_framed = true;
        return;
    }
    if (str_eq(text, S("shared")) && !r->is_post) {
        r->is_shared = true;
        return;
    }
    if (!str_starts(text, S("query=")))
        source_refuse(t->s, r->line, "unknown here: '%.*s'", STR_FMT(text));
    str rest = str_skip(text, 6);
    while (rest.n) {
        str after = {0};
        str name = str_cut(rest, ',', &after);
        if (!is_identifier(name) || r->queries == QUERIES_MOST)
            source_refuse(t->s, r->line, "not a list of at most %d names: '%.*s'", QUERIES_MOST,
                          STR_FMT(text));
        r->query[r->queries++] = name;
        rest = after;
    }
}

static void check_columns(const table *t, route *r, str method, str body)
{
    static const str classes[] = {STR_INIT("never"), STR_INIT("counts"), STR_INIT("text"),
                                  STR_INIT("asset")};
    bool is_class = false;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        is_class |= str_eq(r->cache, classes[i]);
    r->is_post = str_eq(method, S("POST"));
    if (!r->is_post && !str_eq(method, S("GET")))
        source_refuse(t->s, r->line, "method must be GET or POST");
    if (!is_identifier(r->name) || !is_identifier(r->handler))
        source_refuse(t->s, r->line, "name and handler must be identifiers");
    if (!str_eq(r->who, S("anyone")) &&
        !(str_starts(r->who, S("staff-")) && is_of(str_skip(r->who, 6), slug_set)))
        source_refuse(t->s, r->line, "who must be anyone or staff-…");
    if (!str_eq(r->rate, S("-")) && !is_identifier(r->rate))
        source_refuse(t->s, r->line, "not a rate class: '%.*s'", STR_FMT(r->rate));
    if (!is_class || (r->is_post && !str_eq(r->cache, S("never"))))
        source_refuse(t->s, r->line, "cache must be never, counts, text or asset; POST: never");
    if (str_starts(r->form, S("open:"))) {
        r->is_open = true;
        r->form = str_skip(r->form, 5);
    }
    r->is_json = r->is_post && str_eq(r->form, S("json"));
    r->is_open |= r->is_json;
    if (r->is_post && !is_identifier(r->form))
        source_refuse(t->s, r->line, "a POST route must name its form");
    if (!r->is_post && (!str_eq(r->form, S("-")) || !str_eq(body, S("-"))))
        source_refuse(t->s, r->line, "a GET route has neither form nor body");
    r->body_bytes = r->is_post ? read_bytes(t, r, body) : 0;
}

static size_t split(str line, str *parts)
{
    size_t n = 0;
    for (str rest = str_trim(line); rest.n && n < PARTS_MOST; rest = str_trim(rest)) {
        size_t end = 0;
        while (end < rest.n && rest.at[end] != ' ' && rest.at[end] != '\t')
            end++;
        parts[n++] = str_head(rest, end);
        rest = str_skip(rest, end);
    }
    return n;
}

static void read_row(table *t, size_t line_number, const str *part, size_t n)
{
    route *r = &t->at[t->n];
    *r = (route){.line = line_number};
    if (n < 9)
        source_refuse(t->s, line_number, "a route has nine columns, here are %zu", n);
    if (t->n + 1 == ROUTES_MOST)
        source_refuse(t->s, line_number, "more than %d routes", ROUTES_MOST - 1);
    r->name = part[0];
    r->handler = part[3];
    r->who = part[4];
    r->form = part[5];
    r->rate = part[6];
    r->cache = part[7];
    check_columns(t, r, part[1], part[8]);
    read_path(t, r, part[2]);
    for (size_t i = 9; i < n; i++)
        read_attribute(t, r, part[i]);
    for (size_t i = 0; i < t->n; i++)
        if (str_eq(t->at[i].name, r->name))
            source_refuse(t->s, line_number, "the name '%.*s' is taken in line %zu",
                          STR_FMT(r->name), t->at[i].line);
    t->n++;
}

static void read_table(table *t)
{
    str rest = t->s->text;
    str line = {0};
    for (size_t number = 1; source_line(&rest, &line); number++) {
        str part[PARTS_MOST];
        size_t n = split(line, part);
        if (n == 0 || part[0].at[0] == '#')
            continue;
        if (!str_eq(part[0], S("include"))) {
            read_row(t, number, part, n);
            continue;
        }
        if (n != 2 || t->n || t->headers == HEADERS_MOST || !str_ends(part[1], S(".h")))
            source_refuse(t->s, number, "include takes one header and stands before the routes");
        t->header[t->headers++] = part[1];
    }
    if (t->n == 0)
        source_refuse(t->s, 1, "no routes");
}

/* --- Order and conflicts --- */

static int rank(str kind)
{
    static const str order[] = {STR_INIT("LITERAL"), STR_INIT("LANG"),  STR_INIT("INT"),
                                STR_INIT("SLUG"),    STR_INIT("TOKEN"), STR_INIT("TEXT"),
                                STR_INIT("REST")};
    int i = 0;
    while (!str_eq(order[i], kind))
        i++;
    return i;
}

/* More literal first; 0 when both match exactly the same paths. */
static int compare(const route *a, const route *b)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        int by_kind = rank(a->at[i].kind) - rank(b->at[i].kind);
        if (by_kind)
            return by_kind;
        int by_text = rank(a->at[i].kind) == 0 ? str_cmp(a->at[i].text, b->at[i].text) : 0;
        if (by_text)
            return by_text;
    }
    return a->n < b->n ? -1 : a->n > b->n;
}

static int compare_rows(const void *left, const void *right)
{
    const route *a = left;
    const route *b = right;
    int order = compare(a, b);
    return order ? order : a->is_post - b->is_post;
}

static void sort_table(table *t)
{
    qsort(t->at, t->n, sizeof *t->at, compare_rows);
    for (size_t i = 1; i < t->n; i++) {
        const route *a = &t->at[i - 1];
        const route *b = &t->at[i];
        if (compare_rows(a, b) == 0)
            source_refuse(t->s, a->line > b->line ? a->line : b->line,
                          "the same path and method as line %zu",
                          a->line > b->line ? b->line : a->line);
    }
}

/* --- Output --- */

static void put_upper(buf *b, str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        buf_put_char(b, c >= 'a' && c <= 'z' ? (char)(c - 32) : c == '-' ? '_' : c);
    }
}

static void put_url_signature(buf *b, const route *r)
{
    buf_printf(b, "str url_%.*s(arena *a", STR_FMT(r->name));
    for (size_t i = 0; i < r->n; i++) {
        if (str_eq(r->at[i].kind, S("LITERAL")))
            continue;
        bool is_int = str_eq(r->at[i].kind, S("INT"));
        buf_printf(b, ", %s %.*s", is_int ? "int64_t" : "str", STR_FMT(r->at[i].text));
    }
    buf_put(b, S(")"));
}

/* The first row with this handler or form declares it. */
static bool is_first(const table *t, size_t k, bool by_form)
{
    for (size_t i = 0; i < k; i++) {
        bool is_same = by_form ? str_eq(t->at[i].form, t->at[k].form)
                               : str_eq(t->at[i].handler, t->at[k].handler);
        if (is_same)
            return false;
    }
    return true;
}

static str make_header(const table *t)
{
    buf b = buf_in(t->a);
    buf_put(&b, S("/* Made by routec. */\n#pragma once\n#include \"http/router.h\"\n\n"
                  "extern const route routes[];\nextern const size_t routes_n;\n\n"));
    for (size_t i = 0; i < t->n; i++)
        if (is_first(t, i, false))
            buf_printf(&b, "page %.*s;\n", STR_FMT(t->at[i].handler));
    buf_put_char(&b, '\n');
    for (size_t i = 0; i < t->n; i++)
        if (t->at[i].is_post && !t->at[i].is_json && is_first(t, i, true))
            buf_printf(&b, "extern const form %.*s;\n", STR_FMT(t->at[i].form));
    buf_put(&b, S("\n/* Addresses, percent-encoded. */\n"));
    for (size_t i = 0; i < t->n; i++) {
        put_url_signature(&b, &t->at[i]);
        buf_put(&b, S(";\n"));
    }
    buf_put(&b, S("\n/* Tokens for the forms that these routes take. */\n"));
    for (size_t i = 0; i < t->n; i++)
        if (t->at[i].is_post && !t->at[i].is_open)
            buf_printf(&b, "str token_%.*s(req *rq);\n", STR_FMT(t->at[i].name));
    return buf_str(&b);
}

static void put_url(buf *b, const route *r)
{
    put_url_signature(b, r);
    buf_put(b, S("\n{\n    buf url = buf_in(a);\n"));
    if (r->n == 0)
        buf_put(b, S("    buf_put(&url, S(\"/\"));\n"));
    for (size_t i = 0; i < r->n; i++) {
        const segment *g = &r->at[i];
        if (str_eq(g->kind, S("LITERAL"))) {
            buf_printf(b, "    buf_put(&url, S(\"/%.*s\"));\n", STR_FMT(g->text));
            continue;
        }
        buf_put(b, S("    buf_put_char(&url, '/');\n"));
        const char *put = "url_put_segment";
        if (str_eq(g->kind, S("INT")))
            put = "buf_put_int";
        else if (str_eq(g->kind, S("REST")))
            put = "url_put_rest";
        buf_printf(b, "    %s(&url, %.*s);\n", put, STR_FMT(g->text));
    }
    buf_put(b, S("    return buf_str(&url);\n}\n\n"));
}

static void put_parts(buf *b, const route *r)
{
    if (r->n) {
        buf_printf(b, "static const route_segment segments_%.*s[] = {\n", STR_FMT(r->name));
        for (size_t i = 0; i < r->n; i++) {
            bool is_literal = str_eq(r->at[i].kind, S("LITERAL"));
            buf_printf(b, "    {SEGMENT_%.*s, STR_INIT(\"%.*s\")},\n", STR_FMT(r->at[i].kind),
                       STR_FMT(is_literal ? r->at[i].text : S("")));
        }
        buf_put(b, S("};\n"));
    }
    if (r->queries) {
        buf_printf(b, "static const str queries_%.*s[] = {", STR_FMT(r->name));
        for (size_t i = 0; i < r->queries; i++)
            buf_printf(b, "STR_INIT(\"%.*s\"), ", STR_FMT(r->query[i]));
        buf_put(b, S("{0}};\n"));
    }
}

static void put_row(buf *b, const route *r)
{
    buf_printf(b, "    {.name = STR_INIT(\"%.*s\"), .method = %s,\n", STR_FMT(r->name),
               r->is_post ? "HTTP_POST" : "HTTP_GET");
    if (r->n)
        buf_printf(b, "     .segments = segments_%.*s, .n = %zu,\n", STR_FMT(r->name), r->n);
    buf_printf(b, "     .handle = %.*s, .cache = CACHE_", STR_FMT(r->handler));
    put_upper(b, r->cache);
    if (!str_eq(r->who, S("anyone"))) {
        buf_put(b, S(", .who = WHO_"));
        put_upper(b, r->who);
    }
    if (!str_eq(r->rate, S("-"))) {
        buf_put(b, S(", .rate = RATE_"));
        put_upper(b, r->rate);
    }
    if (r->is_post && !r->is_json)
        buf_printf(b, ",\n     .form = &%.*s", STR_FMT(r->form));
    if (r->is_post)
        buf_printf(b, ", .body_bytes_most = %lld", (long long)r->body_bytes);
    static const char *const marks[] = {".is_open", ".is_json", ".is_framed", ".is_shared"};
    const bool are[] = {r->is_open, r->is_json, r->is_framed, r->is_shared};
    for (size_t i = 0; i < sizeof are; i++)
        if (are[i])
            buf_printf(b, ", %s = true", marks[i]);
    if (r->age_s)
        buf_printf(b, ", .age_least_ms = %lld", (long long)r->age_s * 1000);
    if (r->queries)
        buf_printf(b, ",\n     .queries = queries_%.*s", STR_FMT(r->name));
    buf_put(b, S("},\n"));
}

static str make_source(const table *t, const char *header_path)
{
    const char *slash = strrchr(header_path, '/');
    buf b = buf_in(t->a);
    buf_printf(&b, "/* Made by routec. */\n#include \"%s\"\n", slash ? slash + 1 : header_path);
    for (size_t i = 0; i < t->headers; i++)
        buf_printf(&b, "#include \"%.*s\"\n", STR_FMT(t->header[i]));
    buf_put_char(&b, '\n');
    for (size_t i = 0; i < t->n; i++)
        put_parts(&b, &t->at[i]);
    buf_put(&b, S("\nconst route routes[] = {\n"));
    for (size_t i = 0; i < t->n; i++)
        put_row(&b, &t->at[i]);
    buf_put(&b, S("};\nconst size_t routes_n = sizeof routes / sizeof *routes;\n\n"));
    for (size_t i = 0; i < t->n; i++)
        put_url(&b, &t->at[i]);
    for (size_t i = 0; i < t->n; i++)
        if (t->at[i].is_post && !t->at[i].is_open)
            buf_printf(&b,
                       "str token_%.*s(req *rq)\n{\n    return router_token(rq, S(\"%.*s\"));"
                       "\n}\n\n",
                       STR_FMT(t->at[i].name), STR_FMT(t->at[i].name));
    return buf_str(&b);
}

int main(int n, char **args)
{
    if (n != 4) {
        fputs("usage: routec TABLE OUT.c OUT.h\n", stderr);
        return 2;
    }
    arena *a = arena_open(64 << 20);
    source s = source_read(a, args[1]);
    table t = {.s = &s, .a = a, .at = arena_array(a, route, ROUTES_MOST)};
    read_table(&t);
    sort_table(&t);
    source_write(args[2], make_source(&t, args[3]));
    source_write(args[3], make_header(&t));
    arena_close(a);
    return 0;
}
