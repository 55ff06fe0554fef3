/* SPDX-License-Identifier: EUPL-1.2 */
/* Erasure on the day. Steps are small, so that signers never wait for the cleaner. */

#include "core/retention.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/api_key.h"
#include "core/erasure.h"
#include "core/history.h"
#include "core/joining.h"
#include "core/listing.h"
#include "core/watch.h"

#include "sql/q_api.h"
#include "sql/q_challenge.h"
#include "sql/q_erasure.h"
#include "sql/q_interest.h"
#include "sql/q_job.h"
#include "sql/q_joining.h"
#include "sql/q_log.h"
#include "sql/q_retention.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

enum {
    MATTERS = 7, /* beside the declarations */
    STEP_ROWS = 200,
    DAY_MS = 86400000,
    HOUR_MS = 3600000,
};

typedef struct old_withdrawn {
    int64_t before_ms;
    int64_t at[STEP_ROWS];
    size_t n;
} old_withdrawn;

static err read_withdrawn(db_tx *tx, arena *scratch, void *arg)
{
    old_withdrawn *old = arg;
    q_signature_old_withdrawn_rows rows;
    TRY(q_signature_old_withdrawn(tx, scratch, old->before_ms, STEP_ROWS, &rows));
    for (size_t i = 0; i < rows.n; i++)
        old->at[i] = rows.at[i].id;
    old->n = rows.n;
    return OK;
}

typedef struct sweep {
    int64_t now_ms;
    int64_t n; /* out: rows of this step */
} sweep;

