/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A view of bytes: pointer and length, never owned, never changed through the view. Not
 * necessarily terminated, may hold any byte. `char *` lives only at library borders. */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct str {
    const char *at;
    size_t n;
} str;

/* A view of a string literal. STR_INIT is the same for static initialisers. */
#define S(literal) ((str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }

/* For "%.*s" in printf-like calls. */
#define STR_FMT(s) (int)(s).n, (s).at

static inline str str_of(const char *terminated)
{
    return terminated ? (str){terminated, strlen(terminated)} : (str){"", 0};
}

static inline bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* Views of part of s; positions past the end are cut to the end. */
static inline str str_skip(str s, size_t n)
{
    return n < s.n ? (str){s.at + n, s.n - n} : (str){s.at + s.n, 0};
}

static inline str str_head(str s, size_t n)
{
    return n < s.n ? (str){s.at, n} : s;
}

bool str_eq_nocase(str a, str b); /* ASCII case only */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);

/* Bytewise order: < 0, 0, > 0. */
int str_cmp(str a, str b);

/* Position of the first such byte or part, or s.n when there is none. */
size_t str_find(str s, char c);
size_t str_find_str(str s, str part);

/* Without ASCII white space (space, tab, CR, LF) at both ends. */
str str_trim(str s);

/* Cuts s at the first separator: *rest gets what follows it (empty when there is none). */
str str_cut(str s, char separator, str *rest);

/* Equal in constant time for equal lengths: for secrets. */
bool str_eq_secret(str a, str b);

/* A slice of views. */
typedef struct str_list {
    str *at;
    size_t n;
} str_list;
