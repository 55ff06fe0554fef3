/* SPDX-License-Identifier: EUPL-1.2 */
/* load: sends prepared requests over keep-alive connections and says how long each took.
 *
 *   load HOST:PORT CONNECTIONS SECONDS FILE
 *
 * Each line of FILE is `METHOD PATH [BODY]`; lines are used once, in order, until the file or the
 * time ends. One thread, so that it leaves the other core to the server. Loopback only. Prints one
 * line: requests a second, latency at the 50th, 99th and 99.9th percentile in milliseconds, and
 * how many answers there were of each status. */

#include "base/base.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONNECTIONS_MOST = 4096, REQUEST_BYTES_MOST = 8192, ANSWER_BYTES_MOST = 256 << 10 };

typedef struct connection {
    int fd;
    char request[REQUEST_BYTES_MOST];
    size_t request_n, sent;
    char answer[ANSWER_BYTES_MOST];
    size_t answer_n;
    int64_t began_us;
    bool is_waiting;
} connection;

typedef struct run {
    struct sockaddr_in to;
    str host;
    str lines;
    int epoll;
    int64_t until_us;
    int64_t statuses[600];
    float *latency_ms;
    size_t done, room;
    int open;
} run;

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static _Noreturn void stop(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerrordesc_np(errno));
    exit(1);
}

static void watch(run *r, connection *c, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (epoll_ctl(r->epoll, operation, c->fd, &event) != 0)
        stop("epoll_ctl");
}

static void connect_to(run *r, connection *c)
{
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&r->to, sizeof r->to) != 0)
        stop("connect");
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    int yes = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    watch(r, c, EPOLL_CTL_ADD, EPOLLIN);
    r->open++;
}

static void send_rest(run *r, connection *c)
{
    while (c->sent < c->request_n) {
        ssize_t n = send(c->fd, c->request + c->sent, c->request_n - c->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            watch(r, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return;
        }
        if (n < 0)
            stop("send");
        c->sent += (size_t)n;
    }
}

/* The next line as a request; false when there is none. */
static bool begin(run *r, connection *c)
{
    str line, path, body;
    do {
        if (r->lines.n == 0 || now_us() >= r->until_us)
            return false;
        line = str_cut(r->lines, '\n', &r->lines);
    } while (line.n == 0);
    str method = str_cut(line, ' ', &path);
    path = str_cut(path, ' ', &body);
    int n =
        body.n ? snprintf(c->request, sizeof c->request,
                          "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\nContent-Type: "
                          "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%.*s",
                          STR_FMT(method), STR_FMT(path), STR_FMT(r->host), body.n, STR_FMT(body))
               : snprintf(c->request, sizeof c->request, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\n\r\n",
                          STR_FMT(method), STR_FMT(path), STR_FMT(r->host));
    if (n < 0 || (size_t)n >= sizeof c->request)
        stop("a request is too long");
    c->request_n = (size_t)n;
    c->sent = c->answer_n = 0;
    c->is_waiting = true;
    c->began_us = now_us();
    send_rest(r, c);
    return true;
}

/* The whole length of the answer in c, or 0 while it is not known. */
static size_t answer_length(const connection *c)
{
    str answer = {c->answer, c->answer_n};
    size_t head = str_find_str(answer, S("\r\n\r\n"));
    if (head == answer.n)
        return 0;
    str rest = str_head(answer, head);
    while (rest.n) {
        str value, line = str_trim(str_cut(rest, '\n', &rest));
        int64_t length;
        if (str_eq_nocase(str_cut(line, ':', &value), S("content-length")) &&
            number_parse(str_trim(value), 0, ANSWER_BYTES_MOST, &length) == OK)
            return head + 4 + (size_t)length;
    }
    return head + 4;
}

static void finish(run *r, connection *c)
{
    int64_t status = 0;
    if (number_parse(str_head(str_skip((str){c->answer, c->answer_n}, 9), 3), 100, 599, &status) !=
        OK)
        stop("an answer that is not HTTP");
    r->statuses[status]++;
    if (r->done < r->room)
        r->latency_ms[r->done] = (float)(now_us() - c->began_us) / 1000;
    r->done++;
    c->is_waiting = false;
}

static void close_connection(run *r, connection *c)
{
    close(c->fd);
    c->fd = -1;
    r->open--;
}

static void receive(run *r, connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->answer_n, sizeof c->answer - c->answer_n, 0);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        if (c->is_waiting)
            r->statuses[0]++;
        close_connection(r, c);
        return;
    }
    c->answer_n += (size_t)n;
    size_t whole = answer_length(c);
    if (whole == 0 || c->answer_n < whole)
        return;
    finish(r, c);
    if (!begin(r, c))
        close_connection(r, c);
}

static int by_time(const void *a, const void *b)
{
    const float *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void report(run *r, double seconds)
{
    size_t n = r->done < r->room ? r->done : r->room;
    if (n == 0)
        stop("no answer at all");
    qsort(r->latency_ms, n, sizeof *r->latency_ms, by_time);
    printf("%.0f/s p50 %.2f ms p99 %.2f ms p99.9 %.2f ms answers", (double)r->done / seconds,
           (double)r->latency_ms[n / 2], (double)r->latency_ms[n * 99 / 100],
           (double)r->latency_ms[n * 999 / 1000]);
    for (int status = 0; status < 600; status++)
        if (r->statuses[status])
            printf(" %d:%lld", status, (long long)r->statuses[status]);
    putchar('\n');
}

static str map_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size == 0)
        stop(path);
    char *text = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (text == MAP_FAILED)
        stop(path);
    close(fd);
    return (str){text, (size_t)info.st_size};
}

static void drive(run *r, connection *connections, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        connect_to(r, &connections[i]);
    for (int64_t i = 0; i < count; i++)
        if (!begin(r, &connections[i]))
            close_connection(r, &connections[i]);
    while (r->open > 0) {
        struct epoll_event events[256];
        int n = epoll_wait(r->epoll, events, 256, 10000);
        if (n == 0) {
            fprintf(stderr, "load: no answer for 10 s\n");
            exit(1);
        }
        for (int i = 0; i < n; i++) {
            connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(r, c, EPOLL_CTL_MOD, EPOLLIN);
                send_rest(r, c);
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                receive(r, c);
        }
    }
}

int main(int n, char **arguments)
{
    int64_t port, count, seconds;
    str port_text;
    if (n != 5)
        goto usage;
    run r = {.host = str_of(arguments[1])};
    str address = str_cut(r.host, ':', &port_text);
    if (number_parse(port_text, 1, 65535, &port) != OK ||
        number_parse(str_of(arguments[2]), 1, CONNECTIONS_MOST, &count) != OK ||
        number_parse(str_of(arguments[3]), 1, 600, &seconds) != OK)
        goto usage;
    if (!str_eq(address, S("127.0.0.1"))) {
        fprintf(stderr, "load: only 127.0.0.1 is a target\n");
        return 2;
    }
    r.to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    r.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    r.lines = map_file(arguments[4]);
    r.room = 16 << 20;
    r.latency_ms = calloc(r.room, sizeof *r.latency_ms);
    r.epoll = epoll_create1(EPOLL_CLOEXEC);
    connection *connections = calloc((size_t)count, sizeof *connections);
    if (!r.latency_ms || !connections || r.epoll < 0)
        stop("start");
    int64_t began = now_us();
    r.until_us = began + seconds * 1000000;
    drive(&r, connections, count);
    report(&r, (double)(now_us() - began) / 1e6);
    return 0;
usage:
    fprintf(stderr, "load HOST:PORT CONNECTIONS SECONDS FILE\n");
    return 2;
}
