/* SPDX-License-Identifier: EUPL-1.2 */
/* The two byte locks. They are polled, not waited for, because a blocking lock knows no time limit
 * and a stopped process would hold up all others; nobody can overtake during the short sleeps. */

#include "db/turn.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { NEXT = 0, WRITE = 1, POLL_NS = 200 * 1000 };

err turn_open(const char *path, turn *out_turn)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        LOG(LOG_ERROR, "db.turn_file", log_str("reason", str_of(strerror(errno))));
        return ERR_IO;
    }
    out_turn->fd = fd;
    return OK;
}

void turn_close(turn *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}

static bool lock(const turn *t, short kind, off_t byte)
{
    struct flock range = {.l_type = kind, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(t->fd, F_OFD_SETLK, &range) == 0;
}

static bool lock_until(const turn *t, off_t byte, int64_t end_ms)
{
    while (!lock(t, F_WRLCK, byte)) {
        if (clock_steady_ms() >= end_ms)
            return false;
        nanosleep(&(struct timespec){0, POLL_NS}, NULL);
    }
    return true;
}

err turn_take(turn *t, int64_t wait_ms)
{
    int64_t end_ms = clock_steady_ms() + wait_ms;
    if (!lock_until(t, NEXT, end_ms))
        return ERR_BUSY;
    bool is_ours = lock_until(t, WRITE, end_ms);
    BUG_IF(!lock(t, F_UNLCK, NEXT));
    return is_ours ? OK : ERR_BUSY;
}

void turn_give(turn *t)
{
    BUG_IF(!lock(t, F_UNLCK, WRITE));
}
