/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters as jobs.
 *
 * A claimed job is due again when its lease ends, so a worker that dies costs a delay and at most
 * one mail twice, never a mail. The budget is spent when the first attempt is prepared. */

#include "core/letter.h"

#include "base/clock.h"
#include "core/interest.h"
#include "core/joining.h"
#include "core/lease.h"
#include "core/news.h"
#include "core/return_path.h"
#include "core/signature.h"

#include "sql/q_job.h"
#include "sql/q_joining.h"
#include "sql/q_news.h"
#include "sql/q_signature.h"

enum {
    MINUTE_MS = 60000,
    DAY_MS = 86400000,
    GIVE_UP_DAYS = 3,
    MAILING_GIVE_UP_DAYS = 5,
    LINKS_A_LETTER_MOST = 8,
};

/* 0 confirmations, 1 other answers to a signer, 2 reminders, 3 mailings. */
enum { PRIORITY_REMIND = 2, PRIORITY_MAILING = 3 };

static int64_t priority_of(letter_kind kind)
{
    switch (kind) {
    case LETTER_RENEW:
        return PRIORITY_MAILING;
    case LETTER_REMIND:
        return PRIORITY_REMIND;
    case LETTER_LINK:
    case LETTER_JOIN:
    case LETTER_JOINED:
    case LETTER_INTEREST:
        return 1;
    case LETTER_CONFIRM:
    case LETTER_AGAIN:
    case LETTER_ALREADY:
    case LETTER_FULL:
        break;
    }
    return 0;
}

str letter_seal(arena *a, const core_keys *keys, const link_secret *secret, email_address to)
{
    buf b = buf_in(a);
    buf_put(&b, (str){(const char *)secret->at, sizeof secret->at});
    buf_put(&b, personal_text(to));
    return seal_make(a, &keys->mail, S("letter"), buf_str(&b));
}

static err unseal(arena *a, const core_keys *keys, str sealed, link_secret *out_secret,
                  email_address *out_to)
{
    str plain;
    if (seal_open(a, &keys->mail, S("letter"), sealed, &plain) != OK ||
        plain.n <= sizeof out_secret->at)
        return ERR_INVALID;
    memcpy(out_secret->at, plain.at, sizeof out_secret->at);
    out_to->private_text = str_skip(plain, sizeof out_secret->at);
    return OK;
}

err letter_queue(db_tx *tx, letter_kind kind, int64_t signature, int64_t link, str sealed, str lang,
                 int64_t now_ms)
{
    return q_job_insert(tx, &(q_job_insert_in){.priority = priority_of(kind),
                                               .due = now_ms,
                                               .kind = (int64_t)kind,
                                               .created = now_ms,
                                               .signature = signature,
                                               .link = link,
                                               .lang = lang,
                                               .sealed = sealed});
}

typedef struct asking {
    str sealed;
    str lang;
    int64_t now_ms;
} asking;

static err write_asking(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const asking *ask = arg;
    return letter_queue(tx, LETTER_LINK, 0, 0, ask->sealed, ask->lang, ask->now_ms);
}

err letter_ask_link(core *c, arena *a, email_address address, str lang, int64_t now_ms)
{
    email_address to;
    TRY(address_deliverable(a, address, &to));
    link_secret unused = {.at = {0}};
    asking ask = {letter_seal(a, &c->keys, &unused, to), lang, now_ms};
    return db_write(c->db, write_asking, &ask);
}

err letter_forget(db_tx *tx, arena *scratch, const core_keys *keys, int64_t declaration_id,
                  mailbox_id mailbox)
{
    q_job_asking_rows waiting;
    address_key tags;
    TRY(address_key_read(tx, scratch, keys, declaration_id, &tags));
    TRY(q_job_asking(tx, scratch, &waiting));
    for (size_t i = 0; i < waiting.n; i++) {
        link_secret unused;
        email_address to, canonical;
        if (unseal(scratch, keys, waiting.at[i].sealed, &unused, &to) != OK ||
            address_canonical(scratch, to, &canonical) != OK)
            continue;
        mailbox_id of_job = address_mailbox(&tags, canonical);
        if (memcmp(of_job.at, mailbox.at, sizeof mailbox.at) == 0)
            TRY(q_job_delete_asking(tx, waiting.at[i].id, waiting.at[i].created));
    }
    return OK;
}

