/* SPDX-License-Identifier: EUPL-1.2 */
/* The web process: HTTP and the database. No signing key, no mail password, no network out. */

#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/keys.h"
#include "core/watch.h"
#include "http/server.h"
#include "sql/schema.h"
#include "web/web.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum {
    RATE_BUCKETS = 1 << 17,
    WATCH_EVERY_MS = 50,
    TRAPS_AN_HOUR = 3,
    CHALLENGES_AN_HOUR = 200 * 3600,
    PROXIES_MOST = 64,
    DRAWINGS_BYTES_MOST = 48 << 20,
};

static server *running; /* for the signal handler */

static void stop_running(int number)
{
    (void)number;
    server_stop(running);
}

static str_list split_words(arena *a, str words)
{
    str_list list = {arena_array(a, str, PROXIES_MOST), 0};
    while (words.n && list.n < PROXIES_MOST) {
        str word = str_cut(words, ' ', &words);
        if (word.n)
            list.at[list.n++] = word;
    }
    return list;
}

static server_options listen_options(command_context *c, const options *o, cache *pages)
{
    return (server_options){
        .listen = o->text[OPTION_LISTEN],
        .origin = o->text[OPTION_ORIGIN],
        .trusted_proxies = split_words(c->a, o->text[OPTION_TRUSTED_PROXIES]),
        .forwarding = str_eq(o->text[OPTION_FORWARDING], S("forwarded")) ? PROXY_FORWARDED
                                                                         : PROXY_X_FORWARDED,
        .io_threads = (int)o->number[OPTION_IO_THREADS],
        .workers = (int)o->number[OPTION_WORKERS],
        .connections_most = (int)o->number[OPTION_CONNECTIONS],
        .pages = pages,
        .body_most = router_body_most,
    };
}

/* Listens already, so that the process may give up making sockets, but answers only in run(). */
static err open_server(command_context *c, const options *o, struct app *ap, router *routing,
                       server **out_server)
{
    *routing = web_router(ap);
    server_options listen = listen_options(c, o, ap->pages);
    err e = server_open(&listen, router_dispatch, routing, out_server);
    if (e != OK)
        command_say("cannot listen on %.*s: the line above says why", STR_FMT(listen.listen));
    return e;
}

static err run(const options *o, server *s)
{
    running = s;
    struct sigaction act = {.sa_handler = stop_running};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    LOG(LOG_INFO, "web.ready", log_str("listen", o->text[OPTION_LISTEN]),
        log_str("origin", o->text[OPTION_ORIGIN]));
    err e = server_run(s);
    /* A second signal (Ctrl-C reaches the children, too) must not find what is closed. */
    act.sa_handler = SIG_IGN;
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    return e;
}

static err open_shared(command_context *c, const options *o, struct app *ap)
{
    db_options database = {
        .url = c->database,
        .schema = &schema_all,
        .reach = DB_PUBLIC,
        .sessions = (int)o->number[OPTION_WORKERS],
        .cache_bytes = o->number[OPTION_DB_CACHE_MIB] << 20,
    };
    int missing = 0;
    TRY(db_open(&database, &ap->core.db));
    TRY(db_pending(ap->core.db, &missing));
    if (missing) {
        command_say("the database misses %d migration(s): run `undersigned migrate`", missing);
        return ERR_CONFLICT;
    }
    TRY(keys_fit(&ap->core));
    if (str_eq(o->text[OPTION_WATCH], S("on")))
        ap->core.watch = watch_open(&ap->core.keys, WATCH_EVERY_MS);
    TRY(watch_look(ap->core.watch, ap->core.db, clock_now_ms()));
    ap->rates = rate_open(&ap->core.keys, RATE_BUCKETS);
    rate_limits limits = {o->number[OPTION_RATE_NARROW], o->number[OPTION_RATE_WIDE]};
    ap->limits[RATE_SIGN] = limits;
    ap->limits[RATE_LINK] =
        (rate_limits){limits.narrow_per_hour / 10 + 1, limits.wide_per_hour / 10 + 1};
    ap->limits[RATE_CHANGE] = ap->limits[RATE_LINK];
    ap->limits[RATE_TRAP] = (rate_limits){TRAPS_AN_HOUR, TRAPS_AN_HOUR * 4};
    int64_t soft = o->number[OPTION_RATE_SOFT];
    ap->limits[RATE_SOFT] = (rate_limits){soft, soft * 16};
    ap->limits[RATE_EASY] = (rate_limits){soft * 2, soft * 16};
    ap->limits[RATE_HARDER] = (rate_limits){soft * 8, soft * 64};
    ap->limits[RATE_KEY] = (rate_limits){limits.narrow_per_hour * 10, limits.narrow_per_hour * 10};
    ap->limits[RATE_CHALLENGE] =
        (rate_limits){limits.narrow_per_hour * 2, limits.wide_per_hour * 2};
    ap->limits[RATE_PLACES] = (rate_limits){limits.narrow_per_hour * 30, limits.wide_per_hour * 30};
    ap->limits[RATE_CHALLENGES] = (rate_limits){CHALLENGES_AN_HOUR, CHALLENGES_AN_HOUR};
    ap->proofs = challenge_keys_derive(&ap->core.keys);
    ap->work = str_eq(o->text[OPTION_WORK], S("always"))  ? WORK_ALWAYS
               : str_eq(o->text[OPTION_WORK], S("never")) ? WORK_NEVER
                                                          : WORK_AUTO;
    ap->limits[RATE_READ] = (rate_limits){limits.narrow_per_hour * 10, limits.wide_per_hour * 10};
    str log = arena_printf(c->a, "%.*s/log", STR_FMT(c->data));
    ap->log_directory_fd = open(arena_cstr(c->a, log), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    str media = arena_printf(c->a, "%.*s/media", STR_FMT(c->data));
    ap->media_directory_fd = open(arena_cstr(c->a, media), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ap->visits = sources_open(&ap->core);
    err e = newsroom_open(&ap->core, ap->pages, &ap->news);
    if (e == ERR_NOT_FOUND)
        command_say("nothing is loaded yet: run `undersigned import FOLDER` first");
    return e;
}

int process_web(command_context *c)
{
    const options *o = c->options;
    struct app ap = {
        .core = c->core,
        .origin = o->text[OPTION_ORIGIN],
        .log_directory_fd = -1,
        .media_directory_fd = -1,
        .inbox_url = o->text[OPTION_INBOX_URL],
        .is_demo = o->text[OPTION_INBOX_URL].n > 0,
        .form_age_least_ms = (int)o->number[OPTION_FORM_SECONDS] * 1000,
    };
    router routing;
    server *s = NULL;
    err e = drawings_open(DRAWINGS_BYTES_MOST, &ap.drawings);
    ap.pages = cache_open((size_t)o->number[OPTION_PAGE_CACHE_MIB] << 20);
    if (e == OK)
        e = open_server(c, o, &ap, &routing, &s);
    if (e == OK)
        e = confine_web(c);
    if (e == OK)
        e = open_shared(c, o, &ap);
    if (e == OK)
        e = run(o, s);
    else
        command_say("web cannot start: %s", err_name(e));
    server_close(s);
    sources_close(ap.visits);
    newsroom_close(ap.news);
    rate_close(ap.rates);
    cache_close(ap.pages);
    drawings_close(ap.drawings);
    watch_close(ap.core.watch);
    db_close(ap.core.db);
    if (ap.log_directory_fd >= 0)
        close(ap.log_directory_fd);
    if (ap.media_directory_fd >= 0)
        close(ap.media_directory_fd);
    return command_exit(e);
}
