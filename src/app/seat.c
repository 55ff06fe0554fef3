/* SPDX-License-Identifier: EUPL-1.2 */
/* FOLDER/work.seat: its lock is the seat, its text the id. */

#include "app/seat.h"

#include "base/log.h"
#include "base/number.h"
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <unistd.h>

enum { ID_BYTES = 8 };

static err failed(const char *path)
{
    LOG(LOG_ERROR, "seat.failed", log_str("path", str_of(path)),
        log_str("reason", str_of(strerrordesc_np(errno))));
    return ERR_IO;
}

/* The id in the file; a new one when there is none, or only a part of one. */
static err read_id(arena *a, int fd, const char *path, str *out_id)
{
    unsigned char id[ID_BYTES];
    char text[2 * ID_BYTES];
    if (pread(fd, text, sizeof text, 0) == (ssize_t)sizeof text &&
        number_parse_hex((str){text, sizeof text}, id, ID_BYTES) == OK) {
        *out_id = arena_copy(a, (str){text, sizeof text});
        return OK;
    }
    random_fill(id, sizeof id);
    buf b = buf_in(a);
    buf_put_hex(&b, id, sizeof id);
    *out_id = buf_str(&b);
    bool is_kept = pwrite(fd, out_id->at, out_id->n, 0) == (ssize_t)out_id->n && fsync(fd) == 0;
    return is_kept ? OK : failed(path);
}

err seat_take(arena *a, str data, seat *out_seat)
{
    char path[PATH_MAX], host[256] = ""; /* asked again and again: nothing for the arena yet */
    int n = snprintf(path, sizeof path, "%.*s/work.seat", STR_FMT(data));
    if (n < 0 || (size_t)n >= sizeof path)
        return ERR_INVALID;
    str id;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (fd < 0)
        return failed(path);
    err e = OK;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        e = errno == EWOULDBLOCK ? ERR_CONFLICT : failed(path);
    if (e == OK)
        e = read_id(a, fd, path, &id);
    if (e != OK) {
        close(fd);
        return e;
    }
    gethostname(host, sizeof host - 1);
    *out_seat = (seat){fd, arena_printf(a, "%s/%.*s", host, STR_FMT(id))};
    return OK;
}

void seat_leave(const seat *s)
{
    close(s->fd);
}
