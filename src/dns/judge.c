/* SPDX-License-Identifier: EUPL-1.2 */
/* Records of a sending domain, and what receivers make of them. */

#include "dns/dns.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

enum { RSA_BITS_LEAST = 2048, KEY_BYTES_MOST = 4096, ED25519_BYTES = 32, SPF_LOOKUPS_MOST = 10 };

static dns_finding well(str text)
{
    return (dns_finding){true, text};
}

static dns_finding ill(str text)
{
    return (dns_finding){false, text};
}

/* The value of a tag in a list `a=b; c=d` (RFC 6376, 3.2), without white space; false: not there.
 */
static bool tag(arena *a, str list, str name, str *out_value)
{
    while (list.n) {
        str value, item = str_cut(list, ';', &list);
        if (!str_eq_nocase(str_trim(str_cut(item, '=', &value)), name))
            continue;
        buf b = buf_in(a);
        for (size_t i = 0; i < value.n; i++)
            if (str_find(S(" \t\r\n"), value.at[i]) == 4)
                buf_put_char(&b, value.at[i]);
        *out_value = buf_str(&b);
        return true;
    }
    return false;
}

/* How many texts are of a kind, and the last of them. */
static size_t pick(str_list texts, str version, char separator, str *out_text)
{
    size_t n = 0;
    for (size_t i = 0; i < texts.n; i++) {
        str rest;
        if (str_eq_nocase(str_trim(str_cut(texts.at[i], separator, &rest)), version)) {
            *out_text = texts.at[i];
            n++;
        }
    }
    return n;
}

static bool term_is(str term, str name)
{
    return str_eq_nocase(str_head(term, name.n), name) &&
           (term.n == name.n || str_find(S(":/="), term.at[name.n]) < 3);
}

dns_finding dns_judge_spf(arena *a, str_list texts)
{
    str record = S(""), all = S(""), rest;
    size_t n = pick(texts, S("v=spf1"), ' ', &record), lookups = 0, senders = 0;
    if (n == 0)
        return ill(S("no record: set TXT \"v=spf1 include:your-relay -all\" at the domain"));
    if (n > 1)
        return ill(arena_printf(a, "%zu records count as none: join them into one", n));
    str_cut(record, ' ', &rest);
    while (rest.n) {
        str term = str_cut(rest, ' ', &rest);
        str bare = term.n && str_find(S("+-~?"), term.at[0]) < 4 ? str_skip(term, 1) : term;
        bool is_redirect = term_is(bare, S("redirect"));
        bool is_list = is_redirect || term_is(bare, S("include")) || term_is(bare, S("a")) ||
                       term_is(bare, S("mx")) || term_is(bare, S("exists")) ||
                       term_is(bare, S("ptr"));
        lookups += is_list;
        senders += is_list || term_is(bare, S("ip4")) || term_is(bare, S("ip6"));
        if (term_is(bare, S("all")) || (is_redirect && all.n == 0))
            all = term;
    }
    if (all.n == 0)
        return ill(S("the record ends in no policy: add -all or ~all at its end"));
    if (str_eq_nocase(all, S("+all")) || str_eq_nocase(all, S("all")))
        return ill(S("+all lets everybody send in your name: write -all or ~all"));
    if (senders == 0)
        return ill(S("the record allows no server at all: add include: or ip4: of your relay"));
    if (lookups > SPF_LOOKUPS_MOST)
        return ill(arena_printf(a, "%zu terms need lookups, receivers stop at 10: take some out",
                                lookups));
    return well(arena_printf(a, "one record, ends in %.*s", STR_FMT(str_head(all, 80))));
}

/* Bits of an RSA key in SubjectPublicKeyInfo, or 0. */
static int rsa_bits(const uint8_t *key, int n)
{
    const unsigned char *at = key;
    EVP_PKEY *read = d2i_PUBKEY(NULL, &at, n);
    int bits = read && EVP_PKEY_base_id(read) == EVP_PKEY_RSA ? EVP_PKEY_bits(read) : 0;
    EVP_PKEY_free(read);
    return bits;
}

