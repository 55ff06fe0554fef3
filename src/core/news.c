/* SPDX-License-Identifier: EUPL-1.2 */
/* The seal names the signature, so that no address can be moved to somebody else's consent. */

#include "core/news.h"

#include "base/clock.h"

#include "sql/q_news.h"
#include "sql/q_signature.h"

static str context_of(arena *scratch, int64_t signature)
{
    return arena_printf(scratch, "news/%lld", (long long)signature);
}

err news_add(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
             int64_t declaration_id, str lang)
{
    email_address to;
    if (link_address(scratch, l, &to) != OK)
        return OK;
    return q_news_put(
        tx, l->signature, declaration_id, lang,
        seal_make(scratch, &keys->news, context_of(scratch, l->signature), personal_text(to)));
}

err news_remove(db_tx *tx, int64_t signature)
{
    return q_news_delete(tx, signature);
}

err news_address(db_tx *tx, arena *scratch, const core_keys *keys, int64_t signature,
                 email_address *out_address)
{
    q_news_get_row row;
    TRY(q_news_get(tx, scratch, signature, &row));
    return seal_open(scratch, &keys->news, context_of(scratch, signature), row.address,
                     &out_address->private_text) == OK
               ? OK
               : ERR_INVALID;
}

static key32 leave_key(const core_keys *keys)
{
    return key_derive(&keys->news, S("leave"));
}

str leave_token(arena *a, const core_keys *keys, int64_t signature, int64_t created_ms)
{
    key32 key = leave_key(keys);
    return row_token_make(a, &key, LEAVE_TOKEN_CHARS, signature, created_ms);
}

typedef struct leaving {
    key32 key;
    row_token token;
    str lang;
    int64_t now_ms;
} leaving;

static err write_leaving(db_tx *tx, arena *scratch, void *arg)
{
    const leaving *l = arg;
    int64_t id = l->token.signature, ended;
    q_signature_get_row s;
    TRY(q_signature_get(tx, scratch, id, &s));
    if (!row_token_is_of(&l->key, &l->token, s.created))
        return ERR_NOT_FOUND;
    TRY(news_remove(tx, id));
    TRY(q_signature_stop_news(tx, id, &ended));
    return ended ? q_consent_change_insert(tx, id, S("news"), false, l->lang, s.text_version,
                                           clock_day(l->now_ms))
                 : OK;
}

err news_leave(core *c, str token, str lang, int64_t now_ms)
{
    leaving l = {.key = leave_key(&c->keys), .lang = lang, .now_ms = now_ms};
    err e = row_token_read(&l.key, LEAVE_TOKEN_CHARS, token, &l.token);
    if (e == OK)
        e = db_write(c->db, write_leaving, &l);
    return e == ERR_NOT_FOUND ? OK : e;
}
