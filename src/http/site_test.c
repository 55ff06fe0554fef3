/* SPDX-License-Identifier: EUPL-1.2 */
/* What a visitor gets from the real server: cached and conditional replies, encodings, files,
 * forms with all their refusals. */

#include "http/token.h"
#include "http/wire_test.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>

#define H "Host: sign.example\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" H

static arena *a;

static wire get(site *s, const char *request, const char *more)
{
    return wire_ask(a, s, arena_cstr(a, arena_printf(a, "%s%s\r\n", request, more)));
}

static void encodings(void **state)
{
    static const struct {
        const char *accept;
        const char *coding;
    } cases[] = {
        {"", ""},
        {"Accept-Encoding: gzip, deflate, br\r\n", "br"},
        {"Accept-Encoding: gzip\r\n", "gzip"},
        {"Accept-Encoding: br;q=0, gzip;q=0.5\r\n", "gzip"},
        {"Accept-Encoding: *\r\n", "br"},
        {"Accept-Encoding: *;q=0\r\n", ""},
        {"Accept-Encoding: br;q=0.000, gzip;q=0.001\r\n", "gzip"},
        {"Accept-Encoding: br;q=2, gzip;q=x\r\n", ""},
        {"Accept-Encoding: identity\r\n", ""},
        {"Accept-Encoding: BR\r\n", "br"},
    };
    /* Twice: made by a worker, then from the cache. */
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            wire w = get(*state, GET("/"), cases[i].accept);
            assert_int_equal(w.status, 200);
            assert_true(str_eq(wire_line(&w, S("content-encoding")), str_of(cases[i].coding)));
            assert_true(str_eq(wire_line(&w, S("vary")), S("Accept-Encoding")));
            assert_true(*cases[i].coding ? w.body.n < 200 : w.body.n == 5600);
        }
    }
}

static void encoded_once(void **state)
{
    wire w = get(*state, GET("/da/sign"), "X-Long: 1\r\nAccept-Encoding: br\r\n");
    assert_true(str_eq(wire_line(&w, S("content-encoding")), S("br")));
    assert_true(str_eq(wire_line(&w, S("cache-control")), S("no-store")));
    assert_true(w.body.n < 300);
    w = get(*state, GET("/da/sign"), "X-Long: 1\r\nAccept-Encoding: gzip\r\n");
    assert_true(str_eq(wire_line(&w, S("content-encoding")), S("gzip")));
    w = get(*state, GET("/da/sign"), "X-Long: 1\r\n");
    assert_int_equal(w.body.n, 32 + 1900);
    assert_true(str_eq(wire_line(&w, S("vary")), S("Accept-Encoding")));
    w = get(*state, GET("/who"), "Accept-Encoding: br\r\n");
    assert_int_equal(wire_line(&w, S("content-encoding")).n, 0);
}

static bool has_policy(const wire *w, const char *name, const char *value)
{
    str line = wire_line(w, str_of(name));
    return str_find_str(line, str_of(value)) < line.n;
}

static void only_framed_routes_are_framed(void **state)
{
    /* Twice: made by a worker, then from the cache. */
    for (int round = 0; round < 2; round++) {
        wire w = get(*state, GET("/embed/count"), "");
        assert_int_equal(w.status, 200);
        assert_true(has_policy(&w, "content-security-policy", "frame-ancestors *;"));
        assert_true(has_policy(&w, "cross-origin-resource-policy", "cross-origin"));
        w = get(*state, GET("/"), "");
        assert_true(has_policy(&w, "content-security-policy", "frame-ancestors 'none';"));
        assert_true(has_policy(&w, "cross-origin-resource-policy", "same-origin"));
    }
    wire w = get(*state, GET("/embed/count/more"), "");
    assert_int_equal(w.status, 404);
    assert_true(has_policy(&w, "content-security-policy", "frame-ancestors 'none';"));
    w = get(*state, "POST /embed/count HTTP/1.1\r\nContent-Length: 0\r\n" H, "");
    assert_int_equal(w.status, 405);
    assert_true(has_policy(&w, "content-security-policy", "frame-ancestors 'none';"));
}

