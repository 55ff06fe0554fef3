/* SPDX-License-Identifier: EUPL-1.2 */
/* Addresses, prefixes and the walk along a forwarding header. */

#include "http/proxy.h"

#include "base/number.h"

#include <arpa/inet.h>

enum { HOPS_MOST = 32 };

static err address_read(str text, unsigned char out[static 16], bool *out_is_v4)
{
    char name[64];
    if (text.n == 0 || text.n >= sizeof name || memchr(text.at, 0, text.n))
        return ERR_INVALID;
    memcpy(name, text.at, text.n);
    name[text.n] = 0;
    unsigned char v4[4];
    if (inet_pton(AF_INET, name, v4) == 1) {
        memset(out, 0, 10);
        out[10] = out[11] = 0xff;
        memcpy(out + 12, v4, 4);
        *out_is_v4 = true;
        return OK;
    }
    *out_is_v4 = false;
    return inet_pton(AF_INET6, name, out) == 1 ? OK : ERR_INVALID;
}

/* Whether both agree in the first bits. */
static bool same_prefix(const unsigned char *a, const unsigned char *b, int bits)
{
    if (memcmp(a, b, (size_t)(bits / 8)) != 0)
        return false;
    int more = bits % 8;
    return more == 0 || (a[bits / 8] >> (8 - more)) == (b[bits / 8] >> (8 - more));
}

err net_read(str text, net *out_net)
{
    net parsed = {0};
    str bits = {0};
    bool has_bits = memchr(text.at, '/', text.n) != NULL;
    bool is_v4 = false;
    TRY(address_read(str_cut(text, '/', &bits), parsed.address, &is_v4));
    int64_t n = is_v4 ? 32 : 128;
    if (has_bits && number_parse(bits, 0, n, &n) != OK)
        return ERR_INVALID;
    parsed.bits = (int)n + (is_v4 ? 96 : 0);
    unsigned char base[16] = {0};
    for (int i = 0; i < parsed.bits; i++)
        base[i / 8] |= (unsigned char)(parsed.address[i / 8] & (0x80 >> i % 8));
    if (memcmp(base, parsed.address, sizeof base) != 0)
        return ERR_INVALID;
    *out_net = parsed;
    return OK;
}

bool net_list_has(net_list list, const unsigned char address[static 16])
{
    for (size_t i = 0; i < list.n; i++)
        if (same_prefix(list.at[i].address, address, list.at[i].bits))
            return true;
    return false;
}

err ip_read(str text, client_ip *out_ip)
{
    text = str_trim(text);
    if (text.n && text.at[0] == '[') {
        str port = {0};
        text = str_cut(str_skip(text, 1), ']', &port);
    } else {
        size_t colon = str_find(text, ':');
        if (colon < text.n && str_find(str_skip(text, colon + 1), ':') == text.n - colon - 1)
            text = str_head(text, colon);
    }
    bool is_v4 = false;
    return address_read(text, out_ip->private_bytes, &is_v4);
}

/* The value of one parameter of a Forwarded element ("for=…;proto=https"), without quotes. */
static str parameter(str element, str name)
{
    while (element.n) {
        str rest = {0};
        str value = {0};
        str one = str_trim(str_cut(element, ';', &rest));
        element = rest;
        if (!str_eq_nocase(str_trim(str_cut(one, '=', &value)), name))
            continue;
        value = str_trim(value);
        if (value.n >= 2 && value.at[0] == '"' && value.at[value.n - 1] == '"')
            value = (str){value.at + 1, value.n - 2};
        return value;
    }
    return (str){"", 0};
}

/* Takes the last element off a comma-separated list. */
static str last_of(str *list)
{
    size_t i = list->n;
    while (i > 0 && list->at[i - 1] != ',')
        i--;
    str last = str_trim(str_skip(*list, i));
    *list = str_head(*list, i ? i - 1 : 0);
    return last;
}

client_ip proxy_client(net_list trusted, client_ip peer, str header, bool is_forwarded)
{
    client_ip believed = peer;
    for (int hops = 0; header.n && hops < HOPS_MOST; hops++) {
        str element = last_of(&header);
        client_ip hop = {0};
        if (ip_read(is_forwarded ? parameter(element, S("for")) : element, &hop) != OK)
            break;
        believed = hop;
        if (!net_list_has(trusted, hop.private_bytes))
            break;
    }
    return believed;
}

str proxy_scheme(str header, bool is_forwarded)
{
    str element = last_of(&header);
    str scheme = is_forwarded ? parameter(element, S("proto")) : element;
    if (str_eq_nocase(scheme, S("https")))
        return S("https");
    return str_eq_nocase(scheme, S("http")) ? S("http") : (str){"", 0};
}
