/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Proof of work, asked for when a network or a declaration is unusually busy: a device computes for
 * a moment while its person fills in the form. It makes a flood of forgeries cost something; it
 * does not show that anybody is human.
 *
 * Format: challenge and payload of ALTCHA (altcha.org, altcha-lib 2), deterministic mode:
 * PBKDF2/SHA-256 over nonce and a counter of four bytes, big end first; the client searches the
 * counter whose key begins with keyPrefix. Making one costs the server one such key, checking one
 * HMAC. Nothing is stored until a proof is used; any process with the same keys checks it. */

#include "core/core.h"

enum {
    CHALLENGE_MINUTES = 10,
    CHALLENGE_ROUNDS = 1000, /* of PBKDF2, for each counter */
    CHALLENGE_LEVELS = 3,    /* each four times the work of the one below */
    CHALLENGE_PAYLOAD_BYTES_MOST = 2048,
};

/* The secrets of HMAC as text, as other implementations take them: 32 hexadecimal digits. */
typedef struct challenge_keys {
    key32 signature, key_signature;
} challenge_keys;
challenge_keys challenge_keys_derive(const core_keys *keys);

/* The most counters that a client tries at a level. */
int64_t challenge_counters_most(int level);

/* The challenge as JSON. about: of the declaration, a slug; level 0 to CHALLENGE_LEVELS - 1. */
str challenge_make(arena *a, const challenge_keys *keys, str about, int level, int64_t now_ms);

/* What tells one proof from another, for using it once. */
typedef struct proof {
    unsigned char nonce[16];
    int64_t expires_ms;
} proof;

/* Checks a payload, as base64. ERR_INVALID: no genuine proof for that declaration and time. */
MUST_USE err challenge_check(arena *a, const challenge_keys *keys, str about, str payload,
                             int64_t now_ms, proof *out_proof);

/* Uses it, in the transaction of what it is for. *out_is_first: false when it was used before. */
MUST_USE err challenge_spend(db_tx *tx, const proof *p, bool *out_is_first);
