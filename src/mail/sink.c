/* SPDX-License-Identifier: EUPL-1.2 */
/* One thread, one poll loop, a fixed number of visitors: whatever a visitor does costs a bounded
 * buffer and ends with the deadline. Lines end with CRLF and nothing else, so that a bare LF cannot
 * hide a second message (the "smuggling" of 2023). A letter is written under a name that the inbox
 * does not list, then renamed: readers see whole letters only. */

#include "mail/sink.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VISITORS = 32,
    LINE_ROOM = 4096,
    RECIPIENTS = 20,
    IDLE_MS = 60000,
    LETTERS_DEFAULT = 1000,
    ADDRESS_ROOM = 512,
};

typedef struct visitor {
    int socket; /* -1: a free place */
    int64_t deadline_ms;
    char line[LINE_ROOM];
    size_t line_n;
    bool said_hello;
    bool has_sender;
    bool is_in_data;
    bool is_too_large;
    int recipients;
    char first_recipient[ADDRESS_ROOM];
    char sender[ADDRESS_ROOM];
    arena *home; /* of the message under way */
    buf message;
} visitor;

struct mail_sink {
    str folder;
    arena *home;
    bool offers_utf8;
    size_t max_letters;
    int listener;
    int port;
    int stop; /* eventfd */
    unsigned sequence;
    pthread_t thread;
    visitor visitors[VISITORS];
};

static void visitor_leave(visitor *v)
{
    close(v->socket);
    arena_close(v->home);
    *v = (visitor){.socket = -1};
}

/* A visitor who does not take a short reply at once is sent away. */
static bool reply(visitor *v, const char *text)
{
    size_t n = strlen(text);
    if (send(v->socket, text, n, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)n)
        return true;
    visitor_leave(v);
    return false;
}

static void message_forget(visitor *v)
{
    v->has_sender = false;
    v->is_in_data = false;
    v->is_too_large = false;
    v->recipients = 0;
    arena_close(v->home);
    v->home = NULL;
    v->message = (buf){0};
}

/* Keeps the newest letters: names sort by time. */
static void inbox_trim(mail_sink *sink)
{
    arena *a = arena_open(16 << 20);
    str_list names;
    if (mail_inbox_list(a, sink->folder, 100000, &names) == OK)
        for (size_t i = sink->max_letters; i < names.n; i++) {
            str path = arena_printf(a, "%.*s/%.*s", STR_FMT(sink->folder), STR_FMT(names.at[i]));
            unlink(arena_cstr(a, path));
        }
    arena_close(a);
}

