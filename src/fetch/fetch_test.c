/* SPDX-License-Identifier: EUPL-1.2 */
/* Against real servers: ours for what HTTP can say, nginx for certificates, a bare socket for
 * peers that break off. */

#include "fetch/fetch.h"

#include "base/clock.h"
#include "crypto/crypto.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static arena *a;
static char folder[] = "/tmp/undersigned-fetch-XXXXXX";
static server *ours;
static pthread_t ours_thread;
static pid_t nginx;
static int nginx_port;

/* --- our server --- */

static err answer(void *app, req *rq, reply *out)
{
    (void)app;
    str path = req_path(rq);
    if (str_eq(path, S("/go"))) {
        reply_header(out, S("Set-Cookie"), S("a=b"));
        return reply_see_other(out, S("/echo"));
    }
    if (str_eq(path, S("/slow")))
        nanosleep(&(struct timespec){2, 0}, NULL);
    if (str_eq(path, S("/long"))) {
        buf *b = reply_body(out, 200, S("text/plain"));
        for (int i = 0; i < 5000; i++)
            buf_put_char(b, 'x');
        return OK;
    }
    if (str_eq(path, S("/gone"))) {
        buf_put(reply_body(out, 409, S("text/x.tlog.size")), S("7\n"));
        return OK;
    }
    buf_printf(reply_body(out, 200, S("text/plain")), "%s [%.*s] [%.*s] [%.*s] [%.*s] %.*s",
               req_method(rq) == HTTP_POST ? "POST" : "GET",
               STR_FMT(req_header(rq, S("content-type"))), STR_FMT(req_header(rq, S("cookie"))),
               STR_FMT(req_header(rq, S("expect"))), STR_FMT(req_header(rq, S("authorization"))),
               STR_FMT(req_body(rq)));
    return OK;
}

static void *serve(void *arg)
{
    (void)arg;
    BUG_IF(server_run(ours) != OK);
    return NULL;
}

static str own_url(const char *path)
{
    return arena_printf(a, "http://127.0.0.1:%d%s", server_port(ours), path);
}

/* --- nginx --- */

static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BUG_IF(bind(fd, (struct sockaddr *)&at, n) != 0 ||
           getsockname(fd, (struct sockaddr *)&at, &n) != 0);
    close(fd);
    return ntohs(at.sin_port);
}

static char *in_folder(const char *name)
{
    return arena_cstr(a, arena_printf(a, "%s/%s", folder, name));
}

static void run_to_end(const char *const *command)
{
    pid_t child = fork();
    if (child == 0) {
        BUG_IF(!freopen("/dev/null", "w", stderr));
        execvp(command[0], (char *const *)(uintptr_t)command);
        _exit(127);
    }
    int code;
    BUG_IF(waitpid(child, &code, 0) != child || code != 0);
}

static void start_nginx(void)
{
    const char *const make[] = {"openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "ec",
                                "-pkeyopt",
                                "ec_paramgen_curve:P-256",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=test",
                                "-addext",
                                "subjectAltName=DNS:localhost",
                                "-keyout",
                                in_folder("key.pem"),
                                "-out",
                                in_folder("ca.pem"),
                                NULL};
    run_to_end(make);
    nginx_port = free_port();
    FILE *file = fopen(in_folder("nginx.conf"), "w");
    BUG_IF(!file);
    fprintf(file,
            "daemon off; master_process off; pid %s/pid; error_log stderr crit;\n"
            "events {}\nhttp { access_log off; client_body_temp_path %s; proxy_temp_path %s;\n"
            "fastcgi_temp_path %s; uwsgi_temp_path %s; scgi_temp_path %s;\n"
            "server { listen 127.0.0.1:%d ssl; ssl_certificate %s/ca.pem;\n"
            "ssl_certificate_key %s/key.pem; location / { return 200 \"over TLS\"; } } }\n",
            folder, folder, folder, folder, folder, folder, nginx_port, folder, folder);
    fclose(file);
    nginx = fork();
    if (nginx == 0) {
        execlp("nginx", "nginx", "-e", "stderr", "-p", folder, "-c", in_folder("nginx.conf"),
               (char *)NULL);
        _exit(127);
    }
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)nginx_port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < 500; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int n = connect(fd, (struct sockaddr *)&at, sizeof at);
        close(fd);
        if (n == 0)
            return;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    BUG_IF(true);
}

