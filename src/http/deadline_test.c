/* SPDX-License-Identifier: EUPL-1.2 */
/* Clients that are slow, many, or gone; and the end of the server itself. */

#include "http/wire_test.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define H "Host: sign.example\r\n"

static arena *a;

static void slow_heads(void **state)
{
    (void)state;
    site s;
    site_start(&s,
               (server_options){.head_deadline_ms = 300, .idle_ms = 600, .body_deadline_ms = 300});
    int64_t started_ms = clock_steady_ms();

    int head = wire_connect(&s);
    wire_send(head, S("GET / HTTP/1.1\r\n"));
    int body = wire_connect(&s);
    wire_send(body, S("POST /hook HTTP/1.1\r\n" H "Content-Length: 100\r\n\r\ntext="));
    int idle = wire_connect(&s);
    int again = wire_connect(&s);
    wire_send(again, S("GET /item/1 HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(wire_read(a, again, false).status, 200);

    assert_int_equal(wire_read(a, head, false).status, 408);
    assert_true(wire_ends(head));
    assert_int_equal(wire_read(a, body, false).status, 408);
    assert_true(wire_ends(body));
    assert_true(clock_steady_ms() - started_ms >= 300);
    assert_true(wire_ends(idle));
    assert_true(wire_ends(again));
    assert_true(clock_steady_ms() - started_ms >= 600);
    assert_true(clock_steady_ms() - started_ms < 20000);
    close(head);
    close(body);
    close(idle);
    close(again);
    site_stop(&s);
}

/* A drip of bytes does not extend the deadline, and nobody else waits for it. */
static void dripping(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.head_deadline_ms = 400});
    int fd = wire_connect(&s);
    int64_t started_ms = clock_steady_ms();
    for (int i = 0; i < 30 && clock_steady_ms() - started_ms < 1500; i++) {
        wire_send(fd, i == 0 ? S("GET / HTTP/1.1\r\nA: ") : S("a"));
        usleep(50 * 1000);
        if (i == 3)
            assert_int_equal(wire_ask(a, &s, "GET /item/1 HTTP/1.1\r\n" H "\r\n").status, 200);
    }
    assert_int_equal(wire_read(a, fd, false).status, 408);
    close(fd);
    site_stop(&s);
}

/* A reader that takes nothing is cut off; one that takes its time gets everything. */
static void slow_readers(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.write_deadline_ms = 700});
    int fd = wire_connect(&s);
    wire_send(fd, S("GET /large HTTP/1.1\r\n" H "\r\n"));
    usleep(300 * 1000);
    wire w = wire_read(a, fd, false);
    assert_int_equal(w.status, 200);
    assert_int_equal(w.body.n, 16 << 20);
    for (size_t i = 0; i < w.body.n; i += 4099)
        assert_int_equal(w.body.at[i], "0123456789abcdef"[i % 16]);
    close(fd);

    fd = wire_connect(&s);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){1 << 16}, sizeof(int)); /* and no larger */
    wire_send(fd, S("GET /large HTTP/1.1\r\n" H "\r\n"));
    usleep(3000 * 1000);
    assert_int_equal(wire_read(a, fd, false).status, 0);
    close(fd);
    site_stop(&s);
}

static void gone_clients(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.workers = 2});
    for (int i = 0; i < 8; i++) {
        int fd = wire_connect(&s);
        wire_send(fd, S("GET /slow HTTP/1.1\r\n" H "\r\n"));
        if (i % 2) /* with a reset */
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
        close(fd);
    }
    /* Half closed is not gone. */
    int fd = wire_connect(&s);
    wire_send(fd, S("GET /slow HTTP/1.1\r\n" H "\r\n"));
    shutdown(fd, SHUT_WR);
    assert_true(str_eq(wire_read(a, fd, false).body, S("slow")));
    assert_true(wire_ends(fd));
    close(fd);
    site_stop(&s);
}

static void too_many(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.connections_most = 4});
    int held[4];
    for (int i = 0; i < 4; i++) {
        held[i] = wire_connect(&s);
        wire_send(held[i], S("GET /item/1 HTTP/1.1\r\n" H "\r\n"));
        assert_int_equal(wire_read(a, held[i], false).status, 200);
    }
    int fd = wire_connect(&s);
    wire w = wire_read(a, fd, false);
    assert_int_equal(w.status, 503);
    assert_true(wire_line(&w, S("retry-after")).n > 0);
    assert_true(wire_line(&w, S("content-security-policy")).n > 0);
    close(fd);
    close(held[0]);
    int status = 503;
    for (int i = 0; i < 200 && status != 200; i++) {
        usleep(20 * 1000);
        status = wire_ask(a, &s, "GET /item/1 HTTP/1.1\r\n" H "\r\n").status;
    }
    assert_int_equal(status, 200);
    for (int i = 1; i < 4; i++)
        close(held[i]);
    site_stop(&s);
}

