/* SPDX-License-Identifier: EUPL-1.2 */
/* The link of a row stays the same however often its address asks: a stranger who asks once more
 * must not make the owner's link useless. So its secret lies in the row, sealed. */

#include "core/interest.h"

#include "core/letter.h"
#include "core/signature.h"

#include "sql/q_interest.h"

#define TOKEN "interest/link"

enum { DAY_MS = 86400000, STEP_ROWS = 500, STEP_BYTES = 8 << 20 };

int64_t interest_ends_ms(int64_t retain_ms, int64_t now_ms)
{
    int64_t ends = now_ms + (int64_t)INTEREST_DAYS * DAY_MS;
    return retain_ms > now_ms && retain_ms < ends ? retain_ms : ends;
}

/* What a row holds: secret, address, line end, name. An address has no line end. */
typedef struct contents {
    link_secret secret;
    email_address address;
    person_name name;
} contents;

static str context_of(arena *a, str action)
{
    return arena_printf(a, "interest/%.*s", STR_FMT(action));
}

static str seal(arena *a, const core_keys *keys, str action, const contents *c)
{
    buf b = buf_in(a);
    buf_put(&b, (str){(const char *)c->secret.at, sizeof c->secret.at});
    buf_put(&b, personal_text(c->address));
    buf_put_char(&b, '\n');
    buf_put(&b, personal_text(c->name));
    return seal_make(a, &keys->news, context_of(a, action), buf_str(&b));
}

static err unseal(arena *a, const core_keys *keys, str action, str sealed, contents *out)
{
    str plain;
    if (seal_open(a, &keys->news, context_of(a, action), sealed, &plain) != OK ||
        plain.n <= sizeof out->secret.at)
        return ERR_INVALID;
    memcpy(out->secret.at, plain.at, sizeof out->secret.at);
    out->address.private_text =
        str_cut(str_skip(plain, sizeof out->secret.at), '\n', &out->name.private_text);
    return OK;
}

static hash32 mailbox_of(const core_keys *keys, email_address canonical)
{
    key32 key = key_derive(&keys->mailbox, S("interest"));
    return mac_sha256(&key, personal_text(canonical));
}

static str tag_of(const hash32 *mailbox)
{
    return (str){(const char *)mailbox->at, 16};
}

/* --- Asking --- */

typedef struct asking {
    const core_keys *keys;
    const interest_request *asks;
    contents fresh;
    hash32 mailbox;
} asking;

static err write_asking(db_tx *tx, arena *scratch, void *arg)
{
    const asking *ask = arg;
    const interest_request *asks = ask->asks;
    q_interest_find_row before;
    int64_t id = 0;
    int64_t ends_ms = asks->now_ms + (int64_t)PENDING_DAYS * DAY_MS;
    contents known = ask->fresh;
    err e = q_interest_find(tx, scratch, asks->action, tag_of(&ask->mailbox), &before);
    if (e == OK) {
        TRY(unseal(scratch, ask->keys, asks->action, before.sealed, &known));
        id = before.id;
        e = q_interest_prolong(tx, id, ends_ms);
    } else if (e == ERR_NOT_FOUND) {
        e = q_interest_insert(tx, asks->action, tag_of(&ask->mailbox), asks->lang, asks->now_ms,
                              ends_ms, seal(scratch, ask->keys, asks->action, &known), &id);
        if (e == ERR_NOT_FOUND)
            return OK;
    }
    TRY(e);
    return letter_queue(tx, LETTER_INTEREST, 0, id,
                        letter_seal(scratch, ask->keys, &known.secret, ask->fresh.address),
                        asks->lang, asks->now_ms);
}

err interest_ask(core *c, arena *a, const interest_request *asks)
{
    email_address canonical;
    asking ask = {.keys = &c->keys, .asks = asks, .fresh = {link_secret_make(), {{0}}, asks->name}};
    TRY(address_canonical(a, asks->address, &canonical));
    TRY(address_deliverable(a, asks->address, &ask.fresh.address));
    ask.mailbox = mailbox_of(&c->keys, canonical);
    return db_write(c->db, write_asking, &ask);
}

/* --- Behind the link --- */

typedef struct following {
    arena *a;
    const core_keys *keys;
    str token;
    int64_t retain_ms, now_ms;
    interest out;
} following;

static err follow(db_tx *tx, arena *scratch, following *f)
{
    link_secret secret;
    q_interest_get_row row;
    contents held;
    int64_t id;
    TRY(link_token_read(scratch, f->keys, S(TOKEN), f->token, &secret, &id));
    TRY(q_interest_get(tx, scratch, id, &row));
    if (row.ends <= f->now_ms || unseal(scratch, f->keys, row.action, row.sealed, &held) != OK ||
        !str_eq_secret((str){(const char *)secret.at, sizeof secret.at},
                       (str){(const char *)held.secret.at, sizeof held.secret.at}))
        return ERR_NOT_FOUND;
    f->out = (interest){id, arena_copy(f->a, row.action), row.confirmed > 0, row.ends};
    return OK;
}

