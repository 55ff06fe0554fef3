/* SPDX-License-Identifier: EUPL-1.2 */
/* What the link opens, and what a change leaves behind. */

#include "core/signer_act.h"

#include "base/clock.h"
#include "core/listing.h"

#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_record.h"

err signer_follow(db_tx *tx, arena *scratch, const signer_act *act, mailed_link *out_link,
                  q_signature_get_row *out_row)
{
    TRY(link_follow(tx, scratch, &act->c->keys, act->token, act->now_ms, out_link));
    TRY(q_signature_get(tx, scratch, out_link->signature, out_row));
    return out_row->state == SIGNATURE_ERASED ? ERR_NOT_FOUND : OK;
}

err signer_open_record(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
                       str commitment, arena *into, record *out)
{
    q_record_get_row row;
    age_file_key file_key;
    TRY(q_record_get(tx, scratch, l->signature, &row));
    err e = record_server_key(scratch, keys, row.server, commitment, &file_key);
    if (e == ERR_NOT_FOUND)
        e = link_file_key(scratch, l, &file_key);
    TRY(e);
    /* A record that does not open under its own key and commitment is damage, not a bad request. */
    e = record_open(into, &file_key, arena_copy(into, row.payload), commitment, out);
    secret_wipe(&file_key, sizeof file_key);
    return e == OK ? OK : ERR_IO;
}

/* What the server knows without the record: what stands in clear, and the address in the link. */
static err known_record(db_tx *tx, arena *scratch, const mailed_link *l,
                        const q_signature_get_row *row, arena *into, record *out)
{
    record r = {
        .lang = arena_copy(into, row->lang),
        .kind = (signer_kind)row->kind,
        .country = arena_copy(into, row->country),
        .type = arena_copy(into, row->type),
        .text_hash = hex_make(into, row->text_hash),
        .is_listed = row->is_listed,
        .day = clock_day(row->created),
    };
    memcpy(r.mailbox.at, row->mailbox.at, sizeof r.mailbox.at);
    q_listing_get_row clear;
    err e = q_listing_get(tx, into, l->signature, &clear);
    if (e == OK) {
        r.name.private_text = clear.name;
        r.organisation = clear.organisation;
        r.function = clear.function;
        r.type = clear.type;
        r.reason = clear.reason;
        r.region = clear.region;
        r.website = clear.website;
        r.group = clear.political_group;
    } else if (e != ERR_NOT_FOUND) {
        return e;
    }
    e = link_address(scratch, l, &r.mail);
    if (e == OK)
        r.mail.private_text = arena_copy(into, personal_text(r.mail));
    *out = r;
    return e == ERR_NOT_FOUND ? OK : e;
}

err signer_read_record(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
                       const q_signature_get_row *row, arena *into, record *out, bool *out_is_whole)
{
    err e = signer_open_record(tx, scratch, keys, l, row->commitment, into, out);
    *out_is_whole = e == OK;
    return e == ERR_NOT_FOUND ? known_record(tx, scratch, l, row, into, out) : e;
}

err signer_queue(db_tx *tx, log_verb verb, int64_t id, const q_signature_get_row *row, int64_t leaf)
{
    return q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = row->declaration,
                                                           .verb = (int64_t)verb,
                                                           .signature = id,
                                                           .kind = row->kind,
                                                           .country = row->country,
                                                           .commitment = row->commitment,
                                                           .leaf = leaf});
}

err signer_list(db_tx *tx, arena *scratch, int64_t id, const q_signature_get_row *row,
                const record *r)
{
    str folded;
    TRY(listing_fold(scratch, r, &folded));
    TRY(listing_remove(tx, id));
    return listing_add(tx, id, row->declaration, r, folded, row->is_sample,
                       row->state == SIGNATURE_CONFIRMED ? row->confirmed : 0);
}

err signer_note_consent(db_tx *tx, const signer_act *act, int64_t id,
                        const q_signature_get_row *row, str what, bool is_given)
{
    return q_consent_change_insert(tx, id, what, is_given, act->lang, row->text_version,
                                   clock_day(act->now_ms));
}
