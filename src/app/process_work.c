/* SPDX-License-Identifier: EUPL-1.2 */
/* The work process: log, mail, erasure, the register's order and webhooks, a thread each. It
 * listens nowhere.
 */

#include "app/app.h"
#include "app/seat.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/keys.h"
#include "cli/verify_file.h"
#include "core/standby.h"
#include "core/watch.h"
#include "crypto/timestamp.h"
#include "routes.h"
#include "sql/schema.h"
#include "work/cleaner.h"
#include "work/hooks.h"
#include "work/mailer.h"
#include "work/releaser.h"
#include "work/sealer.h"
#include "work/sorter.h"
#include "work/timestamper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORK_SESSIONS = 7, PASSWORD_BYTES_MOST = 1024, SEAT_RETRY_MS = 250 };

typedef struct loops {
    worker worker;
    sealer_options sealer;
    mailer_options mailer;
    hooks_options hooks;
    timestamper_options timestamper;
} loops;

static void *seal_on(void *arg)
{
    loops *l = arg;
    sealer_run(&l->worker, &l->sealer);
    return NULL;
}

static void *mail_on(void *arg)
{
    loops *l = arg;
    mailer_run(&l->worker, &l->mailer);
    return NULL;
}

static void *clean_on(void *arg)
{
    loops *l = arg;
    cleaner_run(&l->worker);
    return NULL;
}

static void *release_on(void *arg)
{
    loops *l = arg;
    releaser_run(&l->worker);
    return NULL;
}

static void *sort_on(void *arg)
{
    loops *l = arg;
    sorter_run(&l->worker);
    return NULL;
}

static void *tell_on(void *arg)
{
    loops *l = arg;
    hooks_run(&l->worker, &l->hooks);
    return NULL;
}

static void *stamp_on(void *arg)
{
    loops *l = arg;
    timestamper_run(&l->worker, &l->timestamper);
    return NULL;
}

static err read_password(command_context *c, const options *o, str *out_password)
{
    *out_password = S("");
    if (o->text[OPTION_MAIL_PASSWORD_FILE].n == 0)
        return OK;
    char *path = arena_cstr(c->a, o->text[OPTION_MAIL_PASSWORD_FILE]);
    char *text = arena_alloc(c->a, PASSWORD_BYTES_MOST);
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(text, 1, PASSWORD_BYTES_MOST, file) : 0;
    if (file)
        fclose(file);
    if (n == 0 || n == PASSWORD_BYTES_MOST) {
        command_say("the mail password cannot be read from %s", path);
        return ERR_IO;
    }
    *out_password = str_trim((str){text, n});
    return OK;
}

/* Before the process is confined: the file may lie anywhere. */
static err prepare_timestamper(command_context *c, const options *o, timestamper_options *t)
{
    str path = o->text[OPTION_TIMESTAMP_CA_FILE];
    *t = (timestamper_options){.url = o->text[OPTION_TIMESTAMP_URL],
                               .policy = o->text[OPTION_TIMESTAMP_POLICY],
                               .ca_pem = S(""),
                               .directory = arena_printf(c->a, "%.*s/log", STR_FMT(c->data))};
    if (t->url.n == 0 || path.n == 0)
        return OK;
    TRY(verify_file_read(c->a, path, TIMESTAMP_CAS_BYTES_MOST, &t->ca_pem));
    err e = timestamp_cas_check(t->ca_pem);
    if (e != OK)
        command_say("timestamp-ca-file: %.*s holds no certificates", STR_FMT(path));
    return e;
}

static mail_security security_of(str word)
{
    return str_eq(word, S("tls"))        ? MAIL_TLS
           : str_eq(word, S("starttls")) ? MAIL_STARTTLS
                                         : MAIL_PLAIN;
}

