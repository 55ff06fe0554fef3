/* SPDX-License-Identifier: EUPL-1.2 */
/* Bodies in parts over real sockets: framing, errors in the middle, readers that are slow or gone.
 */

#include "http/wire_test.h"

#include "http/chunk.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define H "Host: sign.example\r\n"

static arena *a;

typedef struct got {
    str head, body;
    bool is_whole; /* the last chunk came */
    bool is_reset; /* the connection ended with a reset */
    bool is_open;  /* it did not end */
} got;

static bool receive(int fd, buf *to, bool *out_is_reset)
{
    char block[64 * 1024];
    struct pollfd one = {.fd = fd, .events = POLLIN};
    if (poll(&one, 1, 300) == 0)
        return true;
    ssize_t n = recv(fd, block, sizeof block, 0);
    *out_is_reset = n < 0 && errno == ECONNRESET;
    if (n > 0)
        buf_put(to, (str){block, (size_t)n});
    return n > 0;
}

/* Reads until nothing more comes for a moment, or the end. */
static got read_all(int fd)
{
    got g = {0};
    buf b = buf_in(a);
    size_t before;
    do {
        before = b.n;
        g.is_open = receive(fd, &b, &g.is_reset);
    } while (b.n > before);
    str all = buf_str(&b);
    size_t end = str_find_str(all, S("\r\n\r\n"));
    g.head = str_head(all, end + 4);
    g.body = str_skip(all, end + 4);
    return g;
}

static void unchunk(got *g)
{
    chunk c = {0};
    size_t n = 0;
    char *to = arena_alloc(a, g->body.n + 1);
    str in = g->body;
    g->is_whole = chunk_read(&c, &in, to, g->body.n + 1, &n) == CHUNK_DONE && in.n == 0;
    g->body = (str){to, n};
}

static bool has(str text, str piece)
{
    return str_find_str(text, piece) < text.n;
}

static void assert_parts(str body, int parts)
{
    size_t at = 0;
    for (int i = 0; i < parts; i++)
        for (size_t n = 0; i % 3 != 2 && n < PART_BYTES; n++)
            if (body.at[at++] != 'a' + i % 26)
                fail_msg("part %d differs at %zu", i, n);
    assert_int_equal(at, body.n);
}

static int ask(const site *s, const char *request)
{
    int fd = wire_connect(s);
    wire_send(fd, str_of(request));
    return fd;
}

static void every_part_arrives(void **state)
{
    (void)state;
    static const struct {
        const char *request;
        int parts;
    } asked[] = {
        {"GET /parts/1 HTTP/1.1\r\n" H "\r\n", 1},
        {"GET /parts/8 HTTP/1.1\r\n" H "\r\n", 8},
        {"GET /parts/9 HTTP/1.1\r\n" H "Accept-Encoding: br, gzip\r\n\r\n", 9}, /* last: empty */
    };
    site s;
    site_start(&s, (server_options){.workers = 3});
    int fd = wire_connect(&s);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) { /* one connection */
        wire_send(fd, str_of(asked[i].request));
        got g = read_all(fd);
        unchunk(&g);
        assert_true(str_starts(g.head, S("HTTP/1.1 200 ")));
        assert_true(has(g.head, S("\r\nTransfer-Encoding: chunked\r\n")));
        assert_true(has(g.head, S("\r\nX-Parts: yes\r\n")));
        assert_true(has(g.head, S("\r\nCache-Control: public, max-age=60")));
        assert_false(has(g.head, S("Content-Length")));
        assert_true(g.is_whole && g.is_open);
        assert_parts(g.body, asked[i].parts);
    }
    close(fd);
    assert_int_equal(atomic_load(&s.app.parts_made), 18); /* nothing was kept or made ahead */
    site_stop(&s);
    assert_int_equal(atomic_load(&s.app.parts_ended), 3);
}

/* To who does not know chunks the end of the connection is the end of the body. */
static void old_clients(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){0});
    int fd = ask(&s, "GET /parts/5 HTTP/1.0\r\n" H "Connection: keep-alive\r\n\r\n");
    got g = read_all(fd);
    assert_false(has(g.head, S("Transfer-Encoding")));
    assert_true(has(g.head, S("\r\nConnection: close\r\n")));
    assert_parts(g.body, 5);
    assert_false(g.is_open || g.is_reset);
    close(fd);
    site_stop(&s);
}

static void a_head_alone(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){0});
    int fd = ask(&s, "HEAD /parts/5 HTTP/1.1\r\n" H "\r\n");
    got g = read_all(fd);
    assert_true(str_starts(g.head, S("HTTP/1.1 200 ")));
    assert_true(has(g.head, S("\r\nTransfer-Encoding: chunked\r\n")));
    assert_int_equal(g.body.n, 0);
    wire_send(fd, S("GET /item/7 HTTP/1.1\r\n" H "\r\n")); /* and the connection goes on */
    assert_true(str_eq(wire_read(a, fd, false).body, S("7")));
    close(fd);
    assert_int_equal(atomic_load(&s.app.parts_made), 1);
    site_stop(&s);
    assert_int_equal(atomic_load(&s.app.parts_ended), 1);
}

