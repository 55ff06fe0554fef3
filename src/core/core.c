/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys: one master on disk, one derived key a purpose, so that none can stand in for another. */

#include "core/core.h"

#include "sql/q_alliance.h"

core_keys core_keys_derive(const key32 *master)
{
    return (core_keys){
        .record = key_derive(master, S("record")),
        .mail = key_derive(master, S("mail")),
        .news = key_derive(master, S("news")),
        .link = key_derive(master, S("link")),
        .mailbox = key_derive(master, S("mailbox")),
        .rate = key_derive(master, S("rate")),
        .form = key_derive(master, S("form")),
        .promise = key_derive(master, S("promise")),
        .watch = key_derive(master, S("watch")),
        .work = key_derive(master, S("work")),
        .returns = key_derive(master, S("returns")),
        .joining = key_derive(master, S("joining")),
        .api = key_derive(master, S("api")),
        .hooks = key_derive(master, S("hooks")),
    };
}

char signer_kind_letter(signer_kind kind)
{
    static const char letters[] = {'p', 'o', 'm'};
    BUG_IF(kind < SIGNER_PERSON || kind > SIGNER_MANDATE);
    return letters[kind - SIGNER_PERSON];
}

enum { MARK_CHARS = 32 };

typedef struct fitting {
    char mark[MARK_CHARS];
    bool may_write;
} fitting;

static err fit(db_tx *tx, arena *scratch, void *arg)
{
    const fitting *f = arg;
    str kept, mine = {f->mark, MARK_CHARS};
    err e = q_setting_get(tx, scratch, S("keys"), &kept);
    if (e == ERR_NOT_FOUND && f->may_write)
        return q_setting_put(tx, S("keys"), mine);
    TRY(e);
    return str_eq(kept, mine) ? OK : ERR_DENIED;
}

err core_keys_fit(core *c)
{
    fitting f = {.may_write = false};
    key32 mark = key_derive(&c->keys.record, S("mark"));
    for (size_t i = 0; i < MARK_CHARS; i++) {
        unsigned nibble = i % 2 ? mark.at[i / 2] & 15u : mark.at[i / 2] >> 4;
        f.mark[i] = "0123456789abcdef"[nibble];
    }
    err e = db_read(c->db, fit, &f);
    f.may_write = true;
    return e == ERR_NOT_FOUND ? db_write(c->db, fit, &f) : e;
}
