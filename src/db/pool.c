/* SPDX-License-Identifier: EUPL-1.2 */
/* A stack of free numbers under a lock. */

#include "db/pool.h"

#include "base/clock.h"
#include "base/log.h"

void pool_init(pool *p, arena *home, int n)
{
    pthread_cond_init(&p->given, NULL);
    pthread_mutex_init(&p->lock, NULL);
    p->free = arena_array(home, int, (size_t)n);
    for (int i = 0; i < n; i++)
        p->free[p->free_n++] = n - 1 - i;
}

void pool_clear(pool *p)
{
    pthread_cond_destroy(&p->given);
    pthread_mutex_destroy(&p->lock);
}

err pool_take(pool *p, int64_t wait_ms, int *out_number)
{
    int64_t end_ms = clock_steady_ms() + wait_ms;
    pthread_mutex_lock(&p->lock);
    while (p->free_n == 0 && clock_wait(&p->given, &p->lock, end_ms - clock_steady_ms()))
        ;
    bool is_taken = p->free_n > 0;
    if (is_taken)
        *out_number = p->free[--p->free_n];
    pthread_mutex_unlock(&p->lock);
    if (is_taken)
        return OK;
    LOG_EVENT(LOG_WARN, "db.no_free_session");
    return ERR_BUSY;
}

void pool_give(pool *p, int number)
{
    pthread_mutex_lock(&p->lock);
    p->free[p->free_n++] = number;
    pthread_cond_signal(&p->given);
    pthread_mutex_unlock(&p->lock);
}
