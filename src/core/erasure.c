/* SPDX-License-Identifier: EUPL-1.2 */
/* The order of an erasure: read who it is, journal, rows, disk. A crash after the journal leaves an
 * erasure that the next start carries out; a crash before it leaves nothing. */

#include "core/erasure.h"

#include "base/log.h"
#include "core/journal.h"
#include "core/letter.h"
#include "core/link.h"
#include "core/listing.h"
#include "core/log.h"
#include "core/news.h"
#include "core/record.h"

#include "sql/q_api.h"
#include "sql/q_erasure.h"
#include "sql/q_job.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"
#include "sql/q_territory.h"
#include "sql/q_watch.h"

enum { STEP_ROWS = 200, MAILBOX_ROWS_MOST = 1000, PATH_SCRATCH_BYTES = 1 << 20 };

/* Everything that names or describes the signer, in whatever table. */
static err delete_traces(db_tx *tx, arena *scratch, const core_keys *keys, int64_t id,
                         const q_signature_get_row *row, erasure_cause cause)
{
    mailbox_id mailbox;
    BUG_IF(row->mailbox.n != sizeof mailbox.at);
    memcpy(mailbox.at, row->mailbox.at, sizeof mailbox.at);
    TRY(q_mailbox_delete(tx, row->declaration, row->mailbox, id));
    TRY(record_erase(tx, id));
    TRY(news_remove(tx, id));
    TRY(listing_remove(tx, id));
    TRY(q_job_delete_of(tx, id));
    if (cause != ERASURE_AT_END) /* then all go, and each would look through all that wait */
        TRY(letter_forget(tx, scratch, keys, row->declaration, mailbox));
    TRY(q_consent_change_delete_of(tx, id));
    TRY(q_held_delete(tx, id));
    TRY(q_trace_delete(tx, id));
    TRY(q_territory_delete_of(tx, id));
    TRY(q_api_signature_delete(tx, id));
    return q_link_delete_of(tx, id);
}

static err erase(db_tx *tx, arena *scratch, const core_keys *keys, int64_t id, erasure_cause cause,
                 int64_t now_ms, int64_t *erased)
{
    q_signature_get_row row;
    err e = q_signature_get(tx, scratch, id, &row);
    if (e == ERR_NOT_FOUND || (e == OK && row.state == SIGNATURE_ERASED))
        return OK;
    TRY(e);
    /* At the end of a declaration the count is history and stands. */
    if (row.state == SIGNATURE_CONFIRMED && cause != ERASURE_AT_END)
        TRY(q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = row.declaration,
                                                            .verb = LOG_WITHDRAWN,
                                                            .signature = id,
                                                            .kind = row.kind,
                                                            .country = row.country,
                                                            .commitment = row.commitment,
                                                            .leaf = row.leaf}));
    TRY(delete_traces(tx, scratch, keys, id, &row, cause));
    if (row.is_listed)
        TRY(listing_raise(tx, scratch));
    TRY(row.state == SIGNATURE_PENDING ? q_signature_delete(tx, id)
                                       : q_signature_erase(tx, id, S("")));
    ++*erased;
    if (cause == ERASURE_AT_END)
        return OK;
    return q_erasure_insert(tx, id, (int64_t)cause, now_ms);
}

typedef struct act {
    core *c;
    const int64_t *signatures;
    size_t n;
    erasure_cause cause;
    int64_t now_ms;
    journal_entry *entries; /* of reading: of those that are there */
    size_t entry_count;
    int64_t erased; /* of writing */
} act;

static err read_entries(db_tx *tx, arena *scratch, void *arg)
{
    act *x = arg;
    x->entry_count = 0;
    for (size_t i = 0; i < x->n; i++) {
        q_signature_get_row row;
        err e = q_signature_get(tx, scratch, x->signatures[i], &row);
        if (e == OK && row.state != SIGNATURE_ERASED)
            x->entries[x->entry_count++] =
                journal_entry_of(&x->c->keys, x->signatures[i], row.created);
        else if (e != OK && e != ERR_NOT_FOUND)
            return e;
    }
    return OK;
}

