/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Which of n sessions are free; private to db/. The one given back last is taken first, because
 * its caches are warm. Sessions themselves belong to the engine, which opens them when first
 * taken. */

#include "base/base.h"

#include <pthread.h>

typedef struct pool {
    pthread_mutex_t lock;
    pthread_cond_t given;
    int *free; /* a stack of numbers */
    int free_n;
} pool;

void pool_init(pool *p, arena *home, int n);
void pool_clear(pool *p);

/* ERR_BUSY, logged: none was given back within wait_ms. */
MUST_USE err pool_take(pool *p, int64_t wait_ms, int *out_number);
void pool_give(pool *p, int number);
