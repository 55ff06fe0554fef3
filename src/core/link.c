/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens and the rows behind them. */

#include "core/link.h"

#include "base/random.h"

#include "sql/q_signature.h"

enum { SECRET_BYTES = 16, ROW_BYTES = 8, DAY_MS = 86400000 };

link_secret link_secret_make(void)
{
    link_secret secret;
    random_fill(secret.at, sizeof secret.at);
    return secret;
}

static uint64_t row_mask(const core_keys *keys, const unsigned char *secret)
{
    hash32 mac = mac_sha256(&keys->link, (str){(const char *)secret, SECRET_BYTES});
    uint64_t mask;
    memcpy(&mask, mac.at, sizeof mask);
    return mask;
}

str link_token(arena *a, const core_keys *keys, const link_secret *secret, int64_t row)
{
    unsigned char bytes[SECRET_BYTES + ROW_BYTES];
    uint64_t masked = (uint64_t)row ^ row_mask(keys, secret->at);
    memcpy(bytes, secret->at, SECRET_BYTES);
    memcpy(bytes + SECRET_BYTES, &masked, ROW_BYTES);
    return base64url_make(a, (str){(const char *)bytes, sizeof bytes});
}

err link_add(db_tx *tx, arena *scratch, int64_t signature, const link_secret *secret,
             int64_t now_ms, int64_t *out_row)
{
    hash32 hash = hash_sha256((str){(const char *)secret->at, SECRET_BYTES});
    (void)scratch;
    return q_link_insert(tx, signature, (str){(const char *)hash.at, sizeof hash.at},
                         now_ms + (int64_t)LINK_DAYS * DAY_MS, out_row);
}

err link_follow(db_tx *tx, arena *scratch, const core_keys *keys, str token, int64_t now_ms,
                int64_t *out_signature)
{
    str bytes;
    if (token.n != LINK_TOKEN_CHARS || base64url_read(scratch, token, &bytes) != OK ||
        bytes.n != SECRET_BYTES + ROW_BYTES)
        return ERR_NOT_FOUND;
    uint64_t masked;
    memcpy(&masked, bytes.at + SECRET_BYTES, ROW_BYTES);
    int64_t id = (int64_t)(masked ^ row_mask(keys, (const unsigned char *)bytes.at));
    q_link_get_row row;
    TRY(q_link_get(tx, scratch, id, &row));
    hash32 hash = hash_sha256((str){bytes.at, SECRET_BYTES});
    if (!str_eq_secret(row.hash, (str){(const char *)hash.at, sizeof hash.at}) ||
        row.expires <= now_ms)
        return ERR_NOT_FOUND;
    *out_signature = row.signature;
    return OK;
}