static err write_erasures(db_tx *tx, arena *scratch, void *arg)
{
    act *x = arg;
    x->erased = 0;
    for (size_t i = 0; i < x->n; i++)
        TRY(erase(tx, scratch, &x->c->keys, x->signatures[i], x->cause, x->now_ms, &x->erased));
    return OK;
}

static err carry_out(act *x)
{
    char path[4096];
    journal_entry entries[STEP_ROWS];
    BUG_IF(x->n > STEP_ROWS || x->c->erasures.n >= sizeof path);
    x->entries = entries;
    TRY(db_read(x->c->db, read_entries, x));
    if (x->entry_count == 0)
        return OK;
    snprintf(path, sizeof path, "%.*s", STR_FMT(x->c->erasures));
    if (x->c->erasures.n && x->cause != ERASURE_AGAIN && x->cause != ERASURE_AT_END)
        TRY(journal_append(path, entries, x->entry_count));
    TRY(db_write(x->c->db, write_erasures, x));
    static const char *const causes[] = {[ERASURE_BY_SIGNER] = "signer",
                                         [ERASURE_WITHDRAWN] = "withdrawn",
                                         [ERASURE_BY_OPERATOR] = "operator",
                                         [ERASURE_AGAIN] = "again",
                                         [ERASURE_AT_END] = "end"};
    LOG(LOG_INFO, "erasure.done", log_int("first", x->signatures[0]), log_int("n", x->erased),
        log_str("cause", str_of(causes[x->cause])));
    return OK;
}

typedef struct following {
    core *c;
    str token;
    int64_t now_ms;
    int64_t signature; /* out */
} following;

static err follow(db_tx *tx, arena *scratch, void *arg)
{
    following *f = arg;
    mailed_link l;
    TRY(link_follow(tx, scratch, &f->c->keys, f->token, f->now_ms, &l));
    f->signature = l.signature;
    return OK;
}

err erasure_by_link(core *c, str token, int64_t now_ms)
{
    following f = {.c = c, .token = token, .now_ms = now_ms};
    TRY(db_read(c->db, follow, &f));
    act x = {.c = c, .signatures = &f.signature, .n = 1, .now_ms = now_ms};
    x.cause = ERASURE_BY_SIGNER;
    TRY(carry_out(&x));
    return erasure_clear_disk(c);
}

err erasure_of_all(core *c, const int64_t *signatures, size_t n, erasure_cause cause,
                   int64_t now_ms, int64_t *out_erased)
{
    int64_t erased = 0;
    for (size_t i = 0; i < n; i += STEP_ROWS) {
        act x = {.c = c, .signatures = signatures + i, .cause = cause, .now_ms = now_ms};
        x.n = n - i < STEP_ROWS ? n - i : STEP_ROWS;
        TRY(carry_out(&x));
        erased += x.erased;
    }
    *out_erased = erased;
    return OK;
}

/* --- Again, after a restore --- */

typedef struct matching {
    core *c;
    const journal_entry *entries;
    size_t n;
    int64_t *found;
    size_t found_count;
} matching;

static err match(db_tx *tx, arena *scratch, void *arg)
{
    matching *m = arg;
    m->found_count = 0;
    for (size_t i = 0; i < m->n; i++) {
        q_signature_get_row row;
        err e = q_signature_get(tx, scratch, m->entries[i].signature, &row);
        if (e == ERR_NOT_FOUND)
            continue;
        TRY(e);
        journal_entry now = journal_entry_of(&m->c->keys, m->entries[i].signature, row.created);
        if (row.state != SIGNATURE_ERASED && journal_entry_eq(&now, &m->entries[i]))
            m->found[m->found_count++] = m->entries[i].signature;
    }
    return OK;
}

