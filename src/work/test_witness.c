/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection at a time, one exchange a connection. */

#include "test_witness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define NAME S("w.example/w")

enum { REQUEST_BYTES_MOST = 64 << 10, SLOW_MS = 5000 };

/* The body of the request; empty when it broke off. */
static str read_request(int fd, arena *a)
{
    char *text = arena_alloc(a, REQUEST_BYTES_MOST);
    size_t n = 0;
    while (n < REQUEST_BYTES_MOST) {
        ssize_t got = recv(fd, text + n, REQUEST_BYTES_MOST - n, 0);
        if (got <= 0)
            return S("");
        n += (size_t)got;
        str all = {text, n};
        size_t head = str_find_str(all, S("\r\n\r\n"));
        size_t at = str_find_str(all, S("Content-Length: "));
        if (head == n || at == n)
            continue;
        size_t length = strtoul(text + at + strlen("Content-Length: "), NULL, 10);
        if (n >= head + 4 + length)
            return (str){text + head + 4, length};
    }
    return S("");
}

static void put(int fd, str text)
{
    while (text.n) {
        ssize_t sent = send(fd, text.at, text.n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text = str_skip(text, (size_t)sent);
    }
}

static void reply(int fd, arena *a, int status, str body)
{
    put(fd, arena_printf(a,
                         "HTTP/1.1 %d X\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                         "Content-Length: %zu\r\n\r\n%.*s",
                         status, body.n, STR_FMT(body)));
}

static void reply_size(int fd, arena *a, uint64_t size)
{
    reply(fd, a, 409, arena_printf(a, "%llu\n", (unsigned long long)size));
}

static void cosign(test_witness *w, int fd, arena *a, str text, const checkpoint *shown)
{
    manner how = atomic_load(&w->manner);
    sign_key other = sign_key_make();
    str of = how == OTHER_NOTE
                 ? S("other.example/log/x\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
                 : text;
    str line =
        note_cosign(a, of, NAME, atomic_load(&w->time_s), how == OTHER_KEY ? &other : &w->key);
    if (how == WRONG_SIGNATURE) {
        char *changed = arena_cstr(a, line);
        changed[line.n - 10] = changed[line.n - 10] == 'A' ? 'B' : 'A';
        line = (str){changed, line.n};
    }
    if (how == RIGHT)
        atomic_store(&w->known, shown->size);
    if (how == TRUNCATED)
        put(fd,
            arena_printf(a, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n%.*s", STR_FMT(line)));
    else
        reply(fd, a, 200, how == NO_LINES ? S("") : line);
}

static void reply_without_end(int fd, const test_witness *w)
{
    char chunk[4096];
    memset(chunk, 'x', sizeof chunk);
    put(fd, S("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"));
    while (!atomic_load(&w->is_over) && send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) > 0)
        ;
}

static void stay_silent(const test_witness *w)
{
    for (int ms = 0; ms < SLOW_MS && !atomic_load(&w->is_over); ms += 50)
        usleep(50 * 1000);
}

static void answer(test_witness *w, int fd, arena *a)
{
    str body = read_request(fd, a), rest, text;
    note_lines lines;
    checkpoint shown;
    if (body.n == 0)
        return;
    int asked = atomic_fetch_add(&w->asked, 1);
    uint64_t old = strtoull(arena_cstr(a, str_skip(str_cut(body, '\n', &rest), 4)), NULL, 10);
    str note = str_skip(body, str_find_str(body, S("\n\n")) + 2);
    assert_int_equal(note_split(a, note, &text, &lines), OK);
    assert_int_equal(note_checkpoint_text(a, text, &shown), OK);
    switch (atomic_load(&w->manner)) {
    case SIZE_LARGER:
        reply_size(fd, a, 1000000);
        break;
    case SIZE_OWN:
        reply_size(fd, a, shown.size);
        break;
    case SIZE_GARBAGE:
        reply(fd, a, 409, S("many\n"));
        break;
    case SIZE_CHANGING:
        reply_size(fd, a, (uint64_t)(asked % 2));
        break;
    case BAD_PROOF:
        reply(fd, a, 422, S("bad proof\n"));
        break;
    case BROKEN:
        reply(fd, a, 500, S("broken\n"));
        break;
    case UNKNOWN_LOG:
        reply(fd, a, 404, S("unknown\n"));
        break;
    case ENDLESS:
        reply_without_end(fd, w);
        break;
    case SLOW:
        stay_silent(w);
        break;
    case RIGHT:
        if (old != atomic_load(&w->known))
            reply_size(fd, a, atomic_load(&w->known));
        else
            cosign(w, fd, a, text, &shown);
        break;
    case WRONG_SIGNATURE:
    case OTHER_KEY:
    case OTHER_NOTE:
    case NO_LINES:
    case TRUNCATED:
        cosign(w, fd, a, text, &shown);
        break;
    }
}

static void *serve_on(void *arg)
{
    test_witness *w = arg;
    arena *a = arena_open(16 << 20);
    while (!atomic_load(&w->is_over)) {
        struct pollfd p = {w->listener, POLLIN, 0};
        if (poll(&p, 1, 100) <= 0)
            continue;
        int fd = accept(w->listener, NULL, NULL);
        if (fd < 0)
            continue;
        answer(w, fd, a);
        close(fd);
        arena_reset(a);
    }
    arena_close(a);
    return NULL;
}

void witness_start(test_witness *w)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;
    memset(w, 0, sizeof *w);
    w->key = sign_key_make();
    atomic_store(&w->time_s, 1700000000);
    w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(w->listener >= 0);
    assert_int_equal(bind(w->listener, (struct sockaddr *)&address, n), 0);
    assert_int_equal(listen(w->listener, 16), 0);
    assert_int_equal(getsockname(w->listener, (struct sockaddr *)&address, &n), 0);
    w->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&w->thread, NULL, serve_on, w), 0);
}

void witness_stop(test_witness *w)
{
    atomic_store(&w->is_over, true);
    pthread_join(w->thread, NULL);
    close(w->listener);
}

str witness_policy(arena *a, const test_witness *w)
{
    note_key key = note_key_of(NAME, NOTE_COSIGNATURE, w->key.public_key);
    return arena_printf(a, "witness w %.*s http://127.0.0.1:%d/\nquorum w\n",
                        STR_FMT(note_key_text(a, &key)), w->port);
}
