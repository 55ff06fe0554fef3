/* SPDX-License-Identifier: EUPL-1.2 */
/* The own page's rules. */

#include "core/signer.h"

#include "base/clock.h"
#include "base/random.h"
#include "core/link.h"
#include "core/listing.h"
#include "core/log.h"
#include "core/website.h"
#include "text/text.h"

#include "sql/q_decision.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

#define BYTES(array) ((str){(const char *)(array).at, sizeof(array).at})

enum { HOUR_MS = 3600000 };

typedef struct visit {
    core *c;
    arena *a;
    str token;
    int64_t now_ms;
    signer_view view; /* out, of reading */
    bool is_listed, wants_news;
    str lang;
    const correction *fix;
    unsigned char seed[32]; /* for the commitment of a correction */
} visit;

/* The signature behind the token. */
static err follow(db_tx *tx, arena *scratch, const visit *v, int64_t *out_id,
                  q_signature_get_row *out_row)
{
    TRY(link_follow(tx, scratch, &v->c->keys, v->token, v->now_ms, out_id));
    TRY(q_signature_get(tx, scratch, *out_id, out_row));
    return out_row->state == SIGNATURE_ERASED ? ERR_NOT_FOUND : OK;
}

static err open_record(db_tx *tx, arena *scratch, const visit *v, int64_t id, str commitment,
                       arena *into, record *out)
{
    str sealed;
    TRY(q_record_sealed(tx, scratch, id, &sealed));
    /* A record that does not open under its own commitment is damage, not a bad request. */
    return record_open(into, &v->c->keys, sealed, commitment, out) == OK ? OK : ERR_IO;
}

/* Why it does not count though it is confirmed. */
static err read_doubts(db_tx *tx, arena *scratch, visit *v, int64_t id)
{
    signer_view *seen = &v->view;
    if (seen->state == SIGNATURE_HELD) {
        q_held_get_row hold;
        TRY(q_held_get(tx, scratch, id, &hold));
        seen->held_until_ms = hold.until;
    }
    if (seen->state == SIGNATURE_INVALID) {
        q_decision_of_row decision;
        TRY(q_decision_of(tx, v->a, id, &decision));
        seen->decided_ms = decision.at;
        seen->decided_why = decision.reason;
    }
    return OK;
}

static err read_view(db_tx *tx, arena *scratch, void *arg)
{
    visit *v = arg;
    int64_t id;
    q_signature_get_row row;
    q_checkpoint_latest_row checkpoint;
    TRY(follow(tx, scratch, v, &id, &row));
    signer_view *seen = &v->view;
    *seen = (signer_view){
        .state = (signature_state)row.state,
        .declaration = row.declaration,
        .kind = (signer_kind)row.kind,
        .lang = arena_copy(v->a, row.lang),
        .text_version = row.text_version,
        .is_listed = row.is_listed,
        .wants_news = row.wants_news,
        .is_sample = row.is_sample,
        .created_ms = row.created,
        .confirmed_ms = row.confirmed,
        .withdrawn_ms = row.withdrawn,
        .leaf = row.leaf,
    };
    BUG_IF(row.commitment.n != sizeof seen->commitment.at);
    memcpy(seen->commitment.at, row.commitment.at, row.commitment.n);
    if (seen->state == SIGNATURE_WITHDRAWN)
        seen->undo_until_ms = row.withdrawn + (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS;
    TRY(read_doubts(tx, scratch, v, id));
    err e = q_checkpoint_latest(tx, scratch, row.declaration, &checkpoint);
    if (e == OK)
        seen->log_size = checkpoint.size;
    else if (e != ERR_NOT_FOUND)
        return e;
    return open_record(tx, scratch, v, id, row.commitment, v->a, &seen->record);
}

err signer_open(core *c, arena *a, str token, int64_t now_ms, signer_view *out_view)
{
    visit v = {.c = c, .a = a, .token = token, .now_ms = now_ms};
    TRY(db_read(c->db, read_view, &v));
    *out_view = v.view;
    return OK;
}

static err queue_change(db_tx *tx, log_verb verb, int64_t id, const q_signature_get_row *row,
                        int64_t leaf)
{
    return q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = row->declaration,
                                                           .verb = (int64_t)verb,
                                                           .signature = id,
                                                           .kind = row->kind,
                                                           .country = row->country,
                                                           .commitment = row->commitment,
                                                           .leaf = leaf});
}

