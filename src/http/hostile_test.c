/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests that two readers could understand differently, or that nobody should send, against the
 * real server: each has its status, and whether the connection may go on. */

#include "http/wire_test.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

typedef struct probe {
    const char *name;
    const char *bytes;
    size_t n;
    int status;
    bool goes_on;
} probe;

#define CLOSES(name, status, bytes)                                                                \
    {                                                                                              \
        name, bytes, sizeof(bytes) - 1, status, false                                              \
    }
#define KEEPS(name, status, bytes)                                                                 \
    {                                                                                              \
        name, bytes, sizeof(bytes) - 1, status, true                                               \
    }
#define H "Host: sign.example\r\n"
#define GET_HOME "GET / HTTP/1.1\r\n" H
#define POST_HOOK "POST /hook HTTP/1.1\r\n" H "Content-Type: application/x-www-form-urlencoded\r\n"
#define SMUGGLED "GET /who HTTP/1.1\r\n" H "\r\n"

static const probe framing_probes[] = {
    KEEPS("plain", 200, GET_HOME "\r\n"),
    CLOSES("bare LF everywhere", 400, "GET / HTTP/1.1\nHost: x\n\n"),
    CLOSES("bare LF after the request line", 400, "GET / HTTP/1.1\nHost: x\r\n\r\n"),
    CLOSES("bare LF in a header", 400, GET_HOME "A: b\nC: d\r\n\r\n"),
    CLOSES("bare LF ends the head", 400, GET_HOME "\n"),
    CLOSES("bare CR in the request line", 400, "GET / HTTP/1.1\rHost: x\r\n\r\n"),
    CLOSES("bare CR in a value", 400, GET_HOME "A: b\rC: d\r\n\r\n"),
    CLOSES("bare CR in a name", 400, GET_HOME "A\rB: c\r\n\r\n"),
    CLOSES("CR CR LF", 400, GET_HOME "A: b\r\r\n\r\n"),
    CLOSES("NUL in a value", 400, GET_HOME "A: b\0c\r\n\r\n"),
    CLOSES("NUL in a name", 400, GET_HOME "A\0: c\r\n\r\n"),
    CLOSES("NUL in the target", 400, "GET /\0 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("other control in a value", 400, GET_HOME "A: b\x01\r\n\r\n"),
    CLOSES("DEL in a value", 400, GET_HOME "A: b\x7f\r\n\r\n"),
    CLOSES("folded by space", 400, GET_HOME "A: b\r\n c\r\n\r\n"),
    CLOSES("folded by tab", 400, GET_HOME "A: b\r\n\tc\r\n\r\n"),
    CLOSES("folded first header", 400, "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
    CLOSES("space before the colon", 400, GET_HOME "A : b\r\n\r\n"),
    CLOSES("tab before the colon", 400, GET_HOME "A\t: b\r\n\r\n"),
    CLOSES("space before the name", 400, GET_HOME " A: b\r\n\r\n"),
    CLOSES("space in the name", 400, GET_HOME "A B: c\r\n\r\n"),
    CLOSES("empty name", 400, GET_HOME ": b\r\n\r\n"),
    CLOSES("no colon", 400, GET_HOME "AB\r\n\r\n"),
    CLOSES("odd character in the name", 400, GET_HOME "A(b): c\r\n\r\n"),
    CLOSES("UTF-8 in the name", 400, GET_HOME "\xc3\xa9: c\r\n\r\n"),
    KEEPS("empty value", 200, GET_HOME "A:\r\n\r\n"),
    KEEPS("tab inside a value", 200, GET_HOME "A: b\tc\r\n\r\n"),
    CLOSES("empty first line", 400, "\r\n" GET_HOME "\r\n"),
    CLOSES("TLS hello", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    CLOSES("HTTP/2 preface", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    CLOSES("HTTP/0.9", 400, "GET /\r\n\r\n"),
};

static const probe line_probes[] = {
    CLOSES("two spaces before the target", 400, "GET  / HTTP/1.1\r\n" H "\r\n"),
    CLOSES("two spaces before the version", 400, "GET /  HTTP/1.1\r\n" H "\r\n"),
    CLOSES("tab instead of space", 400, "GET\t/ HTTP/1.1\r\n" H "\r\n"),
    CLOSES("space behind the version", 400, "GET / HTTP/1.1 \r\n" H "\r\n"),
    CLOSES("space before the method", 400, " GET / HTTP/1.1\r\n" H "\r\n"),
    CLOSES("HTTP/1.2", 505, "GET / HTTP/1.2\r\n" H "\r\n"),
    CLOSES("HTTP/2.0", 505, "GET / HTTP/2.0\r\n" H "\r\n"),
    CLOSES("HTTP/11", 400, "GET / HTTP/11\r\n" H "\r\n"),
    CLOSES("HTTP/1.10", 400, "GET / HTTP/1.10\r\n" H "\r\n"),
    CLOSES("http/1.1", 400, "GET / http/1.1\r\n" H "\r\n"),
    CLOSES("lower case method", 501, "get / HTTP/1.1\r\n" H "\r\n"),
    CLOSES("TRACE", 501, "TRACE / HTTP/1.1\r\n" H "\r\n"),
    CLOSES("CONNECT", 400, "CONNECT sign.example:443 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("DELETE", 501, "DELETE / HTTP/1.1\r\n" H "\r\n"),
    CLOSES("PUT with a body", 501, "PUT / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc" SMUGGLED),
    CLOSES("method with odd characters", 400, "G(T / HTTP/1.1\r\n" H "\r\n"),
    CLOSES("asterisk for GET", 400, "GET * HTTP/1.1\r\n" H "\r\n"),
    KEEPS("asterisk for OPTIONS", 204, "OPTIONS * HTTP/1.1\r\n" H "\r\n"),
    CLOSES("relative target", 400, "GET index HTTP/1.1\r\n" H "\r\n"),
    CLOSES("fragment in the target", 400, "GET /#a HTTP/1.1\r\n" H "\r\n"),
    CLOSES("raw UTF-8 in the path", 400, "GET /\xc3\xa9 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("quote in the path", 400, "GET /\" HTTP/1.1\r\n" H "\r\n"),
    CLOSES("no Host", 400, "GET / HTTP/1.1\r\n\r\n"),
    CLOSES("two Hosts", 400, GET_HOME "Host: other\r\n\r\n"),
    CLOSES("two equal Hosts", 400, GET_HOME H "\r\n"),
    CLOSES("empty Host", 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    CLOSES("Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    CLOSES("Host with a user", 400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
    CLOSES("Host with spaces", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    CLOSES("Host as a list", 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    CLOSES("Host with a bad port", 400, "GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"),
    KEEPS("absolute target of the same Host", 200,
          "GET http://sign.example/ HTTP/1.1\r\n" H "\r\n"),
    CLOSES("absolute target of another Host", 400, "GET http://other/ HTTP/1.1\r\n" H "\r\n"),
    CLOSES("absolute target, other port", 400, "GET http://sign.example:81/ HTTP/1.1\r\n" H "\r\n"),
    CLOSES("absolute target, other scheme", 400, "GET ftp://sign.example/ HTTP/1.1\r\n" H "\r\n"),
    CLOSES("absolute target with a user", 400, "GET http://a@sign.example/ HTTP/1.1\r\n" H "\r\n"),
    KEEPS("HTTP/1.0 with keep-alive", 200, "GET / HTTP/1.0\r\n" H "Connection: keep-alive\r\n\r\n"),
    CLOSES("HTTP/1.0 without Host", 200, "GET / HTTP/1.0\r\n\r\n"),
};

static const probe body_probes[] = {
    KEEPS("length", 200, POST_HOOK "Content-Length: 6\r\n\r\ntext=a"),
    KEEPS("chunks", 200,
          POST_HOOK "Transfer-Encoding: chunked\r\n\r\n3\r\ntex\r\n3\r\nt=a\r\n0\r\n\r\n"),
    KEEPS("chunks, any case", 200,
          POST_HOOK "Transfer-Encoding: CHUNKED\r\n\r\n006\r\ntext=a\r\n00\r\n\r\n"),
    CLOSES("length and chunks", 400,
           POST_HOOK "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
    CLOSES("chunks and length", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" SMUGGLED),
    CLOSES("two lengths", 400, POST_HOOK "Content-Length: 6\r\nContent-Length: 7\r\n\r\ntext=ab"),
    CLOSES("two equal lengths", 400,
           POST_HOOK "Content-Length: 6\r\nContent-Length: 6\r\n\r\ntext=a"),
    CLOSES("length as a list", 400, POST_HOOK "Content-Length: 6, 6\r\n\r\ntext=a"),
    CLOSES("length with a sign", 400, POST_HOOK "Content-Length: +6\r\n\r\ntext=a"),
    CLOSES("negative length", 400, POST_HOOK "Content-Length: -6\r\n\r\ntext=a"),
    CLOSES("hexadecimal length", 400, POST_HOOK "Content-Length: 0x6\r\n\r\ntext=a"),
    CLOSES("fractional length", 400, POST_HOOK "Content-Length: 6.0\r\n\r\ntext=a"),
    CLOSES("empty length", 400, POST_HOOK "Content-Length:\r\n\r\n"),
    CLOSES("length with a space", 400, POST_HOOK "Content-Length: 6 6\r\n\r\ntext=a"),
    CLOSES("overflowing length", 400,
           POST_HOOK "Content-Length: 18446744073709551622\r\n\r\ntext=a"),
    CLOSES("length far too large", 413, POST_HOOK "Content-Length: 999999999999\r\n\r\ntext=a"),
    CLOSES("length above the route's limit", 413, POST_HOOK "Content-Length: 65537\r\n\r\n"),
    CLOSES("two codings", 400,
           POST_HOOK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
    CLOSES("coding twice", 400,
           POST_HOOK
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
    CLOSES("identity coding", 400, POST_HOOK "Transfer-Encoding: identity\r\n\r\n" SMUGGLED),
    CLOSES("coding with a control", 400,
           POST_HOOK "Transfer-Encoding: \x0b"
                     "chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
    CLOSES("misspelt coding", 400, POST_HOOK "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    CLOSES("quoted coding", 400, POST_HOOK "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
    CLOSES("coding in HTTP/1.0", 400,
           "POST /hook HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    CLOSES("coding name with a space", 400,
           POST_HOOK "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" SMUGGLED),
    CLOSES("chunk extension", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n6;a=b\r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("chunk size with a space", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n6 \r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("chunk size with 0x", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n0x6\r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("chunk size with a sign", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n+6\r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("chunk size too long", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n000000006\r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("empty chunk size", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n\r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("chunk size ended by LF", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n6\ntext=a\r\n0\r\n\r\n"),
    CLOSES("chunk data ended by LF", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n6\r\ntext=a\n0\r\n\r\n"),
    CLOSES("chunk longer than it says", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n5\r\ntext=a\r\n0\r\n\r\n"),
    CLOSES("trailer", 400,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\n6\r\ntext=a\r\n0\r\nA: b\r\n\r\n"),
    CLOSES("chunks above the route's limit", 413,
           POST_HOOK "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n"),
    CLOSES("GET with a length", 400, GET_HOME "Content-Length: 5\r\n\r\nabcde"),
    CLOSES("GET with chunks", 400, GET_HOME "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    CLOSES("HEAD with a length", 400, "HEAD / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nabcde"),
    KEEPS("GET with length 0", 200, GET_HOME "Content-Length: 0\r\n\r\n"),
    CLOSES("unknown expectation", 417, POST_HOOK "Expect: tea\r\nContent-Length: 6\r\n\r\n"),
    KEEPS("expected to go on", 200,
          POST_HOOK "Expect: 100-continue\r\nContent-Length: 6\r\n\r\ntext=a"),
};

static const probe path_probes[] = {
    KEEPS("escaped letter", 200, "GET /%77ho HTTP/1.1\r\n" H "\r\n"),
    CLOSES("encoded NUL", 400, "GET /%00 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("encoded slash", 400, "GET /log/a%2fb HTTP/1.1\r\n" H "\r\n"),
    CLOSES("encoded backslash", 400, "GET /log/a%5Cb HTTP/1.1\r\n" H "\r\n"),
    CLOSES("encoded line end", 400, "GET /log/a%0d%0ab HTTP/1.1\r\n" H "\r\n"),
    CLOSES("broken escape", 400, "GET /log/%4 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("escape of no digits", 400, "GET /log/%zz HTTP/1.1\r\n" H "\r\n"),
    CLOSES("wrong UTF-8", 400, "GET /log/%c3%28 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("overlong UTF-8", 400, "GET /log/%c0%af HTTP/1.1\r\n" H "\r\n"),
    CLOSES("dot segment", 400, "GET /log/./small HTTP/1.1\r\n" H "\r\n"),
    CLOSES("dot dot segment", 400, "GET /log/../../etc/passwd HTTP/1.1\r\n" H "\r\n"),
    CLOSES("encoded dots", 400, "GET /log/%2e%2e/x HTTP/1.1\r\n" H "\r\n"),
    KEEPS("encoded twice is decoded once", 404, "GET /log/%252e%252e HTTP/1.1\r\n" H "\r\n"),
    CLOSES("empty segment", 400, "GET //evil.example/ HTTP/1.1\r\n" H "\r\n"),
    KEEPS("link out of the folder", 404, "GET /log/link HTTP/1.1\r\n" H "\r\n"),
    CLOSES("broken query", 400, "GET /who?a=%4 HTTP/1.1\r\n" H "\r\n"),
    CLOSES("NUL in the query", 400, "GET /who?a=%00 HTTP/1.1\r\n" H "\r\n"),
    KEEPS("unknown query names", 200, "GET /who?utm_source=x&fbclid=%20 HTTP/1.1\r\n" H "\r\n"),
    KEEPS("unknown page", 404, "GET /nowhere HTTP/1.1\r\n" H "\r\n"),
    KEEPS("unknown language", 404, "GET /xx/page/a HTTP/1.1\r\n" H "\r\n"),
    KEEPS("number with zeros", 404, "GET /item/007 HTTP/1.1\r\n" H "\r\n"),
    KEEPS("number", 200, "GET /item/7 HTTP/1.1\r\n" H "\r\n"),
    KEEPS("staff page", 404, "GET /office HTTP/1.1\r\n" H "\r\n"),
    KEEPS("wrong method", 405, "GET /hook HTTP/1.1\r\n" H "\r\n"),
};

static void check_policy(const wire *w)
{
    static const str names[] = {STR_INIT("content-security-policy"),
                                STR_INIT("x-content-type-options"),
                                STR_INIT("referrer-policy"),
                                STR_INIT("permissions-policy"),
                                STR_INIT("cross-origin-opener-policy"),
                                STR_INIT("cross-origin-resource-policy"),
                                STR_INIT("strict-transport-security"),
                                STR_INIT("cache-control"),
                                STR_INIT("date")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(wire_line(w, names[i]).n > 0);
    assert_int_equal(wire_line(w, S("server")).n, 0);
    assert_int_equal(wire_line(w, S("set-cookie")).n, 0);
}

/* pieces: how many bytes are sent at once; 0: all. */
static void run_probes(const site *s, const probe *probes, size_t n, size_t pieces)
{
    arena *a = arena_open(64 << 20);
    for (size_t i = 0; i < n; i++) {
        const probe *p = &probes[i];
        int fd = wire_connect(s);
        str bytes = {p->bytes, p->n};
        for (size_t at = 0; at < bytes.n; at += pieces ? pieces : bytes.n)
            wire_send(fd, str_head(str_skip(bytes, at), pieces ? pieces : bytes.n));
        wire w = wire_read(a, fd, false);
        if (w.status != p->status)
            print_message("%s: %d instead of %d\n", p->name, w.status, p->status);
        assert_int_equal(w.status, p->status);
        check_policy(&w);
        if (p->goes_on) {
            wire_send(fd, S("GET /item/1 HTTP/1.1\r\n" H "\r\n"));
            w = wire_read(a, fd, false);
            if (w.status != 200 || !str_eq(w.body, S("1")))
                print_message("%s: does not go on (%d)\n", p->name, w.status);
            assert_int_equal(w.status, 200);
            assert_true(str_eq(w.body, S("1")));
        } else {
            bool ends = wire_ends(fd);
            if (!ends)
                print_message("%s: does not close\n", p->name);
            assert_true(ends);
        }
        close(fd);
    }
    arena_close(a);
}

#define RUN(state, probes, pieces)                                                                 \
    run_probes(*(state), probes, sizeof(probes) / sizeof *(probes), pieces)

static void framing(void **state)
{
    RUN(state, framing_probes, 0);
}

static void request_lines(void **state)
{
    RUN(state, line_probes, 0);
}

static void bodies(void **state)
{
    RUN(state, body_probes, 0);
}

static void paths(void **state)
{
    RUN(state, path_probes, 0);
}

/* The same must come out when the bytes arrive one or seven at a time. */
static void in_pieces(void **state)
{
    RUN(state, framing_probes, 1);
    RUN(state, body_probes, 1);
    RUN(state, body_probes, 7);
}

/* Answered in order, and nothing behind a refused one. */
static void pipelined(void **state)
{
    arena *a = arena_open(64 << 20);
    int fd = wire_connect(*state);
    buf many = buf_in(a);
    for (int i = 0; i < 200; i++)
        buf_printf(&many, "GET /item/%d HTTP/1.1\r\n" H "\r\n" GET_HOME "\r\n", i);
    buf_put(&many, S("GET / HTTP/1.1\r\nHost : x\r\n\r\n" SMUGGLED));
    wire_send(fd, buf_str(&many));
    for (int i = 0; i < 200; i++) {
        wire w = wire_read(a, fd, false);
        assert_int_equal(w.status, 200);
        assert_true(str_eq(w.body, arena_printf(a, "%d", i)));
        assert_int_equal(wire_read(a, fd, false).body.n, 5600);
    }
    assert_int_equal(wire_read(a, fd, false).status, 400);
    assert_true(wire_ends(fd));
    close(fd);
    arena_close(a);
}

static void limits(void **state)
{
    arena *a = arena_open(64 << 20);
    buf b = buf_in(a);
    buf_put(&b, S("GET /"));
    for (int i = 0; i < 8300; i++)
        buf_put_char(&b, 'a');
    buf_put(&b, S(" HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(wire_ask(a, *state, b.at ? arena_cstr(a, buf_str(&b)) : "").status, 414);

    b = buf_in(a);
    buf_put(&b, S(GET_HOME));
    for (int i = 0; i < 100; i++)
        buf_printf(&b, "A%d: b\r\n", i);
    buf_put(&b, S("\r\n"));
    assert_int_equal(wire_ask(a, *state, arena_cstr(a, buf_str(&b))).status, 431);

    b = buf_in(a);
    buf_put(&b, S(GET_HOME "A: "));
    for (int i = 0; i < 17000; i++)
        buf_put_char(&b, 'a');
    assert_int_equal(wire_ask(a, *state, arena_cstr(a, buf_str(&b))).status, 431);
    arena_close(a);
}

static int start(void **state)
{
    static site s;
    site_start(&s, (server_options){.io_threads = 2, .workers = 4});
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    site_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framing), cmocka_unit_test(request_lines), cmocka_unit_test(bodies),
        cmocka_unit_test(paths),   cmocka_unit_test(in_pieces),     cmocka_unit_test(pipelined),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
