/* SPDX-License-Identifier: EUPL-1.2 */
/* Records as tables, and whole examinations by a name server of our own on loopback. */

#include "dns/dns.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define RSA_2048                                                                                   \
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4hS6axESZbychGrRDtze89GkjeJgkz4I7Qlpk9OISrwHH4VQ" \
    "7jpjB0Od+"                                                                                    \
    "TwBFCVrRgQanXRoaLCfN23J6W9afNTzGYLlRWZhttpr1T0QErYCYxjkY1L75laiUOlWlMKhzahQ7Cyb79sqq0BQ39I3R" \
    "v4sJrAWmgqK9SK4K6PNwr7YDRvwt/"                                                                \
    "6AbTGZK6uaJNa30DccX2tV8XYuinuYG4b1udlSRNvW+UOpemAaTHKUVRSrksl0Umk39XeJL+zomTDsoOf+"           \
    "BDWtJ9AHOBE8Bz4h2If93EdcsuNaU+FylJa014hpsqGUD9dvUhWEUi4dCZzCSCVe0ajeMxMqJXQ1Hy8UmwIDAQAB"
#define RSA_1024                                                                                   \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCujpXh0GkBoscDGAvJS8ZkVHeZvHU3zKSJwGTsdyfveVOM3djBSnio" \
    "mZ7H+2QoDKVhwZb3fOz69fspDq40au6IHLeVLf2vGU0bto2hfd9ps9yWXIKRZn8wH7+/"                         \
    "46wwplw4xDKAcJLwsFCQi3igJm0ZWujJw8puYrq8eJMZvwdTiQIDAQAB"
#define ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_open(16 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

typedef struct row {
    const char *first, *second; /* records; NULL: none */
    bool is_well;
    const char *words; /* stand in the finding */
} row;

typedef dns_finding judge(arena *a, str_list texts);

static dns_finding judge_own(arena *into, str_list texts)
{
    return dns_judge_dmarc(into, texts, true);
}

static void check(judge *of, const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        str at[2] = {str_of(rows[i].first), str_of(rows[i].second)};
        str_list texts = {at, (rows[i].first != NULL) + (size_t)(rows[i].second != NULL)};
        dns_finding f = of(a, texts);
        if (f.is_well != rows[i].is_well || str_find_str(f.text, str_of(rows[i].words)) == f.text.n)
            fail_msg("row %zu: %.*s", i, STR_FMT(f.text));
    }
}

#define CHECK(of, rows) check(of, rows, sizeof(rows) / sizeof *(rows))

static void spf_rows(void **state)
{
    (void)state;
    static const row rows[] = {
        {NULL, NULL, false, "no record"},
        {"google-site-verification=x", "v=spf10 -all", false, "no record"},
        {"v=spf1 include:relay.eu -all", "other", true, "-all"},
        {"V=SPF1 ip4:192.0.2.1 ~ALL", NULL, true, "~ALL"},
        {"v=spf1 a:mail.eu/24 ?all", NULL, true, "?all"},
        {"v=spf1 redirect=_spf.relay.eu", NULL, true, "redirect"},
        {"v=spf1 mx -all", "v=spf1 a -all", false, "2 records"},
        {"v=spf1 mx", NULL, false, "no policy"},
        {"v=spf1 mx allways:x", NULL, false, "no policy"},
        {"v=spf1 mx +all", NULL, false, "everybody"},
        {"v=spf1 mx all", NULL, false, "everybody"},
        {"v=spf1 -all", NULL, false, "no server"},
        {"v=spf1 a a a a a a a a a a a -all", NULL, false, "11 terms"},
    };
    CHECK(dns_judge_spf, rows);
}

