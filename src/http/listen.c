/* SPDX-License-Identifier: EUPL-1.2 */
/* The listening socket. The first io thread accepts and deals new connections out in turn, by
 * putting them into the other threads' epoll sets: the kernel's own spreading is uneven for
 * long-lived connections, and a Unix socket has none. */

#include "http/io.h"

#include "base/log.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, ACCEPTS_A_TURN = 64 };

typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
} address;

static err read_ip(str listen, address *out_address, socklen_t *out_bytes)
{
    size_t colon = listen.n;
    while (colon > 0 && listen.at[colon - 1] != ':')
        colon--;
    int64_t port = 0;
    client_ip ip = {0};
    if (colon == 0 || number_parse(str_skip(listen, colon), 0, 65535, &port) != OK ||
        ip_read(listen, &ip) != OK)
        return ERR_INVALID;
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (memcmp(ip.private_bytes, mapped, sizeof mapped) == 0) {
        out_address->v4 =
            (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        memcpy(&out_address->v4.sin_addr, ip.private_bytes + 12, 4);
        *out_bytes = sizeof out_address->v4;
    } else {
        out_address->v6 =
            (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
        memcpy(&out_address->v6.sin6_addr, ip.private_bytes, 16);
        *out_bytes = sizeof out_address->v6;
    }
    return OK;
}

static err read_unix(server *s, str path, address *out_address, socklen_t *out_bytes)
{
    if (path.n == 0 || path.n >= sizeof out_address->local.sun_path)
        return ERR_INVALID;
    out_address->local = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(out_address->local.sun_path, path.at, path.n);
    *out_bytes = sizeof out_address->local;
    s->is_unix = true;
    s->unix_path = arena_copy(s->a, path);
    return OK;
}

/* A socket file that nobody answers on was left behind by a crash. */
static void drop_stale_socket(const address *at, socklen_t bytes)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return;
    if (connect(probe, &at->any, bytes) != 0 && errno == ECONNREFUSED)
        unlink(at->local.sun_path);
    close(probe);
}

static err failed(const char *step)
{
    LOG(LOG_ERROR, "http.listen", log_str("step", str_of(step)),
        log_str("reason", str_of(strerrordesc_np(errno))));
    return ERR_IO;
}

static err bind_socket(server *s, const address *at, socklen_t bytes)
{
    int fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return failed("socket");
    s->listener = fd;
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int));
    if (s->is_unix)
        drop_stale_socket(at, bytes);
    if (bind(fd, &at->any, bytes) != 0)
        return failed("bind");
    if (s->is_unix && chmod(at->local.sun_path, 0660) != 0)
        return failed("chmod");
    if (listen(fd, BACKLOG) != 0)
        return failed("listen");
    address bound;
    socklen_t bound_bytes = sizeof bound;
    if (!s->is_unix && getsockname(fd, &bound.any, &bound_bytes) == 0)
        s->port = ntohs(bound.any.sa_family == AF_INET ? bound.v4.sin_port : bound.v6.sin6_port);
    return OK;
}

err listen_open(server *s)
{
    address at;
    socklen_t bytes = 0;
    str listen = s->options.listen;
    err e = str_starts(listen, S("unix:")) ? read_unix(s, str_skip(listen, 5), &at, &bytes)
                                           : read_ip(listen, &at, &bytes);
    if (e != OK) {
        LOG(LOG_ERROR, "http.listen", log_str("address", listen), log_str("why", S("malformed")));
        return e;
    }
    s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return bind_socket(s, &at, bytes);
}

static void peer_of(const address *from, client_ip *out_peer)
{
    if (from->any.sa_family == AF_INET6) {
        memcpy(out_peer->private_bytes, &from->v6.sin6_addr, 16);
    } else if (from->any.sa_family == AF_INET) {
        out_peer->private_bytes[10] = out_peer->private_bytes[11] = 0xff;
        memcpy(out_peer->private_bytes + 12, &from->v4.sin_addr, 4);
    }
}

static void refuse_at_once(server *s, int fd)
{
    static const char refusal[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                                  "Retry-After: 5\r\nCache-Control: no-store\r\n";
    struct {
        char at[2048];
        size_t n;
    } whole = {{0}, 0};
    str parts[] = {{refusal, sizeof refusal - 1}, s->policy, S("Connection: close\r\n\r\n")};
    for (size_t i = 0; i < 3 && whole.n + parts[i].n <= sizeof whole.at; i++) {
        memcpy(whole.at + whole.n, parts[i].at, parts[i].n);
        whole.n += parts[i].n;
    }
    ssize_t sent = send(fd, whole.at, whole.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)sent; /* a courtesy */
    shutdown(fd, SHUT_WR);
    close(fd);
}

static void adopt(server *s, int fd, const address *from)
{
    conn *c = calloc(1, sizeof *c);
    BUG_IF(!c);
    c->fd = fd;
    c->file = -1;
    c->timer = TIMER_NONE;
    c->is_readable = true;
    c->is_unix = s->is_unix;
    peer_of(from, &c->peer);
    if (!s->is_unix)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    io *t = s->ios[s->next_io++ % (unsigned)s->options.io_threads];
    atomic_fetch_add(&s->connections, 1);
    atomic_fetch_add(&t->conns, 1);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        atomic_fetch_sub(&s->connections, 1);
        atomic_fetch_sub(&t->conns, 1);
        close(fd);
        free(c);
    }
}

/* Out of descriptors: without this the listener would stay ready and the thread would spin. */
static void shed_one(server *s)
{
    close(s->spare_fd);
    int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        refuse_at_once(s, fd);
    s->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void listen_accept(server *s, io *t)
{
    (void)t;
    for (int i = 0; i < ACCEPTS_A_TURN && s->listener >= 0; i++) {
        address from = {0};
        socklen_t bytes = sizeof from;
        int fd = accept4(s->listener, &from.any, &bytes, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE)
                shed_one(s);
            return;
        }
        if (atomic_load(&s->connections) >= s->options.connections_most)
            refuse_at_once(s, fd);
        else
            adopt(s, fd, &from);
    }
}

void listen_close(server *s)
{
    if (s->listener >= 0)
        close(s->listener);
    s->listener = -1;
    if (s->is_unix && s->unix_path.n)
        unlink(arena_cstr(s->a, s->unix_path));
    s->unix_path = (str){0};
}
