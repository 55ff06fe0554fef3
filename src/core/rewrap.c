/* SPDX-License-Identifier: EUPL-1.2 */
/* Headers change only where they are still what was opened. */

#include "core/rewrap.h"

#include "core/ceremony.h"
#include "core/log.h"
#include "core/signature.h"

#include "sql/q_alliance.h"
#include "sql/q_record.h"

typedef struct rewrapping {
    arena *a;
    int64_t declaration;
    recipient_list to;
    const new_header *headers;
    size_t n;
    size_t changed; /* out */
} rewrapping;

static err write_recipients(db_tx *tx, arena *scratch, void *arg)
{
    const rewrapping *w = arg;
    recipient_list unproven;
    str recipients = recipients_text(scratch, w->to), before;
    TRY(q_declaration_recipients(tx, scratch, w->declaration, &before));
    if (str_eq(recipients, before))
        return OK;
    TRY(ceremony_unproven(tx, w->a, w->to, &unproven));
    if (unproven.n > 0)
        return ERR_DENIED;
    TRY(q_declaration_set_recipients(tx, w->declaration, recipients));
    TRY(log_queue_recipients(tx, scratch, w->declaration, w->to));
    return alliance_revise(tx, scratch);
}

err rewrap_declaration(core *c, arena *a, int64_t declaration_id, recipient_list to)
{
    if (to.n < RECIPIENTS_LEAST)
        return ERR_INVALID;
    rewrapping w = {.a = a, .declaration = declaration_id, .to = to};
    return db_write(c->db, write_recipients, &w);
}

static err write_headers(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    rewrapping *w = arg;
    w->changed = 0;
    for (size_t i = 0; i < w->n; i++) {
        int64_t changed;
        TRY(q_record_key_replace(tx, w->headers[i].signature, w->headers[i].before,
                                 w->headers[i].header, &changed));
        w->changed += (size_t)changed;
    }
    return OK;
}

err rewrap_records(core *c, const new_header *headers, size_t n, size_t *out_changed)
{
    BUG_IF(n > NEW_HEADERS_MOST);
    rewrapping w = {.headers = headers, .n = n};
    for (size_t i = 0; i < n; i++) {
        str header, rest;
        if (age_split(headers[i].header, &header, &rest) != OK || rest.n)
            return ERR_INVALID;
    }
    TRY(db_write(c->db, write_headers, &w));
    *out_changed = w.changed;
    return OK;
}
