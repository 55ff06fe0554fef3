/* SPDX-License-Identifier: EUPL-1.2 */
/* Sealed records in pages, by the number of the signature. */

#include "core/export.h"

#include "sql/q_record.h"

typedef struct paging {
    arena *a;
    int64_t declaration, after;
    size_t most;
    exported_records out;
} paging;

static err read_page(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    paging *p = arg;
    q_record_export_rows rows;
    TRY(q_record_export(tx, p->a, p->declaration, p->after, (int64_t)p->most, &rows));
    exported_record *all = arena_array(p->a, exported_record, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        const q_record_export_row *row = &rows.at[i];
        all[i] = (exported_record){
            .number = row->signature,
            .kind = (signer_kind)row->kind,
            .state = (signature_state)row->state,
            .country = row->country,
            .lang = row->lang,
            .text_version = row->text_version,
            .is_listed = row->is_listed,
            .wants_news = row->wants_news,
            .is_sample = row->is_sample,
            .mailbox = row->mailbox,
            .commitment = row->commitment,
            .leaf = row->leaf,
            .header = row->header,
            .server = row->server,
            .payload = row->payload,
        };
    }
    p->out = (exported_records){all, rows.n};
    return OK;
}

err export_page(core *c, arena *a, int64_t declaration_id, int64_t after, size_t most,
                exported_records *out_records)
{
    paging p = {.a = a, .declaration = declaration_id, .after = after, .most = most};
    TRY(db_read(c->db, read_page, &p));
    *out_records = p.out;
    return OK;
}
