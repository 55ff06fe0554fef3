/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Webhooks by Standard Webhooks 1.0: who is told when something has become public. A message is
 * written in the transaction that publishes the fact, and delivered by work/ at least once.
 *
 *   count.reached   the count passed a step of its ladder (declaration_next_goal)
 *   partner.signed  signatures that came by a partner's key entered the count
 *
 * No message holds anything about a person. The secret of a webhook is derived and stored nowhere.
 */

#include "core/log.h"

/* Events parted by spaces or commas. ERR_INVALID: the url is no absolute http or https address, or
 * an event is none of the above. */
MUST_USE err webhook_add(core *c, arena *a, str url, str events, int64_t now_ms, int64_t *out_id);

typedef struct webhook {
    int64_t id;
    str url;
    str events;
    int64_t created_ms;
    int64_t failing_ms; /* since when nothing arrives; 0: all is well */
    bool is_off;        /* nothing is sent until it is put on again */
    int64_t waiting;    /* messages */
} webhook;

typedef struct webhooks {
    const webhook *at;
    size_t n;
} webhooks;

MUST_USE err webhook_list(core *c, arena *a, webhooks *out_webhooks);
/* With what waits for it. ERR_NOT_FOUND. */
MUST_USE err webhook_remove(core *c, int64_t id);
/* On again. ERR_NOT_FOUND. */
MUST_USE err webhook_on(core *c, int64_t id);
/* Queues a message of type "ping". ERR_NOT_FOUND. */
MUST_USE err webhook_ping(core *c, int64_t id, int64_t now_ms);

/* "whsec_" and base64, as receivers' libraries want it. */
str webhook_secret(arena *a, const core_keys *keys, int64_t id, int64_t created_ms);

/* Writes messages about a checkpoint; before: the count of the one before it. Part of log_publish.
 */
MUST_USE err webhook_note(db_tx *tx, arena *scratch, int64_t declaration_id, int64_t before,
                          const published *p);

/* --- Delivery. --- */

enum {
    WEBHOOK_LEASE_MS = 60000,
    WEBHOOK_OFF_DAYS = 5, /* of failing: then nothing is sent any more */
};

typedef struct webhook_job {
    int64_t id;
    int64_t webhook;
    int64_t attempts; /* before this one */
    str url;
    str body;
    str message_id; /* the same at each attempt */
    str secret;     /* bytes */
} webhook_job;

typedef struct webhook_jobs {
    webhook_job *at;
    size_t n;
} webhook_jobs;

/* Leases up to most due messages; those of a webhook that is gone or off are dropped. */
MUST_USE err webhook_claim(core *c, arena *a, int64_t now_ms, int most, webhook_jobs *out_jobs);

/* "v1,…": of id, time and body. */
str webhook_signature(arena *a, const webhook_job *job, int64_t unix_s);

typedef enum webhook_fate {
    WEBHOOK_ARRIVED, /* any 2xx */
    WEBHOOK_LATER,   /* again after 5 s, 5 and 30 min, 2, 5, 10, 14, 20 and 24 h, then never */
    WEBHOOK_GONE,    /* 410: the receiver wants no more; the webhook is put off */
} webhook_fate;

MUST_USE err webhook_settle(core *c, const webhook_job *job, webhook_fate fate, int64_t now_ms);
