/* SPDX-License-Identifier: EUPL-1.2 */
/* Problems, cursors and the few forms of values. */

#include "web/api.h"

#include "base/clock.h"
#include "base/number.h"

#include <time.h>

static str usual_detail(int status)
{
    switch (status) {
    case 400:
        return S("The request cannot be read: a parameter is out of bounds.");
    case 401:
        return S("Send the key as \"Authorization: Bearer KEY\".");
    case 403:
        return S("This key may not do that.");
    case 404:
        return S("There is nothing at this address.");
    case 405:
        return S("This address does not take that method; Allow says which.");
    case 409:
        return S("The state has changed meanwhile. Read it again.");
    case 413:
        return S("The body is too long.");
    case 415:
        return S("Send the body as application/json.");
    case 429:
        return S("Too many requests. Retry-After says when to come back.");
    case 503:
        return S("Nothing was recorded. Send the same request again later.");
    default:
        return S("Something went wrong on our side.");
    }
}

static str title_of(int status)
{
    switch (status) {
    case 400:
        return S("Bad request");
    case 401:
        return S("No valid key");
    case 403:
        return S("Not allowed");
    case 404:
        return S("Not found");
    case 405:
        return S("Method not allowed");
    case 409:
        return S("Conflict");
    case 410:
        return S("Closed");
    case 413:
        return S("Too long");
    case 415:
        return S("Unsupported media type");
    case 422:
        return S("Not acceptable values");
    case 429:
        return S("Too many requests");
    case 503:
        return S("Not available now");
    default:
        return S("Error");
    }
}

err api_problem(req *rq, reply *out, int status, str detail)
{
    buf *b = reply_body(out, status, S("application/problem+json"));
    reply_no_store(out);
    buf_put(b, S("{\"type\":\"about:blank\",\"title\":"));
    buf_put_json(b, title_of(status));
    buf_printf(b, ",\"status\":%d,\"detail\":", status);
    buf_put_json(b, detail.n ? detail : usual_detail(status));
    if (status >= 500)
        api_put(b, "instance",
                arena_printf(req_arena(rq), "urn:request:%.*s", STR_FMT(req_id(rq))));
    buf_put(b, S("}\n"));
    return OK;
}

buf *api_reply(reply *out)
{
    buf *b = reply_body(out, 200, S("application/json"));
    reply_cache_control(out, S("no-cache"));
    reply_tag(out);
    reply_compress(out);
    return b;
}

void api_rate_headers(struct app *ap, req *rq, reply *out, int class, const char *name,
                      client_ip client)
{
    arena *a = req_arena(rq);
    rate_limits limits = ap->limits[class];
    rate_state is = rate_look(ap->rates, class, limits, client, req_now_ms(rq));
    reply_header(out, S("RateLimit-Policy"),
                 arena_printf(a, "\"%s\";q=%lld;w=3600", name, (long long)limits.narrow_per_hour));
    reply_header(
        out, S("RateLimit"),
        arena_printf(a, "\"%s\";r=%lld;t=%lld", name, (long long)is.left, (long long)is.full_s));
}

err api_lang(req *rq, str fallback, lang *out_lang)
{
    str code = req_query(rq, S("lang"));
    return lang_by_code(code.n ? code : fallback, out_lang) == OK ? OK : ERR_INVALID;
}

err api_limit(req *rq, size_t most, size_t *out_limit)
{
    int64_t limit = (int64_t)most;
    str text = req_query(rq, S("limit"));
    if (text.n && number_parse(text, 1, (int64_t)most, &limit) != OK)
        return ERR_INVALID;
    *out_limit = (size_t)limit;
    return OK;
}

err api_time(str text, int64_t *out_ms)
{
    char room[32];
    struct tm t = {0};
    *out_ms = 0;
    if (text.n == 0)
        return OK;
    if (text.n >= sizeof room || memchr(text.at, 0, text.n))
        return ERR_INVALID;
    memcpy(room, text.at, text.n);
    room[text.n] = '\0';
    const char *end = strptime(room, text.n == 10 ? "%Y-%m-%d" : "%Y-%m-%dT%H:%M:%SZ", &t);
    if (!end || *end || t.tm_year < 0 || t.tm_year > 1000)
        return ERR_INVALID;
    *out_ms = (int64_t)timegm(&t) * 1000;
    return *out_ms > 0 ? OK : ERR_INVALID;
}

str api_cursor(arena *a, const char *list, str position)
{
    return base64url_make(a, arena_printf(a, "%s %.*s", list, STR_FMT(position)));
}

err api_cursor_read(req *rq, const char *list, str *out_position)
{
    str plain, cursor = req_query(rq, S("cursor"));
    *out_position = (str){"", 0};
    if (cursor.n == 0)
        return OK;
    if (base64url_read(req_arena(rq), cursor, &plain) != OK)
        return ERR_INVALID;
    str name = str_cut(plain, ' ', out_position);
    return str_eq(name, str_of(list)) && out_position->n ? OK : ERR_INVALID;
}

static void put_name(buf *b, const char *name)
{
    if (b->n && b->at[b->n - 1] != '{')
        buf_put_char(b, ',');
    buf_printf(b, "\"%s\":", name);
}

void api_put(buf *b, const char *name, str value)
{
    put_name(b, name);
    buf_put_json(b, value);
}

void api_put_int(buf *b, const char *name, int64_t value)
{
    put_name(b, name);
    buf_put_int(b, value);
}

void api_put_time(buf *b, const char *name, int64_t at_ms)
{
    char time[32];
    put_name(b, name);
    if (at_ms == 0) {
        buf_put(b, S("null"));
        return;
    }
    clock_iso8601(at_ms, time);
    buf_put_json(b, str_of(time));
}

void api_put_next(buf *b, str cursor)
{
    buf_put(b, S(",\"next\":"));
    if (cursor.n)
        buf_put_json(b, cursor);
    else
        buf_put(b, S("null"));
    buf_put(b, S("}\n"));
}
