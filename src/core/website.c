/* SPDX-License-Identifier: EUPL-1.2 */
/* Less than RFC 3986 allows, on purpose: no accounts, no addresses in figures, no other schemes.
 * What remains cannot run anything and cannot hide where it leads. */

#include "core/website.h"

#include "base/number.h"
#include "text/text.h"

enum { PORT_MOST = 65535 };

static bool starts_with(str s, str part)
{
    return str_eq_nocase(str_head(s, part.n), part);
}

/* Where path, query or fragment begin. */
static size_t authority_length(str s)
{
    size_t n = 0;
    while (n < s.n && !memchr("/?#", s.at[n], 3))
        n++;
    return n;
}

/* As they stand, or percent-encoded: what would end an attribute, a line or an address. */
static void put_tail(buf *b, str tail)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < tail.n; i++) {
        unsigned char c = (unsigned char)tail.at[i];
        if (c > 0x20 && c < 0x7f && !strchr("\"'<>\\^`{|}", c)) {
            buf_put_char(b, (char)c);
        } else {
            buf_put_char(b, '%');
            buf_put_char(b, hex[c >> 4]);
            buf_put_char(b, hex[c & 15]);
        }
    }
}

err website_normal(arena *a, str written, str *out_website)
{
    str rest = str_trim(written), host, port, ascii;
    *out_website = (str){"", 0};
    if (rest.n == 0)
        return OK;
    str scheme = starts_with(rest, S("http://")) ? S("http://") : S("https://");
    if (starts_with(rest, scheme))
        rest = str_skip(rest, scheme.n);
    size_t end = authority_length(rest);
    host = str_cut(str_head(rest, end), ':', &port);
    bool has_port = host.n < end;
    int64_t number = 0;
    TRY(text_host_ascii(a, host, &ascii));
    if (has_port && number_parse(port, 1, PORT_MOST, &number) != OK)
        return ERR_INVALID;
    buf b = buf_in(a);
    buf_put(&b, scheme);
    buf_put(&b, ascii);
    if (has_port)
        buf_printf(&b, ":%lld", (long long)number);
    put_tail(&b, str_skip(rest, end));
    if (b.n > WEBSITE_BYTES_MOST)
        return ERR_INVALID;
    *out_website = buf_str(&b);
    return OK;
}

str website_host(arena *a, str website)
{
    str authority, port, host = {"", 0};
    if (website.n == 0)
        return host;
    size_t scheme = str_find_str(website, S("://"));
    authority = str_skip(website, scheme + 3 < website.n ? scheme + 3 : website.n);
    authority = str_cut(str_head(authority, authority_length(authority)), ':', &port);
    if (text_host_unicode(a, authority, &host) != OK)
        return authority;
    bool has_www = starts_with(host, S("www.")) && str_find(str_skip(host, 4), '.') < host.n - 4;
    return has_www ? str_skip(host, 4) : host;
}