static err sweep_pending(db_tx *tx, arena *scratch, void *arg)
{
    sweep *s = arg;
    q_signature_stale_pending_rows rows;
    TRY(q_signature_stale_pending(tx, scratch, s->now_ms - (int64_t)PENDING_DAYS * DAY_MS,
                                  STEP_ROWS, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        TRY(record_erase(tx, rows.at[i].id));
        TRY(q_link_delete_of(tx, rows.at[i].id));
        TRY(listing_remove(tx, rows.at[i].id));
        TRY(q_job_delete_of(tx, rows.at[i].id));
        TRY(q_held_delete(tx, rows.at[i].id));
        TRY(q_consent_change_delete_of(tx, rows.at[i].id));
        TRY(q_api_signature_delete(tx, rows.at[i].id));
        TRY(q_signature_delete(tx, rows.at[i].id));
    }
    s->n = (int64_t)rows.n;
    return OK;
}

/* The rows to erase stand in the journal first, so this is no single transaction. */
static err sweep_withdrawn(core *c, int64_t now_ms, int64_t *out_total)
{
    old_withdrawn old = {.before_ms = now_ms - (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS};
    do {
        int64_t erased;
        TRY(db_read(c->db, read_withdrawn, &old));
        TRY(erasure_of_all(c, old.at, old.n, ERASURE_WITHDRAWN, now_ms, &erased));
        *out_total += erased;
    } while (old.n == STEP_ROWS);
    return OK;
}

static err sweep_links(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    return q_link_delete_expired(tx, s->now_ms, STEP_ROWS, &s->n);
}

static err sweep_mail_log(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    TRY(q_mail_budget_expire(tx, clock_day(s->now_ms) - 1));
    return q_mail_log_expire(tx, s->now_ms - (int64_t)MAIL_LOG_DAYS * DAY_MS, STEP_ROWS, &s->n);
}

static err sweep_attempts(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    return q_api_request_expire(tx, s->now_ms - (int64_t)API_REQUEST_HOURS * HOUR_MS, STEP_ROWS,
                                &s->n);
}

static err sweep_traces(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    int64_t forgotten;
    TRY(q_challenge_forget(tx, s->now_ms, &forgotten));
    return q_trace_delete_old(tx, s->now_ms - (int64_t)TRACE_HOURS * HOUR_MS, STEP_ROWS, &s->n);
}

static err sweep_interest(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    return q_interest_sweep(tx, s->now_ms, STEP_ROWS, &s->n);
}

static err sweep_requests(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    return joining_expire(tx, s->now_ms, STEP_ROWS, &s->n);
}

/* Older than that many days, the last checkpoint of each span stays. */
static err thin_checkpoints(db_tx *tx, sweep *s, int64_t days, int64_t span_ms)
{
    return q_checkpoint_thin(tx, (clock_day(s->now_ms) - days) * DAY_MS, span_ms, STEP_ROWS, &s->n);
}

static err sweep_minutes(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return thin_checkpoints(tx, arg, HISTORY_MINUTES_DAYS, HOUR_MS);
}

static err sweep_hours(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return thin_checkpoints(tx, arg, HISTORY_HOURS_DAYS, DAY_MS);
}

typedef struct ending {
    int64_t now_ms;
    int64_t declaration, after;
    int64_t at[STEP_ROWS];
    size_t n;
} ending;

static err read_ended(db_tx *tx, arena *scratch, void *arg)
{
    ending *end = arg;
    q_declaration_to_erase_rows rows;
    TRY(q_declaration_to_erase(tx, scratch, end->now_ms, &rows));
    end->n = rows.n < STEP_ROWS ? rows.n : STEP_ROWS;
    for (size_t i = 0; i < end->n; i++)
        end->at[i] = rows.at[i].id;
    return OK;
}

static err read_signatures(db_tx *tx, arena *scratch, void *arg)
{
    ending *end = arg;
    q_signature_of_declaration_rows rows;
    TRY(q_signature_of_declaration(tx, scratch, end->declaration, end->after, STEP_ROWS, &rows));
    end->n = rows.n;
    for (size_t i = 0; i < rows.n; i++)
        end->at[i] = rows.at[i].id;
    return OK;
}

/* The key last: until then the rows can still be told from strangers. */
static err write_end(db_tx *tx, arena *scratch, void *arg)
{
    const ending *end = arg;
    TRY(q_declaration_key_delete(tx, end->declaration));
    TRY(q_declaration_set_erased(tx, end->declaration, end->now_ms));
    TRY(listing_raise(tx, scratch));
    return alliance_revise(tx, scratch);
}

static err end_declaration(core *c, int64_t id, int64_t now_ms, int64_t *out_total)
{
    ending end = {.now_ms = now_ms, .declaration = id};
    do {
        int64_t erased;
        TRY(db_read(c->db, read_signatures, &end));
        TRY(erasure_of_all(c, end.at, end.n, ERASURE_AT_END, now_ms, &erased));
        *out_total += erased;
        if (end.n)
            end.after = end.at[end.n - 1];
    } while (end.n == STEP_ROWS);
    return db_write(c->db, write_end, &end);
}

/* What declarations collected, on the day that they named. */
static err sweep_ended(core *c, int64_t now_ms, int64_t *out_total)
{
    ending due = {.now_ms = now_ms};
    TRY(db_read(c->db, read_ended, &due));
    for (size_t i = 0; i < due.n; i++) {
        TRY(end_declaration(c, due.at[i], now_ms, out_total));
        LOG(LOG_INFO, "retention.declaration_ended", log_int("declaration", due.at[i]));
    }
    return OK;
}

static err repeat(core *c, db_work *step, int64_t now_ms, int64_t *out_total)
{
    sweep s = {now_ms, 0};
    do {
        TRY(db_write(c->db, step, &s));
        *out_total += s.n;
    } while (s.n == STEP_ROWS);
    return OK;
}

err retention_run(core *c, int64_t now_ms, retention_report *out_report)
{
    retention_report r = {.pending = 0};
    TRY(repeat(c, sweep_pending, now_ms, &r.pending));
    TRY(sweep_withdrawn(c, now_ms, &r.withdrawn));
    TRY(sweep_ended(c, now_ms, &r.ended));
    TRY(repeat(c, sweep_links, now_ms, &r.links));
    TRY(repeat(c, sweep_traces, now_ms, &r.traces));
    TRY(repeat(c, sweep_mail_log, now_ms, &r.mail_log));
    TRY(repeat(c, sweep_interest, now_ms, &r.interest));
    TRY(repeat(c, sweep_requests, now_ms, &r.requests));
    TRY(repeat(c, sweep_attempts, now_ms, &r.attempts));
    TRY(repeat(c, sweep_minutes, now_ms, &r.checkpoints));
    TRY(repeat(c, sweep_hours, now_ms, &r.checkpoints));
    *out_report = r;
    /* Those that a signer hid or changed stand there as well. */
    return erasure_clear_disk(c);
}

/* --- What would go --- */

typedef struct forecasting {
    arena *a;
    const alliance *al;
    int64_t now_ms;
    retention_forecast out;
} forecasting;

static void foresee(forecasting *f, const char *what, int64_t keep_ms, int64_t n, int64_t due,
                    int64_t oldest_ms)
{
    f->out.at[f->out.n++] = (retention_prospect){
        .what = str_of(what),
        .n = n,
        .due = due,
        .next_ms = n ? oldest_ms + keep_ms : 0,
    };
}

static err read_forecast(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    forecasting *f = arg;
    int64_t pending_ms = (int64_t)PENDING_DAYS * DAY_MS;
    int64_t undo_ms = (int64_t)WITHDRAW_UNDO_HOURS * HOUR_MS;
    int64_t trace_ms = (int64_t)TRACE_HOURS * HOUR_MS;
    int64_t mail_ms = (int64_t)MAIL_LOG_DAYS * DAY_MS;
    q_retention_pending_row pending;
    q_retention_withdrawn_row withdrawn;
    q_retention_links_row links;
    q_retention_traces_row traces;
    q_retention_mail_log_row mails;
    q_retention_interest_row interest;
    q_joining_retention_row requests;
    f->out.n = 0;
    TRY(q_retention_pending(tx, f->now_ms - pending_ms, &pending));
    foresee(f, "unconfirmed", pending_ms, pending.n, pending.due, pending.oldest);
    TRY(q_retention_withdrawn(tx, f->now_ms - undo_ms, &withdrawn));
    foresee(f, "withdrawn", undo_ms, withdrawn.n, withdrawn.due, withdrawn.oldest);
    TRY(q_retention_links(tx, f->now_ms, &links));
    foresee(f, "links", 0, links.n, links.due, links.oldest);
    TRY(q_retention_traces(tx, f->now_ms - trace_ms, &traces));
    foresee(f, "traces", trace_ms, traces.n, traces.due, traces.oldest);
    TRY(q_retention_mail_log(tx, f->now_ms - mail_ms, &mails));
    foresee(f, "mail-log", mail_ms, mails.n, mails.due, mails.oldest);
    TRY(q_retention_interest(tx, f->now_ms, &interest));
    foresee(f, "interest", 0, interest.n, interest.due, interest.oldest);
    TRY(q_joining_retention(tx, f->now_ms - (int64_t)JOINING_SENT_DAYS * DAY_MS,
                            f->now_ms - (int64_t)JOINING_WAITS_DAYS * DAY_MS,
                            f->now_ms - (int64_t)JOINING_DECIDED_DAYS * DAY_MS, f->now_ms,
                            &requests));
    foresee(f, "requests", 0, requests.n, requests.due, requests.next);
    for (size_t i = 0; i < f->al->declarations.n; i++) {
        const declaration *d = &f->al->declarations.at[i];
        int64_t n;
        TRY(q_signature_count_of(tx, d->id, &n));
        f->out.at[f->out.n++] = (retention_prospect){
            .what = S("declaration"),
            .declaration = d,
            .n = n,
            .due = retention_is_due(d, f->now_ms) ? n : 0,
            .next_ms = d->retain_ms,
        };
    }
    return OK;
}

bool retention_is_due(const declaration *d, int64_t now_ms)
{
    return d->retain_ms > 0 && d->retain_ms <= now_ms && d->erased_ms == 0;
}

err retention_foresee(core *c, arena *a, const alliance *al, int64_t now_ms,
                      retention_forecast *out_forecast)
{
    forecasting f = {.a = a, .al = al, .now_ms = now_ms};
    f.out.at = arena_array(a, retention_prospect, MATTERS + al->declarations.n);
    TRY(db_read(c->db, read_forecast, &f));
    *out_forecast = f.out;
    return OK;
}
