/* SPDX-License-Identifier: EUPL-1.2 */
/* What was written becomes one sealed text: the secret of the link, then the fields, each ended by
 * a NUL, which no form lets through. The secret is in it so that the letter with the decision can
 * bring the same link again. The seal names the hash of the secret: rows cannot be exchanged. */

#include "core/joining.h"

#include "core/address.h"
#include "core/letter.h"
#include "core/website.h"
#include "text/text.h"

#include "sql/q_job.h"
#include "sql/q_joining.h"

enum { DAY_MS = 86400000, SECRET_BYTES = 16 };

static void put_field(buf *b, str value)
{
    BUG_IF(str_find(value, '\0') < value.n);
    buf_put(b, value);
    buf_put_char(b, '\0');
}

static str context_of(arena *a, str hash)
{
    return arena_printf(a, "joining/%.*s", STR_FMT(hex_make(a, hash)));
}

static str seal_words(arena *a, const core_keys *keys, const link_secret *secret,
                      const joining_words *w)
{
    hash32 hash = link_secret_hash(secret);
    buf b = buf_in(a);
    buf_put(&b, (str){(const char *)secret->at, SECRET_BYTES});
    put_field(&b, w->organisation);
    put_field(&b, w->country);
    put_field(&b, w->website);
    put_field(&b, personal_text(w->contact));
    put_field(&b, w->role);
    put_field(&b, personal_text(w->mail));
    put_field(&b, w->message);
    return seal_make(a, &keys->joining, context_of(a, hash_str(&hash)), buf_str(&b));
}

/* ERR_IO: a row that does not open under its own key is damage. */
static err unseal_words(arena *a, const core_keys *keys, str hash, str sealed,
                        link_secret *out_secret, joining_words *out_words)
{
    str plain;
    if (seal_open(a, &keys->joining, context_of(a, hash), sealed, &plain) != OK ||
        plain.n < SECRET_BYTES)
        return ERR_IO;
    memcpy(out_secret->at, plain.at, SECRET_BYTES);
    str rest = str_skip(plain, SECRET_BYTES);
    *out_words = (joining_words){
        .organisation = str_cut(rest, '\0', &rest),
    };
    out_words->country = str_cut(rest, '\0', &rest);
    out_words->website = str_cut(rest, '\0', &rest);
    out_words->contact.private_text = str_cut(rest, '\0', &rest);
    out_words->role = str_cut(rest, '\0', &rest);
    out_words->mail.private_text = str_cut(rest, '\0', &rest);
    out_words->message = str_cut(rest, '\0', &rest);
    return OK;
}

static err normal_words(arena *a, const joining_words *w, joining_words *out)
{
    email_address canonical;
    *out = *w;
    TRY(address_canonical(a, w->mail, &canonical)); /* as letters will need it */
    TRY(address_deliverable(a, w->mail, &out->mail));
    TRY(website_normal(a, w->website, &out->website));
    TRY(text_nfc(a, w->organisation, &out->organisation));
    TRY(text_nfc(a, personal_text(w->contact), &out->contact.private_text));
    TRY(text_nfc(a, w->role, &out->role));
    return text_nfc(a, w->message, &out->message);
}

typedef struct submission {
    link_secret secret;
    str sealed, sealed_letter, lang;
    int64_t now_ms;
} submission;

static err write_submission(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const submission *s = arg;
    hash32 hash = link_secret_hash(&s->secret);
    int64_t id;
    TRY(q_joining_insert(tx, s->lang, s->sealed, hash_str(&hash), s->now_ms, &id));
    return letter_queue(tx, LETTER_JOIN, 0, id, s->sealed_letter, s->lang, s->now_ms);
}

err joining_submit(core *c, arena *a, const joining_words *words, str lang, int64_t now_ms)
{
    joining_words normal;
    TRY(normal_words(a, words, &normal));
    submission s = {.secret = link_secret_make(), .lang = lang, .now_ms = now_ms};
    s.sealed = seal_words(a, &c->keys, &s.secret, &normal);
    s.sealed_letter = letter_seal(a, &c->keys, &s.secret, normal.mail);
    err e = db_write(c->db, write_submission, &s);
    secret_wipe(&s.secret, sizeof s.secret);
    return e;
}

typedef struct visit {
    core *c;
    arena *a;
    str token;
    size_t most;
    int64_t number;
    link_secret secret; /* out, of fill */
    joining out;
    joining_list all;
} visit;

/* The row of a token. */
static err follow(db_tx *tx, arena *scratch, const core_keys *keys, str token, int64_t *out_id,
                  q_joining_get_row *out_row)
{
    link_secret secret;
    TRY(link_token_read(scratch, keys, S(JOINING_TOKEN), token, &secret, out_id));
    TRY(q_joining_get(tx, scratch, *out_id, out_row));
    hash32 hash = link_secret_hash(&secret);
    return str_eq_secret(out_row->hash, hash_str(&hash)) ? OK : ERR_NOT_FOUND;
}

static err fill(visit *v, int64_t id, const q_joining_get_row *row, joining *out)
{
    *out = (joining){.number = id,
                     .state = (joining_state)row->state,
                     .lang = arena_copy(v->a, row->lang),
                     .created_ms = row->created,
                     .decided_ms = row->decided,
                     .note = arena_copy(v->a, row->note)};
    return unseal_words(v->a, &v->c->keys, row->hash, row->sealed, &v->secret, &out->words);
}

