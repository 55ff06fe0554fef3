/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/return_path.h"

#include "base/clock.h"
#include "core/news.h"
#include "core/signature.h"

#include "sql/q_job.h"
#include "sql/q_signature.h"

str return_token(arena *a, const core_keys *keys, int64_t signature, int64_t created_ms)
{
    return row_token_make(a, &keys->returns, RETURN_TOKEN_CHARS, signature, created_ms);
}

typedef struct noting {
    const core_keys *keys;
    row_token token;
    returned what;
    int code;
    int64_t now_ms;
} noting;

/* Counted beside the mails of the day, under a key of its own. */
static err spend_note(db_tx *tx, const noting *n, int64_t *out_is_in_budget)
{
    key32 key = key_derive(&n->keys->returns, S("budget"));
    int64_t id = n->token.signature;
    hash32 name = mac_sha256(&key, (str){(const char *)&id, sizeof id});
    return q_mail_budget_spend(tx, clock_day(n->now_ms), (str){(const char *)name.at, 16},
                               RETURNS_A_DAY, out_is_in_budget);
}

static err write_note(db_tx *tx, arena *scratch, void *arg)
{
    static const str fates[] = {STR_INIT("returned"), STR_INIT("kept"), STR_INIT("alarm")};
    const noting *n = arg;
    int64_t id = n->token.signature, is_in_budget;
    q_signature_get_row s;
    TRY(q_signature_get(tx, scratch, id, &s));
    if (!row_token_is_of(&n->keys->returns, &n->token, s.created))
        return ERR_NOT_FOUND;
    if (n->what == RETURNED_FOR_GOOD) {
        TRY(q_job_delete_of(tx, id));
        TRY(news_remove(tx, id));
        TRY(q_signature_undelivered(tx, id, UNDELIVERED_FAILED));
    }
    TRY(spend_note(tx, n, &is_in_budget));
    return is_in_budget ? q_mail_log_insert(tx, n->now_ms, 0, s.lang, 0, fates[n->what], n->code)
                        : OK;
}

err return_note(core *c, str token, returned what, int code, int64_t now_ms)
{
    noting n = {.keys = &c->keys, .what = what, .code = code, .now_ms = now_ms};
    TRY(row_token_read(&c->keys.returns, RETURN_TOKEN_CHARS, token, &n.token));
    return db_write(c->db, write_note, &n);
}
