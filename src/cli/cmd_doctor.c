/* SPDX-License-Identifier: EUPL-1.2 */
/* `doctor`: one line a matter, the worst of them as exit code. */

#include "cli/commands.h"
#include "cli/keys.h"
#include "sql/schema.h"

#include "base/clock.h"
#include "core/health.h"
#include "core/log.h"

typedef struct examination {
    command_context *c;
    bool is_ill;
} examination;

static void say(examination *x, bool is_well, const char *matter, str finding)
{
    x->is_ill = x->is_ill || !is_well;
    if (x->c->is_json)
        printf("{\"matter\":\"%s\",\"well\":%s,\"finding\":\"%.*s\"}\n", matter,
               is_well ? "true" : "false", STR_FMT(finding));
    else
        printf("%-9s %-10s %.*s\n", is_well ? "well" : "ATTENTION", matter, STR_FMT(finding));
}

static void examine_database(examination *x)
{
    arena *a = x->c->a;
    int missing = 0;
    str version = S("unknown version");
    db_options options = {.schema = &schema_all,
                          .url = x->c->database,
                          .reach = DB_PUBLIC,
                          .sessions = 1,
                          .cache_bytes = 16 << 20};
    err e = db_open(&options, &x->c->core.db);
    if (e == OK)
        e = db_version(x->c->core.db, a, &version);
    if (e == OK)
        e = db_pending(x->c->core.db, &missing);
    str engine = x->c->core.db ? db_engine(x->c->core.db) : S("none");
    if (e != OK)
        say(x, false, "database", arena_printf(a, "cannot be used: %s", err_name(e)));
    else if (missing)
        say(x, false, "database",
            arena_printf(a, "%d migration(s) missing: run `undersigned migrate`", missing));
    else
        say(x, true, "database", arena_printf(a, "%.*s %.*s", STR_FMT(engine), STR_FMT(version)));
    if ((e != OK || missing) && x->c->core.db) {
        db_close(x->c->core.db);
        x->c->core.db = NULL;
    }
}

static void examine_work(examination *x)
{
    arena *a = x->c->a;
    int64_t now_ms = clock_now_ms();
    health h;
    err e = health_read(&x->c->core, a, now_ms, &h);
    if (e != OK) {
        say(x, false, "content", S("nothing is loaded: run `undersigned import`"));
        return;
    }
    say(x, true, "signatures",
        arena_printf(a, "%lld counted, %lld pending, %lld withdrawn", (long long)h.counted,
                     (long long)h.pending, (long long)h.withdrawn));
    say(x, h.is_sealing || h.queue == 0, "log",
        arena_printf(a, "%lld waiting for the log, sealer %s", (long long)h.queue,
                     h.is_sealing ? "at work" : "not running"));
    int64_t oldest_min = h.mail_oldest_ms ? (now_ms - h.mail_oldest_ms) / 60000 : 0;
    say(x, h.mail_overdue == 0 || oldest_min < 10, "mail",
        arena_printf(a,
                     "%lld waiting, oldest %lld min; last day: %lld sent, %lld put off, %lld "
                     "refused, %lld over budget",
                     (long long)h.mail_waiting, (long long)oldest_min, (long long)h.mail_sent,
                     (long long)h.mail_later, (long long)h.mail_refused, (long long)h.mail_budget));
}

int cmd_doctor(command_context *c)
{
    examination x = {c, false};
    sign_key log_key;
    bool has_log_key = keys_load_log(c->a, c->data, &log_key) == OK;
    say(&x, has_log_key, "keys",
        has_log_key ? S("master and log key are there") : S("the log key cannot be read"));
    examine_database(&x);
    if (c->core.db)
        examine_work(&x);
    db_close(c->core.db);
    c->core.db = NULL;
    return x.is_ill ? EXIT_FAILED : EXIT_OK;
}
