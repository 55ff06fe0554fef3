/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The promise that a confirmed signature will stand in the log, given before it does: a C2SP signed
 * note that anybody can hold against the log afterwards. It names no person, only the commitment.
 *
 *     sig1 promise
 *     log ORIGIN
 *     commitment HEX
 *     before SECONDS      since 1970-01-01 UTC
 *
 *     — ORIGIN/promise BASE64
 *
 * The key comes from the master key; the manifest names it. */

#include "core/core.h"
#include "crypto/note.h"

enum { PROMISE_LIMIT_MS = 600000 }; /* to inclusion, from confirming */

typedef struct promise {
    str origin;
    hash32 commitment;
    int64_t before_s;
} promise;

/* The installation's key for promises: web has it, and no key of the log. */
sign_key promise_key(const core_keys *keys);

/* As the manifest names it. */
str promise_vkey(arena *a, str origin, const unsigned char public_key[static 32]);

str promise_make(arena *a, const promise *p, const sign_key *key);

/* The promise of this installation, for the log of that manifest. ERR_NOT_FOUND: the manifest names
 * no promise key, or another one. */
MUST_USE err promise_give(arena *a, const core_keys *keys, str manifest, const hash32 *commitment,
                          int64_t before_s, str *out_text);

/* ERR_INVALID: not a promise, or of another log than the key; ERR_DENIED: not signed by the key.
 * Views into text. */
MUST_USE err promise_read(arena *a, str text, str vkey, promise *out_promise);
