/* SPDX-License-Identifier: EUPL-1.2 */
/* Judging URLs the way the WHATWG URL parser reads them, not as they look: what the parser strips
 * is stripped first, and what is left must be plainly relative or of a known scheme. When in
 * doubt the answer is no. */

#include "url.h"

static bool is_control_or_space(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7F;
}

/* Where the scheme ends: the position of a ':' before any of "/?#", or n when there is none. */
static size_t scheme_length(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] == ':')
            return i;
        if (s.at[i] == '/' || s.at[i] == '?' || s.at[i] == '#')
            break;
    }
    return s.n;
}

bool url_clean(arena *a, str s, str *out_url)
{
    while (s.n && is_control_or_space(s.at[0]))
        s = str_skip(s, 1);
    while (s.n && is_control_or_space(s.at[s.n - 1]))
        s.n--;
    char *kept = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '\t' || c == '\n' || c == '\r')
            continue;
        if (c < ' ' || c == 0x7F || c == '\\')
            return false;
        kept[n++] = (char)c;
    }
    str url = {kept, n};
    size_t scheme = scheme_length(url);
    if (scheme < n) {
        str name = str_head(url, scheme);
        if (!str_eq_nocase(name, S("https")) && !str_eq_nocase(name, S("http")) &&
            !str_eq_nocase(name, S("mailto")))
            return false;
    } else if (str_starts(url, S("//"))) {
        return false;
    }
    *out_url = url;
    return true;
}

bool url_has_scheme(str s)
{
    return scheme_length(s) < s.n;
}

bool url_is_foreign(str url)
{
    size_t scheme = scheme_length(url);
    return scheme < url.n && !str_eq_nocase(str_head(url, scheme), S("mailto"));
}