/* Nothing sent yet: an error page. Later: an end that nobody takes for that of the body. */
static void parts_that_cannot_be_made(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){0});
    atomic_store(&s.app.parts_fail, 1);
    wire w = wire_ask(a, &s, "GET /parts/5 HTTP/1.1\r\n" H "\r\n");
    assert_int_equal(w.status, 503);
    assert_true(str_starts(w.body, S("error page 503")));
    atomic_store(&s.app.parts_fail, 4);
    int fd = ask(&s, "GET /parts/5 HTTP/1.1\r\n" H "\r\n");
    got g = read_all(fd);
    unchunk(&g);
    assert_true(str_starts(g.head, S("HTTP/1.1 200 ")));
    assert_false(g.is_whole || g.is_open);
    close(fd);
    fd = ask(&s, "GET /parts/5 HTTP/1.0\r\n" H "\r\n");
    g = read_all(fd);
    assert_true(g.is_reset);
    close(fd);
    assert_int_equal(wire_ask(a, &s, "GET /item/1 HTTP/1.1\r\n" H "\r\n").status, 200);
    site_stop(&s);
    assert_int_equal(atomic_load(&s.app.parts_ended), 3);
}

/* The first part is there before the second can be made. */
static void the_first_comes_first(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){0});
    atomic_store(&s.app.is_holding, true);
    atomic_store(&s.app.parts_most, 1);
    int fd = ask(&s, "GET /parts/2 HTTP/1.1\r\n" H "\r\n");
    got first = read_all(fd);
    assert_true(first.is_open && first.body.n == PART_BYTES + 12); /* with its chunk lines */
    assert_int_equal(atomic_load(&s.app.parts_made), 1);
    atomic_store(&s.app.is_holding, false);
    buf rest = buf_in(a);
    bool is_reset = false;
    while (!str_ends(buf_str(&rest), S("0\r\n\r\n")))
        assert_true(receive(fd, &rest, &is_reset));
    close(fd);
    site_stop(&s);
}

/* Readers that take nothing: each holds one part and no worker, and is cut off in the end. */
static void slow_readers(void **state)
{
    (void)state;
    enum { READERS = 12, PARTS = 400 };
    site s;
    site_start(&s, (server_options){.workers = 2, .write_deadline_ms = 5000});
    int readers[READERS];
    for (int i = 0; i < READERS; i++)
        readers[i] = ask(&s, "GET /parts/400 HTTP/1.1\r\n" H "\r\n");
    usleep(700 * 1000);
    assert_int_equal(wire_ask(a, &s, "GET /item/1 HTTP/1.1\r\n" H "\r\n").status, 200);
    assert_int_equal(atomic_load(&s.app.parts_ended), 0);
    for (int i = 0; i < 1000 && atomic_load(&s.app.parts_ended) < READERS; i++)
        usleep(20 * 1000);
    assert_int_equal(atomic_load(&s.app.parts_ended), READERS);
    int made = atomic_load(&s.app.parts_made); /* what the system holds for a socket */
    assert_true(made >= READERS && made < READERS * PARTS / 2);
    for (int i = 0; i < READERS; i++)
        close(readers[i]);
    site_stop(&s);
}

/* Who goes away stops the making of parts, whether it waits for a part or for room. */
static void gone_readers(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.workers = 2});
    atomic_store(&s.app.parts_most, 2);
    atomic_store(&s.app.is_holding, true);
    for (int i = 0; i < 2; i++) {
        int fd = ask(&s, "GET /parts/400 HTTP/1.1\r\n" H "\r\n");
        usleep(100 * 1000);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){i, 0}, sizeof(struct linger));
        close(fd);
    }
    usleep(100 * 1000);
    atomic_store(&s.app.is_holding, false);
    for (int i = 0; i < 500 && atomic_load(&s.app.parts_ended) < 2; i++)
        usleep(10 * 1000);
    assert_int_equal(atomic_load(&s.app.parts_ended), 2);
    assert_true(atomic_load(&s.app.parts_made) < 20);
    site_stop(&s);
}

/* A queue that is full refuses newcomers, not who is being answered; and the end of the server
 * waits for who is. */
static void full_queue_and_end(void **state)
{
    (void)state;
    site s;
    site_start(&s, (server_options){.workers = 1, .queue_most = 1});
    int fd = ask(&s, "GET /parts/40 HTTP/1.1\r\n" H "\r\n");
    int other[8];
    for (int i = 0; i < 8; i++)
        other[i] = ask(&s, "GET /item/1 HTTP/1.1\r\n" H "\r\n");
    server_stop(s.server);
    got g = read_all(fd);
    unchunk(&g);
    assert_true(g.is_whole);
    assert_parts(g.body, 40);
    assert_true(wire_ends(fd));
    for (int i = 0; i < 8; i++)
        close(other[i]);
    close(fd);
    site_stop(&s);
}

static int start(void **state)
{
    (void)state;
    a = arena_open((size_t)1 << 30);
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
        cmocka_unit_test(every_part_arrives),    cmocka_unit_test(old_clients),
        cmocka_unit_test(a_head_alone),          cmocka_unit_test(parts_that_cannot_be_made),
        cmocka_unit_test(the_first_comes_first), cmocka_unit_test(slow_readers),
        cmocka_unit_test(gone_readers),          cmocka_unit_test(full_queue_and_end),
    };
    return cmocka_run_group_tests_name("stream", tests, start, stop);
}
