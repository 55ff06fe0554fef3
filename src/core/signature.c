/* SPDX-License-Identifier: EUPL-1.2 */
/* Submitting and confirming.
 *
 * Everything dear (normal forms, hashes, sealing) happens before the transaction, on the caller's
 * thread; the transaction itself is a handful of appends. Confirming touches two small trees and
 * no counter: the count is the log's. */

#include "core/signature.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/random.h"
#include "core/hold.h"
#include "core/letter.h"
#include "core/listing.h"
#include "core/log.h"
#include "core/news.h"
#include "core/website.h"
#include "place/place.h"
#include "text/text.h"

#include "sql/q_api.h"
#include "sql/q_job.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"

enum { RACES_MOST = 8, TYPE_BYTES_MOST = 20 };

#define BYTES(array) ((str){(const char *)(array).at, sizeof(array).at})

typedef struct submission {
    const core *c;
    const declaration *d;
    const declaration_text *text;
    const signing *s;
    int64_t now_ms;
    record record;
    mailbox_id signer;
    hash32 commitment;
    str folded;
    sealed_record sealed;
    str sealed_letter;
    link_secret secret;
    str domain; /* registrable, of the address */
    watch_tag domain_tag;
    link_load load;
    int64_t link;     /* out */
    bool is_repeated; /* out */
} submission;

/* The name under which a signer is one signer: its own, or the organisation's. Where the server is
 * not told names, the number that the signer gives itself among those of its mailbox. */
static str distinguishing_name(arena *a, const declaration *d, const signing *s)
{
    if (d->records == RECORDS_BROWSER)
        return s->person > 1 ? arena_printf(a, "%lld", (long long)s->person) : S("");
    return s->kind == SIGNER_ORGANISATION ? s->organisation : personal_text(s->name);
}

static err prepare_record(arena *a, submission *sub, email_address canonical)
{
    const signing *s = sub->s;
    record *r = &sub->record;
    random_fill(r->seed.at, sizeof r->seed.at);
    TRY(text_nfc(a, personal_text(s->name), &r->name.private_text));
    TRY(text_nfc(a, s->organisation, &r->organisation));
    TRY(text_nfc(a, s->region, &r->region));
    TRY(text_nfc(a, s->function, &r->function));
    TRY(text_nfc(a, s->authority, &r->authority));
    TRY(text_nfc(a, s->reason, &r->reason));
    TRY(text_nfc(a, s->group, &r->group));
    TRY(website_normal(a, s->website, &r->website));
    TRY(text_nfc(a, personal_text(s->mail), &r->mail.private_text));
    r->campaign = sub->d->slug;
    r->text_hash = hex_make(a, BYTES(sub->text->hash));
    r->lang = s->lang;
    r->kind = s->kind;
    r->type = s->type;
    r->country = s->country;
    r->is_listed = s->is_listed;
    r->mailbox = address_mailbox(&sub->d->tags, canonical);
    r->day = clock_day(sub->now_ms);
    return OK;
}

/* The record sealed here, or by the browser; then its key is the signer's alone, and the link has
 * none to carry. Only what no person has sent is sealed here in any mode. */
static err prepare_seal(arena *a, submission *sub, email_address deliverable)
{
    record *r = &sub->record;
    bool is_browser = sub->d->records == RECORDS_BROWSER;
    sub->secret = link_secret_make();
    if (is_browser && (sub->s->seal || sub->s->how)) {
        const browser_seal none = {S(""), S(""), S("")};
        sub->load = link_load_seal(a, &sub->secret, NULL, deliverable);
        return sealing_take(a, sub->d, sub->s->seal ? sub->s->seal : &none, r, &sub->commitment,
                            &sub->sealed);
    }
    age_file_key file_key;
    sub->commitment = record_commitment(a, r);
    sub->sealed = record_seal(a, &sub->c->keys, sub->d, r, &sub->commitment, &file_key);
    sub->load = link_load_seal(a, &sub->secret, is_browser ? NULL : &file_key, deliverable);
    secret_wipe(&file_key, sizeof file_key);
    return OK;
}

