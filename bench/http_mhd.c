/* SPDX-License-Identifier: EUPL-1.2 */
/* The same page by libmicrohttpd, for bench/http.sh and for decision 0010. Prints on stderr what
 * the application is shown of the headers "A" of each request that has one: this is how one sees
 * that line ends and folds are gone before the application could refuse them.
 *   http_mhd PORT */

#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { BODY_BYTES = 5120 };

static char body[BODY_BYTES];
static struct MHD_Response *answer;

static enum MHD_Result handle(void *app, struct MHD_Connection *c, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_bytes, void **state)
{
    (void)app;
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    static int seen;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    *upload_bytes = 0;
    const char *shown = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "A");
    if (shown)
        fprintf(stderr, "A: [%s]\n", shown);
    return MHD_queue_response(c, MHD_HTTP_OK, answer);
}

int main(int n, char **args)
{
    static const char *const lines[][2] = {
        {"Content-Type", "text/html; charset=utf-8"},
        {"ETag", "\"8b5c0dc5e3e4c5e1b7e0c1d2\""},
        {"Cache-Control", "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"},
        {"Vary", "Accept-Encoding"},
        {"Last-Modified", "Sun, 22 Nov 2026 16:58:03 GMT"},
        {"Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; "
                                    "frame-ancestors 'none'; object-src 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
    };
    if (n != 2)
        return 2;
    for (int i = 0; i < BODY_BYTES; i++)
        body[i] = (char)('a' + i % 26);
    answer = MHD_create_response_from_buffer(BODY_BYTES, body, MHD_RESPMEM_PERSISTENT);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        MHD_add_response_header(answer, lines[i][0], lines[i][1]);
    struct MHD_Daemon *d = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG,
        (unsigned short)strtoul(args[1], NULL, 10), NULL, NULL, handle, NULL,
        MHD_OPTION_CONNECTION_LIMIT, 4000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)8192,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, 4096u, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!d)
        return 1;
    sigset_t set;
    int got = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &got);
    MHD_stop_daemon(d);
    return 0;
}
