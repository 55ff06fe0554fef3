/* SPDX-License-Identifier: EUPL-1.2 */
/* A few rows at a time, however many there are. */

#include "work/timestamp_files.h"

#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

enum { ROWS = 32, WORK_BYTES_MOST = 16 << 20 };

static err put_file(arena *a, int folder_fd, str path, str bytes)
{
    str before;
    const char *name = arena_cstr(a, path);
    if (file_read(a, folder_fd, name, bytes.n, &before) == OK && str_eq(before, bytes))
        return OK;
    return file_replace(folder_fd, name, bytes);
}

static err put_rows(int folder_fd, arena *a, const timestamp_list *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const timestamp_kept *k = &rows->at[i];
        long long size = (long long)k->size;
        TRY(put_file(a, folder_fd, arena_printf(a, "timestamps/%lld.checkpoint", size), k->note));
        TRY(put_file(a, folder_fd, arena_printf(a, "timestamps/%lld.tsr", size), k->reply));
    }
    return OK;
}

static err put_index(core *c, int folder_fd, arena *a, int64_t declaration_id)
{
    timestamp_list all;
    buf b = buf_in(a);
    TRY(timestamps_times(c, a, declaration_id, &all));
    for (size_t i = 0; i < all.n; i++)
        buf_printf(&b, "%lld %lld\n", (long long)all.at[i].size,
                   (long long)all.at[i].time_ms / 1000);
    return all.n ? put_file(a, folder_fd, S("timestamps/index"), buf_str(&b)) : OK;
}

static err put_all(core *c, int folder_fd, arena *a, int64_t declaration_id, int64_t *last)
{
    timestamp_list rows;
    do {
        arena_reset(a);
        TRY(timestamps_after(c, a, declaration_id, *last, ROWS, &rows));
        TRY(put_rows(folder_fd, a, &rows));
        *last = rows.n ? rows.at[rows.n - 1].size : *last;
    } while (rows.n == ROWS);
    arena_reset(a);
    return put_index(c, folder_fd, a, declaration_id);
}

err timestamp_files_write(core *c, str directory, int64_t declaration_id, str slug, int64_t after,
                          int64_t *out_last)
{
    arena *a = arena_open(WORK_BYTES_MOST);
    const char *path = arena_printf(a, "%.*s/%.*s", STR_FMT(directory), STR_FMT(slug)).at;
    int folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int64_t last = after;
    err e = folder_fd < 0 ? ERR_NOT_FOUND : put_all(c, folder_fd, a, declaration_id, &last);
    if (folder_fd >= 0)
        close(folder_fd);
    arena_close(a);
    if (e == OK)
        *out_last = last;
    return e;
}
