/* SPDX-License-Identifier: EUPL-1.2 */
/* Two ways to the same files. A server that says anything but 200 or 404 has not answered. */

#include "cli/log_source.h"

#include "base/file.h"
#include "fetch/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { REPLY_BYTES_MOST = 1 << 18 };

struct log_source {
    str where;
    fetch *fetch; /* NULL: a folder */
    int folder_fd;
    char reason[300];
};

log_source *log_source_open(arena *a, str where)
{
    log_source *s = arena_new(a, log_source);
    while (where.n > 1 && where.at[where.n - 1] == '/')
        where.n--;
    *s = (log_source){.where = arena_copy(a, where), .folder_fd = -1};
    if (str_starts(where, S("http://")) || str_starts(where, S("https://"))) {
        s->fetch = fetch_open(&(fetch_options){.bytes_most = REPLY_BYTES_MOST});
        return s;
    }
    s->folder_fd = open(s->where.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->folder_fd < 0)
        snprintf(s->reason, sizeof s->reason, "%.*s: %s", STR_FMT(where), strerrordesc_np(errno));
    return s;
}

void log_source_close(log_source *s)
{
    if (!s)
        return;
    fetch_close(s->fetch);
    if (s->folder_fd >= 0)
        close(s->folder_fd);
}

static err read_url(log_source *s, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    str url = arena_printf(a, "%.*s/%.*s", STR_FMT(s->where), STR_FMT(path));
    fetched reply;
    err e = fetch_get(s->fetch, a, url, &reply);
    if (e == ERR_LIMIT)
        return e;
    if (e != OK) {
        snprintf(s->reason, sizeof s->reason, "%.*s: %.*s", STR_FMT(url),
                 STR_FMT(fetch_reason(s->fetch)));
        return ERR_IO;
    }
    if (reply.status == 404)
        return ERR_NOT_FOUND;
    if (reply.status != 200) {
        snprintf(s->reason, sizeof s->reason, "%.*s: the server answers %d", STR_FMT(url),
                 reply.status);
        return ERR_IO;
    }
    if (reply.body.n > most_bytes)
        return ERR_LIMIT;
    *out_bytes = reply.body;
    return OK;
}

err log_source_read(void *source, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    log_source *s = source;
    if (s->fetch)
        return read_url(s, a, path, most_bytes, out_bytes);
    if (s->folder_fd < 0)
        return ERR_IO;
    return file_read(a, s->folder_fd, arena_cstr(a, path), most_bytes, out_bytes);
}

str log_source_reason(const log_source *s)
{
    return str_of(s->reason);
}
