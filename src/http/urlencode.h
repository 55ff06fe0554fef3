/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Percent-encoding, both ways: paths, queries and form bodies. Decoded exactly once, and refused
 * rather than repaired. */

#include "base/base.h"

/* The decoded path of a target. ERR_INVALID: not starting with '/', a broken escape, an encoded
 * slash, backslash or NUL, any control, an empty, "." or ".." segment (a single slash at the end
 * is kept), not UTF-8. */
MUST_USE err urlencode_read_path(arena *a, str raw, str *out_path);

typedef struct url_pair {
    str name;
    str value;
} url_pair;

typedef struct url_pairs {
    url_pair *at;
    size_t n;
} url_pairs;

/* name=value&… with '+' for space. ERR_INVALID: a broken escape, NUL, not UTF-8, an empty name
 * or more than `most` pairs. Empty input has no pairs. */
MUST_USE err urlencode_read_pairs(arena *a, str raw, size_t most, url_pairs *out_pairs);

/* Appends s as one path segment or query value: everything but unreserved characters is escaped. */
void urlencode_put(buf *b, str s);
