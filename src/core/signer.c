/* SPDX-License-Identifier: EUPL-1.2 */
/* The own page as it is seen, and the acts that leave what was said as it is; signer_correct.c
 * changes it. */

#include "core/signer_act.h"

#include "core/listing.h"
#include "core/news.h"
#include "place/place.h"

#include "sql/q_decision.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_watch.h"

enum { HOUR_MS = 3600000 };

typedef struct looking {
    signer_act act;
    signer_view view; /* out */
} looking;

typedef struct choosing {
    signer_act act;
    bool is_listed, wants_news;
} choosing;

/* Why it does not count though it is confirmed. */
static err read_doubts(db_tx *tx, arena *scratch, looking *l, int64_t id)
{
    signer_view *seen = &l->view;
    if (seen->state == SIGNATURE_HELD) {
        q_held_get_row hold;
        TRY(q_held_get(tx, scratch, id, &hold));
        seen->held_until_ms = hold.until;
    }
    if (seen->state == SIGNATURE_INVALID) {
        q_decision_of_row decision;
        TRY(q_decision_of(tx, l->act.a, id, &decision));
        seen->decided_ms = decision.at;
        seen->decided_why = decision.reason;
    }
    return OK;
}

static err read_partner(db_tx *tx, arena *a, int64_t id, str *out_what, bool *out_is_wanted)
{
    q_consent_partner_row row;
    *out_what = (str){"", 0};
    *out_is_wanted = false;
    err e = q_consent_partner(tx, a, id, &row);
    if (e != OK)
        return e == ERR_NOT_FOUND ? OK : e;
    *out_what = row.what;
    *out_is_wanted = row.is_given;
    return OK;
}

