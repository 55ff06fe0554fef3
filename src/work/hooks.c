/* SPDX-License-Identifier: EUPL-1.2 */
/* A few messages at a time, one after the other: a lease outlasts them all. */

#include "work/hooks.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/webhook.h"
#include "fetch/fetch.h"

enum {
    ROUND_MS = 1000,
    TROUBLE_REST_MS = 5000,
    MESSAGES_A_ROUND = 5,
    TIMEOUT_MS = 10000, /* MESSAGES_A_ROUND of them are less than WEBHOOK_LEASE_MS */
    ANSWER_BYTES_MOST = 16384,
    ARENA_BYTES = 4 << 20,
};

_Static_assert(MESSAGES_A_ROUND *TIMEOUT_MS < WEBHOOK_LEASE_MS, "the lease outlasts a round");

static webhook_fate send(fetch *f, arena *a, const webhook_job *job, int64_t now_ms)
{
    int64_t unix_s = now_ms / 1000;
    fetched reply;
    str lines[] = {
        arena_printf(a, "webhook-id: %.*s", STR_FMT(job->message_id)),
        arena_printf(a, "webhook-timestamp: %lld", (long long)unix_s),
        arena_printf(a, "webhook-signature: %.*s", STR_FMT(webhook_signature(a, job, unix_s))),
    };
    str_list more = {lines, sizeof lines / sizeof *lines};
    err e = fetch_post_with(f, a, job->url, S("application/json"), &more, job->body, &reply);
    if (e == OK && reply.status >= 200 && reply.status < 300)
        return WEBHOOK_ARRIVED;
    LOG(LOG_WARN, "webhook.failed", log_int("webhook", job->webhook),
        log_int("attempt", job->attempts + 1), log_int("status", e == OK ? reply.status : 0),
        log_str("reason", e == OK ? S("refused") : fetch_reason(f)));
    return e == OK && reply.status == 410 ? WEBHOOK_GONE : WEBHOOK_LATER;
}

/* Out: messages taken. */
static err round_of(worker *w, fetch *f, size_t *out_n)
{
    arena *a = arena_open(ARENA_BYTES);
    webhook_jobs jobs = {NULL, 0};
    err e = webhook_claim(w->core, a, clock_now_ms(), MESSAGES_A_ROUND, &jobs);
    for (size_t i = 0; i < jobs.n && e == OK; i++) {
        webhook_fate fate = send(f, a, &jobs.at[i], clock_now_ms());
        e = webhook_settle(w->core, &jobs.at[i], fate, clock_now_ms());
    }
    *out_n = jobs.n;
    arena_close(a);
    return e;
}

void hooks_run(worker *w, const hooks_options *options)
{
    fetch *f = fetch_open(&(fetch_options){.ca_file = options->ca_file,
                                           .timeout_ms = TIMEOUT_MS,
                                           .bytes_most = ANSWER_BYTES_MOST,
                                           .is_public_only = !options->is_any_target});
    err before = OK;
    size_t n = 0;
    do {
        err e = round_of(w, f, &n);
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_ERROR, "hooks.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, before != OK ? TROUBLE_REST_MS : n == MESSAGES_A_ROUND ? 0 : ROUND_MS));
    fetch_close(f);
}