static err replay(core *c, arena *a, int64_t *offset, int64_t now_ms, int64_t *erased)
{
    char *path = arena_cstr(a, c->erasures);
    journal_entries some;
    int64_t found[STEP_ROWS];
    do {
        int64_t n;
        TRY(journal_read(a, path, offset, STEP_ROWS, &some));
        matching m = {c, some.at, some.n, found, 0};
        TRY(db_read(c->db, match, &m));
        TRY(erasure_of_all(c, found, m.found_count, ERASURE_AGAIN, now_ms, &n));
        *erased += n;
        arena_reset(a);
        path = arena_cstr(a, c->erasures);
    } while (some.n == STEP_ROWS);
    return OK;
}

err erasure_replay(core *c, int64_t *offset, int64_t now_ms, int64_t *out_erased)
{
    int64_t erased = 0, at = *offset;
    *out_erased = 0;
    if (c->erasures.n == 0)
        return OK;
    arena *a = arena_open(PATH_SCRATCH_BYTES);
    err e = replay(c, a, &at, now_ms, &erased);
    arena_close(a);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    *offset = at;
    *out_erased = erased;
    return erased ? erasure_clear_disk(c) : OK;
}

/* --- Looking first --- */

typedef struct search {
    core *c;
    arena *a;
    const alliance *al;
    email_address canonical;
    int64_t signature;
    erasure_candidates out;
} search;

static err add_candidate(db_tx *tx, search *s, int64_t id)
{
    q_signature_get_row row;
    TRY(q_signature_get(tx, s->a, id, &row));
    if (row.state == SIGNATURE_ERASED)
        return ERR_NOT_FOUND;
    if (s->out.n == MAILBOX_ROWS_MOST)
        return ERR_LIMIT;
    s->out.at[s->out.n++] = (erasure_candidate){
        .signature = id,
        .declaration = row.declaration,
        .kind = (signer_kind)row.kind,
        .state = (signature_state)row.state,
        .country = row.country,
        .created_ms = row.created,
        .is_listed = row.is_listed,
    };
    return OK;
}

static err find_mailbox(db_tx *tx, arena *scratch, void *arg)
{
    search *s = arg;
    s->out.n = 0;
    for (size_t d = 0; d < s->al->declarations.n; d++) {
        int64_t declaration_id = s->al->declarations.at[d].id;
        mailbox_id mailbox = address_mailbox(&s->al->declarations.at[d].tags, s->canonical);
        q_signature_of_mailbox_rows rows;
        TRY(q_signature_of_mailbox(tx, scratch, declaration_id,
                                   (str){(const char *)mailbox.at, sizeof mailbox.at}, &rows));
        for (size_t i = 0; i < rows.n; i++)
            TRY(add_candidate(tx, s, rows.at[i].id));
    }
    return OK;
}

err erasure_find_mailbox(core *c, arena *a, const alliance *al, email_address address,
                         erasure_candidates *out_candidates)
{
    search s = {.c = c, .a = a, .al = al};
    s.out.at = arena_array(a, erasure_candidate, MAILBOX_ROWS_MOST);
    TRY(address_canonical(a, address, &s.canonical));
    TRY(db_read(c->db, find_mailbox, &s));
    *out_candidates = s.out;
    return OK;
}

static err find_one(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    search *s = arg;
    s->out.n = 0;
    return add_candidate(tx, s, s->signature);
}

err erasure_find(core *c, arena *a, int64_t signature, erasure_candidate *out_candidate)
{
    search s = {.c = c, .a = a, .signature = signature};
    s.out.at = arena_new(a, erasure_candidate);
    TRY(db_read(c->db, find_one, &s));
    *out_candidate = s.out.at[0];
    return OK;
}

err erasure_clear_disk(core *c)
{
    db_checkpoint(c->db); /* the bulk is copied off the writers' path */
    err e = db_empty_log(c->db);
    return e == ERR_BUSY ? OK : e;
}
