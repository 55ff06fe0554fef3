/* SPDX-License-Identifier: EUPL-1.2 */
/* A short list under a lock, and a thread that empties it. A sum that cannot be written is kept for
 * the next minute; one more source than there is room for is not counted. */

#include "web/sources.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>

enum { SOURCES_MOST = 256, FLUSH_EVERY_MS = 60000 };

typedef struct held_count {
    int64_t day, n;
    size_t name_n;
    char name[VISIT_SOURCE_BYTES_MOST];
} held_count;

struct sources {
    core *core;
    pthread_mutex_t lock;
    pthread_cond_t stop_signal;
    bool is_stopping;
    held_count at[SOURCES_MOST];
    size_t n;
    pthread_t flusher;
};

static void add(sources *s, str source, int64_t day, int64_t n)
{
    for (size_t i = 0; i < s->n; i++) {
        held_count *c = &s->at[i];
        if (c->day == day && str_eq((str){c->name, c->name_n}, source)) {
            c->n += n;
            return;
        }
    }
    if (s->n == SOURCES_MOST || source.n > VISIT_SOURCE_BYTES_MOST)
        return;
    held_count *fresh = &s->at[s->n++];
    *fresh = (held_count){.day = day, .n = n, .name_n = source.n};
    memcpy(fresh->name, source.at, source.n);
}

void sources_note(sources *s, str source, int64_t now_ms)
{
    if (!s || source.n == 0)
        return;
    pthread_mutex_lock(&s->lock);
    add(s, source, clock_day(now_ms), 1);
    pthread_mutex_unlock(&s->lock);
}

void sources_flush(sources *s)
{
    held_count taken[SOURCES_MOST];
    visit_count counts[SOURCES_MOST];
    pthread_mutex_lock(&s->lock);
    size_t n = s->n;
    memcpy(taken, s->at, n * sizeof *taken);
    s->n = 0;
    pthread_mutex_unlock(&s->lock);
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        counts[i] = (visit_count){taken[i].day, {taken[i].name, taken[i].name_n}, taken[i].n};
    err e = visit_add(s->core, counts, n);
    if (e == OK || e == ERR_UNCERTAIN) /* twice would be worse than once too few */
        return;
    LOG(LOG_WARN, "sources.kept", log_str("outcome", str_of(err_name(e))));
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < n; i++)
        add(s, counts[i].source, counts[i].day, counts[i].n);
    pthread_mutex_unlock(&s->lock);
}

static void *flush_on(void *arg)
{
    sources *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->is_stopping) {
        if (!clock_wait(&s->stop_signal, &s->lock, FLUSH_EVERY_MS))
            continue;
        pthread_mutex_unlock(&s->lock);
        sources_flush(s);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

sources *sources_open(core *c)
{
    sources *s = calloc(1, sizeof *s);
    BUG_IF(!s);
    s->core = c;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->stop_signal, NULL);
    BUG_IF(pthread_create(&s->flusher, NULL, flush_on, s) != 0);
    return s;
}

void sources_close(sources *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_stopping = true;
    pthread_cond_signal(&s->stop_signal);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->flusher, NULL);
    sources_flush(s);
    pthread_cond_destroy(&s->stop_signal);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
