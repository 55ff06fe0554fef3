/* SPDX-License-Identifier: EUPL-1.2 */
/* Delivering messages: leases as for letters, signatures of Standard Webhooks, and when to stop. */

#include "core/webhook.h"

#include "sql/q_webhook.h"

enum { DAY_MS = 86400000 };

/* All of the derived key; Standard Webhooks wants 24 to 64. */
static str secret_bytes(arena *a, const core_keys *keys, int64_t id, int64_t created_ms)
{
    key32 key = key_derive(&keys->hooks,
                           arena_printf(a, "%lld/%lld", (long long)id, (long long)created_ms));
    return arena_copy(a, (str){(const char *)key.at, sizeof key.at});
}

str webhook_secret(arena *a, const core_keys *keys, int64_t id, int64_t created_ms)
{
    str text = base64_make(a, secret_bytes(a, keys, id, created_ms));
    return arena_printf(a, "whsec_%.*s", STR_FMT(text));
}

typedef struct claim {
    core *c;
    arena *a;
    int64_t now_ms;
    int most;
    bool has_due;
    webhook_jobs out;
} claim;

static err write_claim(db_tx *tx, arena *scratch, void *arg)
{
    claim *cl = arg;
    q_webhook_job_due_rows due;
    cl->out = (webhook_jobs){arena_array(cl->a, webhook_job, (size_t)cl->most), 0};
    TRY(q_webhook_job_due(tx, cl->a, cl->now_ms, cl->most, &due));
    for (size_t i = 0; i < due.n; i++) {
        const q_webhook_job_due_row *row = &due.at[i];
        q_webhook_get_row hook = {.is_off = true};
        int64_t taken;
        TRY(q_webhook_job_lease(tx, row->id, row->attempts, cl->now_ms + WEBHOOK_LEASE_MS, &taken));
        if (taken == 0)
            continue;
        err e = q_webhook_get(tx, cl->a, row->webhook, &hook);
        if (e != ERR_NOT_FOUND)
            TRY(e);
        if (e == ERR_NOT_FOUND || hook.is_off) {
            TRY(q_webhook_job_delete(tx, row->id, row->attempts + 1));
            continue;
        }
        cl->out.at[cl->out.n++] = (webhook_job){
            .id = row->id,
            .webhook = row->webhook,
            .attempts = row->attempts,
            .url = hook.url,
            .body = row->body,
            .message_id =
                arena_printf(cl->a, "msg_%lld_%lld", (long long)row->created, (long long)row->id),
            .secret = secret_bytes(cl->a, &cl->c->keys, row->webhook, hook.created),
        };
    }
    (void)scratch;
    return OK;
}

static err look(db_tx *tx, arena *scratch, void *arg)
{
    claim *cl = arg;
    q_webhook_job_due_rows due;
    TRY(q_webhook_job_due(tx, scratch, cl->now_ms, 1, &due));
    cl->has_due = due.n > 0;
    return OK;
}

/* Looks first: an idle worker must not write. */
err webhook_claim(core *c, arena *a, int64_t now_ms, int most, webhook_jobs *out_jobs)
{
    claim cl = {.c = c, .a = a, .now_ms = now_ms, .most = most};
    TRY(db_read(c->db, look, &cl));
    *out_jobs = (webhook_jobs){NULL, 0};
    if (!cl.has_due)
        return OK;
    TRY(db_write(c->db, write_claim, &cl));
    *out_jobs = cl.out;
    return OK;
}

str webhook_signature(arena *a, const webhook_job *job, int64_t unix_s)
{
    key32 key;
    BUG_IF(job->secret.n != sizeof key.at);
    memcpy(key.at, job->secret.at, sizeof key.at);
    str head = arena_printf(a, "%.*s.%lld.", STR_FMT(job->message_id), (long long)unix_s);
    hash32 mac = mac_sha256_parts(&key, (const str[]){head, job->body}, 2);
    return arena_printf(a, "v1,%.*s", STR_FMT(base64_make(a, hash_str(&mac))));
}

typedef struct settling {
    const webhook_job *job;
    webhook_fate fate;
    int64_t now_ms;
} settling;

/* 0: no further attempt. */
static int64_t wait_ms(int64_t attempts)
{
    static const int64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
    size_t n = sizeof seconds / sizeof *seconds;
    return attempts < (int64_t)n ? seconds[attempts] * 1000 : 0;
}

static err write_failure(db_tx *tx, arena *scratch, const settling *s)
{
    const webhook_job *job = s->job;
    q_webhook_get_row hook;
    err e = q_webhook_get(tx, scratch, job->webhook, &hook);
    if (e == ERR_NOT_FOUND)
        return q_webhook_job_delete(tx, job->id, job->attempts + 1);
    TRY(e);
    bool is_hopeless =
        hook.failing.is_set && s->now_ms - hook.failing.value > (int64_t)WEBHOOK_OFF_DAYS * DAY_MS;
    TRY(q_webhook_failing(tx, job->webhook, s->now_ms));
    if (s->fate == WEBHOOK_GONE || is_hopeless) {
        TRY(q_webhook_off(tx, job->webhook));
        return q_webhook_job_delete_of(tx, job->webhook);
    }
    int64_t wait = wait_ms(job->attempts);
    if (wait == 0)
        return q_webhook_job_delete(tx, job->id, job->attempts + 1);
    return q_webhook_job_again(tx, job->id, job->attempts + 1, s->now_ms + wait);
}

static err write_settlement(db_tx *tx, arena *scratch, void *arg)
{
    const settling *s = arg;
    if (s->fate != WEBHOOK_ARRIVED)
        return write_failure(tx, scratch, s);
    TRY(q_webhook_well(tx, s->job->webhook));
    return q_webhook_job_delete(tx, s->job->id, s->job->attempts + 1);
}

err webhook_settle(core *c, const webhook_job *job, webhook_fate fate, int64_t now_ms)
{
    settling s = {job, fate, now_ms};
    return db_write(c->db, write_settlement, &s);
}