static bool all_written(int file, str s)
{
    while (s.n > 0) {
        ssize_t n = write(file, s.at, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = str_skip(s, (size_t)n);
    }
    return true;
}

static bool letter_store(mail_sink *sink, visitor *v)
{
    arena *a = v->home;
    unsigned char tail[4];
    random_fill(tail, sizeof(tail));
    buf name = buf_in(a);
    buf_printf(&name, "%.*s/%015lld-%06u-", STR_FMT(sink->folder), (long long)clock_now_ms(),
               sink->sequence++ % 1000000);
    buf_put_hex(&name, tail, sizeof(tail));
    const char *part = arena_cstr(a, arena_printf(a, "%.*s.part", STR_FMT(buf_str(&name))));
    const char *whole = arena_cstr(a, arena_printf(a, "%.*s.eml", STR_FMT(buf_str(&name))));
    str head =
        arena_printf(a, "Return-Path: <%s>\r\nDelivered-To: %s\r\n", v->sender, v->first_recipient);
    int file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool is_stored = all_written(file, head) && all_written(file, buf_str(&v->message));
    is_stored = close(file) == 0 && is_stored && rename(part, whole) == 0;
    if (!is_stored)
        unlink(part);
    else
        inbox_trim(sink);
    return is_stored;
}

static void data_end(mail_sink *sink, visitor *v)
{
    const char *answer = "250 2.0.0 Kept\r\n";
    if (v->is_too_large) {
        answer = "552 5.3.4 Message too large\r\n";
    } else if (!letter_store(sink, v)) {
        LOG(LOG_ERROR, "mail.sink", log_str("reason", str_of(strerror(errno))));
        answer = "451 4.3.0 Cannot store\r\n";
    }
    message_forget(v);
    reply(v, answer);
}

static void data_line(mail_sink *sink, visitor *v, str line)
{
    if (str_eq(line, S("."))) {
        data_end(sink, v);
        return;
    }
    if (line.n > 0 && line.at[0] == '.')
        line = str_skip(line, 1);
    if (v->message.n + line.n + 2 > MAIL_SINK_MESSAGE_MAX_BYTES)
        v->is_too_large = true;
    if (v->is_too_large)
        return;
    buf_put(&v->message, line);
    buf_put(&v->message, S("\r\n"));
}

/* "FROM:<address> …" after the verb: the address without brackets. */
static bool path_take(str argument, str word, char out_address[static ADDRESS_ROOM])
{
    if (!str_eq_nocase(str_head(argument, word.n), word))
        return false;
    str rest = str_trim(str_skip(argument, word.n));
    size_t end = str_find(rest, '>');
    if (rest.n < 2 || rest.at[0] != '<' || end == rest.n || end > ADDRESS_ROOM)
        return false;
    str address = str_head(str_skip(rest, 1), end - 1);
    for (size_t i = 0; i < address.n; i++)
        if ((unsigned char)address.at[i] <= 0x20 || address.at[i] == '<')
            return false;
    memcpy(out_address, address.at, address.n);
    out_address[address.n] = '\0';
    return true;
}

static bool hello(const mail_sink *sink, visitor *v, bool is_extended)
{
    message_forget(v);
    v->said_hello = true;
    if (!is_extended)
        return reply(v, "250 sink.localhost\r\n");
    return reply(v, sink->offers_utf8 ? "250-sink.localhost\r\n250-PIPELINING\r\n250-SIZE 4194304"
                                        "\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
                                      : "250-sink.localhost\r\n250-PIPELINING\r\n250-SIZE 4194304"
                                        "\r\n250 8BITMIME\r\n");
}

static bool sender(visitor *v, str argument)
{
    if (!v->said_hello || v->has_sender)
        return reply(v, "503 5.5.1 Not now\r\n");
    if (!path_take(argument, S("FROM:"), v->sender))
        return reply(v, "501 5.1.7 Bad sender\r\n");
    v->has_sender = true;
    return reply(v, "250 2.1.0 OK\r\n");
}

static bool recipient(visitor *v, str argument)
{
    char address[ADDRESS_ROOM];
    if (!v->has_sender)
        return reply(v, "503 5.5.1 Not now\r\n");
    if (v->recipients == RECIPIENTS)
        return reply(v, "452 4.5.3 Too many recipients\r\n");
    if (!path_take(argument, S("TO:"), address) || address[0] == '\0')
        return reply(v, "501 5.1.3 Bad recipient\r\n");
    if (v->recipients == 0)
        memcpy(v->first_recipient, address, sizeof(address));
    v->recipients++;
    return reply(v, "250 2.1.5 OK\r\n");
}

static bool data_begin(visitor *v)
{
    if (v->recipients == 0)
        return reply(v, "503 5.5.1 Not now\r\n");
    v->is_in_data = true;
    v->home = arena_open((size_t)MAIL_SINK_MESSAGE_MAX_BYTES * 4);
    v->message = buf_in(v->home);
    return reply(v, "354 Go on\r\n");
}

/* False when the visitor is gone. */
static bool command(const mail_sink *sink, visitor *v, str line)
{
    str argument;
    str verb = str_cut(line, ' ', &argument);
    if (str_eq_nocase(verb, S("EHLO")) || str_eq_nocase(verb, S("HELO")))
        return hello(sink, v, str_eq_nocase(verb, S("EHLO")));
    if (str_eq_nocase(verb, S("MAIL")))
        return sender(v, argument);
    if (str_eq_nocase(verb, S("RCPT")))
        return recipient(v, argument);
    if (str_eq_nocase(verb, S("DATA")))
        return data_begin(v);
    if (str_eq_nocase(verb, S("RSET"))) {
        message_forget(v);
        return reply(v, "250 2.0.0 OK\r\n");
    }
    if (str_eq_nocase(verb, S("NOOP")))
        return reply(v, "250 2.0.0 OK\r\n");
    if (str_eq_nocase(verb, S("QUIT"))) {
        if (reply(v, "221 2.0.0 Bye\r\n"))
            visitor_leave(v);
        return false;
    }
    return reply(v, "502 5.5.1 Not here\r\n");
}

/* Takes the whole lines out of what has come. */
static void lines_take(mail_sink *sink, visitor *v)
{
    size_t taken = 0;
    while (v->socket >= 0) {
        str rest = {v->line + taken, v->line_n - taken};
        size_t end = str_find_str(rest, S("\r\n"));
        if (end == rest.n)
            break;
        taken += end + 2;
        if (v->is_in_data)
            data_line(sink, v, str_head(rest, end));
        else if (!command(sink, v, str_head(rest, end)))
            return;
    }
    if (v->socket < 0)
        return;
    memmove(v->line, v->line + taken, v->line_n - taken);
    v->line_n -= taken;
    if (v->line_n == LINE_ROOM && reply(v, "500 5.5.2 Line too long\r\n"))
        visitor_leave(v);
}

static void visitor_read(mail_sink *sink, visitor *v)
{
    ssize_t n = recv(v->socket, v->line + v->line_n, LINE_ROOM - v->line_n, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        visitor_leave(v);
        return;
    }
    v->line_n += (size_t)n;
    v->deadline_ms = clock_steady_ms() + IDLE_MS;
    lines_take(sink, v);
}

static void visitor_enter(mail_sink *sink)
{
    int socket = accept4(sink->listener, NULL, NULL, SOCK_CLOEXEC);
    if (socket < 0)
        return;
    for (size_t i = 0; i < VISITORS; i++) {
        visitor *v = &sink->visitors[i];
        if (v->socket >= 0)
            continue;
        v->socket = socket;
        v->deadline_ms = clock_steady_ms() + IDLE_MS;
        reply(v, "220 sink.localhost ESMTP\r\n");
        return;
    }
    static const char busy[] = "421 4.3.2 Too many connections\r\n";
    (void)!send(socket, busy, sizeof(busy) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(socket);
}

static void *sink_run(void *from)
{
    mail_sink *sink = from;
    for (;;) {
        struct pollfd waits[VISITORS + 2] = {{sink->stop, POLLIN, 0}, {sink->listener, POLLIN, 0}};
        for (size_t i = 0; i < VISITORS; i++)
            waits[i + 2] = (struct pollfd){sink->visitors[i].socket, POLLIN, 0};
        if (poll(waits, VISITORS + 2, 1000) < 0 && errno != EINTR)
            break;
        if (waits[0].revents)
            break;
        int64_t now_ms = clock_steady_ms();
        for (size_t i = 0; i < VISITORS; i++) {
            visitor *v = &sink->visitors[i];
            if (v->socket >= 0 && waits[i + 2].revents)
                visitor_read(sink, v);
            else if (v->socket >= 0 && now_ms > v->deadline_ms)
                visitor_leave(v);
        }
        if (waits[1].revents)
            visitor_enter(sink);
    }
    for (size_t i = 0; i < VISITORS; i++)
        if (sink->visitors[i].socket >= 0)
            visitor_leave(&sink->visitors[i]);
    return NULL;
}

static err listener_open(int port, int *out_listener, int *out_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        bind(listener, (struct sockaddr *)&address, n) != 0 || listen(listener, VISITORS) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &n) != 0) {
        LOG(LOG_ERROR, "mail.sink", log_int("port", port),
            log_str("reason", str_of(strerror(errno))));
        if (listener >= 0)
            close(listener);
        return ERR_IO;
    }
    *out_listener = listener;
    *out_port = ntohs(address.sin_port);
    return OK;
}

