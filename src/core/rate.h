/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Rate limits: token buckets over network prefixes (/32 and /24 of IPv4, /64 and /48 of IPv6).
 * A bucket's key is an HMAC of the prefix under a key of the day; buckets live in memory only,
 * until the day changes, and never reach disk or log. Safe from any thread. */

#include "core/core.h"

typedef struct rate_limiter rate_limiter;

typedef struct rate_limits {
    int64_t narrow_per_hour; /* /32 and /64 */
    int64_t wide_per_hour;   /* /24 and /48 */
} rate_limits;

/* The master of the day keys is keys->rate. */
rate_limiter *rate_open(const core_keys *keys, size_t buckets);
void rate_close(rate_limiter *r);

/* Takes one token of the class (any small number; each class has its own buckets) for the client.
 * OK, or ERR_LIMIT with the seconds after which one token is there again. */
MUST_USE err rate_take(rate_limiter *r, int class, rate_limits limits, client_ip client,
                       int64_t now_ms, int *out_retry_after_s);

/* What is left for a client, for telling it. */
typedef struct rate_state {
    int64_t left;   /* tokens, as rate_take would find them */
    int64_t full_s; /* seconds until all are there again */
} rate_state;
rate_state rate_look(rate_limiter *r, int class, rate_limits limits, client_ip client,
                     int64_t now_ms);

/* Whether rate_take would find a token in the client's own bucket; takes none. */
bool rate_has(rate_limiter *r, int class, rate_limits limits, client_ip client, int64_t now_ms);
