/* SPDX-License-Identifier: EUPL-1.2 */
/* Stopping, resting and the alliance. */

#include "work/worker.h"

#include "base/clock.h"

void worker_init(worker *w, core *c, str name)
{
    w->core = c;
    w->name = name;
    w->is_stopping = false;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->stop_signal, NULL);
}

void worker_clear(worker *w)
{
    pthread_cond_destroy(&w->stop_signal);
    pthread_mutex_destroy(&w->lock);
}

void worker_stop(worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_stopping = true;
    pthread_cond_broadcast(&w->stop_signal);
    pthread_mutex_unlock(&w->lock);
}

bool worker_rest(worker *w, int ms)
{
    int64_t end_ms = clock_steady_ms() + ms;
    pthread_mutex_lock(&w->lock);
    while (!w->is_stopping && clock_wait(&w->stop_signal, &w->lock, end_ms - clock_steady_ms()))
        ;
    bool goes_on = !w->is_stopping;
    pthread_mutex_unlock(&w->lock);
    return goes_on;
}

err worker_alliance(worker *w, alliance_copy *copy)
{
    int64_t revision;
    TRY(alliance_revision(w->core, &revision));
    if (copy->home && copy->al.revision == revision)
        return OK;
    arena *home = arena_open(ALLIANCE_BYTES_MOST);
    alliance fresh;
    err e = alliance_load(w->core, home, &fresh);
    if (e != OK) {
        arena_close(home);
        return e;
    }
    arena_close(copy->home);
    *copy = (alliance_copy){home, fresh};
    return OK;
}
