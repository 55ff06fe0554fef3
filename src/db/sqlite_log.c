/* SPDX-License-Identifier: EUPL-1.2 */
/* The write-ahead log and its way into the file.
 *
 * A thread of its own copies in passive passes, which hold up no writer. Under steady load such a
 * pass never catches the last commits, and SQLite starts the log anew only when everything is
 * copied: so when almost all of a long log is copied, the leader of the next group, between two
 * transactions, copies the few frames left, and its own first write starts the log anew. The log
 * stays some tens of megabytes long, and nobody waits for more than a few frames. */

#include "db/sqlite.h"

#include "base/clock.h"
#include "base/log.h"

enum {
    FRAMES_PER_STEP = 1000, /* enough to wake the copier: 4 MB */
    FRAMES_ANEW = 4000,     /* a log of this length should start anew: 16 MB */
    FRAMES_LEFT_MOST = 500, /* what the leader may be asked to copy: 2 MB */
    PASSES_MOST = 8,
    IDLE_MS = 1000,
    BRIEF_MS = 50, /* what a writer may wait for a reader */
};

static int note_length(void *context, sqlite3 *conn, const char *name, int frames)
{
    sqlite_db *d = context;
    (void)conn;
    (void)name;
    if (frames < atomic_load(&d->copied_frames)) /* started anew */
        atomic_store(&d->copied_frames, 0);
    atomic_store(&d->log_frames, frames);
    return SQLITE_OK;
}

/* How many frames are left, or -1 when another process is copying or it failed. */
static int copy(sqlite_db *d, sqlite3 *conn)
{
    int length = 0, copied = 0;
    int code = sqlite3_wal_checkpoint_v2(conn, NULL, SQLITE_CHECKPOINT_PASSIVE, &length, &copied);
    if (code != SQLITE_OK) {
        if ((code & 0xff) != SQLITE_BUSY)
            (void)sqlite_outcome(conn, code, "copy the log");
        return -1;
    }
    if (length < 0)
        return 0;
    atomic_store(&d->copied_frames, copied);
    int now = atomic_load(&d->log_frames);
    return (now > length ? now : length) - copied;
}

static void step(sqlite_db *d)
{
    pthread_mutex_lock(&d->step_lock);
    for (int pass = 0; pass < PASSES_MOST; pass++) {
        int left = copy(d, d->copier_session.conn);
        bool is_long = atomic_load(&d->log_frames) >= FRAMES_ANEW;
        if (left < 0 || !is_long)
            break;
        if (left <= FRAMES_LEFT_MOST) {
            atomic_store(&d->must_finish, true);
            break;
        }
    }
    pthread_mutex_unlock(&d->step_lock);
}

void sqlite_log_finish(sqlite_db *d)
{
    if (atomic_exchange(&d->must_finish, false))
        (void)copy(d, d->writer.conn);
}

void sqlite_log_grown(sqlite_db *d)
{
    if (atomic_load(&d->log_frames) - atomic_load(&d->copied_frames) < FRAMES_PER_STEP)
        return;
    pthread_mutex_lock(&d->copier_lock);
    if (!d->must_copy) {
        d->must_copy = true;
        pthread_cond_signal(&d->copier_wake);
    }
    pthread_mutex_unlock(&d->copier_lock);
}

static void *copy_until_stopped(void *arg)
{
    sqlite_db *d = arg;
    pthread_mutex_lock(&d->copier_lock);
    while (!d->must_stop) {
        bool is_idle = false;
        if (!d->must_copy)
            is_idle = !clock_wait(&d->copier_wake, &d->copier_lock, IDLE_MS);
        /* Asked while the last step was copying just that: not again for a few frames. */
        int left = atomic_load(&d->log_frames) - atomic_load(&d->copied_frames);
        bool is_due = left >= FRAMES_PER_STEP || (is_idle && left > 0);
        d->must_copy = false;
        pthread_mutex_unlock(&d->copier_lock);
        if (is_due)
            step(d);
        pthread_mutex_lock(&d->copier_lock);
    }
    pthread_mutex_unlock(&d->copier_lock);
    return NULL;
}

void sqlite_checkpoint(db *base)
{
    step((sqlite_db *)base);
}

/* SQLite holds the right to write while it waits for readers, so it is let wait for moments only.
 */
static int empty(sqlite_db *d, int64_t end_ms)
{
    sqlite3 *conn = d->copier_session.conn;
    int code = SQLITE_BUSY;
    sqlite3_busy_timeout(conn, BRIEF_MS);
    do {
        if (turn_take(&d->copier_turn, DB_WAIT_MS) != OK)
            break;
        code = sqlite3_wal_checkpoint_v2(conn, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        turn_give(&d->copier_turn);
        if ((code & 0xff) == SQLITE_BUSY)
            nanosleep(&(struct timespec){0, 4L * BRIEF_MS * 1000000}, NULL);
    } while ((code & 0xff) == SQLITE_BUSY && clock_steady_ms() < end_ms);
    sqlite3_busy_timeout(conn, DB_WAIT_MS);
    return code;
}

err sqlite_empty_log(db *base)
{
    sqlite_db *d = (sqlite_db *)base;
    pthread_mutex_lock(&d->step_lock);
    int code = empty(d, clock_steady_ms() + DB_WAIT_MS);
    err e = code == SQLITE_OK ? OK : sqlite_outcome(d->copier_session.conn, code, "empty the log");
    if (e == OK) {
        atomic_store(&d->log_frames, 0);
        atomic_store(&d->copied_frames, 0);
    }
    pthread_mutex_unlock(&d->step_lock);
    return e;
}

err sqlite_log_open(sqlite_db *d)
{
    sqlite3_wal_hook(d->writer.conn, note_length, d);
    TRY(sqlite_session_open(d, COPIER, &d->copier_session));
    if (pthread_create(&d->copier, NULL, copy_until_stopped, d) != 0)
        return ERR_IO;
    d->has_copier = true;
    return OK;
}

void sqlite_log_close(sqlite_db *d)
{
    if (d->has_copier) {
        pthread_mutex_lock(&d->copier_lock);
        d->must_stop = true;
        pthread_cond_signal(&d->copier_wake);
        pthread_mutex_unlock(&d->copier_lock);
        pthread_join(d->copier, NULL);
    }
    sqlite_session_close(&d->copier_session);
    pthread_cond_destroy(&d->copier_wake);
    pthread_mutex_destroy(&d->copier_lock);
    pthread_mutex_destroy(&d->step_lock);
}
