/* SPDX-License-Identifier: EUPL-1.2 */
/* Blocking sockets with a time-out: a test that waits for nothing must end. */

#include "http/wire_test.h"

#include "base/number.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void *run(void *arg)
{
    site *s = arg;
    BUG_IF(server_run(s->server) != OK);
    return NULL;
}

static void file_write(int folder, const char *name, size_t n)
{
    int fd = openat(folder, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    BUG_IF(fd < 0);
    for (size_t i = 0; i < n; i++) {
        char c = (char)('a' + i % 26);
        BUG_IF(write(fd, &c, 1) != 1);
    }
    close(fd);
}

static void folder_make(site *s)
{
    snprintf(s->folder, sizeof s->folder, "/tmp/undersigned-http-XXXXXX");
    BUG_IF(!mkdtemp(s->folder));
    s->app.log_fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    BUG_IF(s->app.log_fd < 0);
    file_write(s->app.log_fd, "small", 1000);
    file_write(s->app.log_fd, "large", 200000);
    BUG_IF(symlinkat("/etc/passwd", s->app.log_fd, "link") != 0);
}

static void folder_drop(site *s)
{
    unlinkat(s->app.log_fd, "small", 0);
    unlinkat(s->app.log_fd, "large", 0);
    unlinkat(s->app.log_fd, "link", 0);
    close(s->app.log_fd);
    rmdir(s->folder);
}

void site_start(site *s, server_options options)
{
    crypto_init();
    *s = (site){0};
    folder_make(s);
    s->pages = cache_open(8 << 20);
    s->router = test_router(&s->app, s->pages);
    if (!options.listen.n)
        options.listen = S("127.0.0.1:0");
    options.origin = S("https://sign.example");
    options.pages = s->pages;
    options.body_most = router_body_most;
    BUG_IF(server_open(&options, router_dispatch, &s->router, &s->server) != OK);
    BUG_IF(pthread_create(&s->thread, NULL, run, s) != 0);
}

void site_stop(site *s)
{
    server_stop(s->server);
    pthread_join(s->thread, NULL);
    server_close(s->server);
    cache_close(s->pages);
    folder_drop(s);
}

int wire_connect(const site *s)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)server_port(s->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    BUG_IF(fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0);
    return fd;
}

void wire_send(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t sent = send(fd, bytes.at, bytes.n, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes = str_skip(bytes, (size_t)sent);
    }
}

static bool is_ready(int fd, int wait_ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};
    return poll(&one, 1, wait_ms) == 1;
}

/* Reads exactly until the buffer ends with the empty line, byte by byte: slow but never past it. */
static bool read_head(int fd, buf *head)
{
    while (!str_ends(buf_str(head), S("\r\n\r\n"))) {
        char c = 0;
        if (!is_ready(fd, 10000) || recv(fd, &c, 1, 0) != 1)
            return false;
        buf_put_char(head, c);
    }
    return true;
}

str wire_line(const wire *w, str name)
{
    str rest = w->head;
    while (rest.n) {
        str after = {0};
        str value = {0};
        str one = str_trim(str_cut(rest, '\n', &after));
        if (str_eq_nocase(str_cut(one, ':', &value), name))
            return str_trim(value);
        rest = after;
    }
    return (str){"", 0};
}

wire wire_read(arena *a, int fd, bool is_head)
{
    wire w = {0};
    buf head = buf_in(a);
    int64_t status = 0;
    do {
        head = buf_in(a);
        if (!read_head(fd, &head) || !str_starts(buf_str(&head), S("HTTP/1.1 ")) ||
            number_parse((str){head.at + 9, 3}, 100, 599, &status) != OK)
            return w;
    } while (status == 100);
    w.head = buf_str(&head);
    int64_t length = 0;
    str declared = wire_line(&w, S("content-length"));
    bool has_body = !is_head && status != 304 && status != 204;
    BUG_IF(has_body && number_parse(declared, 0, 1 << 30, &length) != OK);
    char *body = arena_alloc(a, (size_t)length + 1);
    for (size_t n = 0; n < (size_t)length;) {
        ssize_t got = is_ready(fd, 10000) ? recv(fd, body + n, (size_t)length - n, 0) : -1;
        if (got <= 0)
            return w;
        n += (size_t)got;
    }
    w.status = (int)status;
    w.body = (str){body, (size_t)length};
    return w;
}

bool wire_ends(int fd)
{
    char c = 0;
    return is_ready(fd, 8000) && recv(fd, &c, 1, 0) == 0;
}

wire wire_ask(arena *a, const site *s, const char *request)
{
    int fd = wire_connect(s);
    wire_send(fd, str_of(request));
    wire w = wire_read(a, fd, strncmp(request, "HEAD", 4) == 0);
    close(fd);
    return w;
}