static err read_view(db_tx *tx, arena *scratch, void *arg)
{
    looking *looks = arg;
    const signer_act *act = &looks->act;
    mailed_link l;
    q_signature_get_row row;
    q_checkpoint_latest_row checkpoint;
    TRY(signer_follow(tx, scratch, act, &l, &row));
    signer_view *seen = &looks->view;
    *seen = (signer_view){
        .state = (signature_state)row.state,
        .declaration = row.declaration,
        .kind = (signer_kind)row.kind,
        .lang = arena_copy(act->a, row.lang),
        .text_version = row.text_version,
        .is_listed = row.is_listed,
        .wants_news = row.wants_news,
        .is_sample = row.is_sample,
        .created_ms = row.created,
        .confirmed_ms = row.confirmed,
        .withdrawn_ms = row.withdrawn,
        .leaf = row.leaf,
        .source = arena_copy(act->a, row.source),
        .nuts = arena_copy(act->a, row.nuts),
    };
    TRY(read_partner(tx, act->a, l.signature, &seen->partner, &seen->wants_partner));
    seen->partner = str_skip(seen->partner, strlen("partner:"));
    BUG_IF(row.commitment.n != sizeof seen->commitment.at);
    memcpy(seen->commitment.at, row.commitment.at, row.commitment.n);
    if (seen->state == SIGNATURE_WITHDRAWN)
        seen->undo_until_ms = row.withdrawn + (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS;
    TRY(read_doubts(tx, scratch, looks, l.signature));
    err e = q_checkpoint_latest(tx, scratch, row.declaration, &checkpoint);
    if (e == OK)
        seen->log_size = checkpoint.size;
    else if (e != ERR_NOT_FOUND)
        return e;
    return signer_read_record(tx, scratch, &act->c->keys, &l, &row, act->a, &seen->record,
                              &seen->has_record);
}

err signer_open(core *c, arena *a, str token, int64_t now_ms, signer_view *out_view)
{
    looking looks = {.act = {.c = c, .a = a, .token = token, .now_ms = now_ms}};
    TRY(db_read(c->db, read_view, &looks));
    *out_view = looks.view;
    return OK;
}

static err write_withdrawal(db_tx *tx, arena *scratch, void *arg)
{
    const signer_act *act = arg;
    int64_t changed;
    mailed_link l;
    q_signature_get_row row;
    TRY(signer_follow(tx, scratch, act, &l, &row));
    int64_t id = l.signature;
    int64_t settled;
    if (row.state == SIGNATURE_WITHDRAWN)
        return q_signature_settle(tx, &settled);
    if (row.state == SIGNATURE_HELD) { /* the log knows nothing of it */
        TRY(q_signature_withdraw_held(tx, id, act->now_ms, &changed));
        return changed == 1 ? news_remove(tx, id) : ERR_CONFLICT;
    }
    TRY(q_signature_withdraw(tx, id, act->now_ms, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    TRY(listing_hide(tx, id));
    TRY(news_remove(tx, id));
    return signer_queue(tx, LOG_WITHDRAWN, id, &row, row.leaf);
}

err signer_withdraw(core *c, str token, int64_t now_ms)
{
    signer_act act = {.c = c, .token = token, .now_ms = now_ms};
    return db_write(c->db, write_withdrawal, &act);
}

static err write_undo(db_tx *tx, arena *scratch, void *arg)
{
    const signer_act *act = arg;
    int64_t held, changed;
    mailed_link l;
    q_signature_get_row row;
    TRY(signer_follow(tx, scratch, act, &l, &row));
    int64_t id = l.signature;
    if (row.state == SIGNATURE_CONFIRMED || row.state == SIGNATURE_HELD)
        return OK;
    if (row.state != SIGNATURE_WITHDRAWN ||
        act->now_ms >= row.withdrawn + (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS)
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
    if (row.wants_news)
        TRY(news_add(tx, scratch, &act->c->keys, &l, row.declaration, row.lang));
    if (was_held == OK)
        return OK;
    if (row.is_listed)
        TRY(q_listing_show(tx, id, row.confirmed));
    return signer_queue(tx, LOG_UNDO, id, &row, row.leaf);
}

err signer_undo(core *c, str token, int64_t now_ms)
{
    signer_act act = {.c = c, .token = token, .now_ms = now_ms};
    return db_write(c->db, write_undo, &act);
}

/* Of who is not listed the database keeps no finer region than figures need. */
static err forget_place(db_tx *tx, int64_t id, const q_signature_get_row *row)
{
    str region = place_cut(row->nuts, PLACE_REGION);
    if (region.n == row->nuts.n)
        return OK;
    TRY(q_log_queue_set_nuts(tx, id, region));
    return q_signature_set_nuts(tx, id, region);
}

static err change_listing(db_tx *tx, arena *scratch, const choosing *to, const mailed_link *l,
                          const q_signature_get_row *row)
{
    TRY(signer_note_consent(tx, &to->act, l->signature, row, S("list"), to->is_listed));
    if (to->is_listed) {
        record r;
        err e = signer_open_record(tx, scratch, &to->act.c->keys, l, row->commitment, scratch, &r);
        TRY(e == ERR_NOT_FOUND ? ERR_CONFLICT : e);
        TRY(signer_list(tx, scratch, l->signature, row, &r));
    } else {
        TRY(listing_remove(tx, l->signature));
        TRY(forget_place(tx, l->signature, row));
    }
    return listing_raise(tx, scratch);
}

static err change_news(db_tx *tx, arena *scratch, const choosing *to, const mailed_link *l,
                       const q_signature_get_row *row)
{
    TRY(signer_note_consent(tx, &to->act, l->signature, row, S("news"), to->wants_news));
    if (!to->wants_news)
        return news_remove(tx, l->signature);
    return row->state == SIGNATURE_CONFIRMED || row->state == SIGNATURE_HELD
               ? news_add(tx, scratch, &to->act.c->keys, l, row->declaration, row->lang)
               : OK;
}

static err write_consents(db_tx *tx, arena *scratch, void *arg)
{
    const choosing *to = arg;
    mailed_link l;
    q_signature_get_row row;
    TRY(signer_follow(tx, scratch, &to->act, &l, &row));
    if (to->is_listed != row.is_listed)
        TRY(change_listing(tx, scratch, to, &l, &row));
    if (to->wants_news != row.wants_news)
        TRY(change_news(tx, scratch, to, &l, &row));
    return q_signature_set_consents(tx, l.signature, to->is_listed, to->wants_news);
}

err signer_set_consents(core *c, arena *a, str token, bool is_listed, bool wants_news, str lang,
                        int64_t now_ms)
{
    choosing to = {.act = {.c = c, .a = a, .token = token, .now_ms = now_ms, .lang = lang},
                   .is_listed = is_listed,
                   .wants_news = wants_news};
    return db_write(c->db, write_consents, &to);
}

static err write_partner(db_tx *tx, arena *scratch, void *arg)
{
    const choosing *to = arg;
    mailed_link l;
    q_signature_get_row row;
    str what;
    bool is_wanted;
    TRY(signer_follow(tx, scratch, &to->act, &l, &row));
    TRY(read_partner(tx, scratch, l.signature, &what, &is_wanted));
    if (what.n == 0 || is_wanted == to->wants_news)
        return OK;
    return signer_note_consent(tx, &to->act, l.signature, &row, what, to->wants_news);
}

err signer_set_partner(core *c, str token, bool is_wanted, str lang, int64_t now_ms)
{
    choosing to = {.act = {.c = c, .token = token, .now_ms = now_ms, .lang = lang},
                   .wants_news = is_wanted};
    return db_write(c->db, write_partner, &to);
}
