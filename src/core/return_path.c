/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/return_path.h"

#include "base/number.h"
#include "base/random.h"
#include "core/news.h"

#include "sql/q_job.h"
#include "sql/q_signature.h"

enum { NONCE_BYTES = 4, ROW_BYTES = 6, TAG_BYTES = 8 };

typedef struct token_bytes {
    unsigned char nonce[NONCE_BYTES];
    unsigned char row[ROW_BYTES]; /* masked, big-endian */
    unsigned char tag[TAG_BYTES];
} token_bytes;

_Static_assert(2 * sizeof(token_bytes) == RETURN_TOKEN_CHARS, "a token is its bytes in hex");

static void mask(const core_keys *keys, token_bytes *t)
{
    key32 key = key_derive(&keys->returns, S("mask"));
    hash32 pad = mac_sha256(&key, (str){(const char *)t->nonce, sizeof t->nonce});
    for (size_t i = 0; i < ROW_BYTES; i++)
        t->row[i] ^= pad.at[i];
}

static hash32 tag_of(const core_keys *keys, const token_bytes *t, int64_t created_ms)
{
    unsigned char message[NONCE_BYTES + ROW_BYTES + 8];
    memcpy(message, t->nonce, NONCE_BYTES);
    memcpy(message + NONCE_BYTES, t->row, ROW_BYTES);
    for (size_t i = 0; i < 8; i++)
        message[NONCE_BYTES + ROW_BYTES + i] =
            (unsigned char)((uint64_t)created_ms >> (8 * (7 - i)) & 0xFF);
    key32 key = key_derive(&keys->returns, S("tag"));
    return mac_sha256(&key, (str){(const char *)message, sizeof message});
}

str return_token(arena *a, const core_keys *keys, int64_t signature, int64_t created_ms)
{
    token_bytes t;
    BUG_IF(signature < 0 || signature >> (8 * ROW_BYTES) != 0);
    random_fill(t.nonce, sizeof t.nonce);
    for (size_t i = 0; i < ROW_BYTES; i++)
        t.row[i] = (unsigned char)(signature >> (8 * (ROW_BYTES - 1 - i)) & 0xFF);
    mask(keys, &t);
    hash32 tag = tag_of(keys, &t, created_ms);
    memcpy(t.tag, tag.at, TAG_BYTES);
    buf b = buf_in(a);
    buf_put_hex(&b, &t, sizeof t);
    return buf_str(&b);
}

typedef struct noting {
    const core_keys *keys;
    token_bytes token;
    returned what;
    int code;
    int64_t now_ms;
} noting;

static err write_note(db_tx *tx, arena *scratch, void *arg)
{
    static const str fates[] = {STR_INIT("returned"), STR_INIT("kept"), STR_INIT("alarm")};
    const noting *n = arg;
    token_bytes plain = n->token;
    int64_t id = 0;
    q_signature_get_row s;
    mask(n->keys, &plain);
    for (size_t i = 0; i < ROW_BYTES; i++)
        id = id << 8 | plain.row[i];
    TRY(q_signature_get(tx, scratch, id, &s));
    hash32 tag = tag_of(n->keys, &n->token, s.created);
    if (!str_eq_secret((str){(const char *)tag.at, TAG_BYTES},
                       (str){(const char *)n->token.tag, TAG_BYTES}))
        return ERR_NOT_FOUND;
    if (n->what == RETURNED_FOR_GOOD) {
        TRY(q_job_delete_of(tx, id));
        TRY(news_remove(tx, id));
    }
    return q_mail_log_insert(tx, n->now_ms, 0, s.lang, 0, fates[n->what], n->code);
}

err return_note(core *c, str token, returned what, int code, int64_t now_ms)
{
    noting n = {.keys = &c->keys, .what = what, .code = code, .now_ms = now_ms};
    if (number_parse_hex(token, &n.token, sizeof n.token) != OK)
        return ERR_NOT_FOUND;
    return db_write(c->db, write_note, &n);
}
