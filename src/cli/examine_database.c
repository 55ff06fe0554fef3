/* SPDX-License-Identifier: EUPL-1.2 */
/* What `doctor` says of the database and its standbys. */

#include "cli/examination.h"
#include "sql/schema.h"

#include "base/clock.h"
#include "core/health.h"
#include "core/standby.h"

#include <sys/statvfs.h>

enum { SPACE_MIB_LEAST = 64 };

void examine_database(examination *x)
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
        examination_say(x, false, "database", arena_printf(a, "cannot be used: %s", err_name(e)));
    else if (missing)
        examination_say(
            x, false, "database",
            arena_printf(a, "%d migration(s) missing: run `undersigned migrate`", missing));
    else
        examination_say(x, true, "database",
                        arena_printf(a, "%.*s %.*s", STR_FMT(engine), STR_FMT(version)));
    if ((e != OK || missing) && x->c->core.db) {
        db_close(x->c->core.db);
        x->c->core.db = NULL;
    }
}

/* What cannot be written shows only when something is. */
void examine_writing(examination *x)
{
    arena *a = x->c->a;
    struct statvfs disk;
    bool is_sqlite = str_eq(db_engine(x->c->core.db), S("sqlite"));
    err e = health_probe(&x->c->core, clock_now_ms());
    examination_say(
        x, e == OK, "writing",
        e == OK                      ? S("the database takes writes")
        : e == ERR_BUSY && is_sqlite ? S("the database is locked by another process")
        : e == ERR_BUSY
            ? S("the database waits for a standby that is away, or is locked by another session")
            : S("the database takes no writes: the disk is full, or the log says more"));
    if (statvfs(arena_cstr(a, x->c->data), &disk) != 0) {
        examination_say(x, false, "disk", S("the data folder cannot be looked at"));
        return;
    }
    unsigned long long free_mib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
    examination_say(x, free_mib >= SPACE_MIB_LEAST, "disk",
                    arena_printf(a, "%llu MiB free in the data folder", free_mib));
}

void examine_durability(examination *x)
{
    str_list found;
    buf b = buf_in(x->c->a);
    if (str_eq(db_engine(x->c->core.db), S("sqlite")))
        return;
    if (standby_dangers(&x->c->core, x->c->a, x->c->standbys.n > 0, &found) != OK) {
        examination_say(x, false, "durability", S("the server's settings cannot be read"));
        return;
    }
    for (size_t i = 0; i < found.n; i++)
        buf_printf(&b, "%s%.*s", i ? "; " : "", STR_FMT(found.at[i]));
    examination_say(x, found.n == 0, "durability",
                    found.n ? buf_str(&b) : S("the server keeps what it has confirmed"));
}

/* The roots are the publisher's to compare, and it says so by itself. */
static str compare_standby(examination *x, const standby_view *v, int64_t size, bool *is_well)
{
    arena *a = x->c->a;
    if (v->is_here)
        return S("is the server that we work on");
    *is_well = !v->is_writable && v->size <= size;
    if (v->is_writable)
        return S("takes writes itself: it was promoted, and nothing is signed here beside it");
    if (v->size > size)
        return arena_printf(a, "has %lld lines, here are %lld: nothing is signed",
                            (long long)v->size, (long long)size);
    return arena_printf(a, "follows, %lld of %lld lines", (long long)v->size, (long long)size);
}

static void examine_standby(examination *x, const declaration *d, str name, db *there)
{
    arena *a = x->c->a;
    standby_view v;
    log_state here;
    bool is_well = true;
    err e = standby_look(&x->c->core, there, a, d->id, &v);
    if (e == OK) /* after it, for it may have moved on */
        e = log_state_now(&x->c->core, a, d->id, &here);
    str finding = e == OK ? compare_standby(x, &v, (int64_t)here.frontier.size, &is_well)
                          : S("cannot be read");
    examination_say(x, e == OK && is_well,
                    arena_cstr(a, arena_printf(a, "standby %.*s", STR_FMT(d->slug))),
                    arena_printf(a, "%.*s %.*s", STR_FMT(name), STR_FMT(finding)));
}

void examine_standbys(examination *x)
{
    arena *a = x->c->a;
    str urls = x->c->standbys;
    alliance al;
    if (urls.n == 0 || alliance_load(&x->c->core, a, &al) != OK)
        return;
    while (urls.n) {
        str url = str_cut(urls, ' ', &urls);
        db *there;
        if (url.n == 0)
            continue;
        str name = standby_place(a, url);
        if (standby_open(url, &there) != OK) {
            examination_say(x, false, "standby",
                            arena_printf(a, "%.*s does not answer", STR_FMT(name)));
            continue;
        }
        for (size_t i = 0; i < al.declarations.n; i++)
            examine_standby(x, &al.declarations.at[i], name, there);
        db_close(there);
    }
}
