/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/test_site.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/content.h"
#include "core/listing.h"
#include "core/log.h"
#include "http/chunk.h"
#include "sql/schema.h"
#include "test_core.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_BYTES = 512 << 20, WAIT_MS = 5000 };

static void *run_server(void *arg)
{
    site *s = arg;
    assert_int_equal(server_run(s->server), OK);
    return NULL;
}

static void load_content(site *s)
{
    content_folder *folder;
    content_report report = {0};
    age_identity identities[2] = {{{8}}, {{16}}};
    const age_recipient organiser[] = {age_recipient_of(&identities[0]),
                                       age_recipient_of(&identities[1])};
    for (size_t i = 0; i < 2; i++)
        fixture_prove(&s->app.core, age_recipient_text(s->a, &organiser[i]));
    const char *path = getenv("CONTENT");
    assert_non_null(path);
    err e = content_read(s->a, str_of(path), &folder, &report);
    content_changes changes;
    content_write_options options = {.origin = S("https://site.example"),
                                     .log_public_key = (const unsigned char[32]){0},
                                     .organiser = {organiser, 2},
                                     .now_ms = clock_now_ms()};
    if (e == OK)
        e = content_write(&s->app.core, s->a, folder, &options, &changes, &report);
    for (size_t i = 0; i < report.problems.n; i++)
        if (!report.problems.at[i].is_warning)
            print_error("%.*s: %.*s\n", STR_FMT(report.problems.at[i].file),
                        STR_FMT(report.problems.at[i].message));
    assert_int_equal(e, OK);
}

static void open_server(site *s)
{
    s->routing = web_router(&s->app);
    server_options options = {
        .listen = S("127.0.0.1:0"),
        .origin = s->app.origin,
        .workers = 4,
        .pages = s->app.pages,
        .body_most = router_body_most,
    };
    assert_int_equal(server_open(&options, router_dispatch, &s->routing, &s->server), OK);
    s->port = server_port(s->server);
    assert_int_equal(pthread_create(&s->runner, NULL, run_server, s), 0);
}

site *site_open(void **state)
{
    crypto_init();
    test_db t = test_db_open(state, &schema_all, DB_WORKER); /* first: it may skip the test */
    arena *a = arena_open(ARENA_BYTES);
    site *s = arena_new(a, site);
    s->a = a;
    s->t = t;
    key32 master = {{7}};
    s->app = (struct app){
        .core = {.db = s->t.d, .keys = core_keys_derive(&master)},
        .origin = S("https://site.example"),
        .pages = cache_open(32 << 20),
    };
    s->app.rates = rate_open(&s->app.core.keys, 1024);
    for (int i = 0; i < RATE_CLASSES; i++)
        s->app.limits[i] = (rate_limits){100000, 100000};
    memcpy(s->log_folder, "/tmp/site_log.XXXXXX", sizeof "/tmp/site_log.XXXXXX");
    assert_non_null(mkdtemp(s->log_folder));
    s->app.media_directory_fd = -1;
    s->app.log_directory_fd = open(s->log_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(drawings_open(32 << 20, &s->app.drawings), OK);
    load_content(s);
    assert_int_equal(newsroom_open(&s->app.core, s->app.pages, &s->app.news), OK);
    open_server(s);
    return s;
}

static int drop(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

void site_close(site *s)
{
    server_stop(s->server);
    pthread_join(s->runner, NULL);
    server_close(s->server);
    newsroom_close(s->app.news);
    rate_close(s->app.rates);
    cache_close(s->app.pages);
    drawings_close(s->app.drawings);
    close(s->app.log_directory_fd);
    arena *a = s->a;
    assert_int_equal(nftw(s->log_folder, drop, 8, FTW_DEPTH | FTW_PHYS), 0);
    test_db_close(&s->t);
    arena_close(a);
}

static void send_all(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = send(fd, bytes.at, bytes.n, MSG_NOSIGNAL);
        assert_true(n > 0);
        bytes = str_skip(bytes, (size_t)n);
    }
}

static str receive_all(arena *a, int fd)
{
    buf b = buf_in(a);
    char block[16384];
    ssize_t n;
    while ((n = recv(fd, block, sizeof block, 0)) > 0)
        buf_put(&b, (str){block, (size_t)n});
    return buf_str(&b);
}

static str unchunk(arena *a, str body)
{
    chunk c = {0};
    size_t n = 0;
    char *to = arena_alloc(a, body.n + 1);
    assert_int_equal(chunk_read(&c, &body, to, body.n + 1, &n), CHUNK_DONE);
    return (str){to, n};
}

static answer read_answer(arena *a, str whole)
{
    size_t head = str_find_str(whole, S("\r\n\r\n"));
    int64_t status = 0;
    assert_true(head < whole.n);
    assert_int_equal(number_parse(str_head(str_skip(whole, 9), 3), 100, 599, &status), OK);
    answer got = {(int)status, str_head(whole, head + 2), str_skip(whole, head + 4)};
    if (answer_header(&got, "transfer-encoding").n)
        got.body = unchunk(a, got.body);
    return got;
}

answer site_ask(site *s, const char *method, str path, const char *headers, const char *body)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)s->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    buf b = buf_in(s->a);
    buf_printf(&b, "%s %.*s HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n%s", method,
               STR_FMT(path), headers);
    if (body)
        buf_printf(&b, "Content-Length: %zu\r\n", strlen(body));
    buf_printf(&b, "\r\n%s", body ? body : "");
    send_all(fd, buf_str(&b));
    str whole = receive_all(s->a, fd);
    close(fd);
    return read_answer(s->a, whole);
}

