/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing replies without blocking: one sendmsg of status line, head and body; sendfile behind it
 * for a file. What does not fit stays with the connection until its socket has room. */

#include "http/date.h"
#include "http/io.h"

#include <errno.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void prefix_write(const io *t, prefix *p, int status, int kind)
{
    static const char *const connection[PREFIX_KINDS] = {"", "Connection: close\r\n",
                                                         "Connection: keep-alive\r\n"};
    str reason = reply_reason(status);
    int n = snprintf(p->at, sizeof p->at, "HTTP/1.1 %d %.*s\r\nDate: %s\r\n%s", status,
                     STR_FMT(reason), t->date, connection[kind]);
    BUG_IF(n < 0 || (size_t)n >= sizeof p->at);
    p->n = (size_t)n;
}

static void refresh_date(io *t)
{
    int64_t now_s = (int64_t)time(NULL);
    if (now_s == t->date_s)
        return;
    t->date_s = now_s;
    date_write(now_s, t->date);
    for (int kind = 0; kind < PREFIX_KINDS; kind++) {
        prefix_write(t, &t->ready[0][kind], 200, kind);
        prefix_write(t, &t->ready[1][kind], 304, kind);
    }
}

static str prefix_of(io *t, const conn *c, int status)
{
    refresh_date(t);
    int kind = PREFIX_KEEP;
    if (c->closes)
        kind = PREFIX_CLOSE;
    else if (t->head_minor == 0)
        kind = PREFIX_KEEP_OLD;
    prefix *p = &t->other;
    if (status == 200 || status == 304)
        p = &t->ready[status == 304][kind];
    else
        prefix_write(t, p, status, kind);
    return (str){p->at, p->n};
}

void conn_send(io *t, conn *c, int status, str lines, str body)
{
    if (t->is_stopping)
        c->closes = true;
    c->state = CONN_WRITE;
    c->part[0] = prefix_of(t, c, status);
    c->part[1] = lines;
    c->part[2] = body;
}

void conn_send_part(io *t, conn *c, str part)
{
    if (t->is_stopping)
        c->closes = true;
    c->state = CONN_WRITE;
    c->part[2] = part;
}

void conn_refuse(io *t, conn *c, int status, int retry_after_s)
{
    arena *a = arena_open(16 * 1024);
    str whole = reply_plain(a, status, t->s->policy, retry_after_s);
    char *loose = malloc(whole.n);
    BUG_IF(!loose);
    memcpy(loose, whole.at, whole.n);
    arena_close(a);
    conn_drop_request(c);
    conn_forget_output(c);
    c->loose = loose;
    c->closes = true;
    conn_send(t, c, status, (str){loose, whole.n}, (str){"", 0});
}

void conn_forget_output(conn *c)
{
    free(c->loose);
    c->loose = NULL;
    if (c->entry)
        cache_give_back(c->entry);
    c->entry = NULL;
    if (c->file >= 0)
        close(c->file);
    c->file = -1;
    memset(c->part, 0, sizeof c->part);
}

static void parts_skip(conn *c, size_t n)
{
    for (size_t i = 0; i < 3 && n; i++) {
        size_t step = n < c->part[i].n ? n : c->part[i].n;
        c->part[i] = str_skip(c->part[i], step);
        n -= step;
    }
}

/* The status line lies in memory of the thread that changes with the next reply. */
static void keep_prefix(conn *c)
{
    str first = c->part[0];
    str behind = c->part[1];
    if (first.n == 0)
        return;
    char *whole = malloc(first.n + behind.n);
    BUG_IF(!whole);
    memcpy(whole, first.at, first.n);
    if (behind.n)
        memcpy(whole + first.n, behind.at, behind.n);
    free(c->loose);
    c->loose = whole;
    c->part[0] = (str){0};
    c->part[1] = (str){whole, first.n + behind.n};
}

typedef enum written { WRITTEN_ALL, WRITTEN_SOME, WRITTEN_BROKEN } written;

static written write_parts(conn *c)
{
    while (c->part[0].n + c->part[1].n + c->part[2].n) {
        struct iovec iov[3];
        size_t n = 0;
        for (size_t i = 0; i < 3; i++)
            if (c->part[i].n) {
                union {
                    const char *readable;
                    void *base;
                } at = {c->part[i].at};
                iov[n++] = (struct iovec){at.base, c->part[i].n};
            }
        struct msghdr message = {.msg_iov = iov, .msg_iovlen = n};
        ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL | (c->file >= 0 ? MSG_MORE : 0));
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN ? WRITTEN_SOME : WRITTEN_BROKEN;
        parts_skip(c, (size_t)sent);
    }
    return WRITTEN_ALL;
}

static written write_file(conn *c)
{
    while (c->file >= 0 && c->file_left) {
        size_t step = c->file_left < 1 << 20 ? c->file_left : 1 << 20;
        ssize_t sent = sendfile(c->fd, c->file, &c->file_at, step);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN ? WRITTEN_SOME : WRITTEN_BROKEN;
        if (sent == 0) /* the file became shorter: only closing tells the client */
            return WRITTEN_BROKEN;
        c->file_left -= (size_t)sent;
    }
    return WRITTEN_ALL;
}

static size_t bytes_left(const conn *c)
{
    return c->part[0].n + c->part[1].n + c->part[2].n + c->file_left;
}

/* Taking nothing for a while ends the connection, and so does taking less than 4 KiB a second on
 * the whole. */
static void wait_for_room(io *t, conn *c, size_t left_before)
{
    bool is_first = c->timer != TIMER_WRITE;
    if (is_first)
        c->write_by_ms = t->now_ms + t->s->options.write_deadline_ms + (int64_t)(left_before / 4);
    if (is_first || bytes_left(c) < left_before)
        timer_set(t, c, TIMER_WRITE, 0);
    if (c->deadline_ms > c->write_by_ms)
        c->deadline_ms = c->write_by_ms;
}

/* A part of a stream is written: a worker makes the next one. */
static void ask_for_more(io *t, conn *c)
{
    arena_reset(c->rq->out.stream.home); /* while it waits for a worker it holds nothing */
    timer_drop(t, c);
    c->timer = TIMER_NONE; /* each part has its own time */
    c->state = CONN_WORK;
    if (work_put(t->s, c->rq))
        return;
    c->state = CONN_WRITE;
    conn_abort(t, c);
}

static bool is_to_go_on(const conn *c)
{
    return c->rq && c->rq->out.stream.has_begun && !c->rq->out.stream.is_last;
}

bool conn_write(io *t, conn *c)
{
    size_t left = bytes_left(c);
    written done = write_parts(c);
    if (done == WRITTEN_ALL)
        done = write_file(c);
    if (done == WRITTEN_BROKEN) {
        conn_close(t, c);
        return false;
    }
    if (done == WRITTEN_SOME) {
        keep_prefix(c);
        wait_for_room(t, c, left);
        return false;
    }
    conn_forget_output(c);
    if (is_to_go_on(c)) {
        ask_for_more(t, c);
        return false;
    }
    conn_drop_request(c);
    if (c->closes) {
        shutdown(c->fd, SHUT_WR);
        c->state = CONN_DRAIN;
        timer_set(t, c, TIMER_DRAIN, 0);
        return true;
    }
    c->state = CONN_HEAD;
    timer_set(t, c, TIMER_IDLE, 0);
    return true;
}
