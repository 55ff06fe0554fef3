/* SPDX-License-Identifier: EUPL-1.2 */
/* What was said is said anew, or to a new version of the text. */

#include "core/signer_act.h"

#include "base/clock.h"
#include "base/random.h"
#include "core/listing.h"
#include "core/website.h"
#include "place/place.h"
#include "text/text.h"

#include "sql/q_listing.h"
#include "sql/q_log.h"

#define BYTES(array) ((str){(const char *)(array).at, sizeof(array).at})

enum { RACES_MOST = 8 };

/* A correction in two steps: what was said is read and the new record sealed before the
 * transaction that stores it, which checks that nothing has changed between. */
typedef struct correcting {
    signer_act act;
    const declaration *d;
    const correction *fix;           /* NULL: what was said stays as it is */
    const declaration_text *renewed; /* NULL: the text that was signed stays as it is */
    str old_commitment;              /* that was read */
    mailbox_id old_signer;           /* likewise */
    bool has_moved;                  /* to another region, which no commitment speaks of */
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
    return text_nfc(co->act.a, co->fix->authority, &r->authority);
}

static err read_for_correction(db_tx *tx, arena *scratch, void *arg)
{
    correcting *co = arg;
    mailed_link l;
    q_signature_get_row row;
    bool is_whole;
    TRY(signer_follow(tx, scratch, &co->act, &l, &row));
    if (row.state != SIGNATURE_CONFIRMED)
        return ERR_CONFLICT;
    if (row.declaration != co->d->id)
        return ERR_INVALID;
    co->old_commitment = arena_copy(co->act.a, row.commitment);
    BUG_IF(row.signer.n != sizeof co->old_signer.at);
    memcpy(co->old_signer.at, row.signer.at, row.signer.n);
    co->has_moved = co->fix && !str_eq(row.nuts, signature_region(co->fix->nuts, co->fix->country,
                                                                  row.is_listed));
    TRY(signer_read_record(tx, scratch, &co->act.c->keys, &l, &row, co->act.a, &co->record,
                           &is_whole));
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
 * the log has nothing to say of what has changed: who has moved is taken from one count and added
 * to another, for which it needs a new leaf. */
static err prepare_correction(arena *a, correcting *co)
{
    record *r = &co->record;
    email_address canonical;
    str name;
    if (co->fix)
        TRY(apply_fix(a, co->fix, r));
    if (co->renewed) {
        r->text_hash = hex_make(a, hash_str(&co->renewed->hash));
        r->lang = co->act.lang;
        r->day = clock_day(co->act.now_ms);
    }
    if (co->d->records == RECORDS_BROWSER)
        return prepare_browsers(a, co);
    TRY(address_canonical(a, r->mail, &canonical));
    TRY(text_fold(a, r->kind == SIGNER_ORGANISATION ? r->organisation : personal_text(r->name),
                  &name));
    co->signer = address_signer(&co->d->tags, canonical, r->kind, name);
    co->commitment = record_commitment(a, r);
    if (co->has_moved || !str_eq(BYTES(co->commitment), co->old_commitment)) {
        random_fill(r->seed.at, sizeof r->seed.at);
        co->commitment = record_commitment(a, r);
    }
    co->sealed = record_seal(a, &co->act.c->keys, co->d, r, &co->commitment, &co->file_key);
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
    TRY(signer_queue(tx, LOG_DUPLICATE, id, row, row->leaf));
    return signer_queue(tx, LOG_ADD, id, &new_row, -1);
}

/* The consent to the new text stands beside the one to the old. */
static err write_renewal(db_tx *tx, const correcting *co, int64_t id,
                         const q_signature_get_row *row)
{
    const declaration_text *text = co->renewed;
    TRY(q_consent_change_insert(tx, id, S("sign"), true, row->lang, row->text_version,
                                clock_day(row->created)));
    TRY(q_consent_change_insert(tx, id, S("sign"), true, co->act.lang, text->version,
                                clock_day(co->act.now_ms)));
    TRY(q_log_queue_renew(tx, id, text->version, co->act.lang));
    return q_signature_renew(tx, id, text->version, hash_str(&text->hash), co->act.lang);
}

/* As the signer wants it from now on: only a browser that seals anew says so here, for to be listed
 * needs what nobody else has. */
static bool is_listed_then(const correcting *co, const q_signature_get_row *row)
{
    return co->d->records == RECORDS_BROWSER ? co->record.is_listed : row->is_listed;
}

static err correct_listing(db_tx *tx, arena *scratch, const correcting *co, int64_t id,
                           const q_signature_get_row *row)
{
    bool is_listed = is_listed_then(co, row);
    if (is_listed != row->is_listed) {
        TRY(signer_note_consent(tx, &co->act, id, row, S("list"), is_listed));
        TRY(q_signature_set_consents(tx, id, is_listed, row->wants_news));
    }
    if (!is_listed && !row->is_listed)
        return OK;
    TRY(is_listed ? signer_list(tx, scratch, id, row, &co->record) : listing_remove(tx, id));
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
    TRY(signer_follow(tx, scratch, &co->act, &l, &row));
    int64_t id = l.signature;
    co->is_overtaken = !str_eq(row.commitment, co->old_commitment);
    if (row.state != SIGNATURE_CONFIRMED || co->is_overtaken)
        return ERR_CONFLICT;
    TRY(check_mailbox(tx, scratch, &row, id, co->signer));
    if (!str_eq(BYTES(co->commitment), row.commitment)) {
        if (co->act.now_ms >= co->d->closes_ms)
            return ERR_DENIED; /* the log takes no add any more */
        if (co->d->records == RECORDS_BROWSER)
            TRY(sealing_take_once(tx, row.declaration, &co->commitment));
        TRY(log_correction(tx, id, &row, &co->record, &co->commitment));
        TRY(q_signature_correct(tx, id, co->record.country, BYTES(co->signer),
                                BYTES(co->commitment)));
        TRY(q_mailbox_set_signer(tx, row.declaration, row.mailbox, id, BYTES(co->signer)));
        if (co->fix)
            TRY(set_facts(tx, co, id, is_listed_then(co, &row)));
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
        TRY(db_read(co->act.c->db, read_for_correction, co));
        TRY(prepare_correction(co->act.a, co));
        e = db_write(co->act.c->db, write_correction, co);
    } while (e == ERR_CONFLICT && co->is_overtaken && ++attempt < RACES_MOST);
    secret_wipe(&co->file_key, sizeof co->file_key);
    return e == ERR_CONFLICT && co->is_overtaken ? ERR_BUSY : e;
}

err signer_correct(core *c, arena *a, const declaration *d, str token, const correction *fix,
                   int64_t now_ms)
{
    correcting co = {.act = {.c = c, .a = a, .token = token, .now_ms = now_ms}, .d = d, .fix = fix};
    signer_view view;
    if (d->records == RECORDS_BROWSER) { /* the language of a consent that may change */
        TRY(signer_open(c, a, token, now_ms, &view));
        co.act.lang = view.lang;
    }
    return correct(&co);
}

err signer_renew(core *c, arena *a, const declaration *d, str token, const correction *fix,
                 str lang, int64_t now_ms)
{
    correcting co = {.act = {.c = c, .a = a, .token = token, .now_ms = now_ms, .lang = lang},
                     .d = d,
                     .fix = fix};
    signer_view view;
    co.renewed = declaration_text_in(d, d->version, lang);
    if (!declaration_is_open(d, now_ms) || !co.renewed)
        return ERR_CONFLICT;
    TRY(signer_open(c, a, token, now_ms, &view)); /* whether there is such a link */
    err e = correct(&co);
    return e == ERR_NOT_FOUND ? OK : e; /* signed already */
}