answer site_get(site *s, str path)
{
    return site_ask(s, "GET", path, "", NULL);
}

str answer_header(const answer *got, const char *name)
{
    for (str rest = got->head; rest.n;) {
        str value = {"", 0};
        str label = str_cut(str_cut(rest, '\n', &rest), ':', &value);
        if (str_eq_nocase(label, str_of(name)))
            return str_trim(value);
    }
    return (str){"", 0};
}

str site_sign(site *s, signer_kind kind, const char *name, const char *country)
{
    alliance al;
    assert_int_equal(alliance_load(&s->app.core, s->a, &al), OK);
    signing filled = {
        .kind = kind,
        .mail.private_text = arena_printf(s->a, "s%zu@mail.example", arena_used(s->a)),
        .country = str_of(country),
        .lang = S("en"),
        .is_listed = true,
    };
    filled.name.private_text = str_of(name);
    filled.organisation = kind == SIGNER_PERSON ? S("") : str_of(name);
    filled.type = kind == SIGNER_PERSON ? S("") : S("local");
    submitted out;
    confirm_outcome outcome;
    int64_t now_ms = clock_now_ms();
    assert_int_equal(
        signature_submit(&s->app.core, s->a, &al.declarations.at[0], &filled, now_ms, &out), OK);
    assert_int_equal(signature_confirm(&s->app.core, out.token, now_ms, &al, &outcome), OK);
    assert_int_equal(outcome, CONFIRM_DONE);
    return out.token;
}

void site_publish(site *s, size_t declaration_index)
{
    site_publish_at(s, declaration_index, clock_now_ms());
}

void site_publish_at(site *s, size_t declaration_index, int64_t now_ms)
{
    arena *a = s->a;
    alliance al;
    int64_t appended = 1;
    log_state now;
    assert_int_equal(alliance_load(&s->app.core, a, &al), OK);
    int64_t id = al.declarations.at[declaration_index].id;
    while (appended)
        assert_int_equal(log_sequence(&s->app.core, id, now_ms, &appended), OK);
    assert_int_equal(log_state_now(&s->app.core, a, id, &now), OK);
    published next = {.size = (int64_t)now.frontier.size,
                      .root = merkle_root(&now.frontier),
                      .note = S("a note\n"),
                      .counts = now.counts,
                      .breakdown = now.breakdown,
                      .versions = now.versions,
                      .sources = now.sources,
                      .regions = now.regions,
                      .languages = now.languages,
                      .types = now.types,
                      .at_ms = now_ms};
    assert_int_equal(listing_sort(&s->app.core, &appended), OK);
    assert_int_equal(log_publish(&s->app.core, id, &next), OK);
    int64_t start_ms = clock_steady_ms();
    for (;;) {
        arena *look = arena_open(1 << 20);
        const edition *ed = newsroom_read(s->app.news, look);
        bool is_seen = ed->counts[declaration_index].size == next.size;
        arena_close(look);
        if (is_seen)
            return;
        assert_true(clock_steady_ms() - start_ms < WAIT_MS);
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
}