static err prepare(arena *a, submission *sub)
{
    email_address canonical, deliverable;
    TRY(address_canonical(a, sub->s->mail, &canonical));
    TRY(address_deliverable(a, sub->s->mail, &deliverable));
    TRY(prepare_record(a, sub, canonical));
    const record *r = &sub->record;
    str name, host;
    str_cut(personal_text(canonical), '@', &host);
    TRY(text_host_registrable(a, host, &sub->domain));
    sub->domain_tag = watch_domain_tag(&sub->c->keys, sub->domain);
    TRY(text_fold(a, distinguishing_name(a, sub->d, sub->s), &name));
    sub->signer = address_signer(&sub->d->tags, canonical, r->kind, name);
    TRY(prepare_seal(a, sub, deliverable));
    sub->sealed_letter = letter_seal(a, &sub->c->keys, &sub->secret, deliverable);
    return listing_fold(a, r, &sub->folded);
}

static err write_trace(db_tx *tx, const submission *sub, int64_t id)
{
    sending how = *sub->s->how;
    bool is_first = true;
    if (how.has_proof)
        TRY(challenge_spend(tx, &how.proof, &is_first));
    how.is_workless = how.is_workless || !is_first;
    return hold_trace(tx, sub->c, id, sub->d->id, sub->domain, &how, sub->now_ms);
}

str signature_region(str nuts, str country, bool is_listed)
{
    bool is_known = place_by_code(nuts) && str_eq(place_country(nuts), place_country(country));
    return !is_known ? S("") : is_listed ? nuts : place_cut(nuts, PLACE_REGION);
}

str signature_type(signer_kind kind, str type)
{
    if (kind != SIGNER_ORGANISATION || type.n > TYPE_BYTES_MOST)
        return S("");
    for (size_t i = 0; i < type.n; i++)
        if (type.at[i] < 'a' || type.at[i] > 'z')
            return S("");
    return type.n ? type : S("");
}

static err write_submission(db_tx *tx, arena *scratch, void *arg)
{
    submission *sub = arg;
    const record *r = &sub->record;
    const signing *s = sub->s;
    int64_t id;
    str nuts = signature_region(s->nuts, s->country, s->is_listed);
    sub->is_repeated = false;
    if (s->attempt)
        TRY(api_attempt_take(tx, scratch, s->attempt, sub->now_ms, &sub->is_repeated));
    if (sub->is_repeated)
        return OK;
    if (sub->d->records == RECORDS_BROWSER)
        TRY(sealing_take_once(tx, sub->d->id, &sub->commitment));
    TRY(q_signature_insert(tx,
                           &(q_signature_insert_in){.declaration = sub->d->id,
                                                    .kind = (int64_t)r->kind,
                                                    .country = r->country,
                                                    .lang = r->lang,
                                                    .text_version = sub->text->version,
                                                    .text_hash = BYTES(sub->text->hash),
                                                    .is_listed = s->is_listed,
                                                    .wants_news = s->wants_news,
                                                    .is_sample = s->is_sample,
                                                    .mailbox = BYTES(r->mailbox),
                                                    .signer = BYTES(sub->signer),
                                                    .commitment = BYTES(sub->commitment),
                                                    .created = sub->now_ms,
                                                    .domain = BYTES(sub->domain_tag),
                                                    .source = s->source.n ? s->source : S(""),
                                                    .nuts = nuts,
                                                    .nuts_version = nuts.n ? PLACE_VERSION : 0,
                                                    .type = signature_type(r->kind, r->type)},
                           &id));
    if (s->attempt)
        TRY(q_api_signature_insert(tx, id, sub->d->id, s->attempt->key));
    if (s->how)
        TRY(write_trace(tx, sub, id));
    TRY(record_add(tx, id, &sub->sealed));
    if (s->is_listed)
        TRY(listing_add(tx, id, sub->d->id, r, sub->folded, s->is_sample, 0));
    if (s->partner.n)
        TRY(q_consent_change_insert(tx, id,
                                    arena_printf(scratch, "partner:%.*s", STR_FMT(s->partner)),
                                    true, r->lang, sub->text->version, r->day));
    TRY(link_add(tx, id, &sub->secret, &sub->load, sub->now_ms, &sub->link));
    return letter_queue(tx, LETTER_CONFIRM, id, sub->link, sub->sealed_letter, r->lang,
                        sub->now_ms);
}

