/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Keys with which sites of partners send signatures. A key is 256 random bits; only its hash is
 * kept, so it is shown once. What it may do is to send: reading is open, and confirming is the
 * signer's. */

#include "core/core.h"

enum { API_KEY_NAME_MOST = 100, API_REQUEST_HOURS = 24 };

/* A new key. partner: slug of the partner it belongs to; may be empty. ERR_INVALID: no name. */
MUST_USE err api_key_add(core *c, arena *a, str name, str partner, int64_t now_ms, str *out_key);

typedef struct api_key {
    int64_t id;
    str name;
    str partner;
    int64_t created_ms;
    int64_t revoked_ms; /* 0: it still works */
    int64_t counted;    /* signatures that came by it and entered a published count */
} api_key;

typedef struct api_keys {
    const api_key *at;
    size_t n;
} api_keys;

MUST_USE err api_key_list(core *c, arena *a, api_keys *out_keys);
/* ERR_NOT_FOUND: no such key, or revoked before. */
MUST_USE err api_key_revoke(core *c, int64_t id, int64_t now_ms);

/* Who a key belongs to. ERR_DENIED: none of ours, or revoked. */
MUST_USE err api_key_check(core *c, arena *a, str key, int64_t *out_id, str *out_partner);

/* One attempt to send a signature by a key (signing.attempt): the same under the same name is done
 * once in API_REQUEST_HOURS. Keyed hashes; neither name nor body is kept. */
typedef struct api_attempt {
    int64_t key;
    hash32 request;
    hash32 body;
} api_attempt;
api_attempt api_attempt_of(const core_keys *keys, int64_t key, str name, str body);
/* Inside the transaction of what is attempted. Out: whether it was done before. ERR_CONFLICT: the
 * name was used for another body. */
MUST_USE err api_attempt_take(db_tx *tx, arena *scratch, const api_attempt *attempt, int64_t now_ms,
                              bool *out_is_done);
