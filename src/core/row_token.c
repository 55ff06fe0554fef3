/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/row_token.h"

#include "base/number.h"
#include "base/random.h"

static void mask(const key32 *key, row_token *t)
{
    key32 of_mask = key_derive(key, S("mask"));
    hash32 pad = mac_sha256(&of_mask, (str){(const char *)t->nonce, sizeof t->nonce});
    for (size_t i = 0; i < ROW_NUMBER_BYTES; i++)
        t->row[i] ^= pad.at[i];
}

static hash32 tag_of(const key32 *key, const row_token *t, int64_t created_ms)
{
    unsigned char message[ROW_NONCE_BYTES + ROW_NUMBER_BYTES + 8];
    memcpy(message, t->nonce, ROW_NONCE_BYTES);
    memcpy(message + ROW_NONCE_BYTES, t->row, ROW_NUMBER_BYTES);
    for (size_t i = 0; i < 8; i++)
        message[ROW_NONCE_BYTES + ROW_NUMBER_BYTES + i] =
            (unsigned char)((uint64_t)created_ms >> (8 * (7 - i)) & 0xFF);
    key32 of_tag = key_derive(key, S("tag"));
    return mac_sha256(&of_tag, (str){(const char *)message, sizeof message});
}

static size_t tag_bytes_of(size_t chars)
{
    BUG_IF(chars != ROW_TOKEN_SHORT && chars != ROW_TOKEN_LONG);
    return chars / 2 - ROW_NONCE_BYTES - ROW_NUMBER_BYTES;
}

str row_token_make(arena *a, const key32 *key, size_t chars, int64_t signature, int64_t created_ms)
{
    row_token t = {.signature = signature, .tag_bytes = tag_bytes_of(chars)};
    BUG_IF(signature < 0 || signature >> (8 * ROW_NUMBER_BYTES) != 0);
    random_fill(t.nonce, sizeof t.nonce);
    for (size_t i = 0; i < ROW_NUMBER_BYTES; i++)
        t.row[i] = (unsigned char)(signature >> (8 * (ROW_NUMBER_BYTES - 1 - i)) & 0xFF);
    mask(key, &t);
    hash32 tag = tag_of(key, &t, created_ms);
    buf b = buf_in(a);
    buf_put_hex(&b, t.nonce, sizeof t.nonce);
    buf_put_hex(&b, t.row, sizeof t.row);
    buf_put_hex(&b, tag.at, t.tag_bytes);
    return buf_str(&b);
}

err row_token_read(const key32 *key, size_t chars, str token, row_token *out_token)
{
    unsigned char bytes[ROW_TOKEN_LONG / 2];
    row_token t = {.signature = 0, .tag_bytes = tag_bytes_of(chars)};
    if (token.n != chars || number_parse_hex(token, bytes, chars / 2) != OK)
        return ERR_NOT_FOUND;
    memcpy(t.nonce, bytes, sizeof t.nonce);
    memcpy(t.row, bytes + sizeof t.nonce, sizeof t.row);
    memcpy(t.tag, bytes + sizeof t.nonce + sizeof t.row, t.tag_bytes);
    row_token plain = t;
    mask(key, &plain);
    for (size_t i = 0; i < ROW_NUMBER_BYTES; i++)
        t.signature = t.signature << 8 | plain.row[i];
    *out_token = t;
    return OK;
}

bool row_token_is_of(const key32 *key, const row_token *token, int64_t created_ms)
{
    hash32 tag = tag_of(key, token, created_ms);
    return str_eq_secret((str){(const char *)tag.at, token->tag_bytes},
                         (str){(const char *)token->tag, token->tag_bytes});
}