/* --- a peer that says these bytes to one connection, and ends it --- */

typedef struct peer {
    int listener;
    int port;
    const char *says;
    pthread_t thread;
} peer;

static void *say_once(void *arg)
{
    peer *p = arg;
    int fd = accept(p->listener, NULL, NULL);
    char request[1024];
    if (recv(fd, request, sizeof request, 0) > 0)
        BUG_IF(send(fd, p->says, strlen(p->says), MSG_NOSIGNAL) < 0);
    shutdown(fd, SHUT_RDWR);
    close(fd);
    return NULL;
}

static str peer_url(peer *p, const char *says)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    p->says = says;
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BUG_IF(bind(p->listener, (struct sockaddr *)&at, n) != 0 || listen(p->listener, 1) != 0 ||
           getsockname(p->listener, (struct sockaddr *)&at, &n) != 0 ||
           pthread_create(&p->thread, NULL, say_once, p) != 0);
    return arena_printf(a, "http://127.0.0.1:%d/", ntohs(at.sin_port));
}

static void peer_end(peer *p)
{
    pthread_join(p->thread, NULL);
    close(p->listener);
}

/* --- tests --- */

static int setup(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(64 << 20);
    BUG_IF(!mkdtemp(folder));
    server_options options = {
        .listen = S("127.0.0.1:0"), .origin = S("http://localhost"), .workers = 4};
    BUG_IF(server_open(&options, answer, NULL, &ours) != OK);
    start_nginx(); /* forks: before the threads */
    BUG_IF(pthread_create(&ours_thread, NULL, serve, NULL) != 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    server_stop(ours);
    pthread_join(ours_thread, NULL);
    server_close(ours);
    kill(nginx, SIGTERM);
    waitpid(nginx, NULL, 0);
    const char *const drop[] = {"rm", "-rf", folder, NULL};
    run_to_end(drop);
    arena_close(a);
    return 0;
}

static void replies_come_whole(void **state)
{
    (void)state;
    fetched got;
    fetch *f = fetch_open(&(fetch_options){0});
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fetch_get(f, a, own_url("/echo"), &got), OK);
        assert_int_equal(got.status, 200);
        assert_true(str_eq(got.type, S("text/plain")));
        assert_true(str_eq(got.body, S("GET [] [] [] [] ")));
        assert_int_equal(fetch_post(f, a, own_url("/echo"), S("text/x"), S("some\nbody"), &got),
                         OK);
        assert_true(str_eq(got.body, S("POST [text/x] [] [] [] some\nbody")));
    }
    /* A long one, which libcurl would ask leave for. */
    buf longer = buf_in(a);
    for (int i = 0; i < 300000; i++)
        buf_put_char(&longer, (char)('a' + i % 26));
    assert_int_equal(fetch_post(f, a, own_url("/echo"), S("text/x"), buf_str(&longer), &got), OK);
    assert_int_equal(got.body.n, 300000 + strlen("POST [text/x] [] [] [] "));
    assert_int_equal(fetch_get(f, a, own_url("/gone"), &got), OK);
    assert_int_equal(got.status, 409);
    assert_true(str_eq(got.type, S("text/x.tlog.size")));
    assert_true(str_eq(got.body, S("7\n")));
    fetch_close(f);
}

static void redirects_and_cookies_stay_where_they_are(void **state)
{
    (void)state;
    fetched got;
    fetch *f = fetch_open(&(fetch_options){0});
    assert_int_equal(fetch_get(f, a, own_url("/go"), &got), OK);
    assert_int_equal(got.status, 303);
    assert_int_equal(fetch_get(f, a, own_url("/echo"), &got), OK);
    assert_true(str_eq(got.body, S("GET [] [] [] [] ")));
    fetch_close(f);
}

