/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Mailed links. A token is 32 characters: base64url of a 128-bit random secret and the row number
 * masked with a keyed hash of that secret. So the row is found without an index of random keys,
 * the number tells nothing, and only the secret's hash is stored. Tokens are unrelated to the
 * address, work until they expire, and may be used again.
 *
 * A link also carries what only its holder may open: the address of the signer and, in the first
 * letter, the file key of the record (ADR 0016). Both stand sealed under keys derived from the
 * secret, which the server does not keep. */

#include "core/core.h"
#include "crypto/age.h"

enum { LINK_TOKEN_CHARS = 32, LINK_DAYS = 30 };

typedef struct link_secret {
    unsigned char at[16];
} link_secret;

link_secret link_secret_make(void);
str link_token(arena *a, const core_keys *keys, const link_secret *secret, int64_t row);
/* The same for links to rows of another table: a token of one purpose is none of another. Unlike
 * those of core/row_token.h, these carry a secret, which may open what is sealed under it.
 * ERR_NOT_FOUND: no token; whether the row has that secret is for the caller to compare, by its
 * hash. */
str link_token_of(arena *a, const core_keys *keys, str purpose, const link_secret *secret,
                  int64_t row);
MUST_USE err link_token_read(arena *a, const core_keys *keys, str purpose, str token,
                             link_secret *out_secret, int64_t *out_row);
hash32 link_secret_hash(const link_secret *secret);

/* What a link carries, sealed. file_key is empty when it opens no record. */
typedef struct link_load {
    str file_key;
    str address;
} link_load;

/* file_key may be NULL. */
link_load link_load_seal(arena *a, const link_secret *secret, const age_file_key *file_key,
                         email_address address);

/* Adds a link to a signature. */
MUST_USE err link_add(db_tx *tx, int64_t signature, const link_secret *secret,
                      const link_load *load, int64_t now_ms, int64_t *out_row);

/* A link that was followed. */
typedef struct mailed_link {
    int64_t row;
    int64_t signature;
    link_secret secret;
    link_load load;
} mailed_link;

/* The link behind a token. ERR_NOT_FOUND: unknown, forged or expired (nobody is told which). */
MUST_USE err link_follow(db_tx *tx, arena *scratch, const core_keys *keys, str token,
                         int64_t now_ms, mailed_link *out_link);

/* ERR_NOT_FOUND: the link does not carry it. */
MUST_USE err link_file_key(arena *a, const mailed_link *l, age_file_key *out_file_key);
MUST_USE err link_address(arena *a, const mailed_link *l, email_address *out_address);

/* The record was sealed anew: this link opens it, and no other does. */
MUST_USE err link_carry(db_tx *tx, arena *scratch, const mailed_link *l,
                        const age_file_key *file_key);