static void shared_routes_are_read_by_scripts(void **state)
{
    wire w = get(*state, GET("/open/x"), "Origin: https://other.example\r\n");
    assert_int_equal(w.status, 200);
    assert_true(str_eq(wire_line(&w, S("access-control-allow-origin")), S("*")));
    str tag = wire_line(&w, S("etag"));
    assert_true(str_starts(tag, S("W/\"")));
    w = get(*state, GET("/open/x"),
            arena_cstr(a, arena_printf(a, "If-None-Match: %.*s\r\n", STR_FMT(tag))));
    assert_int_equal(w.status, 304);
    assert_int_equal(w.body.n, 0);
    assert_true(str_eq(wire_line(&w, S("access-control-allow-origin")), S("*")));
    w = get(*state, GET("/open/x"), "If-None-Match: \"other\"\r\n");
    assert_int_equal(w.status, 200);
    w = get(*state, GET("/open/none"), "");
    assert_int_equal(w.status, 404);
    assert_true(str_eq(wire_line(&w, S("access-control-allow-origin")), S("*")));
    w = get(*state, "OPTIONS /open/x HTTP/1.1\r\n" H, "");
    assert_int_equal(w.status, 204);
    assert_true(str_eq(wire_line(&w, S("access-control-allow-methods")), S("GET, HEAD")));
    w = get(*state, GET("/da/sign"), "");
    assert_int_equal(wire_line(&w, S("access-control-allow-origin")).n, 0);
    w = get(*state, "OPTIONS /da/sign HTTP/1.1\r\n" H, "");
    assert_int_equal(wire_line(&w, S("access-control-allow-origin")).n, 0);
}

static void json_bodies(void **state)
{
    static const struct {
        const char *type;
        int status;
    } cases[] = {
        {"application/json", 202},
        {"Application/JSON; charset=utf-8", 202},
        {"application/x-www-form-urlencoded", 415},
        {"text/plain", 415},
        {"application/json; charset=latin1", 415},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str request = arena_printf(a,
                                   "POST /open/x HTTP/1.1\r\n" H "Content-Type: %s\r\n"
                                   "Content-Length: 2\r\nSec-Fetch-Site: cross-site\r\n\r\n{}",
                                   cases[i].type);
        wire w = wire_ask(a, *state, arena_cstr(a, request));
        assert_int_equal(w.status, cases[i].status);
        assert_int_equal(wire_line(&w, S("access-control-allow-origin")).n, 0);
    }
}

