/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A raw client and a running test site, for tests that must control every byte. */

#include "http/server_test_app.h"

#include <pthread.h>

typedef struct site {
    struct app app;
    router router;
    cache *pages;
    server *server;
    pthread_t thread;
    char folder[64]; /* of the files under /log/ */
} site;

/* Starts on a free port with these options (listen, origin, pages and body_most are filled in). */
void site_start(site *s, server_options options);
/* Stops gracefully and waits. */
void site_stop(site *s);

int wire_connect(const site *s);
void wire_send(int fd, str bytes);

/* One reply: status line to the end of the body; with is_head without one. Informational replies
 * are skipped. status 0: the connection ended or nothing came in 10 s. Views into a. */
typedef struct wire {
    int status;
    str head; /* with the status line */
    str body;
} wire;
wire wire_read(arena *a, int fd, bool is_head);
str wire_line(const wire *w, str name);

/* Whether the server ends the connection within 8 s without sending another byte. */
bool wire_ends(int fd);

/* Connects, sends, reads one reply, closes. */
wire wire_ask(arena *a, const site *s, const char *request);