typedef struct claim {
    arena *a;
    int64_t now_ms;
    int most;
    int64_t a_minute; /* of mailings */
    letter_jobs out;
} claim;

static err lease_all(db_tx *tx, claim *cl, const q_job_due_rows *due)
{
    for (size_t i = 0; i < due->n; i++) {
        const q_job_due_row *row = &due->at[i];
        int64_t taken;
        TRY(q_job_lease(tx, row->id, row->attempts, cl->now_ms + LETTER_LEASE_MS, &taken));
        if (taken == 0)
            continue;
        cl->out.at[cl->out.n++] = (letter_job){
            .id = row->id,
            .kind = (letter_kind)row->kind,
            .attempts = row->attempts,
            .created_ms = row->created,
            .signature = row->signature,
            .link = row->link,
            .lang = row->lang,
            .sealed = row->sealed,
        };
    }
    return OK;
}

static err write_claim(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    claim *cl = arg;
    cl->out = (letter_jobs){arena_array(cl->a, letter_job, (size_t)cl->most), 0};
    for (int64_t priority = 0; priority <= PRIORITY_REMIND; priority++) {
        q_job_due_rows due;
        int64_t room = cl->most - (int64_t)cl->out.n;
        if (room == 0)
            break;
        TRY(q_job_due(tx, cl->a, priority, cl->now_ms, room, &due));
        TRY(lease_all(tx, cl, &due));
    }
    return OK;
}

/* As many at once as are taken, their time of the minute is used up. */
static err write_mailing_claim(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    claim *cl = arg;
    q_job_due_rows due;
    int64_t is_ours;
    cl->out = (letter_jobs){arena_array(cl->a, letter_job, (size_t)cl->most), 0};
    TRY(q_job_due(tx, cl->a, PRIORITY_MAILING, cl->now_ms, cl->most, &due));
    if (due.n == 0)
        return OK;
    int64_t rest_ms = (int64_t)due.n * MINUTE_MS / cl->a_minute;
    TRY(q_mailing_turn(tx, cl->now_ms + rest_ms, cl->now_ms, cl->now_ms + rest_ms + LEASE_DOUBT_MS,
                       &is_ours));
    return is_ours ? lease_all(tx, cl, &due) : OK;
}

err letter_claim(core *c, arena *a, int64_t now_ms, int most, letter_jobs *out_jobs)
{
    claim cl = {.a = a, .now_ms = now_ms, .most = most};
    TRY(db_write(c->db, write_claim, &cl));
    *out_jobs = cl.out;
    return OK;
}

err letter_claim_mailing(core *c, arena *a, int64_t now_ms, int most, int64_t a_minute,
                         letter_jobs *out_jobs)
{
    claim cl = {.a = a, .now_ms = now_ms, .most = most, .a_minute = a_minute};
    if (a_minute > 0)
        TRY(db_write(c->db, write_mailing_claim, &cl));
    *out_jobs = cl.out;
    return OK;
}

typedef struct preparing {
    arena *a;
    const core_keys *keys;
    const letter_job *job;
    const alliance *al;
    int64_t now_ms;
    link_secret secret;                     /* of the job */
    link_secret fresh[LINKS_A_LETTER_MOST]; /* for links made now */
    email_address to;
    email_address canonical;
    letters out;
} preparing;

/* Ends the job, if its lease is still ours. */
static err end_job(db_tx *tx, const letter_job *job)
{
    return q_job_delete(tx, job->id, job->created_ms, job->attempts + 1);
}

/* Each letter of a first attempt counts; those beyond the budget are dropped. */
static err spend_budget(db_tx *tx, arena *scratch, preparing *p)
{
    if (p->job->attempts > 0)
        return OK;
    int64_t day = clock_day(p->now_ms), changed = 1;
    str purpose = arena_printf(scratch, "budget/%lld", (long long)day);
    key32 key = key_derive(&p->keys->mail, purpose);
    hash32 address = mac_sha256(&key, personal_text(p->canonical));
    for (size_t i = 0; i < p->out.n && changed == 1; i++) {
        TRY(q_mail_budget_spend(tx, day, (str){(const char *)address.at, 16}, LETTERS_A_DAY,
                                &changed));
        if (changed == 0)
            p->out.n = i;
    }
    return OK;
}