static void conditions(void **state)
{
    wire full = get(*state, GET("/"), "Accept-Encoding: br\r\n");
    str etag = wire_line(&full, S("etag"));
    str modified = wire_line(&full, S("last-modified"));
    assert_true(etag.n > 10 && etag.at[0] == '"');
    static const struct {
        const char *format;
        int status;
    } cases[] = {
        {"Accept-Encoding: br\r\nIf-None-Match: %s\r\n", 304},
        {"Accept-Encoding: br\r\nIf-None-Match: W/%s\r\n", 304},
        {"Accept-Encoding: br\r\nIf-None-Match: \"x\", %s\r\n", 304},
        {"Accept-Encoding: br\r\nIf-None-Match: \"x\"\r\nIf-None-Match: %s\r\n", 304},
        {"If-None-Match: *\r\nX: %s\r\n", 304},
        {"Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n", 200}, /* another variant */
        {"Accept-Encoding: br\r\nIf-None-Match: x%s\r\n", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf more = buf_in(a);
        str format = str_of(cases[i].format);
        size_t mark = str_find_str(format, S("%s"));
        buf_put(&more, str_head(format, mark));
        buf_put(&more, etag);
        buf_put(&more, str_skip(format, mark + 2));
        wire w = get(*state, GET("/"), arena_cstr(a, buf_str(&more)));
        assert_int_equal(w.status, cases[i].status);
        assert_true(wire_line(&w, S("etag")).n > 0);
        assert_true(wire_line(&w, S("cache-control")).n > 0);
        assert_true(wire_line(&w, S("content-security-policy")).n > 0);
        if (w.status == 304)
            assert_int_equal(wire_line(&w, S("content-length")).n, 0);
    }
    wire w = get(*state, GET("/"),
                 arena_cstr(a, arena_printf(a, "If-Modified-Since: %.*s\r\n", STR_FMT(modified))));
    assert_int_equal(w.status, 304);
    w = get(*state, GET("/"), "If-Modified-Since: Sun, 22 Nov 2015 16:58:03 GMT\r\n");
    assert_int_equal(w.status, 200);
    w = get(*state, GET("/"), "If-Modified-Since: 2026-11-22\r\n");
    assert_int_equal(w.status, 200);
}

static void head_and_options(void **state)
{
    for (int round = 0; round < 2; round++) {
        wire w = get(*state, "HEAD /da/page/head HTTP/1.1\r\n" H, "");
        assert_int_equal(w.status, 200);
        assert_true(wire_line(&w, S("content-length")).n > 2);
    }
    wire w = get(*state, "HEAD /who HTTP/1.1\r\n" H, "");
    assert_true(str_eq(wire_line(&w, S("content-length")), S("37")));
    w = get(*state, "OPTIONS /da/sign HTTP/1.1\r\n" H, "");
    assert_int_equal(w.status, 204);
    assert_true(str_eq(wire_line(&w, S("allow")), S("GET, HEAD, POST, OPTIONS")));
    w = get(*state, "GET /hook HTTP/1.1\r\n" H, "");
    assert_int_equal(w.status, 405);
    assert_true(str_eq(wire_line(&w, S("allow")), S("POST, OPTIONS")));
    w = get(*state, GET("/da/page/x/?sort=a"), "");
    assert_int_equal(w.status, 301);
    assert_true(str_eq(wire_line(&w, S("location")), S("/da/page/x?sort=a")));
    w = get(*state, GET("/go"), "");
    assert_int_equal(w.status, 303);
    assert_true(str_eq(wire_line(&w, S("location")), S("/da/page/a%20b%2Fc")));
}

static void classes(void **state)
{
    wire w = get(*state, GET("/da/page/class"), "");
    assert_true(str_starts(wire_line(&w, S("cache-control")), S("public, max-age=5,")));
    w = get(*state, GET("/a/site.css"), "Accept-Encoding: br\r\n");
    assert_true(str_eq(w.body, S("BROTLI")));
    assert_true(str_ends(wire_line(&w, S("cache-control")), S("immutable")));
    w = get(*state, GET("/a/site.css"), "");
    assert_true(str_eq(w.body, S("body{color:black}")));
    w = get(*state, GET("/a/other.css"), "");
    assert_int_equal(w.status, 404);
    assert_true(str_eq(wire_line(&w, S("cache-control")), S("no-store")));
    w = get(*state, GET("/who"), "");
    assert_true(str_eq(wire_line(&w, S("cache-control")), S("no-store")));
}

/* One page under many spellings is rendered once; stale pages are renewed once. */
static void cached_pages(void **state)
{
    site *s = *state;
    int before = atomic_load(&s->app.renders);
    static const char *const spellings[] = {
        GET("/en/page/once?sort=up"),
        GET("/en/page/once?sort=up"),
        GET("/en/page/once?utm_source=mail&sort=up"),
        GET("/en/p%61ge/once?sort=u%70"),
        ("HEAD /en/page/once?sort=up HTTP/1.1\r\n" H),
    };
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        assert_int_equal(get(s, spellings[i], "").status, 200);
    assert_int_equal(atomic_load(&s->app.renders), before + 1);
    wire first = get(s, spellings[0], "");
    assert_true(str_find_str(first.body, S("sort=up")) < first.body.n);
    get(s, GET("/en/page/once?sort=down"), "");
    assert_int_equal(atomic_load(&s->app.renders), before + 2);

    atomic_store(&s->app.counter, 41);
    cache_raise(s->pages, CACHE_TEXT);
    get(s, spellings[0], "");
    assert_int_equal(atomic_load(&s->app.renders), before + 2);
    cache_raise(s->pages, CACHE_COUNTS);
    wire renewed = get(s, spellings[0], "");
    assert_true(str_find_str(renewed.body, S("count=41")) < renewed.body.n);
    assert_false(str_eq(wire_line(&renewed, S("etag")), wire_line(&first, S("etag"))));
    assert_int_equal(atomic_load(&s->app.renders), before + 3);
    get(s, spellings[0], "");
    assert_int_equal(atomic_load(&s->app.renders), before + 3);
}

static void stale_if_error(void **state)
{
    site *s = *state;
    atomic_store(&s->app.is_failing, true);
    wire w = get(s, GET("/failing"), "");
    assert_int_equal(w.status, 503);
    assert_true(wire_line(&w, S("retry-after")).n > 0);
    assert_true(str_starts(w.body, S("error page 503")));
    atomic_store(&s->app.is_failing, false);
    w = get(s, GET("/failing"), "");
    assert_int_equal(w.status, 200);
    str body = w.body;
    atomic_store(&s->app.is_failing, true);
    cache_raise(s->pages, CACHE_COUNTS);
    for (int i = 0; i < 3; i++) {
        w = get(s, GET("/failing"), "");
        assert_int_equal(w.status, 200);
        assert_true(str_eq(w.body, body));
    }
    atomic_store(&s->app.is_failing, false);
}

static void files(void **state)
{
    site *s = *state;
    wire w = get(s, GET("/log/small"), "");
    assert_int_equal(w.status, 200);
    assert_int_equal(w.body.n, 1000);
    assert_true(str_ends(wire_line(&w, S("cache-control")), S("immutable")));
    str modified =
        arena_printf(a, "If-Modified-Since: %.*s\r\n", STR_FMT(wire_line(&w, S("last-modified"))));
    assert_int_equal(get(s, GET("/log/small"), arena_cstr(a, modified)).status, 304);
    w = get(s, GET("/log/large"), "");
    assert_int_equal(w.body.n, 200000);
    for (size_t i = 0; i < w.body.n; i += 997)
        assert_int_equal(w.body.at[i], 'a' + i % 26);
    modified =
        arena_printf(a, "If-Modified-Since: %.*s\r\n", STR_FMT(wire_line(&w, S("last-modified"))));
    assert_int_equal(get(s, GET("/log/large"), arena_cstr(a, modified)).status, 304);
    w = get(s, "HEAD /log/large HTTP/1.1\r\n" H, "");
    assert_true(str_eq(wire_line(&w, S("content-length")), S("200000")));
    assert_int_equal(get(s, GET("/log/none"), "").status, 404);
    assert_int_equal(get(s, GET("/log"), "").status, 404);
}

/* Players of films ask for parts. */
static void parts_of_files(void **state)
{
    site *s = *state;
    static const struct {
        const char *range;
        int status;
        size_t from, n;
        const char *told;
    } cases[] = {
        {"bytes=0-99", 206, 0, 100, "bytes 0-99/200000"},
        {"bytes=199990-", 206, 199990, 10, "bytes 199990-199999/200000"},
        {"bytes=-26", 206, 199974, 26, "bytes 199974-199999/200000"},
        {"bytes=100-999999", 206, 100, 199900, "bytes 100-199999/200000"},
        {"bytes=200000-", 416, 0, 0, "bytes */200000"},
        {"bytes=0-1,5-6", 200, 0, 200000, ""},
        {"lines=0-1", 200, 0, 200000, ""},
        {"bytes=5-4", 200, 0, 200000, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str line = arena_printf(a, "Range: %s\r\n", cases[i].range);
        wire w = get(s, GET("/log/large"), arena_cstr(a, line));
        assert_int_equal(w.status, cases[i].status);
        assert_true(str_eq(wire_line(&w, S("content-range")), str_of(cases[i].told)));
        if (cases[i].n == 0)
            continue;
        assert_int_equal(w.body.n, cases[i].n);
        assert_int_equal(w.body.at[0], 'a' + cases[i].from % 26);
        assert_int_equal(w.body.at[w.body.n - 1], 'a' + (cases[i].from + cases[i].n - 1) % 26);
    }
    wire w = get(s, GET("/log/large"), "");
    assert_true(str_eq(wire_line(&w, S("accept-ranges")), S("bytes")));
    str same = arena_printf(a, "Range: bytes=0-0\r\nIf-Range: %.*s\r\n",
                            STR_FMT(wire_line(&w, S("last-modified"))));
    assert_int_equal(get(s, GET("/log/large"), arena_cstr(a, same)).status, 206);
    w = get(s, GET("/log/large"),
            "Range: bytes=0-0\r\nIf-Range: Thu, 01 Jan 2015 00:00:00 GMT\r\n");
    assert_int_equal(w.status, 200);
}

/* --- Forms --- */

#define TYPE "Content-Type: application/x-www-form-urlencoded\r\n"

static wire post(site *s, const char *path, const char *lines, str body)
{
    str request = arena_printf(a, "POST %s HTTP/1.1\r\n" H "%sContent-Length: %zu\r\n\r\n%.*s",
                               path, lines, body.n, STR_FMT(body));
    return wire_ask(a, s, arena_cstr(a, request));
}

static str signed_body(site *s, const char *fields)
{
    wire w = get(s, GET("/da/sign"), "");
    return arena_printf(a, "%s&token=%.*s", fields, STR_FMT(w.body));
}

#define GOOD "name=%C5%81ucja+K%C3%B6nig&email=l%40example.org&listed=1"

static void origins(void **state)
{
    static const struct {
        const char *lines;
        int status;
    } cases[] = {
        {TYPE, 303},
        {TYPE "Sec-Fetch-Site: same-origin\r\nOrigin: https://sign.example\r\n", 303},
        {TYPE "Sec-Fetch-Site: none\r\n", 303},
        {TYPE "Origin: https://sign.example\r\n", 303},
        {TYPE "Referer: https://sign.example/da/sign\r\n", 303},
        {TYPE "Sec-Fetch-Site: cross-site\r\n", 403},
        {TYPE "Sec-Fetch-Site: same-site\r\n", 403},
        {TYPE "Sec-Fetch-Site: cross-site\r\nOrigin: https://sign.example\r\n", 403},
        {TYPE "Sec-Fetch-Site: same-origin\r\nOrigin: null\r\n", 403},
        {TYPE "Origin: null\r\n", 403},
        {TYPE "Origin: https://evil.example\r\n", 403},
        {TYPE "Origin: http://sign.example\r\n", 403},
        {TYPE "Origin: https://sign.example.evil\r\n", 403},
        {TYPE "Origin: https://sign.example\r\nOrigin: https://evil.example\r\n", 403},
        {TYPE "Referer: https://evil.example/https://sign.example/\r\n", 403},
        {TYPE "Referer: https://sign.example.evil/\r\n", 403},
        {"", 415},
        {"Content-Type: text/plain\r\n", 415},
        {"Content-Type: multipart/form-data; boundary=x\r\n", 415},
        {"Content-Type: application/x-www-form-urlencoded; charset=latin1\r\n", 415},
        {"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n", 303},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wire w = post(*state, "/da/sign", cases[i].lines, signed_body(*state, GOOD));
        if (w.status != cases[i].status)
            print_message("%s: %d\n", cases[i].lines, w.status);
        assert_int_equal(w.status, cases[i].status);
    }
}

static void form_bodies(void **state)
{
    static const struct {
        const char *fields;
        int status;
    } cases[] = {
        {GOOD, 303},
        {GOOD "&kind=person", 303},
        {GOOD "&kind=robot", 422},
        {GOOD "&unknown=1", 400},
        {GOOD "&name=again", 400},
        {GOOD "&listed=1", 400},
        {GOOD "&token=x", 400},
        {"name=%00&email=l%40example.org", 400},
        {"name=%c3%28&email=l%40example.org", 400},
        {"name=%zz&email=l%40example.org", 400},
        {"name=&email=l%40example.org", 422},
        {"email=l%40example.org", 422},
        {"name=%3Cb%3E&email=l%40example.org", 422},
        {"name=%3D1%2B1&email=l%40example.org", 422},
        {"name=a%0d%0ab&email=l%40example.org", 422},
        {"name=Good+Name&email=nobody", 422},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wire w = post(*state, "/da/sign", TYPE, signed_body(*state, cases[i].fields));
        if (w.status != cases[i].status)
            print_message("%s: %d\n", cases[i].fields, w.status);
        assert_int_equal(w.status, cases[i].status);
    }
    wire w = post(*state, "/da/sign", TYPE, signed_body(*state, "name=+Bad%09Name+&email=x"));
    assert_true(str_find_str(w.body, S("name=0 email=4 [Bad Name]")) < w.body.n);
}

static void tokens(void **state)
{
    site *s = *state;
    const char *fields = "name=Good+Name&email=l%40example.org";
    assert_int_equal(post(s, "/da/sign", TYPE, str_of(fields)).status, 403);
    int64_t now_ms = (int64_t)time(NULL) * 1000;
    const struct {
        const char *purpose;
        int64_t made_ms;
        const char *path;
        int status;
        const char *shows;
    } cases[] = {
        {"sign_post", now_ms, "/da/sign", 303, ""},
        {"sign_post", now_ms - 23 * 3600000, "/da/sign", 303, ""},
        {"sign_post", now_ms - 25 * 3600000, "/da/sign", 422, "stale=1 early=0 name=0"},
        {"sign_post", now_ms + 3600000, "/da/sign", 403, ""},
        {"confirm", now_ms, "/da/sign", 403, ""},
        {"confirm", now_ms, "/confirm/0123456789abcdef", 422, "stale=0 early=1 name=0"},
        {"confirm", now_ms - 5000, "/confirm/0123456789abcdef", 303, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str token =
            form_token_make(a, &s->app.form_key, str_of(cases[i].purpose), cases[i].made_ms);
        wire w =
            post(s, cases[i].path, TYPE, arena_printf(a, "%s&token=%.*s", fields, STR_FMT(token)));
        assert_int_equal(w.status, cases[i].status);
        assert_true(str_starts(w.body, str_of(cases[i].shows)) || w.status != 422);
    }
    str token = form_token_make(a, &s->app.form_key, S("sign_post"), now_ms);
    char *forged = arena_cstr(a, token);
    forged[20] = forged[20] == 'A' ? 'B' : 'A';
    wire w = post(s, "/da/sign", TYPE, arena_printf(a, "%s&token=%s", fields, forged));
    assert_int_equal(w.status, 403);
}

static void rates(void **state)
{
    site *s = *state;
    atomic_store(&s->app.is_limiting, true);
    wire w = post(s, "/da/sign", TYPE, signed_body(s, GOOD));
    atomic_store(&s->app.is_limiting, false);
    assert_int_equal(w.status, 429);
    assert_true(str_eq(wire_line(&w, S("retry-after")), S("17")));
    assert_true(str_starts(w.body, S("error page 429")));
}

/* --- Who asks --- */

static void forged_proxies(void **state)
{
    wire w = get(*state, GET("/who"), "X-Forwarded-For: 203.0.113.9\r\n");
    assert_true(str_eq(w.body, S("00000000000000000000ffff7f000001 http")));
}

static void trusted_proxies(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        const char *who;
    } cases[] = {
        {"X-Forwarded-For: 203.0.113.9\r\n", "00000000000000000000ffffcb007109 http"},
        {"X-Forwarded-For: 1.2.3.4, 203.0.113.9, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n",
         "00000000000000000000ffffcb007109 https"},
        {"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 2001:db8::7\r\n",
         "20010db8000000000000000000000007 http"},
        {"X-Forwarded-For: 1.2.3.4, nonsense\r\n", "00000000000000000000ffff7f000001 http"},
        {"Forwarded: for=203.0.113.9\r\n", "00000000000000000000ffff7f000001 http"},
    };
    site s;
    str trusted[] = {S("127.0.0.0/8"), S("10.0.0.0/8")};
    site_start(&s, (server_options){.trusted_proxies = {trusted, 2}});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        wire w = get(&s, GET("/who"), cases[i].lines);
        assert_true(str_eq(w.body, str_of(cases[i].who)));
    }
    site_stop(&s);
}

/* Readers and raisers at once: every reply is whole, and counts never go back. */
static void *hammer(void *arg)
{
    site *s = arg;
    arena *mine = arena_open(256 << 20);
    int fd = wire_connect(s);
    int64_t seen = 0;
    for (int i = 0; i < 300; i++) {
        wire_send(fd, S(GET("/da/page/hammer") "\r\n"));
        wire w = wire_read(mine, fd, false);
        BUG_IF(w.status != 200 || !str_ends(w.body, S("again.</p>")));
        int64_t count = 0;
        for (const char *c = w.body.at + str_find_str(w.body, S("count=")) + 6; *c != '<'; c++)
            count = count * 10 + (*c - '0');
        BUG_IF(count + 200 < seen); /* one generation may still be served by the old entry */
        seen = count > seen ? count : seen;
    }
    close(fd);
    arena_close(mine);
    return NULL;
}

static void hammered(void **state)
{
    site *s = *state;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, s), 0);
    for (int i = 0; i < 200; i++) {
        atomic_fetch_add(&s->app.counter, 1);
        cache_raise(s->pages, CACHE_COUNTS);
        usleep(500);
    }
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static int start(void **state)
{
    static site s;
    a = arena_open(256 << 20);
    site_start(&s, (server_options){.io_threads = 2, .workers = 4});
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    site_stop(*state);
    arena_close(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_framed_routes_are_framed),
        cmocka_unit_test(shared_routes_are_read_by_scripts),
        cmocka_unit_test(json_bodies),
        cmocka_unit_test(encodings),
        cmocka_unit_test(encoded_once),
        cmocka_unit_test(conditions),
        cmocka_unit_test(head_and_options),
        cmocka_unit_test(classes),
        cmocka_unit_test(cached_pages),
        cmocka_unit_test(stale_if_error),
        cmocka_unit_test(files),
        cmocka_unit_test(parts_of_files),
        cmocka_unit_test(origins),
        cmocka_unit_test(form_bodies),
        cmocka_unit_test(tokens),
        cmocka_unit_test(rates),
        cmocka_unit_test(forged_proxies),
        cmocka_unit_test(trusted_proxies),
        cmocka_unit_test(hammered),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
