/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Keys by which a database sorts names as languages do: the bytes of two keys of one collation
 * compare as the texts do, whatever the engine. Letters and accents count, case does not.
 *
 * Most languages sort most names alike. A collation that gives a name the key of the root order
 * needs no key of its own for it, so a name has one key and a few others (ADR 0018). */

#include "base/base.h"

enum {
    COLLATION_ROOT = 0,
    COLLATIONS = 18,               /* the root order, and languages that differ from it */
    COLLATION_KEY_BYTES_MOST = 64, /* names alike so far are one name to the order */
};

/* The collation of a language by its code; the root order for those that keep it. */
int collation_of(str lang);

typedef struct sort_keys {
    str of[COLLATIONS]; /* n 0: the same as of[COLLATION_ROOT] */
    int64_t others;     /* bit 1 << i for each i that has a key of its own */
} sort_keys;

/* ERR_INVALID: not UTF-8. */
MUST_USE err collation_keys(arena *a, str text, sort_keys *out_keys);

/* Changes with ICU and its data: keys of one version must not be compared with those of another. */
str collation_version(void);