static void add_letter(preparing *p, letter_kind kind, int64_t declaration_id, str token,
                       str return_token)
{
    p->out.at[p->out.n++] = (letter){.kind = kind,
                                     .lang = p->job->lang,
                                     .declaration = declaration_id,
                                     .to = p->to,
                                     .token = token,
                                     .return_token = return_token};
}

/* A fresh link to a signature that stands in the count. It opens no record: the server cannot.
 * Where it answers a form, it comes back to what that form left, as the letter to a new signer
 * would: who sent the form learns the same of both. */
static err add_link_letter(db_tx *tx, arena *scratch, preparing *p, letter_kind kind,
                           int64_t declaration_id, int64_t signature)
{
    const link_secret *secret = &p->fresh[p->out.n];
    int64_t row;
    q_signature_get_row s;
    TRY(q_signature_get(tx, scratch, signature, &s));
    link_load load = link_load_seal(scratch, secret, NULL, p->to);
    TRY(link_add(tx, signature, secret, &load, p->now_ms, &row));
    int64_t comes_back_to = signature;
    if (p->job->signature) {
        comes_back_to = p->job->signature;
        TRY(q_signature_get(tx, scratch, comes_back_to, &s));
    }
    add_letter(p, kind, declaration_id, link_token(p->a, p->keys, secret, row),
               return_token(p->a, p->keys, comes_back_to, s.created));
    return OK;
}

/* What confirming would come to: LETTER_CONFIRM, or LETTER_ALREADY with that signature, or
 * LETTER_FULL. Who has withdrawn may confirm anew. */
static err foresee(db_tx *tx, arena *scratch, const q_signature_get_row *s, int64_t per_mailbox,
                   letter_kind *out_kind, int64_t *out_already)
{
    q_mailbox_signers_rows taken;
    TRY(q_mailbox_signers(tx, scratch, s->declaration, s->mailbox, &taken));
    *out_kind = (int64_t)taken.n >= per_mailbox ? LETTER_FULL : LETTER_CONFIRM;
    for (size_t i = 0; i < taken.n; i++) {
        q_signature_get_row before;
        if (!str_eq(taken.at[i].signer, s->signer))
            continue;
        TRY(q_signature_get(tx, scratch, taken.at[i].signature, &before));
        *out_already = taken.at[i].signature;
        *out_kind = before.state == SIGNATURE_WITHDRAWN   ? LETTER_CONFIRM
                    : before.state == SIGNATURE_CONFIRMED ? LETTER_ALREADY
                                                          : LETTER_LINK; /* held or taken out */
    }
    return OK;
}

/* When it is erased unconfirmed, or collecting has ended. */
static int64_t confirm_until_ms(const declaration *d, const q_signature_get_row *s)
{
    int64_t until_ms = s->created + (int64_t)PENDING_DAYS * DAY_MS;
    int64_t last_ms = declaration_last_day_ms(d);
    return until_ms < last_ms ? until_ms : last_ms;
}

/* A pending signature: confirm, or why that would be in vain. Nobody is reminded in vain. */
static err prepare_pending(db_tx *tx, arena *scratch, preparing *p)
{
    q_signature_get_row s;
    err e = q_signature_get(tx, scratch, p->job->signature, &s);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    const declaration *d = alliance_declaration_by_id(p->al, s.declaration);
    bool is_reminder = p->job->kind == LETTER_REMIND;
    if (!d || s.state != SIGNATURE_PENDING || (is_reminder && !declaration_is_open(d, p->now_ms)))
        return OK;
    letter_kind kind;
    int64_t already = 0;
    TRY(foresee(tx, scratch, &s, d->per_mailbox, &kind, &already));
    if (is_reminder && kind != LETTER_CONFIRM)
        return OK;
    if (kind == LETTER_ALREADY || kind == LETTER_LINK)
        return add_link_letter(tx, scratch, p, kind, d->id, already);
    add_letter(p, is_reminder ? LETTER_REMIND : kind, d->id,
               kind == LETTER_FULL ? S("") : link_token(p->a, p->keys, &p->secret, p->job->link),
               return_token(p->a, p->keys, p->job->signature, s.created));
    p->out.at[p->out.n - 1].until_ms = confirm_until_ms(d, &s);
    return OK;
}

