/* SPDX-License-Identifier: EUPL-1.2 */
/* The folder is watched by inotify, which knows no subfolders: each has a watch of its own, renewed
 * after every change. An editor writes a file in several steps, so a load waits until all is quiet.
 */

#include "work/author.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/content.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LOOK_EVERY_MS = 250,
    FOLDER_LEVELS = 2, /* KIND/ITEM */
    LOAD_BYTES_MOST = 1 << 30,
    PROBLEMS_MOST = 50,
};

typedef struct author {
    worker *w;
    const author_options *o;
    int fd;
    int newest;   /* watch: they are numbered upwards */
    bool is_full; /* there are more folders than the system watches */
} author;

/* A watch twice on one folder is one. */
static void watch_below(author *au, str path, int levels)
{
    arena *a = arena_open(1 << 20);
    const uint32_t events = IN_CREATE | IN_DELETE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO |
                            IN_DELETE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;
    int number = inotify_add_watch(au->fd, arena_cstr(a, path), events);
    if (number > au->newest)
        au->newest = number;
    if (number < 0 && errno == ENOSPC && !au->is_full) {
        au->is_full = true;
        LOG(LOG_WARN, "author.too_many_folders",
            log_str("raise", S("fs.inotify.max_user_watches")));
    }
    DIR *folder = levels > 0 ? opendir(arena_cstr(a, path)) : NULL;
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
            watch_below(au, arena_printf(a, "%.*s/%s", STR_FMT(path), entry->d_name), levels - 1);
    if (folder)
        closedir(folder);
    arena_close(a);
}

/* Whether anything happened since the last look. */
static bool drain(const author *au)
{
    char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    bool is_any = false;
    while (read(au->fd, events, sizeof events) > 0)
        is_any = true;
    return is_any;
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

/* Most saves change one text, or none: the transaction that writes is begun only for a change. */
static err store(author *au, arena *a, const content_folder *folder, content_report *report,
                 content_changes *out_changes)
{
    content_write_options options = {.origin = au->o->origin,
                                     .log_public_key = au->o->log_public_key,
                                     .keeps_files = true,
                                     .opens_nothing = true,
                                     .now_ms = clock_now_ms()};
    TRY(content_compare(au->w->core, a, folder, &options, out_changes, report));
    if (out_changes->n == 0)
        return OK;
    return content_write(au->w->core, a, folder, &options, out_changes, report);
}

static void load(author *au)
{
    arena *a = arena_open(LOAD_BYTES_MOST);
    content_folder *folder;
    content_report report;
    content_changes changes = {NULL, 0};
    err e = content_read(a, au->o->folder, &folder, &report);
    if (e == OK)
        e = store(au, a, folder, &report, &changes);
    log_problems(&report);
    if (e != OK)
        LOG(LOG_WARN, "author.refused", log_str("folder", au->o->folder),
            log_str("outcome", str_of(err_name(e))), log_int("errors", (int64_t)report.errors));
    else
        LOG(LOG_INFO, "author.loaded", log_int("changed", (int64_t)changes.n),
            log_int("texts", (int64_t)report.texts), log_int("warnings", (int64_t)report.warnings));
    arena_close(a);
}

void author_run(worker *w, const author_options *o)
{
    author au = {.w = w, .o = o, .fd = -1};
    if (o->folder.n == 0)
        return;
    au.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (au.fd < 0) {
        LOG(LOG_ERROR, "author.cannot_watch", log_str("reason", str_of(strerrordesc_np(errno))));
        return;
    }
    bool is_due = true;
    watch_below(&au, o->folder, FOLDER_LEVELS);
    do {
        bool is_busy = drain(&au);
        int before = au.newest;
        if (is_due && !is_busy) {
            load(&au);
            watch_below(&au, o->folder, FOLDER_LEVELS);
        }
        /* What came into a new folder before its watch did was not told. */
        is_due = is_busy || au.newest > before;
    } while (worker_rest(w, LOOK_EVERY_MS));
    close(au.fd);
}
