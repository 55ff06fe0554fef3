/* SPDX-License-Identifier: EUPL-1.2 */
/* A connection's turn: it goes on until it must wait for input, for room in its socket or for a
 * worker. Nothing here blocks. */

#include "http/io.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static void again_drop(io *t, conn *c)
{
    conn **at = &t->again;
    while (*at && *at != c)
        at = &(*at)->again;
    if (*at)
        *at = c->again;
    c->is_again = false;
}

void conn_close(io *t, conn *c)
{
    if (c->state == CONN_WORK) {
        c->is_broken = true; /* closed when its request comes back */
        return;
    }
    timer_drop(t, c);
    if (c->is_again)
        again_drop(t, c);
    conn_forget_output(c);
    conn_drop_request(c);
    close(c->fd);
    free(c->kept);
    c->fd = -1;
    atomic_fetch_sub(&t->s->connections, 1);
    atomic_fetch_sub(&t->conns, 1);
    t->closed = c;
    free(c);
}

/* Without chunks the end of the connection is that of the body: only a reset tells that it is not.
 */
void conn_abort(io *t, conn *c)
{
    struct linger reset = {.l_onoff = 1};
    (void)setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    conn_close(t, c);
}

static bool drain(io *t, conn *c)
{
    t->in_at = t->in_n = 0;
    ssize_t got = c->is_readable ? recv(c->fd, t->in, sizeof t->in, 0) : -1;
    if (got < 0 && (!c->is_readable || errno == EAGAIN || errno == EINTR)) {
        c->is_readable = false;
        if (c->has_ended)
            conn_close(t, c);
        return false;
    }
    c->drained += got > 0 ? (size_t)got : 0;
    if (got <= 0 || c->drained > DRAIN_BYTES_MOST) {
        conn_close(t, c);
        return false;
    }
    return true;
}

/* One step; false when it has to wait or is gone. */
static bool step(io *t, conn *c)
{
    switch (c->state) {
    case CONN_HEAD:
        return conn_read_head(t, c);
    case CONN_BODY:
        return conn_read_body(t, c);
    case CONN_WRITE:
        return conn_write(t, c);
    case CONN_DRAIN:
        return drain(t, c);
    case CONN_WORK:
        break;
    }
    return false;
}

static void input_keep(io *t, conn *c)
{
    free(c->kept);
    c->kept = NULL;
    c->kept_n = t->in_n;
    if (t->in_n == 0)
        return;
    c->kept = malloc(t->in_n);
    BUG_IF(!c->kept);
    memcpy(c->kept, t->in + t->in_at, t->in_n);
}

void conn_run(io *t, conn *c)
{
    t->in_at = 0;
    t->in_n = c->kept_n;
    if (c->kept_n)
        memcpy(t->in, c->kept, c->kept_n);
    t->closed = NULL;
    int requests = 0;
    while (step(t, c)) {
        /* Nobody may keep the thread to itself by sending requests without end. */
        requests += c->state == CONN_HEAD || c->state == CONN_DRAIN;
        if (requests < TURN_REQUESTS_MOST)
            continue;
        if (!c->is_again) {
            c->is_again = true;
            c->again = t->again;
            t->again = c;
        }
        break;
    }
    if (t->closed == c)
        return;
    if (t->in_n || c->kept)
        input_keep(t, c);
}

void conn_answered(io *t, conn *c, req *rq)
{
    c->state = CONN_HEAD;
    if (c->is_broken) {
        conn_close(t, c);
        return;
    }
    reply *out = &rq->out;
    if (out->stream.is_broken) {
        conn_abort(t, c);
        return;
    }
    if (out->stream.has_begun) {
        conn_send_part(t, c, out->wire_body);
        conn_run(t, c);
        return;
    }
    t->head_minor = rq->head->minor;
    c->entry = out->entry;
    out->entry = NULL;
    c->file = out->file;
    c->file_at = (off_t)out->file_from;
    c->file_left = out->file >= 0 ? out->file_bytes : 0;
    out->file = -1;
    out->stream.has_begun = out->stream.next != NULL;
    if (out->stream.next && !out->stream.is_chunked)
        c->closes = true;
    conn_send(t, c, out->wire_status, out->wire_head, out->wire_body);
    conn_run(t, c);
}

void conn_expired(io *t, conn *c)
{
    bool is_request = c->timer == TIMER_HEAD || c->timer == TIMER_BODY;
    if (!is_request) {
        conn_close(t, c);
        return;
    }
    timer_drop(t, c);
    t->head_minor = 1;
    conn_refuse(t, c, 408, 0);
    conn_run(t, c);
}