err mail_sink_open(const mail_sink_plan *plan, mail_sink **out_sink)
{
    if (plan->port < 0 || plan->port > 65535)
        return ERR_INVALID;
    arena *home = arena_open(1 << 20);
    mail_sink *sink = arena_new(home, mail_sink);
    *sink = (mail_sink){.home = home,
                        .folder = arena_copy(home, plan->folder),
                        .offers_utf8 = plan->offers_utf8,
                        .max_letters = plan->max_letters ? plan->max_letters : LETTERS_DEFAULT};
    for (size_t i = 0; i < VISITORS; i++)
        sink->visitors[i].socket = -1;
    if (mkdir(sink->folder.at, 0700) != 0 && errno != EEXIST) {
        LOG(LOG_ERROR, "mail.sink", log_str("folder", sink->folder),
            log_str("reason", str_of(strerror(errno))));
        arena_close(home);
        return ERR_IO;
    }
    err e = listener_open(plan->port, &sink->listener, &sink->port);
    if (e != OK) {
        arena_close(home);
        return e;
    }
    sink->stop = eventfd(0, EFD_CLOEXEC);
    BUG_IF(sink->stop < 0 || pthread_create(&sink->thread, NULL, sink_run, sink) != 0);
    *out_sink = sink;
    return OK;
}

int mail_sink_port(const mail_sink *sink)
{
    return sink->port;
}

void mail_sink_close(mail_sink *sink)
{
    if (!sink)
        return;
    uint64_t one = 1;
    BUG_IF(write(sink->stop, &one, sizeof(one)) != sizeof(one));
    pthread_join(sink->thread, NULL);
    close(sink->listener);
    close(sink->stop);
    arena_close(sink->home);
}
