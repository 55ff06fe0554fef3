/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading requests: heads from the thread's scratch space, answered from the cache when possible;
 * otherwise made into a request, with its body, for a worker. */

#include "http/io.h"

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

static str input(const io *t)
{
    return (str){t->in + t->in_at, t->in_n};
}

static void input_take(io *t, size_t n)
{
    t->in_at += n;
    t->in_n -= n;
}

bool conn_fill(io *t, conn *c)
{
    if (!c->is_readable)
        return false;
    if (t->in_at) {
        memmove(t->in, t->in + t->in_at, t->in_n);
        t->in_at = 0;
    }
    size_t room = sizeof t->in - t->in_n;
    if (room > READ_BYTES)
        room = READ_BYTES;
    ssize_t got = recv(c->fd, t->in + t->in_n, room, 0);
    if (got < 0 && errno == EINTR)
        return conn_fill(t, c);
    if (got < 0 && errno == EAGAIN) {
        c->is_readable = false;
        return false;
    }
    if (got <= 0) {
        c->is_readable = false;
        conn_close(t, c);
        return false;
    }
    if ((size_t)got < room && !c->has_ended)
        c->is_readable = false;
    t->in_n += (size_t)got;
    return true;
}

void conn_drop_request(conn *c)
{
    free(c->body);
    c->body = NULL;
    c->body_n = c->body_room = 0;
    if (c->rq) {
        reply_reset(&c->rq->out);
        arena_close(c->rq->a);
    }
    c->rq = NULL;
}

/* --- The cached path --- */

/* One of the few headers that this path reads; found by length first. */
static str line_of(const head *h, size_t n, const char *name)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->lines[i].name.n == n && str_eq_nocase(h->lines[i].name, (str){name, n}))
            return h->lines[i].value;
    return (str){"", 0};
}

/* True when the cache answers. *out_refresh: it has a stale reply that this request renews. */
static bool answer_cached(io *t, conn *c, bool *out_refresh)
{
    const head *h = &t->head;
    cache *pages = t->s->options.pages;
    bool is_read = h->is_known_method && (h->method == HTTP_GET || h->method == HTTP_HEAD);
    if (!pages || !is_read || h->expects_other)
        return false;
    cache_entry *e = cache_look(pages, h->target);
    if (!e)
        return false;
    /* Under a load that leaves no worker for it, the old page goes on being good. */
    if (!cache_is_fresh(pages, e) && !work_is_full(t->s) && cache_claim(e, t->now_ms)) {
        *out_refresh = true;
        return false;
    }
    const cache_variant *v = cache_choose(e, encoding_accepted(line_of(h, 15, "accept-encoding")));
    int status = reply_condition(h, v->etag, e->modified_s);
    c->entry = e;
    cache_keep(e);
    if (status == 304)
        conn_send(t, c, 304, v->unchanged_head, (str){"", 0});
    else if (h->method == HTTP_HEAD)
        conn_send(t, c, 200, str_head(v->whole, v->head_bytes), (str){"", 0});
    else
        conn_send(t, c, 200, v->whole, (str){"", 0});
    return true;
}

/* --- Requests for workers --- */

static void read_client(io *t, conn *c, req *rq)
{
    server *s = t->s;
    rq->client = c->peer;
    if (!c->is_unix && !net_list_has(s->trusted, c->peer.private_bytes))
        return;
    bool is_forwarded = s->options.forwarding == PROXY_FORWARDED;
    str hops = req_header(rq, is_forwarded ? S("forwarded") : S("x-forwarded-for"));
    str scheme = req_header(rq, is_forwarded ? S("forwarded") : S("x-forwarded-proto"));
    rq->client = proxy_client(s->trusted, c->peer, hops, is_forwarded);
    rq->is_https = str_eq(proxy_scheme(scheme, is_forwarded), S("https"));
}

static req *request_make(io *t, conn *c, str raw)
{
    server *s = t->s;
    arena *a = arena_open(s->options.request_bytes_most);
    req *rq = arena_new(a, req);
    str copy = arena_copy(a, raw);
    size_t head_bytes = offsetof(head, lines) + t->head.n * sizeof(header);
    head *h = arena_alloc(a, sizeof(head));
    memcpy(h, &t->head, head_bytes);
    head_rebase(h, raw.at, copy.at);
    rq->a = a;
    rq->head = h;
    rq->conn = c;
    rq->now_ms = clock_now_ms();
    rq->origin = s->options.origin;
    rq->policy = s->policy;
    rq->policy_framed = s->policy_framed;
    rq->pages = s->options.pages;
    rq->out.a = a;
    rq->out.file = -1;
    reply_reset(&rq->out);
    uint64_t id = s->id_base + atomic_fetch_add_explicit(&s->ids, 1, memory_order_relaxed);
    snprintf(rq->id, sizeof rq->id, "%016llx", (unsigned long long)id);
    req_read_target(rq);
    read_client(t, c, rq);
    return rq;
}

