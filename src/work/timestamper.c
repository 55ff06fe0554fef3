/* SPDX-License-Identifier: EUPL-1.2 */
/* Row, then files: what a crash leaves out is written at the next start. */

#include "work/timestamper.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "core/lease.h"
#include "core/timestamps.h"
#include "crypto/timestamp.h"
#include "fetch/fetch.h"
#include "work/timestamp_files.h"

enum {
    ROUND_MS = 2000,
    TROUBLE_REST_MS = 5000,
    EXCHANGE_MS = 10000,
    LEASE_MS = 60000, /* outlasts an exchange */
    PAUSE_LEAST_MS = 2000,
    PAUSE_MOST_MS = 3600000,
    CLOCKS_APART_MOST_S = 3600,
    TASK_BYTES_MOST = 4 << 20,
    DECLARATIONS_MOST = 64,
};

typedef struct timestamping {
    worker *w;
    const timestamper_options *options;
    alliance_copy alliance;
    fetch *fetch;
    int64_t pause_ms; /* 0: the authority is well, as far as is known */
    int64_t again_ms; /* steady; not asked before */
    int64_t ids[DECLARATIONS_MOST];
    int64_t written[DECLARATIONS_MOST]; /* size of the last stamp whose files stand */
    size_t n;
} timestamping;

/* --- files --- */

static int64_t *written_of(timestamping *t, int64_t declaration_id)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->ids[i] == declaration_id)
            return &t->written[i];
    if (t->n == DECLARATIONS_MOST)
        return NULL;
    t->ids[t->n] = declaration_id;
    t->written[t->n] = 0;
    return &t->written[t->n++];
}

static err keep_files(timestamping *t, const declaration *d)
{
    timestamp_kept last;
    int64_t *written = written_of(t, d->id);
    if (!written)
        return ERR_LIMIT;
    arena *a = arena_open(TASK_BYTES_MOST);
    err e = timestamps_last(t->w->core, a, d->id, &last);
    if (e == OK && last.size > *written)
        e = timestamp_files_write(t->w->core, t->options->directory, d->id, d->slug, *written,
                                  written);
    arena_close(a);
    return e == ERR_NOT_FOUND ? OK : e; /* another machine publishes this log */
}

/* --- the authority --- */

static uint64_t make_nonce(void)
{
    uint64_t nonce;
    random_fill(&nonce, sizeof nonce);
    return nonce >> 1 | 1; /* positive, and never none */
}

/* What an authority is called that sends no certificate. */
static str host_of(str url)
{
    str rest;
    return str_cut(str_cut(str_skip(url, str_find_str(url, S("://")) + 3), '/', &rest), ':', &rest);
}

/* out_why: what is wrong, when the outcome is not OK. */
static err ask(timestamping *t, arena *a, const published *checkpoint, timestamp_kept *out_kept,
               str *out_why)
{
    str query, ca_pem = t->options->ca_pem;
    fetched got;
    timestamp stamp;
    timestamp_question question = {.imprint = hash_sha256(checkpoint->note),
                                   .nonce = make_nonce(),
                                   .policy = t->options->policy};
    *out_why = S("timestamp-policy is no object identifier");
    TRY(timestamp_query(a, &question, &query));
    err e = fetch_post(t->fetch, a, t->options->url, S("application/timestamp-query"), query, &got);
    *out_why = arena_copy(a, fetch_reason(t->fetch));
    TRY(e);
    *out_why = arena_printf(a, "the authority answers %d", got.status);
    if (got.status != 200)
        return ERR_IO;
    TRY(timestamp_check(a, got.body, &question, ca_pem, &stamp, out_why));
    int64_t now_ms = clock_now_ms(), apart_s = stamp.time_s - now_ms / 1000;
    *out_why = arena_printf(a, "the stamp's time is %lld s away from this machine's clock",
                            (long long)apart_s);
    if (apart_s > CLOCKS_APART_MOST_S || apart_s < -CLOCKS_APART_MOST_S)
        return ERR_DENIED;
    *out_kept = (timestamp_kept){.size = checkpoint->size,
                                 .note = checkpoint->note,
                                 .reply = got.body,
                                 .time_ms = stamp.time_s * 1000,
                                 .authority =
                                     stamp.authority.n ? stamp.authority : host_of(t->options->url),
                                 .at_ms = now_ms};
    return OK;
}

static err fail(timestamping *t, const declaration *d, str why)
{
    t->pause_ms = t->pause_ms == 0                  ? PAUSE_LEAST_MS
                  : t->pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS
                                                    : t->pause_ms * 2;
    t->again_ms = clock_steady_ms() + t->pause_ms;
    LOG(LOG_WARN, "timestamp.failed", log_str("log", d->slug), log_str("reason", why),
        log_int("again_s", t->pause_ms / 1000));
    return timestamps_trouble_set(t->w->core, why, clock_now_ms());
}

static err stamp(timestamping *t, arena *a, const declaration *d, const published *checkpoint)
{
    timestamp_kept kept;
    str why;
    if (ask(t, a, checkpoint, &kept, &why) != OK)
        return fail(t, d, why);
    TRY(timestamps_keep(t->w->core, d->id, &kept));
    LOG(LOG_INFO, "timestamp.made", log_str("log", d->slug), log_int("size", kept.size));
    t->pause_ms = 0;
    return timestamps_trouble_set(t->w->core, S(""), kept.at_ms);
}

/* One machine asks, and looks again once it is the one. */
static err stamp_if_due(timestamping *t, const declaration *d)
{
    published checkpoint;
    int64_t now_ms = clock_now_ms();
    arena *a = arena_open(TASK_BYTES_MOST);
    core *c = t->w->core;
    err e = timestamps_due(c, a, d->id, now_ms, &checkpoint);
    if (e == OK)
        e = lease_hold(c, S("timestamper"), t->w->name, now_ms, now_ms + LEASE_MS);
    if (e == OK)
        e = timestamps_due(c, a, d->id, now_ms, &checkpoint);
    if (e == OK)
        e = stamp(t, a, d, &checkpoint);
    arena_close(a);
    return e == ERR_NOT_FOUND || e == ERR_CONFLICT ? OK : e;
}

static bool may_ask(const timestamping *t)
{
    return t->fetch && (t->pause_ms == 0 || clock_steady_ms() >= t->again_ms);
}

static err round_of(timestamping *t)
{
    TRY(worker_alliance(t->w, &t->alliance));
    declaration_list all = t->alliance.al.declarations;
    for (size_t i = 0; i < all.n; i++) {
        if (may_ask(t))
            TRY(stamp_if_due(t, &all.at[i]));
        TRY(keep_files(t, &all.at[i]));
    }
    return OK;
}

void timestamper_run(worker *w, const timestamper_options *options)
{
    timestamping t = {.w = w, .options = options};
    err before = OK;
    if (options->url.n)
        t.fetch = fetch_open(
            &(fetch_options){.timeout_ms = EXCHANGE_MS, .bytes_most = TIMESTAMP_REPLY_BYTES_MOST});
    do {
        err e = round_of(&t);
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_ERROR, "timestamper.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, before == OK ? ROUND_MS : TROUBLE_REST_MS));
    fetch_close(t.fetch);
    arena_close(t.alliance.home);
}