/* The receipt is a sealed row number: useless without the server's key, and no link. */
static str receipt_make(arena *a, const core_keys *keys, const submission *sub)
{
    buf b = buf_in(a);
    buf_put_int(&b, sub->link);
    buf_put_char(&b, ' ');
    buf_put(&b, sub->sealed_letter);
    return base64url_make(a, seal_make(a, &keys->link, S("receipt"), buf_str(&b)));
}

err signature_submit(core *c, arena *a, const declaration *d, const signing *s, int64_t now_ms,
                     submitted *out_submitted)
{
    if (!declaration_is_open(d, now_ms) || !declaration_takes(d, s->kind))
        return ERR_DENIED;
    submission sub = {.c = c, .d = d, .s = s, .now_ms = now_ms};
    sub.text = declaration_text_in(d, d->version, s->lang);
    BUG_IF(!sub.text);
    TRY(prepare(a, &sub));
    TRY(watch_look(c->watch, c->db, now_ms));
    TRY(db_write_keyed(c->db, write_submission, &sub));
    if (sub.is_repeated) {
        *out_submitted = (submitted){{"", 0}, {"", 0}};
        return OK;
    }
    *out_submitted = (submitted){.receipt = receipt_make(a, &c->keys, &sub),
                                 .token = link_token(a, &c->keys, &sub.secret, sub.link)};
    return OK;
}

typedef struct mailing {
    int64_t link;
    str sealed_letter;
    int64_t now_ms;
} mailing;

static err write_again(db_tx *tx, arena *scratch, void *arg)
{
    const mailing *again = arg;
    q_link_get_row link;
    q_signature_get_row signature;
    int64_t waiting;
    TRY(q_link_get(tx, scratch, again->link, &link));
    TRY(q_signature_get(tx, scratch, link.signature, &signature));
    TRY(q_job_count_of(tx, link.signature, &waiting));
    if (signature.state != SIGNATURE_PENDING || waiting > 0)
        return OK;
    TRY(q_signature_undelivered(tx, link.signature, UNDELIVERED_NOT));
    return letter_queue(tx, LETTER_AGAIN, link.signature, again->link, again->sealed_letter,
                        signature.lang, again->now_ms);
}

/* ERR_NOT_FOUND: not one of ours. */
static err receipt_read(arena *a, const core_keys *keys, str receipt, int64_t *out_link,
                        str *out_sealed_letter)
{
    str sealed, plain;
    bool is_ours =
        base64url_read(a, receipt, &sealed) == OK &&
        seal_open(a, &keys->link, S("receipt"), sealed, &plain) == OK &&
        number_parse(str_cut(plain, ' ', out_sealed_letter), 1, INT64_MAX, out_link) == OK;
    return is_ours ? OK : ERR_NOT_FOUND;
}

err signature_mail_again(core *c, arena *a, str receipt, int64_t now_ms)
{
    mailing again = {.now_ms = now_ms};
    err e = receipt_read(a, &c->keys, receipt, &again.link, &again.sealed_letter);
    if (e == OK)
        e = db_write(c->db, write_again, &again);
    return e == ERR_NOT_FOUND ? OK : e;
}

typedef struct asking_delivery {
    int64_t link;
    undelivered why; /* out */
} asking_delivery;

static err read_undelivered(db_tx *tx, arena *scratch, void *arg)
{
    asking_delivery *ask = arg;
    q_link_get_row link;
    q_signature_mails_row row;
    TRY(q_link_get(tx, scratch, ask->link, &link));
    TRY(q_signature_mails(tx, link.signature, &row));
    if (row.state == SIGNATURE_PENDING)
        ask->why = (undelivered)row.undelivered;
    return OK;
}

err signature_undelivered(core *c, arena *a, str receipt, undelivered *out_why)
{
    asking_delivery ask = {.why = UNDELIVERED_NOT};
    str sealed_letter;
    err e = receipt_read(a, &c->keys, receipt, &ask.link, &sealed_letter);
    if (e == OK)
        e = db_read(c->db, read_undelivered, &ask);
    *out_why = ask.why;
    return e == ERR_NOT_FOUND ? OK : e;
}

