/* SPDX-License-Identifier: EUPL-1.2 */
/* Erasure on the day. Steps are small, so that signers never wait for the cleaner. */

#include "core/retention.h"

#include "base/clock.h"
#include "core/erasure.h"
#include "core/watch.h"

#include "sql/q_challenge.h"
#include "sql/q_job.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"
#include "sql/q_watch.h"

enum {
    STEP_ROWS = 200,
    DAY_MS = 86400000,
    HOUR_MS = 3600000,
    MAIL_LOG_DAYS = 30,
    CHECKPOINT_DAYS = 2
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
        TRY(q_record_delete(tx, rows.at[i].id));
        TRY(q_listing_delete(tx, rows.at[i].id));
        TRY(q_job_delete_of(tx, rows.at[i].id));
        TRY(q_held_delete(tx, rows.at[i].id));
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

static err sweep_traces(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    int64_t forgotten;
    TRY(q_challenge_forget(tx, s->now_ms, &forgotten));
    return q_trace_delete_old(tx, s->now_ms - (int64_t)TRACE_HOURS * HOUR_MS, STEP_ROWS, &s->n);
}

/* A busy log has a checkpoint a second. */
static err sweep_checkpoints(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    sweep *s = arg;
    return q_checkpoint_thin(tx, (clock_day(s->now_ms) - CHECKPOINT_DAYS) * DAY_MS, STEP_ROWS,
                             &s->n);
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
    TRY(repeat(c, sweep_links, now_ms, &r.links));
    TRY(repeat(c, sweep_traces, now_ms, &r.traces));
    TRY(repeat(c, sweep_mail_log, now_ms, &r.mail_log));
    TRY(repeat(c, sweep_checkpoints, now_ms, &r.checkpoints));
    *out_report = r;
    /* Those that a signer hid or changed stand there as well. */
    return erasure_clear_disk(c);
}