static err read_by_token(db_tx *tx, arena *scratch, void *arg)
{
    visit *v = arg;
    q_joining_get_row row;
    int64_t id;
    TRY(follow(tx, scratch, &v->c->keys, v->token, &id, &row));
    return fill(v, id, &row, &v->out);
}

err joining_open(core *c, arena *a, str token, joining *out_joining)
{
    visit v = {.c = c, .a = a, .token = token};
    TRY(db_read(c->db, read_by_token, &v));
    secret_wipe(&v.secret, sizeof v.secret);
    *out_joining = v.out;
    return OK;
}

static err write_confirmed(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    q_joining_get_row row;
    int64_t id, changed;
    TRY(follow(tx, scratch, &v->c->keys, v->token, &id, &row));
    if (row.state != JOINING_SENT)
        return OK;
    TRY(q_joining_confirm(tx, id, &changed));
    return q_job_delete_joining(tx, id);
}

err joining_confirm(core *c, str token)
{
    visit v = {.c = c, .token = token};
    return db_write(c->db, write_confirmed, &v);
}

static err write_taken_back(db_tx *tx, arena *scratch, void *arg)
{
    const visit *v = arg;
    q_joining_get_row row;
    int64_t id, changed;
    TRY(follow(tx, scratch, &v->c->keys, v->token, &id, &row));
    TRY(q_job_delete_joining(tx, id));
    return q_joining_delete(tx, id, &changed);
}

err joining_take_back(core *c, str token)
{
    visit v = {.c = c, .token = token};
    err e = db_write(c->db, write_taken_back, &v);
    return e == ERR_NOT_FOUND ? OK : e;
}

static err read_all(db_tx *tx, arena *scratch, void *arg)
{
    visit *v = arg;
    q_joining_all_rows rows;
    TRY(q_joining_all(tx, scratch, (int64_t)v->most, &rows));
    joining *all = arena_array(v->a, joining, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        const q_joining_all_row *one = &rows.at[i];
        q_joining_get_row row = {one->state,   one->lang,    one->sealed, one->hash,
                                 one->created, one->decided, one->note};
        TRY(fill(v, one->id, &row, &all[i]));
    }
    v->all = (joining_list){all, rows.n};
    return OK;
}

err joining_all(core *c, arena *a, size_t most, joining_list *out_list)
{
    visit v = {.c = c, .a = a, .most = most};
    TRY(db_read(c->db, read_all, &v));
    *out_list = v.all;
    return OK;
}

static err read_by_number(db_tx *tx, arena *scratch, void *arg)
{
    visit *v = arg;
    q_joining_get_row row;
    TRY(q_joining_get(tx, scratch, v->number, &row));
    return fill(v, v->number, &row, &v->out);
}

err joining_get(core *c, arena *a, int64_t number, joining *out_joining)
{
    visit v = {.c = c, .a = a, .number = number};
    TRY(db_read(c->db, read_by_number, &v));
    if (v.out.state == JOINING_SENT)
        return ERR_NOT_FOUND;
    *out_joining = v.out;
    return OK;
}

typedef struct deciding {
    visit v;
    joining_state state;
    str note;
    int64_t now_ms;
} deciding;

static err write_decision(db_tx *tx, arena *scratch, void *arg)
{
    deciding *d = arg;
    int64_t changed;
    TRY(read_by_number(tx, scratch, &d->v));
    TRY(q_joining_decide(tx, d->v.number, (int64_t)d->state, d->now_ms, d->note, &changed));
    if (changed == 0)
        return ERR_CONFLICT;
    str sealed = letter_seal(scratch, &d->v.c->keys, &d->v.secret, d->v.out.words.mail);
    return letter_queue(tx, LETTER_JOINED, 0, d->v.number, sealed, d->v.out.lang, d->now_ms);
}

err joining_decide(core *c, arena *a, int64_t number, bool is_accepted, str note, int64_t now_ms)
{
    deciding d = {.v = {.c = c, .a = a, .number = number},
                  .state = is_accepted ? JOINING_ACCEPTED : JOINING_REFUSED,
                  .note = note,
                  .now_ms = now_ms};
    if (note.n > JOINING_NOTE_BYTES_MOST)
        return ERR_LIMIT;
    err e = db_write(c->db, write_decision, &d);
    secret_wipe(&d.v.secret, sizeof d.v.secret);
    return e;
}

static err count_waiting(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_joining_count(tx, JOINING_WAITS, arg);
}

err joining_waiting(core *c, int64_t *out_n)
{
    return db_read(c->db, count_waiting, out_n);
}

err joining_expire(db_tx *tx, int64_t now_ms, int64_t most, int64_t *out_n)
{
    return q_joining_delete_old(tx, now_ms - (int64_t)JOINING_SENT_DAYS * DAY_MS,
                                now_ms - (int64_t)JOINING_WAITS_DAYS * DAY_MS,
                                now_ms - (int64_t)JOINING_DECIDED_DAYS * DAY_MS, most, out_n);
}
