/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The whole public site on a port of its own: a real database with the demo alliance in it, the
 * newsroom, the page cache, the router and the server. Requests go over a real socket. */

#include "core/signature.h"
#include "http/server.h"
#include "web/web.h"

#include "test_db.h"

#include <pthread.h>

typedef struct site {
    test_db t;
    arena *a;
    struct app app;
    router routing;
    server *server;
    pthread_t runner;
    int port;
    char log_folder[64];
} site;

/* With the content of the folder in $CONTENT. */
site *site_open(void **state);
void site_close(site *s);

typedef struct answer {
    int status;
    str head; /* header lines */
    str body;
} answer;

/* headers: further lines, each with CRLF; may be empty. body NULL: none. */
answer site_ask(site *s, const char *method, str path, const char *headers, const char *body);
answer site_get(site *s, str path);
/* Empty when absent. */
str answer_header(const answer *got, const char *name);

/* Signs and confirms on the first declaration, listed; returns the token of the own page. */
str site_sign(site *s, signer_kind kind, const char *name, const char *country);
/* What the sealer and the publisher do, without files; then waits until readers see it. */
void site_publish(site *s, size_t declaration_index);
/* The same at another time. */
void site_publish_at(site *s, size_t declaration_index, int64_t now_ms);

#define ASSERT_HAS(text, part)                                                                     \
    do {                                                                                           \
        str text_ = (text), part_ = (part);                                                        \
        if (str_find_str(text_, part_) == text_.n)                                                 \
            fail_msg("no \"%.*s\" in:\n%.*s", STR_FMT(part_), STR_FMT(str_head(text_, 6000)));     \
    } while (0)
