/* SPDX-License-Identifier: EUPL-1.2 */
/* The own page's rules.
 *
 * The server cannot open a sealed record: the link in the signer's first letter can, because it
 * carries the file key. Whatever needs what was said therefore asks the link, and has an answer
 * for links that carry none (ADR 0016). */

#include "core/signer.h"

#include "base/clock.h"
#include "base/random.h"
#include "core/link.h"
#include "core/listing.h"
#include "core/log.h"
#include "core/news.h"
#include "core/website.h"
#include "place/place.h"
#include "text/text.h"

#include "sql/q_decision.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_record.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

#define BYTES(array) ((str){(const char *)(array).at, sizeof(array).at})

enum { HOUR_MS = 3600000 };

enum { RACES_MOST = 8 };

typedef struct visit {
    core *c;
    arena *a;
    str token;
    int64_t now_ms;
    signer_view view; /* out, of reading */
    bool is_listed, wants_news;
    str lang;
} visit;

/* The link and the signature behind the token. */
static err follow(db_tx *tx, arena *scratch, const visit *v, mailed_link *out_link,
                  q_signature_get_row *out_row)
{
    TRY(link_follow(tx, scratch, &v->c->keys, v->token, v->now_ms, out_link));
    TRY(q_signature_get(tx, scratch, out_link->signature, out_row));
    return out_row->state == SIGNATURE_ERASED ? ERR_NOT_FOUND : OK;
}