static err prepare(command_context *c, const options *o, loops *l)
{
    str password, port;
    str origin = o->text[OPTION_ORIGIN];
    str host = str_skip(origin, str_find_str(origin, S("://")) + 3);
    TRY(read_password(c, o, &password));
    l->mailer = (mailer_options){
        .relay = {.host = o->text[OPTION_MAIL_HOST],
                  .port = (int)o->number[OPTION_MAIL_PORT],
                  .security = security_of(o->text[OPTION_MAIL_SECURITY]),
                  .user = o->text[OPTION_MAIL_USER],
                  .password = password,
                  .ca_file = o->text[OPTION_MAIL_CA_FILE]},
        .composer = {.origin = origin,
                     .from_name = o->text[OPTION_MAIL_FROM_NAME],
                     .from = {o->text[OPTION_MAIL_FROM]},
                     .mailing_from = {o->text[OPTION_MAILING_FROM]},
                     .leave_by_mail = {o->text[OPTION_MAIL_BOUNCE]},
                     .id_host = str_cut(host, ':', &port),
                     .paths = {.own = url_own,
                               .ask = url_link,
                               .interest = url_interest_own,
                               .join = url_join_own,
                               .leave = url_leave}},
        .bounce = {o->text[OPTION_MAIL_BOUNCE]},
        .mailings_a_minute = o->number[OPTION_MAILING_RATE],
    };
    l->hooks = (hooks_options){
        .is_any_target = str_eq(o->text[OPTION_WEBHOOK_TARGETS], S("any")),
        .ca_file = o->text[OPTION_WEBHOOK_CA_FILE],
    };
    TRY(prepare_timestamper(c, o, &l->timestamper));
    TRY(keys_load_log(c->a, c->data, &l->sealer.key));
    l->sealer.host = host;
    l->sealer.witness_ca_file = o->text[OPTION_WITNESS_CA_FILE];
    l->sealer.directory = arena_printf(c->a, "%.*s/log", STR_FMT(c->data));
    if (file_make_folder(AT_FDCWD, arena_cstr(c->a, l->sealer.directory), 0750) == OK)
        return OK;
    command_say("cannot make %.*s: %s", STR_FMT(l->sealer.directory), strerrordesc_np(errno));
    return ERR_IO;
}

static void run_loops(loops *l, const sigset_t *signals)
{
    static void *(*const bodies[])(void *) = {seal_on, mail_on, clean_on, release_on,
                                              sort_on, tell_on, stamp_on};
    enum { LOOPS = sizeof bodies / sizeof *bodies };
    pthread_t threads[LOOPS];
    for (size_t i = 0; i < LOOPS; i++)
        BUG_IF(pthread_create(&threads[i], NULL, bodies[i], l) != 0);
    LOG_EVENT(LOG_INFO, "work.ready");
    int number;
    sigwait(signals, &number);
    worker_stop(&l->worker);
    for (size_t i = 0; i < LOOPS; i++)
        pthread_join(threads[i], NULL);
}

/* Until the process that works on this folder has ended; ERR_CONFLICT: asked to stop meanwhile. */
static err wait_for_seat(command_context *c, const sigset_t *signals, seat *out_seat)
{
    err e = seat_take(c->a, c->data, out_seat);
    if (e == ERR_CONFLICT)
        LOG_EVENT(LOG_WARN, "work.waits_for_another");
    while (e == ERR_CONFLICT) {
        struct timespec rest = {0, SEAT_RETRY_MS * 1000000L};
        if (sigtimedwait(signals, NULL, &rest) > 0)
            return ERR_CONFLICT;
        e = seat_take(c->a, c->data, out_seat);
    }
    return e;
}

/* Of the server's settings; doctor says the same. */
static void warn_of_dangers(command_context *c)
{
    str_list found;
    if (standby_dangers(&c->core, c->a, c->standbys.n > 0, &found) != OK)
        return;
    for (size_t i = 0; i < found.n; i++)
        LOG(LOG_WARN, "db.danger", log_str("reason", found.at[i]));
}

int process_work(command_context *c)
{
    /* Blocked before any thread starts, so that sigwait is the one that sees them. */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    seat s;
    err e = wait_for_seat(c, &signals, &s);
    if (e == ERR_CONFLICT)
        return EXIT_OK;
    if (e != OK)
        return command_exit(e);
    const options *o = c->options;
    loops *l = arena_new(c->a, loops);
    db_options database = {.url = c->database,
                           .schema = &schema_all,
                           .reach = DB_WORKER,
                           .sessions = WORK_SESSIONS,
                           .cache_bytes = 64 << 20};
    e = prepare(c, c->options, l);
    if (e == OK)
        e = confine_work(c);
    if (e == OK)
        e = db_open(&database, &c->core.db);
    if (e == OK)
        e = keys_fit(&c->core);
    if (e == OK)
        e = standbys_open(&c->core, c->standbys, &l->sealer.standbys);
    if (e == OK) {
        warn_of_dangers(c);
        if (str_eq(o->text[OPTION_WATCH], S("on")))
            c->core.watch = watch_open(&c->core.keys, 0);
        worker_init(&l->worker, &c->core, s.name);
        run_loops(l, &signals);
        worker_clear(&l->worker);
        standbys_close(l->sealer.standbys);
        watch_close(c->core.watch);
    } else {
        command_say("work cannot start: %s", err_name(e));
    }
    seat_leave(&s);
    return command_exit(e);
}
