/* SPDX-License-Identifier: EUPL-1.2 */
/* Sequence, publish, rest. Batches are small, so that signers never wait long for the writer; the
 * checkpoint comes after the last batch, at most once a round. */

#include "work/sealer.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/lease.h"
#include "core/log.h"
#include "work/publisher.h"

enum {
    ROUND_MS = 250,
    LEASE_MS = 5000,
    BATCHES_A_ROUND = 40,     /* then publish, even when more is waiting */
    IDLE_SEQUENCE_MS = 30000, /* tallies fall due without news in the queue */
    TROUBLE_REST_MS = 2000,
    DECLARATIONS_MOST = 64,
};

typedef struct sealing {
    worker *w;
    const sealer_options *options;
    alliance_copy alliance;
    publisher *publishers[DECLARATIONS_MOST];
    int64_t ids[DECLARATIONS_MOST];
    hash32 policies[DECLARATIONS_MOST]; /* that each was opened with */
    size_t n;
    int64_t sequenced_ms;
    int64_t leased_until_ms;
} sealing;

static void close_publishers(sealing *s)
{
    for (size_t i = 0; i < s->n; i++)
        publisher_close(s->publishers[i]);
    s->n = 0;
}

static err publisher_for(sealing *s, const declaration *d, publisher **out)
{
    hash32 policy = hash_sha256(d->policy);
    for (size_t i = 0; i < s->n; i++) {
        if (s->ids[i] == d->id && hash_eq(&s->policies[i], &policy)) {
            *out = s->publishers[i];
            return OK;
        }
        if (s->ids[i] == d->id) { /* other witnesses now: all are opened anew */
            close_publishers(s);
            break;
        }
    }
    if (s->n == DECLARATIONS_MOST)
        return ERR_LIMIT;
    char origin[512];
    int n = snprintf(origin, sizeof origin, "%.*s/log/%.*s", STR_FMT(s->options->host),
                     STR_FMT(d->slug));
    BUG_IF(n < 0 || (size_t)n >= sizeof origin);
    publisher_options options = {
        .directory = s->options->directory,
        .origin = {origin, (size_t)n},
        .declaration = d->id,
        .slug = d->slug,
        .manifest = d->manifest,
        .key = s->options->key,
        .policy = d->policy,
        .witness_ca_file = s->options->witness_ca_file,
        .standbys = s->options->standbys,
    };
    TRY(publisher_open(s->w->core, &options, out));
    s->ids[s->n] = d->id;
    s->policies[s->n] = policy;
    s->publishers[s->n++] = *out;
    return OK;
}

static err seal(sealing *s, const declaration *d, bool has_queue, int64_t now_ms)
{
    int64_t appended = has_queue, size;
    publisher *p;
    /* First, because it refuses rows that are older than what is published: the queue then waits
     * for the newer database. */
    TRY(publisher_for(s, d, &p));
    TRY(publisher_check(p));
    for (int batch = 0; batch < BATCHES_A_ROUND && appended > 0; batch++)
        TRY(log_sequence(s->w->core, d->id, now_ms, &appended));
    return publisher_publish(p, clock_now_ms(), &size);
}

static err seal_all(sealing *s)
{
    int64_t now_ms = clock_now_ms(), waiting;
    /* Renewed at half its life: an idle sealer must not write to the disk four times a second. */
    if (now_ms >= s->leased_until_ms - LEASE_MS / 2 || now_ms < s->leased_until_ms - LEASE_MS) {
        s->leased_until_ms = 0;
        TRY(lease_hold(s->w->core, S("sealer"), s->w->name, now_ms, now_ms + LEASE_MS));
        s->leased_until_ms = now_ms + LEASE_MS;
    }
    TRY(worker_alliance(s->w, &s->alliance));
    TRY(log_waiting(s->w->core, &waiting));
    bool is_due = now_ms - s->sequenced_ms >= IDLE_SEQUENCE_MS;
    if (is_due)
        s->sequenced_ms = now_ms;
    err worst = OK;
    declaration_list all = s->alliance.al.declarations;
    for (size_t i = 0; i < all.n; i++) {
        err e = seal(s, &all.at[i], waiting > 0 || is_due, now_ms);
        if (e != OK)
            worst = e;
    }
    return worst;
}

void sealer_run(worker *w, const sealer_options *options)
{
    sealing s = {.w = w, .options = options};
    err before = OK;
    do {
        err e = seal_all(&s);
        if (e != OK)
            close_publishers(&s); /* the log may be another sealer's now, or the disk be full */
        if (e != before)
            LOG(e == OK || e == ERR_CONFLICT ? LOG_INFO : LOG_ERROR, "sealer.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, before == OK ? ROUND_MS : TROUBLE_REST_MS));
    close_publishers(&s);
    arena_close(s.alliance.home);
    if (lease_give_up(w->core, S("sealer"), w->name) != OK)
        LOG_EVENT(LOG_WARN, "sealer.lease_kept");
}
