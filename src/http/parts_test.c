/* SPDX-License-Identifier: EUPL-1.2 */
/* The pure parts: heads, chunks, escapes, encodings, dates, addresses, cookies. What is refused is
 * tested over real sockets in hostile_test.c; here, what is read has the right value. */

#include "http/chunk.h"
#include "http/cookie.h"
#include "http/date.h"
#include "http/encoding.h"
#include "http/head.h"
#include "http/proxy.h"
#include "http/range.h"
#include "http/urlencode.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define IS(text, literal) assert_true(str_eq((text), S(literal)))

static arena *a;

static void heads(void **state)
{
    (void)state;
    static head h;
    str bytes =
        S("POST /a/b?c=d&e HTTP/1.1\r\nHost: Sign.Example:8080\r\nX-A: \t one  two \r\n"
          "Content-Length: 42\r\nExpect: 100-Continue\r\nConnection: Close\r\nx-a: three\r\n\r\n");
    head_scan scan = {0};
    size_t n = 0;
    for (size_t i = 0; i < bytes.n; i++)
        assert_int_equal(head_find(str_head(bytes, i), 16384, &scan, &n), HEAD_MORE);
    assert_int_equal(head_find(bytes, 16384, &scan, &n), HEAD_FOUND);
    assert_int_equal(n, bytes.n);
    assert_int_equal(head_read(bytes, &h), 0);
    assert_int_equal(h.method, HTTP_POST);
    IS(h.target, "/a/b?c=d&e");
    IS(h.path, "/a/b");
    IS(h.query, "c=d&e");
    IS(h.host, "Sign.Example:8080");
    assert_int_equal(h.length, 42);
    assert_true(h.expects_continue && !h.expects_other && !h.keeps_alive && h.minor == 1);
    IS(head_line(&h, S("X-a")), "one  two");
    IS(head_line(&h, S("nothing")), "");

    str copy = arena_copy(a, bytes);
    head_rebase(&h, bytes.at, copy.at);
    assert_ptr_equal(h.path.at, copy.at + 5);
    assert_ptr_equal(h.lines[0].name.at, copy.at + 26);

    bytes = S("OPTIONS * HTTP/1.0\r\nConnection: a, keep-alive ,b\r\n\r\n");
    assert_int_equal(head_read(bytes, &h), 0);
    assert_true(h.is_asterisk && h.keeps_alive && h.minor == 0);
    bytes = S("GET http://[2001:db8::1]:80/x HTTP/1.1\r\nHOST: [2001:DB8::1]:80\r\n\r\n");
    assert_int_equal(head_read(bytes, &h), 0);
    IS(h.target, "/x");
    bytes = S("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(head_read(bytes, &h), 0);
    assert_false(h.is_known_method);
}

/* However the bytes are cut, the same comes out. */
static void chunks(void **state)
{
    (void)state;
    str bytes = S("4\r\nWe, \r\nE\r\nthe undersigne\r\n1\r\nd\r\n0\r\n\r\nGET");
    for (size_t piece = 1; piece <= bytes.n; piece++) {
        chunk c = {0};
        char out[64];
        size_t total = 0;
        int done = CHUNK_MORE;
        str left = {0};
        for (size_t at = 0; done != CHUNK_DONE; at += piece) {
            left = str_head(str_skip(bytes, at), piece);
            size_t n = 0;
            done = chunk_read(&c, &left, out + total, sizeof out - total, &n);
            assert_true(done == CHUNK_MORE || done == CHUNK_DONE);
            total += n;
        }
        IS(((str){out, total}), "We, the undersigned");
        assert_true(left.n <= 3);
    }
    chunk c = {0};
    char out[3];
    size_t n = 0;
    str in = S("4\r\nabcd\r\n");
    assert_int_equal(chunk_read(&c, &in, out, sizeof out, &n), CHUNK_FULL);
    assert_int_equal(n, 3);
}

static void escapes(void **state)
{
    (void)state;
    str path = {0};
    assert_int_equal(urlencode_read_path(a, S("/a%20b/%C3%A9/c+d/"), &path), OK);
    IS(path, "/a b/\xc3\xa9/c+d/");
    assert_int_equal(urlencode_read_path(a, S("/..a/b.."), &path), OK);
    static const char *const refused[] = {
        "",     "a",    "//",   "/a//b", "/.",   "/a/..", "/%2E%2e/b", "/%",      "/%4",
        "/%4g", "/%00", "/%2F", "/%5c",  "/%0a", "/%7f",  "/%ff",      "/%c0%80", "/%ed%a0%80"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(urlencode_read_path(a, str_of(refused[i]), &path), ERR_INVALID);

    url_pairs pairs = {0};
    assert_int_equal(urlencode_read_pairs(a, S("a=1+2&b=%26%3d&c&d==&e="), 8, &pairs), OK);
    assert_int_equal(pairs.n, 5);
    IS(pairs.at[0].value, "1 2");
    IS(pairs.at[1].value, "&=");
    IS(pairs.at[2].name, "c");
    IS(pairs.at[3].value, "=");
    assert_int_equal(urlencode_read_pairs(a, S(""), 8, &pairs), OK);
    assert_int_equal(pairs.n, 0);
    static const char *const broken[] = {"=1", "&a=1", "a&&b", "a=%", "%00=a", "a=%ff", "a&b&c"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(urlencode_read_pairs(a, str_of(broken[i]), 2, &pairs), ERR_INVALID);

    buf b = buf_in(a);
    urlencode_put(&b, S("a-b_c.d~/\xc3\xa9 &%"));
    IS(buf_str(&b), "a-b_c.d~%2F%C3%A9%20%26%25");
}

static void encodings(void **state)
{
    (void)state;
    const unsigned id = 1u << ENCODING_IDENTITY;
    const unsigned gz = 1u << ENCODING_GZIP;
    const unsigned br = 1u << ENCODING_BR;
    assert_int_equal(encoding_accepted(S("")), id);
    assert_int_equal(encoding_accepted(S("gzip;q=1.000,br;q=0.")), id | gz);
    assert_int_equal(encoding_accepted(S("*;q=0.1, br;q=0")), id | gz);
    assert_int_equal(encoding_accepted(S("identity;q=0, br")), id | br);
    assert_int_equal(encoding_accepted(S("gzip ; q=0.5 ; x=y, x-gzip;q=0")), id);
    assert_int_equal(encoding_accepted(S("br;q=1.5, gzip;q=-1")), id);

    buf plain = buf_in(a);
    for (int i = 0; i < 100; i++)
        buf_put(&plain, S("We, the undersigned. "));
    str coded = {0};
    assert_int_equal(encoding_make(a, ENCODING_BR, buf_str(&plain), false, &coded), OK);
    assert_true(coded.n < 100);
    assert_int_equal(encoding_make(a, ENCODING_GZIP, buf_str(&plain), false, &coded), OK);
    assert_true((unsigned char)coded.at[0] == 0x1f && (unsigned char)coded.at[1] == 0x8b);
    assert_int_equal(encoding_make(a, ENCODING_GZIP, S("short"), true, &coded), ERR_LIMIT);
}

static void dates(void **state)
{
    (void)state;
    static const struct {
        int64_t unix_s;
        const char *text;
    } cases[] = {{0, "Thu, 01 Jan 1970 00:00:00 GMT"},
                 {951782399, "Mon, 28 Feb 2000 23:59:59 GMT"},
                 {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
                 {1795366683, "Sun, 22 Nov 2026 16:58:03 GMT"},
                 {4102444799, "Thu, 31 Dec 2099 23:59:59 GMT"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[DATE_BYTES + 1];
        int64_t unix_s = 0;
        date_write(cases[i].unix_s, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(date_read(str_of(text), &unix_s), OK);
        assert_int_equal(unix_s, cases[i].unix_s);
    }
    static const char *const refused[] = {"",
                                          "Sun, 22 Nov 2026 16:58:03 UTC",
                                          "Sun, 22 Nov 2026 24:58:03 GMT",
                                          "Sun, 22 Foo 2026 16:58:03 GMT",
                                          "Sunday, 22-Nov-26 16:58:03 GMT",
                                          "Sun, 22 Nov 2026 16:58:03 GMT "};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(date_read(str_of(refused[i]), &(int64_t){0}), ERR_INVALID);
}

static client_ip ip(const char *text)
{
    client_ip made = {0};
    assert_int_equal(ip_read(str_of(text), &made), OK);
    return made;
}

static void same_ip(client_ip got, const char *want)
{
    client_ip made = ip(want);
    assert_memory_equal(got.private_bytes, made.private_bytes, 16);
}

static void proxies(void **state)
{
    (void)state;
    net nets[3];
    assert_int_equal(net_read(S("10.0.0.0/8"), &nets[0]), OK);
    assert_int_equal(net_read(S("2001:db8::/32"), &nets[1]), OK);
    assert_int_equal(net_read(S("192.0.2.7"), &nets[2]), OK);
    static const char *const refused[] = {"",           "10.0.0.0/33", "10.0.0.0/",
                                          "10.0.0.1/8", "10/8",        "2001:db8::1/32",
                                          "host",       "1.2.3.4/-1",  "1.2.3.4/8/8"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(net_read(str_of(refused[i]), &(net){0}), ERR_INVALID);
    net_list trusted = {nets, 3};
    assert_true(net_list_has(trusted, ip("10.255.0.1").private_bytes));
    assert_true(net_list_has(trusted, ip("::ffff:10.1.2.3").private_bytes));
    assert_true(net_list_has(trusted, ip("[2001:db8:ffff::1]:443").private_bytes));
    assert_false(net_list_has(trusted, ip("11.0.0.1").private_bytes));
    assert_false(net_list_has(trusted, ip("192.0.2.8:80").private_bytes));

    client_ip peer = ip("192.0.2.7");
    same_ip(proxy_client(trusted, peer, S(""), false), "192.0.2.7");
    same_ip(proxy_client(trusted, peer, S("203.0.113.1"), false), "203.0.113.1");
    same_ip(proxy_client(trusted, peer, S("8.8.8.8, 203.0.113.1, 10.0.0.9"), false), "203.0.113.1");
    same_ip(proxy_client(trusted, peer, S("10.0.0.1, 10.0.0.2"), false), "10.0.0.1");
    same_ip(proxy_client(trusted, peer, S("203.0.113.1, unknown, 10.0.0.2"), false), "10.0.0.2");
    same_ip(proxy_client(trusted, peer,
                         S("for=8.8.8.8, for=\"[2001:dB9::1]:4711\";proto=https, For=10.0.0.1"),
                         true),
            "2001:db9::1");
    IS(proxy_scheme(S("https, http"), false), "http");
    IS(proxy_scheme(S("for=1.2.3.4;proto=http, for=x; PROTO=\"https\""), true), "https");
    IS(proxy_scheme(S("gopher"), false), "");
}

static void cookies(void **state)
{
    (void)state;
    str value = {0};
    assert_int_equal(cookie_read(S("a=1; __Host-s=xyz=; b=2"), S("__Host-s"), &value), OK);
    IS(value, "xyz=");
    assert_int_equal(cookie_read(S(""), S("a"), &value), ERR_NOT_FOUND);
    assert_int_equal(cookie_read(S("A=1"), S("a"), &value), ERR_NOT_FOUND);
    static const char *const refused[] = {"a=1;b=2", "a=1; a=2", "a=1, a=2",  "a=\"1\"",
                                          "a=1;",    "a=1; ",    "a",         "=1",
                                          "a=1 2",   "a =1",     "a=1;  b=2", "a=\xc3\xa9"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_int_equal(cookie_read(str_of(refused[i]), S("a"), &value), ERR_INVALID);
}

static void ranges(void **state)
{
    (void)state;
    int64_t from, n;
    static const char *const whole[] = {"",           "bytes=",    "bytes=-",    "bytes=a-b",
                                        "bytes=1-2x", "bytes=--1", "bytes=1",    "bytes=-1-2",
                                        "Bytes=0-1",  "bytes=9-8", "bytes= 1 -2"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_int_equal(range_choose(str_of(whole[i]), 10, &from, &n), RANGE_WHOLE);
    assert_int_equal(range_choose(S("bytes=-20"), 10, &from, &n), RANGE_PART);
    assert_true(from == 0 && n == 10);
    assert_int_equal(range_choose(S("bytes=9223372036854775806-"), 10, &from, &n), RANGE_BEHIND);
    assert_int_equal(range_choose(S("bytes=-0"), 10, &from, &n), RANGE_BEHIND);
    assert_int_equal(range_choose(S("bytes=0-"), 0, &from, &n), RANGE_BEHIND);
}

static int start(void **state)
{
    (void)state;
    a = arena_open(16 << 20);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads),     cmocka_unit_test(chunks), cmocka_unit_test(escapes),
        cmocka_unit_test(encodings), cmocka_unit_test(dates),  cmocka_unit_test(proxies),
        cmocka_unit_test(cookies),   cmocka_unit_test(ranges),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