typedef struct confirmation {
    core *c;
    const alliance *al;
    str token;
    int64_t now_ms;
    confirm_outcome outcome; /* out */
} confirmation;

/* Takes a place on the mailbox, or says why there is none. Who has withdrawn keeps the place while
 * it can be undone, but gives it to a newer signature of the same signer. */
static err take_place(db_tx *tx, arena *scratch, const q_signature_get_row *s, int64_t id,
                      int64_t per_mailbox, confirm_outcome *out_outcome)
{
    q_mailbox_signers_rows taken;
    TRY(q_mailbox_signers(tx, scratch, s->declaration, s->mailbox, &taken));
    int64_t slot = 1;
    for (size_t i = 0; i < taken.n; i++) {
        slot += taken.at[i].slot == slot;
        if (!str_eq(taken.at[i].signer, s->signer))
            continue;
        q_signature_get_row before;
        TRY(q_signature_get(tx, scratch, taken.at[i].signature, &before));
        *out_outcome = CONFIRM_ALREADY;
        if (before.state != SIGNATURE_WITHDRAWN)
            return OK;
        int64_t changed;
        *out_outcome = CONFIRM_DONE;
        TRY(q_mailbox_pass_on(tx, s->declaration, s->mailbox, taken.at[i].signature, id, &changed));
        return changed == 1 ? OK : ERR_CONFLICT;
    }
    *out_outcome = slot > per_mailbox ? CONFIRM_FULL : CONFIRM_DONE;
    return slot > per_mailbox
               ? OK
               : q_mailbox_insert(tx, s->declaration, s->mailbox, slot, s->signer, id);
}

static err write_confirmation(db_tx *tx, arena *scratch, void *arg)
{
    confirmation *con = arg;
    int64_t changed;
    mailed_link l;
    q_signature_get_row s;
    TRY(link_follow(tx, scratch, &con->c->keys, con->token, con->now_ms, &l));
    int64_t id = l.signature;
    TRY(q_signature_get(tx, scratch, id, &s));
    con->outcome = CONFIRM_BEFORE;
    if (s.state == SIGNATURE_ERASED)
        return ERR_NOT_FOUND;
    int64_t settled;
    if (s.state != SIGNATURE_PENDING)
        return q_signature_settle(tx, &settled);
    const declaration *d = alliance_declaration_by_id(con->al, s.declaration);
    if (!d)
        return ERR_NOT_FOUND;
    con->outcome = CONFIRM_CLOSED;
    if (!declaration_is_open(d, con->now_ms))
        return OK;
    TRY(take_place(tx, scratch, &s, id, d->per_mailbox, &con->outcome));
    if (con->outcome != CONFIRM_DONE)
        return OK;
    TRY(q_job_delete_of(tx, id));
    if (s.wants_news) /* now or never: only this link carries the address */
        TRY(news_add(tx, scratch, &con->c->keys, &l, s.declaration, s.lang));
    bool is_held;
    TRY(hold_decide(tx, scratch, con->c, id, con->now_ms, &is_held));
    if (is_held)
        return OK;
    TRY(q_signature_confirm(tx, id, con->now_ms, &changed));
    if (changed != 1)
        return ERR_CONFLICT;
    if (s.is_listed)
        TRY(q_listing_show(tx, id, con->now_ms));
    return q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = s.declaration,
                                                           .verb = LOG_ADD,
                                                           .signature = id,
                                                           .kind = s.kind,
                                                           .country = s.country,
                                                           .commitment = s.commitment,
                                                           .leaf = -1});
}

err signature_confirm(core *c, str token, int64_t now_ms, const alliance *al,
                      confirm_outcome *out_outcome)
{
    confirmation con = {c, al, token, now_ms, CONFIRM_BEFORE};
    TRY(watch_look(c->watch, c->db, now_ms));
    err e = ERR_CONFLICT; /* a lost race for a place: the next look at the mailbox tells who won */
    for (int attempt = 0; attempt < RACES_MOST && e == ERR_CONFLICT; attempt++)
        e = db_write_keyed(c->db, write_confirmation, &con);
    if (e == ERR_CONFLICT)
        e = ERR_BUSY;
    TRY(e);
    *out_outcome = con.outcome;
    return OK;
}