static err read_one(db_tx *tx, arena *scratch, void *arg)
{
    return follow(tx, scratch, arg);
}

static err write_confirmed(db_tx *tx, arena *scratch, void *arg)
{
    following *f = arg;
    f->a = scratch;
    TRY(follow(tx, scratch, f));
    return q_interest_confirm(tx, f->out.id, f->now_ms, interest_ends_ms(f->retain_ms, f->now_ms));
}

static err write_left(db_tx *tx, arena *scratch, void *arg)
{
    following *f = arg;
    f->a = scratch;
    TRY(follow(tx, scratch, f));
    TRY(q_interest_job_delete(tx, f->out.id, LETTER_INTEREST));
    return q_interest_delete(tx, f->out.id);
}

err interest_see(core *c, arena *a, str token, int64_t now_ms, interest *out)
{
    following f = {.a = a, .keys = &c->keys, .token = token, .now_ms = now_ms};
    TRY(db_read(c->db, read_one, &f));
    *out = f.out;
    return OK;
}

err interest_confirm(core *c, str token, int64_t retain_ms, int64_t now_ms)
{
    following f = {.keys = &c->keys, .token = token, .retain_ms = retain_ms, .now_ms = now_ms};
    return db_write(c->db, write_confirmed, &f);
}

err interest_leave(core *c, str token, int64_t now_ms)
{
    following f = {.keys = &c->keys, .token = token, .now_ms = now_ms};
    return db_write(c->db, write_left, &f);
}

err interest_letter(db_tx *tx, arena *a, const core_keys *keys, int64_t id, str *out_action,
                    str *out_token, int64_t *out_asked_ms)
{
    q_interest_get_row row;
    contents held;
    TRY(q_interest_get(tx, a, id, &row));
    TRY(unseal(a, keys, row.action, row.sealed, &held));
    *out_action = row.action;
    *out_token = link_token_of(a, keys, S(TOKEN), &held.secret, id);
    *out_asked_ms = row.asked;
    return OK;
}

/* --- By address --- */

typedef struct forgetting {
    hash32 mailbox;
    int64_t n;
} forgetting;

static err write_forgotten(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    forgetting *f = arg;
    return q_interest_delete_mailbox(tx, tag_of(&f->mailbox), &f->n);
}

err interest_forget(core *c, arena *a, email_address address, int64_t *out_n)
{
    email_address canonical;
    TRY(address_canonical(a, address, &canonical));
    forgetting f = {mailbox_of(&c->keys, canonical), 0};
    TRY(db_write(c->db, write_forgotten, &f));
    *out_n = f.n;
    return OK;
}

/* --- For the organiser --- */

typedef struct counting {
    arena *a;
    interest_counts out;
} counting;

static err read_counts(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    counting *count = arg;
    q_interest_counts_rows rows;
    TRY(q_interest_counts(tx, count->a, &rows));
    count->out = (interest_counts){arena_array(count->a, interest_count, rows.n), rows.n};
    for (size_t i = 0; i < rows.n; i++)
        count->out.at[i] =
            (interest_count){rows.at[i].action, rows.at[i].asked, rows.at[i].confirmed};
    return OK;
}

err interest_count_all(core *c, arena *a, interest_counts *out)
{
    counting count = {.a = a};
    TRY(db_read(c->db, read_counts, &count));
    *out = count.out;
    return OK;
}

typedef struct listing_step {
    arena *a;
    str action;
    int64_t after;
    q_interest_list_rows rows;
} listing_step;

static err read_step(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    listing_step *s = arg;
    return q_interest_list(tx, s->a, s->action, s->after, STEP_ROWS, &s->rows);
}

err interest_each(core *c, str action, interest_take *take, void *arg)
{
    err e = OK;
    listing_step s = {.a = arena_open(STEP_BYTES), .action = action};
    do {
        e = db_read(c->db, read_step, &s);
        for (size_t i = 0; i < s.rows.n && e == OK; i++) {
            contents held;
            e = unseal(s.a, &c->keys, action, s.rows.at[i].sealed, &held);
            if (e == OK)
                e = take(arg, &(interested){held.address, held.name, s.rows.at[i].lang,
                                            s.rows.at[i].confirmed});
            s.after = s.rows.at[i].id;
        }
        bool is_last = s.rows.n < STEP_ROWS;
        arena_reset(s.a);
        if (is_last)
            break;
    } while (e == OK);
    arena_close(s.a);
    return e;
}