static void dkim_rows(void **state)
{
    (void)state;
    static const row rows[] = {
        {NULL, NULL, false, "no key"},
        {"v=DKIM1; k=rsa; p=" RSA_2048, NULL, true, "2048"},
        {"p=" RSA_2048, NULL, true, "2048"},
        {"v=DKIM1; k=ed25519; p=" ED25519, NULL, true, "Ed25519"},
        {"v=DKIM1; p=" RSA_1024, NULL, false, "1024"},
        {"v=DKIM1; p=", NULL, false, "revoked"},
        {"v=DKIM2; p=" RSA_2048, NULL, false, "no DKIM key"},
        {"v=DKIM1; p=" ED25519, NULL, false, "cannot be read"},
        {"v=DKIM1; k=ed25519; p=" RSA_2048, NULL, false, "cannot be read"},
        {"v=DKIM1; p=%%%%", NULL, false, "cannot be read"},
        {"v=DKIM1; t=y:s; p=" RSA_2048, NULL, false, "t=y"},
        {"p=" RSA_2048, "p=" RSA_2048, false, "2 keys"},
    };
    CHECK(dns_judge_dkim, rows);
}

static void dmarc_rows(void **state)
{
    (void)state;
    static const row rows[] = {
        {NULL, NULL, false, "no record"},
        {"v=DMARC1; p=none", NULL, true, "policy none"},
        {"v=DMARC1;p = reject ; rua=mailto:x@y.eu", "other", true, "policy reject"},
        {"v=DMARC1; rua=mailto:x@y.eu", NULL, false, "no policy"},
        {"v=DMARC1; p=maybe", NULL, false, "no policy"},
        {"v=DMARC1; p=none", "v=DMARC1; p=none", false, "2 records"},
    };
    CHECK(judge_own, rows);
    str above = S("v=DMARC1; p=none; sp=reject");
    dns_finding f = dns_judge_dmarc(a, (str_list){&above, 1}, false);
    assert_true(f.is_well && str_starts(f.text, S("policy reject, from")));
}

