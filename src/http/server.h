/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The HTTP/1.1 server: epoll threads that parse, answer from the cache and write; a pool of
 * blocking workers for everything else. One `handler` decides all requests that the cache does not
 * answer; routing, forms and error pages are its matter (router.h). */

#include "http/http.h"

typedef struct server server;

typedef struct server_options {
    str listen;              /* "127.0.0.1:8080", "[::1]:8080" or "unix:/path" */
    str origin;              /* "https://example.org": scheme and host of the public site */
    str_list trusted_proxies;/* CIDR; X-Forwarded-For/Proto believed from these and unix sockets */
    int io_threads;          /* 1 to 16 */
    int workers;             /* 1 to 128 */
    int connections_most;    /* further ones are refused at once */
    size_t head_bytes_most;  /* 431 beyond; default 16 KiB, at most 100 header lines */
    size_t body_bytes_most;  /* 413 beyond, unless the route says less */
    int head_deadline_ms;    /* from first byte to end of head; 408 and close */
    int body_deadline_ms;
    int idle_ms;             /* keep-alive */
} server_options;

typedef err handler(void *app, req *rq, reply *out);

/* Listens. ERR_IO: cannot bind (logged). */
MUST_USE err server_open(const server_options *options, handler *handle, void *app,
                         server **out_server);
/* Runs until server_stop (safe from a signal handler), then finishes requests under way (at most
 * 10 s) and returns. */
MUST_USE err server_run(server *s);
void server_stop(server *s);
void server_close(server *s);

/* The port bound, for tests with port 0. */
int server_port(const server *s);
