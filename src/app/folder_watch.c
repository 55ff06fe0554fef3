/* SPDX-License-Identifier: EUPL-1.2 */
/* inotify knows no subfolders: each has a watch of its own, renewed after every change. An editor
 * writes a file in several steps, and a large one takes a while: what was begun is waited for. */

#include "app/folder_watch.h"

#include "base/clock.h"
#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { FOLDER_LEVELS = 2 /* KIND/ITEM */, UNFINISHED_MS = 5000 };

/* A watch twice on one folder is one. */
static void watch_below(folder_watch *w, str path, int levels)
{
    arena *a = arena_open(1 << 20);
    const uint32_t events = IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM |
                            IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW;
    int number = inotify_add_watch(w->fd, arena_cstr(a, path), events);
    if (number > w->newest)
        w->newest = number;
    if (number < 0 && errno == ENOSPC && !w->is_full) {
        w->is_full = true;
        LOG(LOG_WARN, "author.too_many_folders",
            log_str("raise", S("fs.inotify.max_user_watches")));
    }
    DIR *folder = levels > 0 ? opendir(arena_cstr(a, path)) : NULL;
    struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.' && entry->d_type == DT_DIR)
            watch_below(w, arena_printf(a, "%.*s/%s", STR_FMT(path), entry->d_name), levels - 1);
    if (folder)
        closedir(folder);
    arena_close(a);
}

err folder_watch_begin(folder_watch *w, str folder)
{
    *w = (folder_watch){.folder = folder, .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
    if (w->fd < 0) {
        LOG(LOG_ERROR, "author.cannot_watch", log_str("reason", str_of(strerrordesc_np(errno))));
        return ERR_IO;
    }
    watch_below(w, folder, FOLDER_LEVELS);
    return OK;
}

void folder_watch_end(const folder_watch *w)
{
    close(w->fd);
}

bool folder_watch_renew(folder_watch *w)
{
    int before = w->newest;
    watch_below(w, w->folder, FOLDER_LEVELS);
    return w->newest > before;
}

/* FNV-1a: a name that happens to be another one's costs some seconds of waiting. */
static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    return hash;
}

static void note(folder_watch *w, const struct inotify_event *event)
{
    if (event->len == 0 || (event->mask & IN_ISDIR))
        return;
    folder_watch_open file = {event->wd, hash_name(event->name)};
    size_t i = 0;
    while (i < w->open_n && (w->open[i].number != file.number || w->open[i].name != file.name))
        i++;
    bool is_begun = event->mask & (IN_CREATE | IN_MODIFY);
    if (is_begun && i == w->open_n && i < FOLDER_WATCH_OPEN_MOST)
        w->open[w->open_n++] = file;
    else if (!is_begun && i < w->open_n)
        w->open[i] = w->open[--w->open_n];
}

bool folder_watch_is_busy(folder_watch *w)
{
    _Alignas(struct inotify_event) char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    int64_t now = clock_steady_ms();
    bool is_changed = false;
    ssize_t n;
    while ((n = read(w->fd, events, sizeof events)) > 0) {
        is_changed = true;
        for (char *at = events; at < events + n;) {
            const struct inotify_event *event = (const void *)at;
            note(w, event);
            at += sizeof *event + event->len;
        }
    }
    if (is_changed)
        w->changed_ms = now;
    else if (w->open_n && now - w->changed_ms > UNFINISHED_MS)
        w->open_n = 0;
    return is_changed || w->open_n > 0;
}