/* ERR_NOT_FOUND: neither the server nor this link can open it. */
static err open_record(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
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

/* The whole record, or what is known without it. */
static err read_record(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
                       const q_signature_get_row *row, arena *into, record *out, bool *out_is_whole)
{
    err e = open_record(tx, scratch, keys, l, row->commitment, into, out);
    *out_is_whole = e == OK;
    return e == ERR_NOT_FOUND ? known_record(tx, scratch, l, row, into, out) : e;
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
    visit *v = arg;
    mailed_link l;
    q_signature_get_row row;
    q_checkpoint_latest_row checkpoint;
    TRY(follow(tx, scratch, v, &l, &row));
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
        .source = arena_copy(v->a, row.source),
        .nuts = arena_copy(v->a, row.nuts),
    };
    TRY(read_partner(tx, v->a, l.signature, &seen->partner, &seen->wants_partner));
    seen->partner = str_skip(seen->partner, strlen("partner:"));
    BUG_IF(row.commitment.n != sizeof seen->commitment.at);
    memcpy(seen->commitment.at, row.commitment.at, row.commitment.n);
    if (seen->state == SIGNATURE_WITHDRAWN)
        seen->undo_until_ms = row.withdrawn + (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS;
    TRY(read_doubts(tx, scratch, v, l.signature));
    err e = q_checkpoint_latest(tx, scratch, row.declaration, &checkpoint);
    if (e == OK)
        seen->log_size = checkpoint.size;
    else if (e != ERR_NOT_FOUND)
        return e;
    return read_record(tx, scratch, &v->c->keys, &l, &row, v->a, &seen->record, &seen->has_record);
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
    int64_t changed;
    mailed_link l;
    q_signature_get_row row;
    TRY(follow(tx, scratch, v, &l, &row));
    int64_t id = l.signature;
    int64_t settled;
    if (row.state == SIGNATURE_WITHDRAWN)
        return q_signature_settle(tx, &settled);
    if (row.state == SIGNATURE_HELD) { /* the log knows nothing of it */
        TRY(q_signature_withdraw_held(tx, id, v->now_ms, &changed));
        return changed == 1 ? news_remove(tx, id) : ERR_CONFLICT;
    }
    TRY(q_signature_withdraw(tx, id, v->now_ms, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    TRY(listing_hide(tx, id));
    TRY(news_remove(tx, id));
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
    int64_t held, changed;
    mailed_link l;
    q_signature_get_row row;
    TRY(follow(tx, scratch, v, &l, &row));
    int64_t id = l.signature;
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
    if (row.wants_news)
        TRY(news_add(tx, scratch, &v->c->keys, &l, row.declaration, row.lang));
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
    TRY(listing_remove(tx, id));
    return listing_add(tx, id, row->declaration, r, folded, row->is_sample,
                       row->state == SIGNATURE_CONFIRMED ? row->confirmed : 0);
}

static err note_consent(db_tx *tx, const visit *v, int64_t id, const q_signature_get_row *row,
                        str what, bool is_given)
{
    return q_consent_change_insert(tx, id, what, is_given, v->lang, row->text_version,
                                   clock_day(v->now_ms));
}

static err change_listing(db_tx *tx, arena *scratch, const visit *v, const mailed_link *l,
                          const q_signature_get_row *row)
{
    TRY(note_consent(tx, v, l->signature, row, S("list"), v->is_listed));
    if (v->is_listed) {
        record r;
        err e = open_record(tx, scratch, &v->c->keys, l, row->commitment, scratch, &r);
        TRY(e == ERR_NOT_FOUND ? ERR_CONFLICT : e);
        TRY(list_again(tx, scratch, l->signature, row, &r));
    } else {
        TRY(listing_remove(tx, l->signature));
    }
    return listing_raise(tx, scratch);
}

static err change_news(db_tx *tx, arena *scratch, const visit *v, const mailed_link *l,
                       const q_signature_get_row *row)
{
    TRY(note_consent(tx, v, l->signature, row, S("news"), v->wants_news));
    if (!v->wants_news)
        return news_remove(tx, l->signature);
    return row->state == SIGNATURE_CONFIRMED || row->state == SIGNATURE_HELD
               ? news_add(tx, scratch, &v->c->keys, l, row->declaration, row->lang)
               : OK;
}

static err write_consents(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    mailed_link l;
    q_signature_get_row row;
    TRY(follow(tx, scratch, v, &l, &row));
    if (v->is_listed != row.is_listed)
        TRY(change_listing(tx, scratch, v, &l, &row));
    if (v->wants_news != row.wants_news)
        TRY(change_news(tx, scratch, v, &l, &row));
    return q_signature_set_consents(tx, l.signature, v->is_listed, v->wants_news);
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

static err write_partner(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    mailed_link l;
    q_signature_get_row row;
    str what;
    bool is_wanted;
    TRY(follow(tx, scratch, v, &l, &row));
    TRY(read_partner(tx, scratch, l.signature, &what, &is_wanted));
    if (what.n == 0 || is_wanted == v->wants_news)
        return OK;
    return note_consent(tx, v, l.signature, &row, what, v->wants_news);
}

err signer_set_partner(core *c, str token, bool is_wanted, str lang, int64_t now_ms)
{
    visit v = {.c = c, .token = token, .now_ms = now_ms, .wants_news = is_wanted, .lang = lang};
    return db_write(c->db, write_partner, &v);
}

/* A correction in two steps: what was said is read and the new record sealed before the
 * transaction that stores it, which checks that nothing has changed between. */
typedef struct correcting {
    visit v;
    const declaration *d;
    const correction *fix;           /* NULL: what was said stays as it is */
    const declaration_text *renewed; /* NULL: the text that was signed stays as it is */
    str old_commitment;              /* that was read */
    mailbox_id old_signer;           /* likewise */
    bool is_overtaken;               /* out: another correction came between */
    record record;
    mailbox_id signer;
    hash32 commitment;
    sealed_record sealed;
    age_file_key file_key;
} correcting;

/* What must be said anew because it could not be read; the rest of it never changes. */
static err complete_record(const correcting *co, record *r)
{
    if (personal_text(r->mail).n == 0)
        return ERR_CONFLICT; /* the link carries no address */
    r->campaign = co->d->slug;
    r->type = co->fix->type;
    return text_nfc(co->v.a, co->fix->authority, &r->authority);
}

static err read_for_correction(db_tx *tx, arena *scratch, void *arg)
{
    correcting *co = arg;
    mailed_link l;
    q_signature_get_row row;
    bool is_whole;
    TRY(follow(tx, scratch, &co->v, &l, &row));
    if (row.state != SIGNATURE_CONFIRMED)
        return ERR_CONFLICT;
    if (row.declaration != co->d->id)
        return ERR_INVALID;
    co->old_commitment = arena_copy(co->v.a, row.commitment);
    BUG_IF(row.signer.n != sizeof co->old_signer.at);
    memcpy(co->old_signer.at, row.signer.at, row.signer.n);
    TRY(read_record(tx, scratch, &co->v.c->keys, &l, &row, co->v.a, &co->record, &is_whole));
    if (co->renewed && row.text_version >= co->renewed->version)
        return ERR_NOT_FOUND; /* nothing to renew */
    if (!is_whole && !co->fix)
        return ERR_CONFLICT;
    return is_whole ? OK : complete_record(co, &co->record);
}

/* What the signer says now instead. */
static err apply_fix(arena *a, const correction *fix, record *r)
{
    TRY(text_nfc(a, personal_text(fix->name), &r->name.private_text));
    TRY(text_nfc(a, fix->organisation, &r->organisation));
    TRY(text_nfc(a, fix->function, &r->function));
    TRY(text_nfc(a, fix->region, &r->region));
    TRY(text_nfc(a, fix->reason, &r->reason));
    TRY(text_nfc(a, fix->group, &r->group));
    TRY(website_normal(a, fix->website, &r->website));
    r->country = fix->country;
    return OK;
}

/* What the browser has sealed. The rest of it the server does not know, so the log shows a new leaf
 * whatever has changed. */
static err prepare_browsers(arena *a, correcting *co)
{
    record *r = &co->record;
    const browser_seal none = {S(""), S(""), S("")};
    const browser_seal *seal = co->fix && co->fix->seal ? co->fix->seal : &none;
    r->is_listed = co->fix && co->fix->is_listed;
    co->signer = co->old_signer; /* told apart by a number, which a correction does not change */
    return sealing_take(a, co->d, seal, r, &co->commitment, &co->sealed);
}

/* Applies the fix to the record and seals it. The commitment keeps its seed, and so its leaf, when
 * the log has nothing to say of what has changed. */
static err prepare_correction(arena *a, correcting *co)
{
    record *r = &co->record;
    email_address canonical;
    str name;
    if (co->fix)
        TRY(apply_fix(a, co->fix, r));
    if (co->renewed) {
        r->text_hash = hex_make(a, hash_str(&co->renewed->hash));
        r->lang = co->v.lang;
        r->day = clock_day(co->v.now_ms);
    }
    if (co->d->records == RECORDS_BROWSER)
        return prepare_browsers(a, co);
    TRY(address_canonical(a, r->mail, &canonical));
    TRY(text_fold(a, r->kind == SIGNER_ORGANISATION ? r->organisation : personal_text(r->name),
                  &name));
    co->signer = address_signer(&co->d->tags, canonical, r->kind, name);
    co->commitment = record_commitment(a, r);
    if (!str_eq(BYTES(co->commitment), co->old_commitment)) {
        random_fill(r->seed.at, sizeof r->seed.at);
        co->commitment = record_commitment(a, r);
    }
    co->sealed = record_seal(a, &co->v.c->keys, co->d, r, &co->commitment, &co->file_key);
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

/* The consent to the new text stands beside the one to the old. */
static err write_renewal(db_tx *tx, const correcting *co, int64_t id,
                         const q_signature_get_row *row)
{
    const declaration_text *text = co->renewed;
    TRY(q_consent_change_insert(tx, id, S("sign"), true, row->lang, row->text_version,
                                clock_day(row->created)));
    TRY(q_consent_change_insert(tx, id, S("sign"), true, co->v.lang, text->version,
                                clock_day(co->v.now_ms)));
    TRY(q_log_queue_renew(tx, id, text->version, co->v.lang));
    return q_signature_renew(tx, id, text->version, hash_str(&text->hash), co->v.lang);
}

/* The register as the signer wants it from now on: only a browser that seals anew says so here, for
 * to be listed needs what nobody else has. */
static err correct_listing(db_tx *tx, arena *scratch, const correcting *co, int64_t id,
                           const q_signature_get_row *row)
{
    bool is_listed = co->d->records == RECORDS_BROWSER ? co->record.is_listed : row->is_listed;
    if (is_listed != row->is_listed) {
        TRY(note_consent(tx, &co->v, id, row, S("list"), is_listed));
        TRY(q_signature_set_consents(tx, id, is_listed, row->wants_news));
    }
    if (!is_listed && !row->is_listed)
        return OK;
    TRY(is_listed ? list_again(tx, scratch, id, row, &co->record) : listing_remove(tx, id));
    return listing_raise(tx, scratch);
}

/* What the log takes back is of region and type before; what it adds, of the new ones. */
static err set_facts(db_tx *tx, const correcting *co, int64_t id, bool is_listed)
{
    str nuts = signature_region(co->fix->nuts, co->record.country, is_listed);
    str type = signature_type(co->record.kind, co->record.type);
    int64_t version = nuts.n ? PLACE_VERSION : 0;
    TRY(q_log_queue_set_facts(tx, id, nuts, version, type));
    return q_signature_set_facts(tx, id, nuts, version, type);
}

static err write_correction(db_tx *tx, arena *scratch, void *arg)
{
    correcting *co = arg;
    mailed_link l;
    q_signature_get_row row;
    TRY(follow(tx, scratch, &co->v, &l, &row));
    int64_t id = l.signature;
    co->is_overtaken = !str_eq(row.commitment, co->old_commitment);
    if (row.state != SIGNATURE_CONFIRMED || co->is_overtaken)
        return ERR_CONFLICT;
    TRY(check_mailbox(tx, scratch, &row, id, co->signer));
    if (!str_eq(BYTES(co->commitment), row.commitment)) {
        if (co->v.now_ms >= co->d->closes_ms)
            return ERR_DENIED; /* the log takes no add any more */
        if (co->d->records == RECORDS_BROWSER)
            TRY(sealing_take_once(tx, row.declaration, &co->commitment));
        TRY(log_correction(tx, id, &row, &co->record, &co->commitment));
        TRY(q_signature_correct(tx, id, co->record.country, BYTES(co->signer),
                                BYTES(co->commitment)));
        TRY(q_mailbox_set_signer(tx, row.declaration, row.mailbox, id, BYTES(co->signer)));
        if (co->fix)
            TRY(set_facts(tx, co, id, row.is_listed));
    }
    if (co->renewed)
        TRY(write_renewal(tx, co, id, &row));
    TRY(record_erase(tx, id));
    TRY(record_add(tx, id, &co->sealed));
    if (co->d->records != RECORDS_BROWSER) /* nobody here has that file key */
        TRY(link_carry(tx, scratch, &l, &co->file_key));
    return correct_listing(tx, scratch, co, id, &row);
}

static err correct(correcting *co)
{
    err e;
    int attempt = 0;
    do {
        TRY(db_read(co->v.c->db, read_for_correction, co));
        TRY(prepare_correction(co->v.a, co));
        e = db_write(co->v.c->db, write_correction, co);
    } while (e == ERR_CONFLICT && co->is_overtaken && ++attempt < RACES_MOST);
    secret_wipe(&co->file_key, sizeof co->file_key);
    return e == ERR_CONFLICT && co->is_overtaken ? ERR_BUSY : e;
}

err signer_correct(core *c, arena *a, const declaration *d, str token, const correction *fix,
                   int64_t now_ms)
{
    correcting co = {.v = {.c = c, .a = a, .token = token, .now_ms = now_ms}, .d = d, .fix = fix};
    signer_view view;
    if (d->records == RECORDS_BROWSER) { /* the language of a consent that may change */
        TRY(signer_open(c, a, token, now_ms, &view));
        co.v.lang = view.lang;
    }
    return correct(&co);
}

err signer_renew(core *c, arena *a, const declaration *d, str token, const correction *fix,
                 str lang, int64_t now_ms)
{
    correcting co = {
        .v = {.c = c, .a = a, .token = token, .now_ms = now_ms, .lang = lang}, .d = d, .fix = fix};
    signer_view view;
    co.renewed = declaration_text_in(d, d->version, lang);
    if (!declaration_is_open(d, now_ms) || !co.renewed)
        return ERR_CONFLICT;
    TRY(signer_open(c, a, token, now_ms, &view)); /* whether there is such a link */
    err e = correct(&co);
    return e == ERR_NOT_FOUND ? OK : e; /* signed already */
}