/* To who stands behind an older version and still wants news; the address is the consent's. */
static err prepare_renewal(db_tx *tx, arena *scratch, preparing *p)
{
    q_signature_get_row s;
    int64_t id = p->job->signature, asked;
    err e = q_signature_get(tx, scratch, id, &s);
    if (e == OK)
        e = news_address(tx, p->a, p->keys, id, &p->to);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    TRY(address_canonical(p->a, p->to, &p->canonical));
    const declaration *d = alliance_declaration_by_id(p->al, s.declaration);
    if (!d || s.state != SIGNATURE_CONFIRMED || s.text_version >= d->version ||
        !declaration_is_open(d, p->now_ms))
        return OK;
    TRY(q_renewal_ask(tx, id, d->version, &asked)); /* a still newer one, meanwhile */
    TRY(add_link_letter(tx, scratch, p, LETTER_RENEW, d->id, id));
    p->out.at[0].leave_token = leave_token(p->a, p->keys, id, s.created);
    return OK;
}

/* All signatures of the address, over all declarations. */
static err prepare_links(db_tx *tx, arena *scratch, preparing *p)
{
    for (size_t d = 0; d < p->al->declarations.n; d++) {
        q_mailbox_signers_rows found;
        int64_t declaration_id = p->al->declarations.at[d].id;
        mailbox_id id = address_mailbox(&p->al->declarations.at[d].tags, p->canonical);
        TRY(q_mailbox_signers(tx, scratch, declaration_id, (str){(const char *)id.at, sizeof id.at},
                              &found));
        for (size_t i = 0; i < found.n && p->out.n < LINKS_A_LETTER_MOST; i++)
            TRY(add_link_letter(tx, scratch, p, LETTER_LINK, declaration_id,
                                found.at[i].signature));
    }
    return OK;
}

/* Nothing to say when it has ended meanwhile. */
static err prepare_interest(db_tx *tx, preparing *p)
{
    str action, token;
    int64_t asked_ms;
    err e = interest_letter(tx, p->a, p->keys, p->job->link, &action, &token, &asked_ms);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    add_letter(p, LETTER_INTEREST, 0, token, return_token(p->a, p->keys, 0, asked_ms));
    p->out.at[0].action = action;
    return OK;
}

/* A request that was taken back, or confirmed meanwhile, needs no letter. */
static err prepare_joining(db_tx *tx, arena *scratch, preparing *p)
{
    q_joining_get_row row;
    err e = q_joining_get(tx, scratch, p->job->link, &row);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    bool is_decided = row.state == JOINING_ACCEPTED || row.state == JOINING_REFUSED;
    if (p->job->kind == LETTER_JOIN ? row.state != JOINING_SENT : !is_decided)
        return OK;
    add_letter(p, p->job->kind, 0,
               link_token_of(p->a, p->keys, S(JOINING_TOKEN), &p->secret, p->job->link), S(""));
    p->out.at[0].until_ms = row.created + (int64_t)JOINING_SENT_DAYS * DAY_MS;
    return OK;
}

static err write_preparation(db_tx *tx, arena *scratch, void *arg)
{
    preparing *p = arg;
    p->out = (letters){arena_array(p->a, letter, LINKS_A_LETTER_MOST), 0};
    if (p->job->kind == LETTER_LINK)
        TRY(prepare_links(tx, scratch, p));
    else if (p->job->kind == LETTER_INTEREST)
        TRY(prepare_interest(tx, p));
    else if (p->job->kind == LETTER_JOIN || p->job->kind == LETTER_JOINED)
        TRY(prepare_joining(tx, scratch, p));
    else if (p->job->kind == LETTER_RENEW)
        TRY(prepare_renewal(tx, scratch, p));
    else
        TRY(prepare_pending(tx, scratch, p));
    if (p->out.n == 0)
        return end_job(tx, p->job);
    TRY(spend_budget(tx, scratch, p));
    if (p->out.n > 0)
        return OK;
    if (p->job->kind == LETTER_RENEW)
        return q_job_postpone(tx, p->job->id, p->job->created_ms, p->job->attempts + 1,
                              p->now_ms + DAY_MS);
    TRY(q_mail_log_insert(tx, p->now_ms, (int64_t)p->job->kind, p->job->lang, 0, S("budget"), 0));
    return end_job(tx, p->job);
}

