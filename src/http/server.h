/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The HTTP/1.1 server: epoll threads that parse, answer from the cache and write; a pool of
 * blocking workers for everything else. One `handler` decides all requests that the cache does not
 * answer; routing, forms and error pages are its matter (router.h). */

#include "http/cache.h"
#include "http/http.h"

typedef struct server server;

typedef enum proxy_header {
    PROXY_X_FORWARDED, /* X-Forwarded-For and X-Forwarded-Proto */
    PROXY_FORWARDED,   /* Forwarded (RFC 7239) */
} proxy_header;

typedef err handler(void *app, req *rq, reply *out);

/* The most bytes that a body for this method and decoded path may have; asked by io threads before
 * the body is read, so it must not block. */
typedef size_t body_limit(void *app, http_method method, str path);

/* Zero in any number means the default in brackets. */
typedef struct server_options {
    str listen;                /* "127.0.0.1:8080", "[::1]:8080" or "unix:/path" */
    str origin;                /* "https://example.org": scheme and host of the public site */
    str_list trusted_proxies;  /* CIDR; forwarding headers believed from these and unix sockets */
    proxy_header forwarding;   /* the one header that these proxies set; the other is ignored */
    int io_threads;            /* 1 to 16 [1] */
    int workers;               /* 1 to 128 [16] */
    int queue_most;            /* requests waiting for a worker; 503 beyond [1024] */
    int connections_most;      /* further ones are answered 503 and closed at once [10000] */
    size_t head_bytes_most;    /* 431 beyond, at most 32 KiB [16 KiB]; at most 100 header lines */
    size_t body_bytes_most;    /* 413 beyond, unless body_most says less [1 MiB] */
    size_t request_bytes_most; /* cap of a request's arena besides its body [32 MiB] */
    int head_deadline_ms;      /* from first byte to end of head; 408 and close [10 s] */
    int body_deadline_ms;      /* 408 and close [30 s] */
    int write_deadline_ms; /* without progress in writing; at least 4 KiB/s on the whole [10 s] */
    int idle_ms;           /* keep-alive [60 s] */
    int stop_ms;           /* how long server_run waits for requests under way [10 s] */
    cache *pages;          /* may be NULL */
    body_limit *body_most; /* may be NULL */
} server_options;

/* Listens. ERR_IO: cannot bind (logged). ERR_INVALID: an option makes no sense (logged). */
MUST_USE err server_open(const server_options *options, handler *handle, void *app,
                         server **out_server);
/* Runs until server_stop, then finishes requests under way (at most stop_ms) and returns. */
MUST_USE err server_run(server *s);
/* Safe from a signal handler and from any thread, also before server_run. */
void server_stop(server *s);
void server_close(server *s);

/* The port bound, for tests with port 0. */
int server_port(const server *s);