/* Bytes of a base64 text with padding, or -1. */
static int key_bytes(str text, uint8_t out_key[static KEY_BYTES_MOST])
{
    if (text.n == 0 || text.n % 4 != 0 || text.n > KEY_BYTES_MOST)
        return -1;
    int n = EVP_DecodeBlock(out_key, (const unsigned char *)text.at, (int)text.n);
    size_t padding = text.at[text.n - 1] != '=' ? 0 : text.at[text.n - 2] != '=' ? 1 : 2;
    return n < 0 ? -1 : n - (int)padding;
}

dns_finding dns_judge_dkim(arena *a, str_list texts)
{
    str record = S(""), value = S(""), kind = S("rsa");
    uint8_t key[KEY_BYTES_MOST];
    size_t n = 0;
    for (size_t i = 0; i < texts.n; i++)
        if (tag(a, texts.at[i], S("p"), &value)) {
            record = texts.at[i];
            n++;
        }
    if (n == 0)
        return ill(S("no key at this selector: publish the one that your relay signs with"));
    if (n > 1)
        return ill(arena_printf(a, "%zu keys at one selector: leave one", n));
    if (tag(a, record, S("v"), &value) && !str_eq(value, S("DKIM1")))
        return ill(S("the record is no DKIM key: it must begin with v=DKIM1"));
    tag(a, record, S("k"), &kind);
    tag(a, record, S("p"), &value);
    if (value.n == 0)
        return ill(S("the key is revoked (empty p=): sign with another selector"));
    int bytes = key_bytes(value, key);
    bool is_ed25519 = str_eq_nocase(kind, S("ed25519"));
    int bits = bytes > 0 && !is_ed25519 ? rsa_bits(key, bytes) : 0;
    if (is_ed25519 ? bytes != ED25519_BYTES : bits == 0)
        return ill(S("the key cannot be read: publish it again as the relay printed it"));
    if (!is_ed25519 && bits < RSA_BITS_LEAST)
        return ill(arena_printf(a, "RSA with %d bits is too weak: make a key of 2048", bits));
    if (tag(a, record, S("t"), &value) && str_find(value, 'y') < value.n)
        return ill(S("the key is marked as a test (t=y): take the mark out"));
    return well(is_ed25519 ? S("Ed25519 key") : arena_printf(a, "RSA key of %d bits", bits));
}

static bool is_policy(str p)
{
    return str_eq_nocase(p, S("none")) || str_eq_nocase(p, S("quarantine")) ||
           str_eq_nocase(p, S("reject"));
}

dns_finding dns_judge_dmarc(arena *a, str_list texts, bool is_own)
{
    str record = S(""), policy = S("");
    size_t n = pick(texts, S("v=DMARC1"), ';', &record);
    if (n == 0)
        return ill(S("no record: set TXT \"v=DMARC1; p=none\" at _dmarc and the domain"));
    if (n > 1)
        return ill(arena_printf(a, "%zu records count as none: leave one", n));
    if (!tag(a, record, S("p"), &policy) || !is_policy(policy))
        return ill(S("the record has no policy: add p=none, p=quarantine or p=reject"));
    if (!is_own)
        tag(a, record, S("sp"), &policy);
    if (!is_policy(policy))
        return ill(S("the policy for sub-domains cannot be read: correct sp="));
    return well(
        arena_printf(a, "policy %.*s%s", STR_FMT(policy), is_own ? "" : ", from the domain above"));
}

dns_finding dns_judge_mx(arena *a, str_list hosts)
{
    if (hosts.n == 0)
        return ill(S("no MX record: mails that come back are lost, point it to a mail server"));
    for (size_t i = 0; i < hosts.n; i++)
        if (hosts.at[i].n == 0 || str_eq(hosts.at[i], S(".")))
            return ill(S("the domain takes no mail (null MX): mails that come back are lost"));
    return well(arena_printf(a, "%zu mail server(s)", hosts.n));
}