static void domains(void **state)
{
    (void)state;
    static const char *const good[] = {"alliance.eu", "sign.xn--bcher-kva.de", "a.b.c.org"};
    static const char *const bad[] = {"",          "localhost",    "127.0.0.1", "[::1]",
                                      "x.example", "x.y.invalid",  "x.TEST",    "printer.local",
                                      "a..eu",     "alliance.eu.", "bücher.de", "eu"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(dns_is_public(str_of(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(dns_is_public(str_of(bad[i])));
}

/* What the server knows; any other name does not exist. An empty text: it keeps silent. */
static const struct {
    const char *name;
    uint16_t type;
    const char *text;
} zone[] = {
    {"sign.good.eu", ns_t_mx,
     "\x02mx\x04good\x02"
     "eu"},
    {"sign.good.eu", ns_t_txt, "v=spf1 ip4:192.0.2.1 -all"},
    {"s1._domainkey.sign.good.eu", ns_t_txt, "v=DKIM1; k=rsa; p=" RSA_2048},
    {"_dmarc.good.eu", ns_t_txt, "v=DMARC1; p=quarantine"},
    {"bad.eu", ns_t_txt, "v=spf1 +all"},
    {"s1._domainkey.bad.eu", ns_t_txt, "v=DKIM1; p=" RSA_1024},
    {"silent.eu", ns_t_mx, ""},
};

/* The strings of a TXT record, of 200 bytes each, or an MX; with the fixed parts before it. */
static str answer_make(uint16_t type, str text)
{
    buf data = buf_in(a), b = buf_in(a);
    if (type == ns_t_mx)
        buf_put(&data, (str){"\0\x0a", 2});
    for (str rest = text; type == ns_t_txt && rest.n; rest = str_skip(rest, 200)) {
        buf_put_char(&data, (char)str_head(rest, 200).n);
        buf_put(&data, str_head(rest, 200));
    }
    if (type == ns_t_mx) {
        buf_put(&data, text);
        buf_put_char(&data, '\0');
    }
    buf_put(&b, (str){"\xc0\x0c\0", 3});
    buf_put_char(&b, (char)type);
    buf_put(&b, (str){"\0\1\0\0\0\x3c", 6});
    buf_put_char(&b, (char)(data.n >> 8));
    buf_put_char(&b, (char)(data.n & 255));
    buf_put(&b, buf_str(&data));
    return buf_str(&b);
}

typedef struct server {
    int socket;
    pthread_t thread;
} server;

/* Answers until an empty datagram comes. */
static void *serve(void *of)
{
    server *s = of;
    unsigned char q[512];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t n;
    while ((n = recvfrom(s->socket, q, sizeof q, 0, (struct sockaddr *)&from, &size)) > 12) {
        char name[256];
        int used = ns_name_uncompress(q, q + n, q + 12, name, sizeof name);
        assert_true(used > 0);
        size_t end = 12 + (size_t)used + 4;
        bool is_silent = false;
        buf b = buf_in(a);
        str answer = S("");
        for (size_t i = 0; i < sizeof zone / sizeof *zone; i++)
            if (str_eq(str_of(zone[i].name), str_of(name)) && q[end - 3] == zone[i].type) {
                is_silent = !*zone[i].text;
                answer = answer_make(zone[i].type, str_of(zone[i].text));
            }
        buf_put(&b, (str){(char *)q, 2});
        buf_put(&b, answer.n ? (str){"\x81\x80\0\1\0\1\0\0\0\0", 10}
                             : (str){"\x81\x83\0\1\0\0\0\0\0\0", 10});
        buf_put(&b, (str){(char *)q + 12, end - 12});
        buf_put(&b, answer);
        if (!is_silent)
            sendto(s->socket, b.at, b.n, 0, (struct sockaddr *)&from, size);
        size = sizeof from;
    }
    return NULL;
}

static void server_start(server *s, struct sockaddr_in *at)
{
    socklen_t size = sizeof *at;
    char name[32];
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    s->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->socket, (struct sockaddr *)at, size), 0);
    assert_int_equal(getsockname(s->socket, (struct sockaddr *)at, &size), 0);
    snprintf(name, sizeof name, "127.0.0.1:%d", ntohs(at->sin_port));
    setenv("UNDERSIGNED_RESOLVER", name, 1);
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void server_end(server *s, const struct sockaddr_in *at)
{
    sendto(s->socket, "", 0, 0, (const struct sockaddr *)at, sizeof *at);
    pthread_join(s->thread, NULL);
    close(s->socket);
}

static void examinations(void **state)
{
    (void)state;
    server s;
    struct sockaddr_in at;
    dns_findings f;
    arena *own = arena_open(1 << 20);
    server_start(&s, &at);
    assert_int_equal(dns_examine(own, S("sign.good.eu"), S("s1"), &f), OK);
    assert_true(f.mx.is_well && f.spf.is_well && f.dkim.is_well && f.dmarc.is_well);
    assert_true(str_eq(f.dmarc.text, S("policy quarantine, from the domain above")));
    assert_true(str_eq(f.dkim.text, S("RSA key of 2048 bits")));
    assert_int_equal(dns_examine(own, S("bad.eu"), S("s1"), &f), OK);
    assert_false(f.mx.is_well || f.spf.is_well || f.dkim.is_well || f.dmarc.is_well);
    assert_int_equal(dns_examine(own, S("bad.eu"), S(""), &f), OK);
    assert_true(f.dkim.is_well && str_starts(f.dkim.text, S("not examined")));
    int64_t began_ms = clock_steady_ms();
    assert_int_equal(dns_examine(own, S("silent.eu"), S("s1"), &f), ERR_BUSY);
    assert_true(clock_steady_ms() - began_ms < DNS_EXAMINE_MS_MOST + 500);
    server_end(&s, &at);
    assert_int_equal(dns_examine(own, S("bad.eu"), S("s1"), &f), ERR_BUSY); /* nobody there */
    assert_int_equal(dns_examine(own, S("demo.example"), S("s1"), &f), ERR_INVALID);
    setenv("UNDERSIGNED_RESOLVER", "nonsense", 1);
    assert_int_equal(dns_examine(own, S("bad.eu"), S("s1"), &f), ERR_INVALID);
    arena_close(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spf_rows), cmocka_unit_test(dkim_rows),    cmocka_unit_test(dmarc_rows),
        cmocka_unit_test(domains),  cmocka_unit_test(examinations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