err letter_prepare(core *c, arena *a, const letter_job *job, const alliance *al, int64_t now_ms,
                   letters *out_letters)
{
    preparing p = {.a = a, .keys = &c->keys, .job = job, .al = al, .now_ms = now_ms};
    for (size_t i = 0; i < LINKS_A_LETTER_MOST; i++)
        p.fresh[i] = link_secret_make();
    if (job->kind != LETTER_RENEW) {
        TRY(unseal(a, &c->keys, job->sealed, &p.secret, &p.to));
        TRY(address_canonical(a, p.to, &p.canonical));
    }
    TRY(db_write(c->db, write_preparation, &p));
    *out_letters = p.out;
    return OK;
}

typedef struct settling {
    const letter_job *job;
    letter_fate fate;
    int code;
    int64_t now_ms;
} settling;

static int64_t backoff_ms(int64_t attempts)
{
    static const int64_t minutes[] = {5, 15, 30, 60, 120, 240};
    size_t last = sizeof minutes / sizeof *minutes - 1;
    return minutes[attempts < (int64_t)last ? (size_t)attempts : last] * MINUTE_MS;
}

/* Mailings may have waited long for their turn: what counts is how long they were tried. */
static bool is_given_up(const letter_job *job, int64_t next_ms)
{
    if (job->kind == LETTER_RENEW) {
        int64_t tried_ms = 0;
        for (int64_t i = 0; i <= job->attempts; i++)
            tried_ms += backoff_ms(i);
        return tried_ms >= (int64_t)MAILING_GIVE_UP_DAYS * DAY_MS;
    }
    int64_t started = job->kind == LETTER_REMIND
                          ? job->created_ms + (int64_t)REMIND_AFTER_DAYS * DAY_MS
                          : job->created_ms;
    return next_ms - started >= (int64_t)GIVE_UP_DAYS * DAY_MS;
}

static err write_settlement(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    static const str fates[] = {[LETTER_SENT] = STR_INIT("sent"),
                                [LETTER_LATER] = STR_INIT("later"),
                                [LETTER_REFUSED] = STR_INIT("refused"),
                                [LETTER_EAI] = STR_INIT("eai"),
                                [LETTER_HELD] = STR_INIT("later")};
    const settling *s = arg;
    const letter_job *job = s->job;
    TRY(q_mail_log_insert(tx, s->now_ms, (int64_t)job->kind, job->lang, job->attempts + 1,
                          fates[s->fate], s->code));
    if (s->fate == LETTER_SENT && job->kind == LETTER_CONFIRM)
        return q_job_remind(tx, job->id, job->created_ms, job->attempts + 1,
                            s->now_ms + (int64_t)REMIND_AFTER_DAYS * DAY_MS);
    if (s->fate == LETTER_HELD)
        return q_job_release(tx, job->id, job->created_ms, job->attempts + 1, 1,
                             s->now_ms + LETTER_HELD_MS);
    int64_t next = s->now_ms + backoff_ms(job->attempts);
    if (s->fate == LETTER_LATER && !is_given_up(job, next))
        return q_job_again(tx, job->id, job->created_ms, job->attempts + 1, next);
    if (s->fate != LETTER_SENT)
        TRY(q_signature_undelivered(tx, job->signature,
                                    s->fate == LETTER_EAI ? UNDELIVERED_EAI : UNDELIVERED_FAILED));
    return end_job(tx, job);
}

err letter_settle(core *c, const letter_job *job, letter_fate fate, int code, int64_t now_ms)
{
    settling s = {job, fate, code, now_ms};
    return db_write(c->db, write_settlement, &s);
}

typedef struct releasing {
    const letter_job *jobs;
    size_t n;
    bool is_prepared;
    int64_t due_ms;
} releasing;

static err write_release(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const releasing *r = arg;
    for (size_t i = 0; i < r->n; i++)
        TRY(q_job_release(tx, r->jobs[i].id, r->jobs[i].created_ms, r->jobs[i].attempts + 1,
                          r->is_prepared, r->due_ms));
    return OK;
}

err letter_release(core *c, const letter_job *jobs, size_t n, bool is_prepared, int64_t due_ms)
{
    releasing r = {jobs, n, is_prepared, due_ms};
    return n ? db_write(c->db, write_release, &r) : OK;
}
