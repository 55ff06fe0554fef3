/* SPDX-License-Identifier: EUPL-1.2 */
/* Token buckets in a fixed table. A bucket is full at its hourly limit and fills evenly; a bucket
 * that nobody used for an hour is as good as none, so the fullest of a few neighbours gives way
 * when a new one needs a place. */

#include "core/rate.h"

#include "base/clock.h"

#include <pthread.h>

enum { HOUR_MS = 3600000, NEIGHBOURS = 8, LOCKS = 64, KEY_BYTES = 16 };

typedef struct bucket {
    unsigned char key[KEY_BYTES];
    int64_t seen_ms;
    int64_t owed; /* of the hourly limit, in thousandths of a token */
} bucket;

struct rate_limiter {
    key32 master;
    size_t n; /* a multiple of LOCKS * NEIGHBOURS */
    bucket *at;
    pthread_mutex_t lock[LOCKS];
    pthread_mutex_t day_lock;
    int64_t day;
    key32 day_key;
};

rate_limiter *rate_open(const core_keys *keys, size_t buckets)
{
    rate_limiter *r = calloc(1, sizeof *r);
    size_t unit = (size_t)LOCKS * NEIGHBOURS;
    BUG_IF(!r || buckets == 0);
    r->master = keys->rate;
    r->n = (buckets + unit - 1) / unit * unit;
    r->at = calloc(r->n, sizeof *r->at);
    BUG_IF(!r->at);
    r->day = -1;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_init(&r->lock[i], NULL);
    pthread_mutex_init(&r->day_lock, NULL);
    return r;
}

void rate_close(rate_limiter *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&r->lock[i]);
    pthread_mutex_destroy(&r->day_lock);
    free(r->at);
    free(r);
}

static key32 key_of_day(rate_limiter *r, int64_t now_ms)
{
    int64_t day = clock_day(now_ms);
    pthread_mutex_lock(&r->day_lock);
    if (day != r->day) {
        char purpose[32];
        int n = snprintf(purpose, sizeof purpose, "day/%lld", (long long)day);
        r->day_key = key_derive(&r->master, (str){purpose, (size_t)n});
        r->day = day;
    }
    key32 key = r->day_key;
    pthread_mutex_unlock(&r->day_lock);
    return key;
}

/* The bucket of the key among its neighbours; the least owing one is taken over when none has it.
 */
static bucket *find(rate_limiter *r, const unsigned char *key, size_t group)
{
    bucket *first = r->at + group * NEIGHBOURS;
    bucket *weakest = first;
    for (bucket *b = first; b < first + NEIGHBOURS; b++) {
        if (memcmp(b->key, key, KEY_BYTES) == 0)
            return b;
        if (b->owed < weakest->owed || (b->owed == weakest->owed && b->seen_ms < weakest->seen_ms))
            weakest = b;
    }
    *weakest = (bucket){.seen_ms = 0};
    memcpy(weakest->key, key, KEY_BYTES);
    return weakest;
}

static err take_from(rate_limiter *r, const key32 *day_key, str prefix, int64_t per_hour,
                     int64_t now_ms, int *out_retry_after_s)
{
    hash32 key = mac_sha256(day_key, prefix);
    uint64_t place;
    memcpy(&place, key.at + KEY_BYTES, sizeof place);
    size_t group = (size_t)(place % (r->n / NEIGHBOURS));
    pthread_mutex_t *lock = &r->lock[group % LOCKS];
    pthread_mutex_lock(lock);
    bucket *b = find(r, key.at, group);
    int64_t elapsed = now_ms - b->seen_ms;
    if (elapsed > HOUR_MS || elapsed < -HOUR_MS)
        b->owed = 0; /* idle for long, or the wall clock jumped */
    else if (elapsed > 0)
        b->owed -= elapsed * per_hour * 1000 / HOUR_MS;
    if (b->owed < 0)
        b->owed = 0;
    b->seen_ms = now_ms;
    bool is_free = b->owed + 1000 <= per_hour * 1000;
    if (is_free)
        b->owed += 1000;
    else if (per_hour > 0)
        *out_retry_after_s =
            (int)((b->owed + 1000 - per_hour * 1000) * 3600 / (per_hour * 1000)) + 1;
    else
        *out_retry_after_s = 3600;
    pthread_mutex_unlock(lock);
    return is_free ? OK : ERR_LIMIT;
}

err rate_take(rate_limiter *r, int class, rate_limits limits, client_ip client, int64_t now_ms,
              int *out_retry_after_s)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    bool is_ipv4 = memcmp(client.private_bytes, mapped, sizeof mapped) == 0;
    const size_t narrow = is_ipv4 ? 16 : 8, wide = is_ipv4 ? 15 : 6;
    key32 day_key = key_of_day(r, now_ms);
    char prefix[2 + sizeof client.private_bytes] = {(char)class};
    memcpy(prefix + 2, client.private_bytes, sizeof client.private_bytes);
    prefix[1] = (char)wide;
    TRY(take_from(r, &day_key, (str){prefix, 2 + wide}, limits.wide_per_hour, now_ms,
                  out_retry_after_s));
    prefix[1] = (char)narrow;
    return take_from(r, &day_key, (str){prefix, 2 + narrow}, limits.narrow_per_hour, now_ms,
                     out_retry_after_s);
}
