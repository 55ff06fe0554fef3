/* SPDX-License-Identifier: EUPL-1.2 */
/* Questions to one name server, by libresolv. */

#include "dns/dns.h"

#include "base/clock.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

enum { ANSWER_BYTES_MOST = 4096, WAIT_S = 2, NAME_BYTES_MOST = 253, LABEL_BYTES_MOST = 63 };

static err txt_read(arena *a, str data, str *out_text)
{
    buf b = buf_in(a);
    while (data.n) {
        size_t n = (uint8_t)data.at[0];
        if (n + 1 > data.n)
            return ERR_INVALID;
        buf_put(&b, str_head(str_skip(data, 1), n));
        data = str_skip(data, n + 1);
    }
    *out_text = buf_str(&b);
    return OK;
}

err dns_answer_read(arena *a, str message, dns_kind kind, str_list *out_answers)
{
    ns_msg m;
    str_list found = {arena_array(a, str, DNS_ANSWERS_MOST), 0};
    if (message.n > ANSWER_BYTES_MOST ||
        ns_initparse((const unsigned char *)message.at, (int)message.n, &m) != 0 ||
        ns_msg_getflag(m, ns_f_tc))
        return ERR_INVALID;
    for (int i = 0; i < ns_msg_count(m, ns_s_an) && found.n < DNS_ANSWERS_MOST; i++) {
        ns_rr rr;
        char host[NS_MAXDNAME];
        if (ns_parserr(&m, ns_s_an, i, &rr) != 0)
            return ERR_INVALID;
        str data = {(const char *)ns_rr_rdata(rr), ns_rr_rdlen(rr)};
        if (ns_rr_type(rr) != (kind == DNS_TXT ? ns_t_txt : ns_t_mx))
            continue;
        if (kind == DNS_TXT) {
            TRY(txt_read(a, data, &found.at[found.n]));
        } else {
            if (data.n < 3 || dn_expand(ns_msg_base(m), ns_msg_end(m), ns_rr_rdata(rr) + 2, host,
                                        sizeof host) < 0)
                return ERR_INVALID;
            found.at[found.n] = arena_copy(a, str_of(host));
        }
        found.n++;
    }
    *out_answers = found;
    return OK;
}

bool dns_is_public(str domain)
{
    static const str kept[] = {STR_INIT("example"), STR_INIT("invalid"),   STR_INIT("test"),
                               STR_INIT("local"),   STR_INIT("localhost"), STR_INIT("internal")};
    str label = S(""), rest = domain;
    size_t labels = 0;
    bool has_letter = false;
    if (domain.n == 0 || domain.n > NAME_BYTES_MOST || domain.at[domain.n - 1] == '.')
        return false;
    for (; rest.n; labels++) {
        label = str_cut(rest, '.', &rest);
        has_letter = false;
        if (label.n == 0 || label.n > LABEL_BYTES_MOST)
            return false;
        for (size_t i = 0; i < label.n; i++) {
            char c = label.at[i];
            bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            has_letter = has_letter || is_letter;
            if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
                return false;
        }
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (str_eq_nocase(label, kept[i]))
            return false;
    return labels >= 2 && has_letter;
}

typedef struct asker {
    arena *a;
    struct __res_state state;
    int64_t began_ms;
} asker;

static err resolver_set(struct __res_state *state, str address)
{
    str port;
    char host[INET_ADDRSTRLEN];
    int64_t number;
    struct sockaddr_in to = {.sin_family = AF_INET};
    str name = str_cut(address, ':', &port);
    if (name.n >= sizeof host || number_parse(port, 1, 65535, &number) != OK)
        return ERR_INVALID;
    memcpy(host, name.at, name.n);
    host[name.n] = '\0';
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
        return ERR_INVALID;
    to.sin_port = htons((uint16_t)number);
    state->nsaddr_list[0] = to;
    state->nscount = 1;
    return OK;
}

/* No such name or record: no answers. One try over UDP: a TCP connection would know no limit. */
static err ask(asker *k, str name, dns_kind kind, str_list *out_answers)
{
    unsigned char answer[ANSWER_BYTES_MOST];
    if (clock_steady_ms() - k->began_ms > DNS_EXAMINE_MS_MOST - WAIT_S * 1000)
        return ERR_BUSY;
    int n = res_nquery(&k->state, arena_cstr(k->a, name), ns_c_in,
                       kind == DNS_TXT ? ns_t_txt : ns_t_mx, answer, sizeof answer);
    if (n < 0) {
        if (k->state.res_h_errno != HOST_NOT_FOUND && k->state.res_h_errno != NO_DATA)
            return ERR_BUSY;
        *out_answers = (str_list){NULL, 0};
        return OK;
    }
    str message = {(const char *)answer, (size_t)n < sizeof answer ? (size_t)n : sizeof answer};
    return dns_answer_read(k->a, message, kind, out_answers) == OK ? OK : ERR_BUSY;
}

/* At the domain, else at the domains above it that are not top-level. */
static err ask_dmarc(asker *k, str domain, dns_finding *out_finding)
{
    str_list texts;
    str at = domain, parent;
    TRY(ask(k, arena_printf(k->a, "_dmarc.%.*s", STR_FMT(at)), DNS_TXT, &texts));
    for (str_cut(at, '.', &parent); texts.n == 0 && str_find(parent, '.') < parent.n;
         str_cut(at, '.', &parent)) {
        at = parent;
        TRY(ask(k, arena_printf(k->a, "_dmarc.%.*s", STR_FMT(at)), DNS_TXT, &texts));
    }
    *out_finding = dns_judge_dmarc(k->a, texts, at.n == domain.n);
    return OK;
}

static err ask_all(asker *k, str domain, str selector, dns_findings *f)
{
    str_list found;
    TRY(ask(k, domain, DNS_MX, &found));
    f->mx = dns_judge_mx(k->a, found);
    TRY(ask(k, domain, DNS_TXT, &found));
    f->spf = dns_judge_spf(k->a, found);
    TRY(ask_dmarc(k, domain, &f->dmarc));
    f->dkim = (dns_finding){true, S("not examined: name the selector in mail-dkim-selector")};
    if (selector.n == 0)
        return OK;
    str name = arena_printf(k->a, "%.*s._domainkey.%.*s", STR_FMT(selector), STR_FMT(domain));
    TRY(ask(k, name, DNS_TXT, &found));
    f->dkim = dns_judge_dkim(k->a, found);
    return OK;
}

err dns_examine(arena *a, str domain, str selector, dns_findings *out_findings)
{
    asker k = {.a = a, .began_ms = clock_steady_ms()};
    dns_findings found;
    str other = str_of(getenv("UNDERSIGNED_RESOLVER"));
    if (!dns_is_public(domain) || res_ninit(&k.state) != 0)
        return ERR_INVALID;
    k.state.retrans = WAIT_S;
    k.state.retry = 1;
    k.state.nscount = k.state.nscount > 1 ? 1 : k.state.nscount;
    k.state.options = (k.state.options | RES_USE_EDNS0 | RES_IGNTC) & ~(unsigned long)RES_ROTATE;
    err e = other.n ? resolver_set(&k.state, other) : OK;
    if (e == OK)
        e = ask_all(&k, domain, selector, &found);
    res_nclose(&k.state);
    if (e == OK)
        *out_findings = found;
    return e;
}
