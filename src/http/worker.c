/* SPDX-License-Identifier: EUPL-1.2 */
/* The pool: threads that may block, fed by one bounded queue. A request that finds the queue full
 * is refused by its io thread at once, so waiting time has a limit. */

#include "http/io.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/router.h"

bool work_put(server *s, req *rq)
{
    /* Who is being answered already is not told to come back. */
    bool has_begun = rq->out.stream.has_begun;
    work_queue *q = &s->queue;
    pthread_mutex_lock(&q->lock);
    bool is_full = (!has_begun && q->n >= s->options.queue_most) || q->is_closed;
    if (!is_full) {
        rq->next = NULL;
        if (q->last)
            q->last->next = rq;
        else
            q->first = rq;
        q->last = rq;
        q->n++;
        pthread_cond_signal(&q->filled);
    }
    pthread_mutex_unlock(&q->lock);
    return !is_full;
}

bool work_is_full(server *s)
{
    pthread_mutex_lock(&s->queue.lock);
    bool is_full = s->queue.n >= s->options.queue_most;
    pthread_mutex_unlock(&s->queue.lock);
    return is_full;
}

/* NULL: closed and empty. */
static req *work_take(work_queue *q)
{
    pthread_mutex_lock(&q->lock);
    while (!q->first && !q->is_closed)
        pthread_cond_wait(&q->filled, &q->lock);
    req *rq = q->first;
    if (rq) {
        q->first = rq->next;
        if (!q->first)
            q->last = NULL;
        q->n--;
    }
    pthread_mutex_unlock(&q->lock);
    return rq;
}

static void answer(worker *w, req *rq)
{
    int64_t started_ms = clock_steady_ms();
    rq->worker = w->index;
    log_set_context(str_of(rq->id));
    err e = w->s->handle(w->s->app, rq, &rq->out);
    BUG_IF(e == OK && !rq->out.is_set);
    if (e != OK)
        reply_body(&rq->out, router_status(e), S("text/plain; charset=utf-8"));
    reply_finish(rq, &rq->out);
    /* Never the path: it may hold a signer's token. */
    LOG(LOG_DEBUG, "http.request", log_str("route", req_route(rq)),
        log_int("status", rq->out.wire_status), log_int("ms", clock_steady_ms() - started_ms));
    log_set_context(S(""));
}

static void go_on(worker *w, req *rq)
{
    rq->worker = w->index;
    log_set_context(str_of(rq->id));
    stream_go_on(rq);
    log_set_context(S(""));
}

static void *worker_run(void *worker_thread)
{
    worker *w = worker_thread;
    for (;;) {
        req *rq = work_take(&w->s->queue);
        if (!rq)
            return NULL;
        if (rq->out.stream.has_begun)
            go_on(w, rq);
        else
            answer(w, rq);
        io_return(rq->io, rq);
    }
}

void work_open(server *s)
{
    s->workers = arena_array(s->a, worker, (size_t)s->options.workers);
    for (int i = 0; i < s->options.workers; i++) {
        s->workers[i] = (worker){.s = s, .index = i};
        BUG_IF(pthread_create(&s->workers[i].thread, NULL, worker_run, &s->workers[i]) != 0);
    }
}

void work_close(server *s)
{
    pthread_mutex_lock(&s->queue.lock);
    s->queue.is_closed = true;
    pthread_cond_broadcast(&s->queue.filled);
    pthread_mutex_unlock(&s->queue.lock);
    for (int i = 0; i < s->options.workers; i++)
        pthread_join(s->workers[i].thread, NULL);
}
