/* SPDX-License-Identifier: EUPL-1.2 */
/* Views of bytes. */

#include "base/str.h"

static char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_lower(a.at[i]) != ascii_lower(b.at[i]))
            return false;
    return true;
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq(str_head(s, prefix.n), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    if (order != 0)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

size_t str_find(str s, char c)
{
    const char *hit = s.n ? memchr(s.at, c, s.n) : NULL;
    return hit ? (size_t)(hit - s.at) : s.n;
}

size_t str_find_str(str s, str part)
{
    if (part.n == 0)
        return 0;
    const char *hit = s.n >= part.n ? memmem(s.at, s.n, part.at, part.n) : NULL;
    return hit ? (size_t)(hit - s.at) : s.n;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

str str_trim(str s)
{
    while (s.n && is_space(s.at[0]))
        s = str_skip(s, 1);
    while (s.n && is_space(s.at[s.n - 1]))
        s.n--;
    return s;
}

str str_cut(str s, char separator, str *rest)
{
    size_t at = str_find(s, separator);
    *rest = at < s.n ? str_skip(s, at + 1) : (str){s.at + s.n, 0};
    return str_head(s, at);
}

bool str_eq_secret(str a, str b)
{
    if (a.n != b.n)
        return false;
    volatile unsigned char difference = 0;
    for (size_t i = 0; i < a.n; i++)
        difference =
            (unsigned char)(difference | ((unsigned char)a.at[i] ^ (unsigned char)b.at[i]));
    return difference == 0;
}
