/* SPDX-License-Identifier: EUPL-1.2 */
/* An io thread: waits for its connections, gives each its turn, then looks at what workers have
 * answered and at deadlines.
 *
 * It waits again only when nothing is left to do, and every wait takes whatever is ready, so a
 * ready list of any length (also an exact multiple of EVENTS) is served without a pause. */

#include "http/io.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

void io_wake(io *t)
{
    uint64_t one = 1;
    ssize_t written = write(t->wake, &one, sizeof one);
    (void)written; /* full means that it is awake anyway */
}

void io_return(io *t, req *rq)
{
    pthread_mutex_lock(&t->inbox_lock);
    bool was_empty = t->inbox == NULL;
    rq->next = t->inbox;
    t->inbox = rq;
    pthread_mutex_unlock(&t->inbox_lock);
    if (was_empty)
        io_wake(t);
}

static void take_inbox(io *t)
{
    pthread_mutex_lock(&t->inbox_lock);
    req *rq = t->inbox;
    t->inbox = NULL;
    pthread_mutex_unlock(&t->inbox_lock);
    while (rq) {
        req *next = rq->next;
        conn_answered(t, rq->conn, rq);
        rq = next;
    }
}

static void take_again(io *t)
{
    conn *c = t->again;
    t->again = NULL;
    while (c) {
        conn *next = c->again;
        c->is_again = false;
        conn_run(t, c);
        c = next;
    }
}

static void take_event(io *t, const struct epoll_event *event)
{
    if (event->data.ptr == &t->wake) {
        uint64_t count = 0;
        ssize_t got = read(t->wake, &count, sizeof count);
        (void)got;
        return;
    }
    if (event->data.ptr == &t->s->listener) {
        listen_accept(t->s, t);
        return;
    }
    conn *c = event->data.ptr;
    if (!c->is_linked && c->timer == TIMER_NONE && c->state == CONN_HEAD)
        timer_set(t, c, TIMER_IDLE, 0);
    if (event->events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP))
        c->is_readable = true;
    if (event->events & (EPOLLRDHUP | EPOLLHUP))
        c->has_ended = true;
    if (event->events & EPOLLERR) {
        conn_close(t, c);
        return;
    }
    conn_run(t, c);
}

/* No more connections, and none that waits for its next request. */
static void begin_stop(io *t)
{
    t->is_stopping = true;
    t->stop_by_ms = t->now_ms + t->s->options.stop_ms;
    if (t->index == 0)
        listen_close(t->s);
    conn *c = t->timers[TIMER_IDLE].first;
    while (c) {
        conn *after = c->after;
        conn_close(t, c);
        c = after;
    }
}

static bool is_done(const io *t)
{
    return t->is_stopping && (atomic_load(&t->conns) == 0 || t->now_ms >= t->stop_by_ms);
}

void *io_run(void *io_thread)
{
    io *t = io_thread;
    cache *pages = t->s->options.pages;
    struct epoll_event events[EVENTS];
    while (!is_done(t)) {
        int wait_ms = t->again ? 0 : timer_wait_ms(t);
        int n = epoll_wait(t->epoll, events, EVENTS, wait_ms);
        t->now_ms = clock_steady_ms();
        if (n < 0 && errno != EINTR) {
            LOG(LOG_ERROR, "http.epoll", log_int("errno", errno));
            break;
        }
        if (pages)
            cache_enter(pages, &t->reader);
        for (int i = 0; i < n; i++)
            take_event(t, &events[i]);
        take_inbox(t);
        take_again(t);
        timer_expire(t);
        if (!t->is_stopping && atomic_load(&t->s->stops))
            begin_stop(t);
        if (pages)
            cache_leave(pages, &t->reader);
    }
    return NULL;
}

io *io_open(server *s, int index)
{
    io *t = calloc(1, sizeof *t);
    BUG_IF(!t);
    t->s = s;
    t->index = index;
    t->now_ms = clock_steady_ms();
    pthread_mutex_init(&t->inbox_lock, NULL);
    t->epoll = epoll_create1(EPOLL_CLOEXEC);
    t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &t->wake};
    BUG_IF(t->epoll < 0 || t->wake < 0);
    BUG_IF(epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &event) != 0);
    if (index == 0) {
        event.data.ptr = &s->listener;
        BUG_IF(epoll_ctl(t->epoll, EPOLL_CTL_ADD, s->listener, &event) != 0);
    }
    if (s->options.pages)
        cache_join(s->options.pages, &t->reader);
    return t;
}

/* After all threads have ended: what is still open here could not finish in time. */
void io_close(io *t)
{
    take_inbox(t);
    for (int kind = 0; kind < TIMER_KINDS; kind++)
        while (t->timers[kind].first)
            conn_close(t, t->timers[kind].first);
    if (t->s->options.pages)
        cache_part(t->s->options.pages, &t->reader);
    close(t->epoll);
    close(t->wake);
    pthread_mutex_destroy(&t->inbox_lock);
    free(t);
}