static err write_withdrawal(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    int64_t id, changed;
    q_signature_get_row row;
    TRY(follow(tx, scratch, v, &id, &row));
    int64_t settled;
    if (row.state == SIGNATURE_WITHDRAWN)
        return q_signature_settle(tx, &settled);
    if (row.state == SIGNATURE_HELD) { /* the log knows nothing of it */
        TRY(q_signature_withdraw_held(tx, id, v->now_ms, &changed));
        return changed == 1 ? OK : ERR_CONFLICT;
    }
    TRY(q_signature_withdraw(tx, id, v->now_ms, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    TRY(q_listing_hide(tx, id));
    return queue_change(tx, LOG_WITHDRAWN, id, &row, row.leaf);
}

err signer_withdraw(core *c, str token, int64_t now_ms)
{
    visit v = {.c = c, .token = token, .now_ms = now_ms};
    return db_write(c->db, write_withdrawal, &v);
}

static err write_undo(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    int64_t id, held, changed;
    q_signature_get_row row;
    TRY(follow(tx, scratch, v, &id, &row));
    if (row.state == SIGNATURE_CONFIRMED || row.state == SIGNATURE_HELD)
        return OK;
    if (row.state != SIGNATURE_WITHDRAWN ||
        v->now_ms >= row.withdrawn + (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS)
        return ERR_CONFLICT;
    TRY(q_mailbox_pass_on(tx, row.declaration, row.mailbox, id, id, &held));
    q_held_get_row hold;
    err was_held = q_held_get(tx, scratch, id, &hold);
    if (was_held != OK && was_held != ERR_NOT_FOUND)
        return was_held;
    TRY(was_held == OK ? q_signature_undo_held(tx, id, &changed)
                       : q_signature_undo(tx, id, &changed));
    if (held != 1 || changed != 1)
        return ERR_CONFLICT;
    if (was_held == OK)
        return OK;
    if (row.is_listed)
        TRY(q_listing_show(tx, id, row.confirmed));
    return queue_change(tx, LOG_UNDO, id, &row, row.leaf);
}

err signer_undo(core *c, str token, int64_t now_ms)
{
    visit v = {.c = c, .token = token, .now_ms = now_ms};
    return db_write(c->db, write_undo, &v);
}

static err list_again(db_tx *tx, arena *scratch, int64_t id, const q_signature_get_row *row,
                      const record *r)
{
    str folded;
    TRY(listing_fold(scratch, r, &folded));
    TRY(q_listing_delete(tx, id));
    return listing_add(tx, id, row->declaration, r, folded, row->is_sample,
                       row->state == SIGNATURE_CONFIRMED ? row->confirmed : 0);
}

static err note_consent(db_tx *tx, const visit *v, int64_t id, const q_signature_get_row *row,
                        str what, bool is_given)
{
    return q_consent_change_insert(tx, id, what, is_given, v->lang, row->text_version,
                                   clock_day(v->now_ms));
}

static err write_consents(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    int64_t id;
    q_signature_get_row row;
    TRY(follow(tx, scratch, v, &id, &row));
    if (v->is_listed != row.is_listed)
        TRY(note_consent(tx, v, id, &row, S("list"), v->is_listed));
    if (v->wants_news != row.wants_news)
        TRY(note_consent(tx, v, id, &row, S("news"), v->wants_news));
    if (v->is_listed && !row.is_listed) {
        record r;
        TRY(open_record(tx, scratch, v, id, row.commitment, scratch, &r));
        TRY(list_again(tx, scratch, id, &row, &r));
    } else if (!v->is_listed && row.is_listed) {
        TRY(q_listing_delete(tx, id));
    }
    if (v->is_listed != row.is_listed)
        TRY(listing_raise(tx, scratch));
    return q_signature_set_consents(tx, id, v->is_listed, v->wants_news);
}

err signer_set_consents(core *c, arena *a, str token, bool is_listed, bool wants_news, str lang,
                        int64_t now_ms)
{
    visit v = {.c = c, .a = a, .token = token, .now_ms = now_ms};
    v.is_listed = is_listed;
    v.wants_news = wants_news;
    v.lang = lang;
    return db_write(c->db, write_consents, &v);
}

/* Applies the fix to the record and gives the signer's tag under its new name. */
static err apply_fix(db_tx *tx, arena *scratch, const visit *v, int64_t declaration_id, record *r,
                     mailbox_id *out_signer)
{
    const correction *fix = v->fix;
    email_address canonical;
    str name;
    TRY(text_nfc(scratch, personal_text(fix->name), &r->name.private_text));
    TRY(text_nfc(scratch, fix->organisation, &r->organisation));
    TRY(text_nfc(scratch, fix->function, &r->function));
    TRY(text_nfc(scratch, fix->region, &r->region));
    TRY(text_nfc(scratch, fix->reason, &r->reason));
    TRY(text_nfc(scratch, fix->group, &r->group));
    TRY(website_normal(scratch, fix->website, &r->website));
    r->country = fix->country;
    TRY(address_canonical(scratch, r->mail, &canonical));
    TRY(text_fold(
        scratch, r->kind == SIGNER_ORGANISATION ? r->organisation : personal_text(r->name), &name));
    address_key tags;
    TRY(address_key_read(tx, scratch, &v->c->keys, declaration_id, &tags));
    *out_signer = address_signer(&tags, canonical, r->kind, name);
    return OK;
}

/* Somebody else on the mailbox must not have the new name. */
static err check_mailbox(db_tx *tx, arena *scratch, const q_signature_get_row *row, int64_t id,
                         mailbox_id signer)
{
    q_mailbox_signers_rows taken;
    TRY(q_mailbox_signers(tx, scratch, row->declaration, row->mailbox, &taken));
    for (size_t i = 0; i < taken.n; i++)
        if (taken.at[i].signature != id && str_eq(taken.at[i].signer, BYTES(signer)))
            return ERR_CONFLICT;
    return OK;
}

/* The new leaf replaces the old one; a leaf that still waits is changed where it waits. */
static err log_correction(db_tx *tx, int64_t id, const q_signature_get_row *row,
                          const record *fixed, const hash32 *commitment)
{
    if (row->leaf < 0) {
        int64_t changed;
        TRY(q_log_queue_correct(tx, id, fixed->country, BYTES(*commitment), &changed));
        return changed > 0 ? OK : ERR_IO;
    }
    TRY(q_log_queue_pin(tx, id, row->leaf));
    q_signature_get_row new_row = *row;
    new_row.country = fixed->country;
    new_row.commitment = BYTES(*commitment);
    /* In this order: where a batch ends between them, one is missing for a moment and none is
     * counted twice. */
    TRY(queue_change(tx, LOG_DUPLICATE, id, row, row->leaf));
    return queue_change(tx, LOG_ADD, id, &new_row, -1);
}

static err write_correction(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    int64_t id, changed;
    q_signature_get_row row;
    record r;
    mailbox_id signer;
    TRY(follow(tx, scratch, v, &id, &row));
    if (row.state != SIGNATURE_CONFIRMED)
        return ERR_CONFLICT;
    TRY(open_record(tx, scratch, v, id, row.commitment, scratch, &r));
    TRY(apply_fix(tx, scratch, v, row.declaration, &r, &signer));
    TRY(check_mailbox(tx, scratch, &row, id, signer));
    hash32 commitment = record_commitment(scratch, &r);
    /* The log has nothing to say of what is not committed. */
    if (!str_eq(BYTES(commitment), row.commitment)) {
        memcpy(r.seed, v->seed, sizeof r.seed);
        commitment = record_commitment(scratch, &r);
        TRY(log_correction(tx, id, &row, &r, &commitment));
        TRY(q_signature_correct(tx, id, r.country, BYTES(signer), BYTES(commitment)));
        TRY(q_mailbox_set_signer(tx, row.declaration, row.mailbox, id, BYTES(signer)));
    }
    TRY(q_record_replace(tx, id, record_seal(scratch, &v->c->keys, &r, &commitment), &changed));
    if (!row.is_listed)
        return OK;
    TRY(list_again(tx, scratch, id, &row, &r));
    return listing_raise(tx, scratch);
}

err signer_correct(core *c, arena *a, str token, const correction *fix, int64_t now_ms)
{
    visit v = {.c = c, .a = a, .token = token, .now_ms = now_ms, .fix = fix};
    random_fill(v.seed, sizeof v.seed);
    return db_write(c->db, write_correction, &v);
}