static void wait_started(site *s, int calls)
{
    for (int i = 0; i < 1000 && atomic_load(&s->app.started) < calls; i++)
        usleep(10 * 1000);
    assert_true(atomic_load(&s->app.started) >= calls);
}

/* One worker, one place in the queue: the third is told to come back, the first two are served. */
static void full_queue(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.workers = 1, .queue_most = 1});
    assert_int_equal(wire_ask(a, &s, "GET / HTTP/1.1\r\n" H "\r\n").status, 200);
    atomic_store(&s.app.is_holding, true);
    int busy = wire_connect(&s);
    wire_send(busy, S("GET /slow HTTP/1.1\r\n" H "\r\n"));
    wait_started(&s, 1);
    int waiting[2];
    wire w[2];
    for (int i = 0; i < 2; i++) {
        waiting[i] = wire_connect(&s);
        wire_send(waiting[i], S("GET /slow HTTP/1.1\r\n" H "\r\n"));
    }
    usleep(200 * 1000);
    cache_raise(s.pages, CACHE_TEXT); /* nobody can renew it now: the old one is shown */
    assert_int_equal(wire_ask(a, &s, "GET / HTTP/1.1\r\n" H "\r\n").status, 200);
    atomic_store(&s.app.is_holding, false);
    for (int i = 0; i < 2; i++)
        w[i] = wire_read(a, waiting[i], false);
    int refused = w[0].status == 503 ? 0 : 1;
    assert_int_equal(w[refused].status, 503);
    assert_true(wire_line(&w[refused], S("retry-after")).n > 0);
    assert_int_equal(w[!refused].status, 200);
    assert_int_equal(wire_read(a, busy, false).status, 200);
    close(busy);
    close(waiting[0]);
    close(waiting[1]);
    site_stop(&s);
}

/* Requests under way are finished, idle connections end, new ones are not taken. */
static void graceful_stop(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.io_threads = 2, .workers = 2});
    int idle = wire_connect(&s);
    wire_send(idle, S("GET /item/1 HTTP/1.1\r\n" H "\r\n"));
    assert_int_equal(wire_read(a, idle, false).status, 200);
    int busy = wire_connect(&s);
    atomic_store(&s.app.is_holding, true);
    wire_send(busy, S("GET /slow HTTP/1.1\r\n" H "\r\n"));
    wait_started(&s, 1);
    int64_t started_ms = clock_steady_ms();
    server_stop(s.server);
    assert_true(wire_ends(idle));
    atomic_store(&s.app.is_holding, false);
    wire w = wire_read(a, busy, false);
    assert_true(str_eq(w.body, S("slow")));
    assert_true(str_eq(wire_line(&w, S("connection")), S("close")));
    assert_true(wire_ends(busy));
    close(idle);
    close(busy);
    site_stop(&s);
    assert_true(clock_steady_ms() - started_ms < 9000);
}

static void unix_socket(void **state)
{
    (void)state;
    site s;
    char path[] = "/tmp/undersigned-socket-XXXXXX";
    assert_non_null(mkdtemp(path));
    str address = arena_printf(a, "unix:%s/http", path);
    site_start(&s, (server_options){.listen = address});
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s/http", path);
    struct stat about;
    assert_int_equal(stat(to.sun_path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0660);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    wire_send(fd, S("GET /who HTTP/1.1\r\n" H "X-Forwarded-For: 203.0.113.9\r\n\r\n"));
    assert_true(str_eq(wire_read(a, fd, false).body, S("00000000000000000000ffffcb007109 http")));
    close(fd);
    site_stop(&s);
    assert_int_not_equal(stat(to.sun_path, &about), 0);
    rmdir(path);
}

static void refused_options(void **state)
{
    (void)state;
    static const char *const listen[] = {
        "", "nonsense", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "example.org:80", "unix:"};
    server *s = NULL;
    for (size_t i = 0; i < sizeof listen / sizeof *listen; i++)
        assert_int_equal(
            server_open(&(server_options){.listen = str_of(listen[i])}, router_dispatch, NULL, &s),
            ERR_INVALID);
    str wrong = S("10.0.0.1/8");
    assert_int_equal(
        server_open(&(server_options){.listen = S("127.0.0.1:0"), .trusted_proxies = {&wrong, 1}},
                    router_dispatch, NULL, &s),
        ERR_INVALID);
    assert_int_equal(server_open(&(server_options){.listen = S("127.0.0.1:0"), .workers = 1000},
                                 router_dispatch, NULL, &s),
                     ERR_INVALID);
    assert_int_equal(
        server_open(&(server_options){.listen = S("192.0.2.1:1")}, router_dispatch, NULL, &s),
        ERR_IO);
}

static int start(void **state)
{
    (void)state;
    a = arena_open(64 << 20);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slow_heads),      cmocka_unit_test(dripping),
        cmocka_unit_test(slow_readers),    cmocka_unit_test(gone_clients),
        cmocka_unit_test(too_many),        cmocka_unit_test(full_queue),
        cmocka_unit_test(graceful_stop),   cmocka_unit_test(unix_socket),
        cmocka_unit_test(refused_options),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
