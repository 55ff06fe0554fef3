/* SPDX-License-Identifier: EUPL-1.2 */
/* The author's process: loads a content folder whenever it has changed, as `import` does, while the
 * site runs. It has no key, listens nowhere, and opens no declaration, which nobody could undo.
 *
 * Signals to end stay blocked and are asked for: between files, so that a picture is made whole or
 * not at all, and the programs that make it do not see Ctrl-C. */

#include "app/app.h"
#include "app/folder_watch.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/content_files.h"
#include "cli/keys.h"
#include "core/content.h"
#include "sql/schema.h"

#include <signal.h>
#include <unistd.h>

enum {
    LOOK_EVERY_MS = 250,
    TRY_AGAIN_MS = 5000, /* after a trouble that is none of the content's */
    LOAD_BYTES_MOST = 1 << 30,
    PROBLEMS_MOST = 50,
    AUTHOR_SESSIONS = 2,
};

static bool is_ending;

/* False: the process is to end. */
static bool rest(int ms)
{
    sigset_t signals;
    struct timespec most = {ms / 1000, (long)(ms % 1000) * 1000000};
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    is_ending = is_ending || sigtimedwait(&signals, NULL, &most) > 0;
    return !is_ending;
}

static bool goes_on(void)
{
    return rest(0);
}

static void log_problems(const content_report *report)
{
    size_t told = 0;
    for (size_t i = 0; i < report->problems.n && told < PROBLEMS_MOST; i++) {
        const content_problem *p = &report->problems.at[i];
        if (p->is_warning)
            continue;
        told++;
        LOG(LOG_WARN, "author.problem", log_str("file", p->file), log_int("line", (int64_t)p->line),
            log_str("message", p->message));
    }
}

/* One arena a load, so that hundreds of them take no more than one. */
static err load(const command_context *c, str folder)
{
    command_context own = *c;
    content_folder *read;
    content_report report;
    content_changes changes = {NULL, 0};
    content_write_options writing = {
        .origin = c->origin, .opens_nothing = true, .now_ms = clock_now_ms()};
    own.a = arena_open(LOAD_BYTES_MOST);
    err e = content_read(own.a, folder, &read, &report);
    if (e == OK)
        e = content_files_take(&own, read, false, goes_on, &report);
    if (e == OK)
        e = content_write(&own.core, own.a, read, &writing, &changes, &report);
    if (goes_on())
        log_problems(&report);
    if (e == OK)
        LOG(LOG_INFO, "author.loaded", log_int("changed", (int64_t)changes.n),
            log_int("texts", (int64_t)report.texts), log_int("warnings", (int64_t)report.warnings));
    else if (!is_ending)
        LOG(LOG_WARN, "author.refused", log_str("folder", folder),
            log_str("outcome", str_of(err_name(e))), log_int("errors", (int64_t)report.errors));
    arena_close(own.a);
    return e;
}

/* What the content is to blame for waits for another change. */
static bool is_passing(err e)
{
    return e == ERR_BUSY || e == ERR_UNCERTAIN || e == ERR_IO;
}

static void watch(const command_context *c, folder_watch *w)
{
    bool is_due = true, has_trouble;
    do {
        bool is_busy = folder_watch_is_busy(w), has_new_folders = false;
        has_trouble = false;
        if (is_due && !is_busy) {
            has_trouble = is_passing(load(c, w->folder));
            has_new_folders = folder_watch_renew(w);
        }
        is_due = is_busy || has_new_folders || has_trouble;
    } while (rest(has_trouble ? TRY_AGAIN_MS : LOOK_EVERY_MS));
}

/* The keys have told whose database it is; nothing here needs them after that. */
static err open_site(command_context *c)
{
    db_options database = {.url = c->database,
                           .schema = &schema_all,
                           .reach = DB_PUBLIC,
                           .sessions = AUTHOR_SESSIONS,
                           .cache_bytes = 64 << 20};
    TRY(db_open(&database, &c->core.db));
    err e = keys_fit(&c->core);
    secret_wipe(&c->core.keys, sizeof c->core.keys);
    return e;
}

int process_author(command_context *c)
{
    const options *o = c->options;
    str folder = o->text[OPTION_CONTENT_FOLDER];
    folder_watch w;
    sigset_t signals;
    if (folder.n == 0) {
        command_say("--only author needs --content-folder");
        return EXIT_USAGE;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    if (access(arena_cstr(c->a, folder), R_OK) != 0) {
        command_say("no content folder %.*s", STR_FMT(folder));
        return EXIT_NOT_FOUND;
    }
    err e = confine_author(c);
    if (e == OK)
        e = open_site(c);
    if (e == OK)
        e = folder_watch_begin(&w, folder);
    if (e == OK) {
        LOG(LOG_INFO, "author.ready", log_str("folder", folder));
        watch(c, &w);
        folder_watch_end(&w);
    } else {
        command_say("author cannot start: %s", err_name(e));
    }
    return command_exit(e);
}