/* Gives rq, complete with its body, to the workers. */
static void hand_over(io *t, conn *c)
{
    req *rq = c->rq;
    if (c->body_n) {
        rq->body = (str){c->body, c->body_n};
        arena_defer(rq->a, free, c->body);
    } else {
        free(c->body);
    }
    c->body = NULL;
    c->body_n = c->body_room = 0;
    rq->io = t;
    c->state = CONN_WORK;
    timer_drop(t, c);
    if (!work_put(t->s, rq)) {
        c->state = CONN_HEAD;
        conn_refuse(t, c, 503, 2);
    }
}

/* A well-formed head whose body is not wanted: the page says so, then the connection ends. */
static void hand_over_refused(io *t, conn *c, int status)
{
    c->rq->refused = status;
    c->closes = true;
    free(c->body);
    c->body = NULL;
    c->body_n = 0;
    hand_over(t, c);
}

static size_t body_most(io *t, const req *rq)
{
    const server *s = t->s;
    size_t most = s->options.body_bytes_most;
    if (s->options.body_most) {
        size_t by_route = s->options.body_most(s->app, rq->head->method, rq->path);
        most = by_route < most ? by_route : most;
    }
    return most;
}

/* The head is read and copied: decide about the body. */
static void begin_body(io *t, conn *c)
{
    req *rq = c->rq;
    const head *h = rq->head;
    if (rq->refused || !h->is_known_method || h->expects_other) {
        int status = !h->is_known_method ? 501 : h->expects_other ? 417 : rq->refused;
        hand_over_refused(t, c, status);
        return;
    }
    if (!h->is_chunked && h->length == 0) {
        hand_over(t, c);
        return;
    }
    c->body_most = body_most(t, rq);
    if (!h->is_chunked && (uint64_t)h->length > c->body_most) {
        hand_over_refused(t, c, 413);
        return;
    }
    if (h->expects_continue && t->in_n == 0) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        if (send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL) != (ssize_t)sizeof go_on - 1)
            c->closes = true;
    }
    c->chunk = (chunk){0};
    c->state = CONN_BODY;
    timer_set(t, c, TIMER_BODY, 0);
}

bool conn_read_head(io *t, conn *c)
{
    size_t n = 0;
    int status = head_find(input(t), t->s->options.head_bytes_most, &c->scan, &n);
    if (status == HEAD_MORE) {
        if (t->in_n && c->timer != TIMER_HEAD)
            timer_set(t, c, TIMER_HEAD, 0);
        return conn_fill(t, c);
    }
    str raw = str_head(input(t), n);
    if (status == HEAD_FOUND)
        status = head_read(raw, &t->head);
    c->scan = (head_scan){0};
    if (status) {
        t->head_minor = 1;
        conn_refuse(t, c, status, 0);
        return true;
    }
    c->closes = !t->head.keeps_alive || t->is_stopping;
    t->head_minor = t->head.minor;
    bool is_refresh = false;
    if (answer_cached(t, c, &is_refresh)) {
        input_take(t, n);
        return true;
    }
    c->rq = request_make(t, c, raw);
    c->rq->is_refresh = is_refresh;
    input_take(t, n);
    begin_body(t, c);
    return true;
}

/* Makes room for more body bytes, never more than the limit, and no more than twice of what has
 * really arrived. */
static void body_reserve(conn *c, size_t more)
{
    size_t need = c->body_n + more;
    if (need <= c->body_room)
        return;
    size_t room = c->body_room ? c->body_room * 2 : 1024;
    while (room < need)
        room *= 2;
    c->body = realloc(c->body, room);
    BUG_IF(!c->body);
    c->body_room = room;
}

static bool read_chunks(io *t, conn *c)
{
    while (t->in_n) {
        size_t room = c->body_most - c->body_n;
        if (room > t->in_n)
            room = t->in_n;
        body_reserve(c, room + 1);
        str rest = input(t);
        size_t n = 0;
        int state = chunk_read(&c->chunk, &rest, c->body + c->body_n, room, &n);
        input_take(t, t->in_n - rest.n);
        c->body_n += n;
        if (state == CHUNK_DONE) {
            hand_over(t, c);
            return true;
        }
        if (state == CHUNK_BAD) {
            conn_refuse(t, c, 400, 0);
            return true;
        }
        /* What the present chunk still announces counts before it arrives. */
        if (c->chunk.left > c->body_most - c->body_n ||
            (state == CHUNK_FULL && c->body_n == c->body_most)) {
            hand_over_refused(t, c, 413);
            return true;
        }
    }
    return conn_fill(t, c);
}

bool conn_read_body(io *t, conn *c)
{
    if (c->rq->head->is_chunked)
        return read_chunks(t, c);
    size_t left = (size_t)c->rq->head->length - c->body_n;
    size_t n = left < t->in_n ? left : t->in_n;
    if (n) {
        body_reserve(c, n);
        memcpy(c->body + c->body_n, t->in + t->in_at, n);
        c->body_n += n;
        input_take(t, n);
    }
    if (n == left) {
        hand_over(t, c);
        return true;
    }
    return conn_fill(t, c);
}
