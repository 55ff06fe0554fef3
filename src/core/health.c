/* SPDX-License-Identifier: EUPL-1.2 */
/* One snapshot of what waits and what was done. */

#include "core/health.h"

#include "sql/q_alliance.h"
#include "sql/q_job.h"
#include "sql/q_log.h"
#include "sql/q_signature.h"

enum { DAY_MS = 86400000 };

typedef struct reading {
    int64_t now_ms;
    health out;
} reading;

static err read_signatures(db_tx *tx, health *h)
{
    TRY(q_signature_count_pending(tx, &h->pending));
    TRY(q_signature_count_withdrawn(tx, &h->withdrawn));
    return q_tally_total(tx, &h->counted);
}

static err read_mail(db_tx *tx, arena *scratch, int64_t now_ms, health *h)
{
    q_job_waiting_row waiting;
    q_mail_log_recent_rows fates;
    TRY(q_job_waiting(tx, now_ms, &waiting));
    h->mail_waiting = waiting.waiting;
    h->mail_overdue = waiting.overdue;
    h->mail_oldest_ms = waiting.oldest;
    q_mail_log_last_row last;
    err e = q_mail_log_last(tx, scratch, &last);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    /* A relay that is away is noted once, with no code or one of its own. */
    bool is_away = e == OK && str_eq(last.fate, S("later")) &&
                   (last.code < 400 || last.code > 499 || last.code == 421);
    h->relay_away_ms = is_away ? last.at : 0;
    TRY(q_mail_log_recent(tx, scratch, now_ms - DAY_MS, &fates));
    for (size_t i = 0; i < fates.n; i++) {
        int64_t *to = str_eq(fates.at[i].fate, S("sent"))       ? &h->mail_sent
                      : str_eq(fates.at[i].fate, S("later"))    ? &h->mail_later
                      : str_eq(fates.at[i].fate, S("refused"))  ? &h->mail_refused
                      : str_eq(fates.at[i].fate, S("eai"))      ? &h->mail_eai
                      : str_eq(fates.at[i].fate, S("returned")) ? &h->mail_returned
                      : str_eq(fates.at[i].fate, S("kept"))     ? &h->mail_kept
                      : str_eq(fates.at[i].fate, S("alarm"))    ? &h->mail_alarm
                                                                : &h->mail_budget;
        *to += fates.at[i].n;
    }
    return OK;
}

static err read_health(db_tx *tx, arena *scratch, void *arg)
{
    reading *r = arg;
    q_lease_get_row lease;
    r->out = (health){.pending = 0};
    TRY(read_signatures(tx, &r->out));
    TRY(q_log_queue_length(tx, &r->out.queue));
    err e = q_lease_get(tx, scratch, S("sealer"), &lease);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    r->out.is_sealing = e == OK && lease.until > r->now_ms;
    return read_mail(tx, scratch, r->now_ms, &r->out);
}

err health_read(core *c, arena *a, int64_t now_ms, health *out_health)
{
    (void)a;
    reading r = {.now_ms = now_ms};
    TRY(db_read(c->db, read_health, &r));
    *out_health = r.out;
    return OK;
}

static err write_probe(db_tx *tx, arena *scratch, void *arg)
{
    const int64_t *now_ms = arg;
    return q_setting_put(tx, S("probe"), arena_printf(scratch, "%lld", (long long)*now_ms));
}

err health_probe(core *c, int64_t now_ms)
{
    return db_write(c->db, write_probe, &now_ms);
}
