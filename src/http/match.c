/* SPDX-License-Identifier: EUPL-1.2 */
/* A walk along the table: it is short, and most rows fail at their first literal. */

#include "http/match.h"

#include "base/number.h"

static bool is_slug(str s)
{
    if (s.n == 0 || s.n > 64)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

static bool is_token_text(str s)
{
    if (s.n < 16 || s.n > 128)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alnum && c != '-' && c != '_')
            return false;
    }
    return true;
}

static bool is_index(str s)
{
    int64_t number = 0;
    return s.n > 0 && (s.at[0] != '0' || s.n == 1) && s.at[0] != '-' &&
           number_parse(s, 0, (int64_t)1 << 53, &number) == OK;
}

static bool is_lang(const router *r, str s)
{
    if (r->is_lang)
        return r->is_lang(s);
    return s.n == 2 && is_slug(s);
}

static bool segment_fits(const router *r, const route_segment *want, str s)
{
    switch (want->kind) {
    case SEGMENT_LITERAL:
        return str_eq(want->literal, s);
    case SEGMENT_LANG:
        return is_lang(r, s);
    case SEGMENT_SLUG:
        return is_slug(s);
    case SEGMENT_INT:
        return is_index(s);
    case SEGMENT_TOKEN:
        return is_token_text(s);
    case SEGMENT_TEXT:
        return s.n > 0 && s.n <= SEGMENT_TEXT_BYTES_MOST;
    case SEGMENT_REST:
        return s.n > 0;
    }
    return false;
}

static bool route_fits(const router *r, const route *candidate, str path, str *out_segments)
{
    size_t parameters = 0;
    str rest = str_skip(path, 1);
    for (size_t i = 0; i < candidate->n; i++) {
        const route_segment *want = &candidate->segments[i];
        if (rest.n == 0)
            return false;
        str after = {rest.at + rest.n, 0};
        bool is_rest = want->kind == SEGMENT_REST;
        str one = is_rest ? rest : str_cut(rest, '/', &after);
        if (!segment_fits(r, want, one))
            return false;
        if (want->kind != SEGMENT_LITERAL)
            out_segments[parameters++] = one;
        bool ends_with_slash = !is_rest && after.n == 0 && one.n < rest.n;
        if (ends_with_slash || (is_rest && one.at[one.n - 1] == '/'))
            return false;
        rest = after;
    }
    return rest.n == 0;
}

match match_route(const router *r, http_method method, str path)
{
    match found = {0};
    http_method want = method == HTTP_HEAD ? HTTP_GET : method;
    for (size_t i = 0; i < r->n; i++) {
        const route *candidate = &r->routes[i];
        str segments[MATCH_SEGMENTS_MOST] = {0};
        if (candidate->n && candidate->segments[0].kind == SEGMENT_LITERAL &&
            !str_starts(str_skip(path, 1), candidate->segments[0].literal))
            continue;
        if (!route_fits(r, candidate, path, segments))
            continue;
        found.methods |= 1u << candidate->method;
        if (candidate->method == want && !found.route) {
            found.route = candidate;
            memcpy(found.segment, segments, sizeof segments);
        }
    }
    return found;
}
