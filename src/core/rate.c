/* SPDX-License-Identifier: EUPL-1.2 */
/* Token buckets in a fixed table. A bucket is full at its hourly limit and fills evenly; a bucket
 * that nobody used for an hour is as good as none, so the fullest of a few neighbours gives way
 * when a new one needs a place.
 *
 * The narrow bucket is asked first, and the wide one only for what it let pass: one noisy client
 * must not use up what its neighbours share. */

#include "core/rate.h"

#include "base/clock.h"

#include <pthread.h>

enum { HOUR_MS = 3600000, NEIGHBOURS = 8, LOCKS = 64, KEY_BYTES = 16 };

typedef struct bucket {
    unsigned char key[KEY_BYTES];
    int64_t seen_ms;
    int64_t owed; /* of the hourly limit; a token is HOUR_MS, so that filling needs no rounding */
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

/* Yesterday's buckets have keys that nobody asks for any more. */
static void forget_all(rate_limiter *r)
{
    for (size_t lock = 0; lock < LOCKS; lock++) {
        pthread_mutex_lock(&r->lock[lock]);
        for (size_t group = lock; group < r->n / NEIGHBOURS; group += LOCKS)
            memset(r->at + group * NEIGHBOURS, 0, NEIGHBOURS * sizeof *r->at);
        pthread_mutex_unlock(&r->lock[lock]);
    }
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
        forget_all(r);
    }
    key32 key = r->day_key;
    pthread_mutex_unlock(&r->day_lock);
    return key;
}

static bool is_idle(const bucket *b, int64_t now_ms)
{
    /* Or the wall clock jumped. */
    return now_ms - b->seen_ms > HOUR_MS || b->seen_ms - now_ms > HOUR_MS;
}

/* The bucket of the key among its neighbours; the least owing one is taken over when none has it.
 */
static bucket *find(rate_limiter *r, const unsigned char *key, size_t group, int64_t now_ms)
{
    bucket *first = r->at + group * NEIGHBOURS;
    bucket *weakest = first;
    for (bucket *b = first; b < first + NEIGHBOURS; b++) {
        if (is_idle(b, now_ms))
            b->owed = 0;
        if (memcmp(b->key, key, KEY_BYTES) == 0)
            return b;
        if (b->owed < weakest->owed || (b->owed == weakest->owed && b->seen_ms < weakest->seen_ms))
            weakest = b;
    }
    *weakest = (bucket){.seen_ms = now_ms};
    memcpy(weakest->key, key, KEY_BYTES);
    return weakest;
}

typedef struct asking {
    rate_limiter *r;
    key32 day_key;
    int64_t now_ms;
} asking;

/* The bucket of a prefix, filled up to now and locked. */
static bucket *enter(const asking *ask, str prefix, int64_t per_hour, pthread_mutex_t **out_lock)
{
    rate_limiter *r = ask->r;
    hash32 key = mac_sha256(&ask->day_key, prefix);
    uint64_t place;
    memcpy(&place, key.at + KEY_BYTES, sizeof place);
    size_t group = (size_t)(place % (r->n / NEIGHBOURS));
    *out_lock = &r->lock[group % LOCKS];
    pthread_mutex_lock(*out_lock);
    bucket *b = find(r, key.at, group, ask->now_ms);
    if (ask->now_ms > b->seen_ms)
        b->owed -= (ask->now_ms - b->seen_ms) * per_hour;
    if (b->owed < 0)
        b->owed = 0;
    b->seen_ms = ask->now_ms;
    return b;
}

static err take_from(const asking *ask, str prefix, int64_t per_hour, int *out_retry_after_s)
{
    pthread_mutex_t *lock;
    bucket *b = enter(ask, prefix, per_hour, &lock);
    int64_t missing = b->owed + HOUR_MS - per_hour * HOUR_MS;
    if (missing <= 0)
        b->owed += HOUR_MS;
    pthread_mutex_unlock(lock);
    if (missing <= 0)
        return OK;
    int64_t wait_ms = per_hour > 0 ? (missing + per_hour - 1) / per_hour : HOUR_MS;
    *out_retry_after_s = (int)((wait_ms + 999) / 1000);
    return ERR_LIMIT;
}

static void give_back(const asking *ask, str prefix, int64_t per_hour)
{
    pthread_mutex_t *lock;
    bucket *b = enter(ask, prefix, per_hour, &lock);
    b->owed = b->owed > HOUR_MS ? b->owed - HOUR_MS : 0;
    pthread_mutex_unlock(lock);
}

/* "class, number of bytes, those bytes". */
static str prefix_of(char room[static 2 + 16], int class, size_t n, client_ip client)
{
    room[0] = (char)class;
    room[1] = (char)n;
    memcpy(room + 2, client.private_bytes, n);
    return (str){room, 2 + n};
}

static bool is_mapped(client_ip client)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    return memcmp(client.private_bytes, mapped, sizeof mapped) == 0;
}

static rate_state look_at(const asking *ask, str prefix, int64_t per_hour)
{
    pthread_mutex_t *lock;
    const bucket *b = enter(ask, prefix, per_hour, &lock);
    rate_state is = {.left = per_hour - (b->owed + HOUR_MS - 1) / HOUR_MS,
                     .full_s = per_hour > 0 ? (b->owed / per_hour + 999) / 1000 : 0};
    pthread_mutex_unlock(lock);
    if (is.left < 0)
        is.left = 0;
    return is;
}

rate_state rate_look(rate_limiter *r, int class, rate_limits limits, client_ip client,
                     int64_t now_ms)
{
    bool is_ipv4 = is_mapped(client);
    char narrow_room[2 + 16], wide_room[2 + 16];
    asking ask = {.r = r, .day_key = key_of_day(r, now_ms), .now_ms = now_ms};
    rate_state narrow = look_at(&ask, prefix_of(narrow_room, class, is_ipv4 ? 16 : 8, client),
                                limits.narrow_per_hour);
    rate_state wide =
        look_at(&ask, prefix_of(wide_room, class, is_ipv4 ? 15 : 6, client), limits.wide_per_hour);
    return wide.left < narrow.left ? wide : narrow;
}

bool rate_has(rate_limiter *r, int class, rate_limits limits, client_ip client, int64_t now_ms)
{
    char room[2 + 16];
    str narrow = prefix_of(room, class, is_mapped(client) ? 16 : 8, client);
    asking ask = {.r = r, .day_key = key_of_day(r, now_ms), .now_ms = now_ms};
    pthread_mutex_t *lock;
    const bucket *b = enter(&ask, narrow, limits.narrow_per_hour, &lock);
    bool has = b->owed + HOUR_MS <= limits.narrow_per_hour * HOUR_MS;
    pthread_mutex_unlock(lock);
    return has;
}

err rate_take(rate_limiter *r, int class, rate_limits limits, client_ip client, int64_t now_ms,
              int *out_retry_after_s)
{
    bool is_ipv4 = is_mapped(client);
    char narrow_room[2 + 16], wide_room[2 + 16];
    str narrow = prefix_of(narrow_room, class, is_ipv4 ? 16 : 8, client);
    str wide = prefix_of(wide_room, class, is_ipv4 ? 15 : 6, client);
    asking ask = {.r = r, .day_key = key_of_day(r, now_ms), .now_ms = now_ms};
    TRY(take_from(&ask, narrow, limits.narrow_per_hour, out_retry_after_s));
    err e = take_from(&ask, wide, limits.wide_per_hour, out_retry_after_s);
    if (e != OK)
        give_back(&ask, narrow, limits.narrow_per_hour);
    return e;
}
