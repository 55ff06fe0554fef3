/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Tokens that name a signature, stand outside of the program, and are kept nowhere: hexadecimal
 * digits, in either case, for servers may change it, of a random nonce, the number of the row
 * masked under it, and a MAC over both and the moment the row was made, so that a row which got the
 * number of an erased one is not hit. Each purpose has a key of its own. */

#include "core/core.h"

enum { ROW_NONCE_BYTES = 4, ROW_NUMBER_BYTES = 6, ROW_TAG_BYTES_MOST = 16 };
enum {
    ROW_TOKEN_SHORT = 2 * (ROW_NONCE_BYTES + ROW_NUMBER_BYTES + 8), /* where room is short */
    ROW_TOKEN_LONG = 2 * (ROW_NONCE_BYTES + ROW_NUMBER_BYTES + ROW_TAG_BYTES_MOST),
};

typedef struct row_token {
    int64_t signature; /* as named; whether it is genuine, only its row tells */
    unsigned char nonce[ROW_NONCE_BYTES];
    unsigned char row[ROW_NUMBER_BYTES]; /* masked, big-endian */
    unsigned char tag[ROW_TAG_BYTES_MOST];
    size_t tag_bytes;
} row_token;

/* chars: ROW_TOKEN_SHORT or ROW_TOKEN_LONG. */
str row_token_make(arena *a, const key32 *key, size_t chars, int64_t signature, int64_t created_ms);

/* ERR_NOT_FOUND: not of that form. */
MUST_USE err row_token_read(const key32 *key, size_t chars, str token, row_token *out_token);
bool row_token_is_of(const key32 *key, const row_token *token, int64_t created_ms);
