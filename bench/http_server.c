/* SPDX-License-Identifier: EUPL-1.2 */
/* Our server with one cached page of 5 KB and one that a worker makes each time, for bench/http.sh.
 *   http_server PORT */

#include "http/router.h"
#include "http/server.h"

#include <signal.h>
#include <stdio.h>

enum { BODY_BYTES = 5120 };

static server *running;

static void stop(int signal)
{
    (void)signal;
    server_stop(running);
}

static err page_text(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    (void)rq;
    buf *b = reply_body(out, 200, S("text/html; charset=utf-8"));
    for (int i = 0; i < BODY_BYTES; i++)
        buf_put_char(b, (char)('a' + i % 26));
    return OK;
}

static const route_segment cached[] = {{SEGMENT_LITERAL, STR_INIT("page.html")}};
static const route_segment made[] = {{SEGMENT_LITERAL, STR_INIT("made.html")}};
static const route routes[] = {
    {.name = STR_INIT("cached"),
     .segments = cached,
     .n = 1,
     .handle = page_text,
     .cache = CACHE_TEXT},
    {.name = STR_INIT("made"), .segments = made, .n = 1, .handle = page_text},
};

int main(int n, char **args)
{
    if (n != 2)
        return 2;
    crypto_init();
    arena *a = arena_open(1 << 20);
    router r = {.routes = routes, .n = sizeof routes / sizeof *routes};
    server_options options = {.listen = arena_printf(a, "127.0.0.1:%s", args[1]),
                              .origin = S("https://sign.example"),
                              .io_threads = 1,
                              .workers = 4};
    r.pages = options.pages = cache_open(16 << 20);
    if (server_open(&options, router_dispatch, &r, &running) != OK)
        return 1;
    signal(SIGTERM, stop);
    err e = server_run(running);
    server_close(running);
    cache_close(options.pages);
    arena_close(a);
    return e != OK;
}
