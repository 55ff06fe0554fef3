/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Mailed links. A token is 32 characters: base64url of a 128-bit random secret and the row number
 * masked with a keyed hash of that secret. So the row is found without an index of random keys,
 * the number tells nothing, and only the secret's hash is stored. Tokens are unrelated to the
 * address, work until they expire, and may be used again. */

#include "core/core.h"

enum { LINK_TOKEN_CHARS = 32, LINK_DAYS = 30 };

typedef struct link_secret {
    unsigned char at[16];
} link_secret;

link_secret link_secret_make(void);
str link_token(arena *a, const core_keys *keys, const link_secret *secret, int64_t row);

/* Adds a link to a signature. */
MUST_USE err link_add(db_tx *tx, arena *scratch, int64_t signature, const link_secret *secret,
                      int64_t now_ms, int64_t *out_row);

/* The signature behind a token. ERR_NOT_FOUND: unknown, forged or expired (nobody is told which).
 */
MUST_USE err link_follow(db_tx *tx, arena *scratch, const core_keys *keys, str token,
                         int64_t now_ms, int64_t *out_signature);
