/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The inside of the server: io threads, their connections, the queue to the workers.
 *
 * A connection belongs to one io thread for life. It is registered once, edge-triggered, for both
 * directions; `is_readable` remembers an edge until a short read proves the socket empty. Between
 * requests a connection holds no buffer: input is read into the thread's own scratch space, and
 * only what is left of it at the end of a turn is copied aside. */

#include "http/cache_entry.h"
#include "http/chunk.h"
#include "http/proxy.h"
#include "http/request.h"
#include "http/server.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    READ_BYTES = 16 * 1024, /* one recv */
    HEAD_BYTES_LIMIT = 32 * 1024,
    TURN_REQUESTS_MOST = 32, /* pipelined requests answered before others get a turn */
    EVENTS = 256,
    DRAIN_MS = 2000,
    DRAIN_BYTES_MOST = 4 << 20,
};

typedef enum conn_state {
    CONN_HEAD,  /* waiting for or reading a head */
    CONN_BODY,  /* reading the body of rq */
    CONN_WORK,  /* rq is with a worker */
    CONN_WRITE, /* writing */
    CONN_DRAIN, /* answered for the last time; reading on so that the answer is not lost */
} conn_state;

typedef enum timer_kind {
    TIMER_IDLE,
    TIMER_HEAD,
    TIMER_BODY,
    TIMER_WRITE,
    TIMER_DRAIN,
    TIMER_NONE,
    TIMER_KINDS
} timer_kind;

typedef struct conn {
    struct conn *before, *after; /* in the list of its timer */
    struct conn *again;
    int64_t due_ms; /* its place in the list */
    int64_t deadline_ms;
    int64_t write_by_ms; /* a reply that is taken in small bites must be gone by then */
    int fd;
    conn_state state;
    timer_kind timer;
    bool is_linked; /* its thread has seen it */
    bool is_readable;
    bool has_ended; /* the peer sends no more */
    bool is_broken;
    bool is_again;
    bool is_unix;
    bool closes; /* after this reply */
    char *kept;  /* input not used yet */
    size_t kept_n;
    head_scan scan;
    chunk chunk;
    req *rq;
    char *body;
    size_t body_n, body_room, body_most;
    size_t drained;
    str part[3]; /* still to be written: status line, head, body */
    char *loose; /* memory of a part that nobody else owns */
    cache_entry *entry;
    int file;
    off_t file_at;
    size_t file_left;
    client_ip peer;
} conn;

typedef struct conn_list {
    conn *first, *last;
} conn_list;

enum { PREFIX_KEEP, PREFIX_CLOSE, PREFIX_KEEP_OLD, PREFIX_KINDS };

typedef struct prefix {
    char at[160];
    size_t n;
} prefix;

typedef struct io {
    server *s;
    int index;
    int epoll;
    int wake;
    pthread_t thread;
    cache_reader reader;
    _Atomic int conns;
    int64_t now_ms; /* steady, once a turn */
    int64_t date_s;
    char date[32];
    prefix ready[2][PREFIX_KINDS]; /* 200 and 304, for this second */
    prefix other;
    conn_list timers[TIMER_KINDS];
    conn *again;
    bool is_stopping;
    int64_t stop_by_ms;
    pthread_mutex_t inbox_lock;
    req *inbox; /* answered by workers */
    head head;
    int head_minor;     /* HTTP/1.x of the request being answered */
    conn *closed;       /* the connection that ended in its own turn; only compared */
    size_t in_at, in_n; /* unused input of the connection whose turn it is */
    char in[HEAD_BYTES_LIMIT + 2 * READ_BYTES];
} io;

typedef struct work_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    req *first, *last;
    int n;
    bool is_closed;
} work_queue;

typedef struct worker {
    server *s;
    int index;
    pthread_t thread;
} worker;

struct server {
    arena *a;
    server_options options;
    handler *handle;
    void *app;
    str policy;
    str policy_framed;
    net_list trusted;
    int listener;
    int port;
    bool is_unix;
    str unix_path;
    int spare_fd; /* given up for a moment when descriptors run out */
    unsigned next_io;
    uint64_t id_base;
    _Atomic uint64_t ids;
    _Atomic int connections;
    _Atomic bool stops;
    io **ios;
    worker *workers;
    work_queue queue;
};

/* io.c */
void *io_run(void *io_thread);
io *io_open(server *s, int index);
void io_close(io *t);
void io_wake(io *t);
void io_return(io *t, req *rq); /* from a worker: write this */

/* listen.c */
MUST_USE err listen_open(server *s);
void listen_accept(server *s, io *t);
void listen_close(server *s);

/* conn.c */
void conn_run(io *t, conn *c);
void conn_answered(io *t, conn *c, req *rq);
void conn_expired(io *t, conn *c);
void conn_close(io *t, conn *c);
void conn_abort(io *t, conn *c); /* so that the peer takes what it got for incomplete */

/* conn_write.c: false when it cannot go on now; the connection may be gone then. */
void conn_send(io *t, conn *c, int status, str lines, str body);
void conn_refuse(io *t, conn *c, int status, int retry_after_s);
void conn_send_part(io *t, conn *c, str part); /* the next of a stream */
bool conn_write(io *t, conn *c);
void conn_forget_output(conn *c);

/* conn_read.c: the same. */
bool conn_read_head(io *t, conn *c);
bool conn_read_body(io *t, conn *c);
bool conn_fill(io *t, conn *c);
void conn_drop_request(conn *c);

/* timer.c */
void timer_set(io *t, conn *c, timer_kind kind, int64_t more_ms); /* beside the kind's delay */
void timer_drop(io *t, conn *c);
int timer_wait_ms(const io *t);
void timer_expire(io *t);

/* worker.c */
bool work_put(server *s, req *rq); /* false: the queue is full, or closed */
bool work_is_full(server *s);
void work_open(server *s);
void work_close(server *s);