static void limits_hold(void **state)
{
    (void)state;
    fetched got = {.status = -1};
    fetch *f = fetch_open(&(fetch_options){.bytes_most = 4999, .timeout_ms = 300});
    assert_int_equal(fetch_get(f, a, own_url("/long"), &got), ERR_LIMIT);
    assert_true(str_eq(fetch_reason(f), S("the reply is longer than 4999 bytes")));
    int64_t begun_ms = clock_steady_ms();
    assert_int_equal(fetch_get(f, a, own_url("/slow"), &got), ERR_BUSY);
    assert_true(clock_steady_ms() - begun_ms < 1900);
    assert_true(fetch_reason(f).n > 0);
    assert_int_equal(got.status, -1);
    assert_int_equal(fetch_get(f, a, own_url("/echo"), &got), OK);
    assert_int_equal(fetch_reason(f).n, 0);
    fetch_close(f);
    f = fetch_open(&(fetch_options){.bytes_most = 5000});
    assert_int_equal(fetch_get(f, a, own_url("/long"), &got), OK);
    assert_int_equal(got.body.n, 5000);
    fetch_close(f);
}

static void addresses_are_not_repaired(void **state)
{
    static const char *const wrong[] = {
        "",
        "example.org",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "HTTP://127.0.0.1/",
        "http://",
        "http:///echo",
        "http://:80/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1/#part",
        "http://127.0.0.1/{a,b}",
        "http://127.0.0.1:99999/",
        "https://\xC3\xA9.example/",
    };
    (void)state;
    fetched got;
    fetch *f = fetch_open(&(fetch_options){0});
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(fetch_get(f, a, str_of(wrong[i]), &got), ERR_INVALID);
        assert_true(fetch_reason(f).n > 0);
    }
    assert_int_equal(fetch_get(f, a, (str){"http://127.0.0.1/\0x", 19}, &got), ERR_INVALID);
    buf longer = buf_in(a);
    buf_put(&longer, S("http://127.0.0.1/"));
    while (longer.n <= 2048)
        buf_put_char(&longer, 'a');
    assert_int_equal(fetch_get(f, a, buf_str(&longer), &got), ERR_INVALID);
    fetch_close(f);
}

static void certificates_are_checked(void **state)
{
    (void)state;
    fetched got;
    str by_name = arena_printf(a, "https://localhost:%d/", nginx_port);
    str by_number = arena_printf(a, "https://127.0.0.1:%d/", nginx_port);
    fetch *f = fetch_open(&(fetch_options){0});
    assert_int_equal(fetch_get(f, a, by_name, &got), ERR_DENIED);
    fetch_close(f);
    f = fetch_open(&(fetch_options){.ca_file = str_of(in_folder("ca.pem"))});
    assert_int_equal(fetch_get(f, a, by_name, &got), OK);
    assert_true(str_eq(got.body, S("over TLS")));
    assert_int_equal(fetch_get(f, a, by_number, &got), ERR_DENIED);
    fetch_close(f);
    f = fetch_open(&(fetch_options){.ca_file = str_of(in_folder("none.pem"))});
    assert_int_equal(fetch_get(f, a, by_name, &got), ERR_DENIED);
    fetch_close(f);
}

static void bad_peers_are_told_apart(void **state)
{
    static const struct {
        const char *says;
        err outcome;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", OK},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", ERR_IO},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", ERR_IO},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n", ERR_IO},
        {"SSH-2.0-OpenSSH\r\n", ERR_IO},
        {"", ERR_IO},
    };
    (void)state;
    fetched got;
    fetch *f = fetch_open(&(fetch_options){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        peer p;
        str url = peer_url(&p, cases[i].says);
        assert_int_equal(fetch_get(f, a, url, &got), cases[i].outcome);
        peer_end(&p);
    }
    assert_int_equal(fetch_get(f, a, arena_printf(a, "http://127.0.0.1:%d/", free_port()), &got),
                     ERR_BUSY);
    assert_int_equal(fetch_get(f, a, S("http://no-such-host.invalid/"), &got), ERR_BUSY);
    fetch_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_come_whole),
        cmocka_unit_test(redirects_and_cookies_stay_where_they_are),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(addresses_are_not_repaired),
        cmocka_unit_test(certificates_are_checked),
        cmocka_unit_test(bad_peers_are_told_apart),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
