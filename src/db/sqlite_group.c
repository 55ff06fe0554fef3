/* SPDX-License-Identifier: EUPL-1.2 */
/* Writers that share one commit. A commit waits for the disk, and costs for a hundred works hardly
 * more than for one; so works queue up while one is on its way and then go together.
 *
 * The caller at the head of the queue leads: it takes the queue as it stands, runs each work in a
 * savepoint of its own, commits once, hands the lead to the new head, and wakes the others with
 * their outcomes. A work that fails is rolled back to its savepoint and harms nobody else.
 * Invariant: a caller gets OK only after the commit that holds its work has succeeded. Nobody waits
 * much longer than DB_WAIT_MS to hear that it cannot: attempts share that time, and once a group
 * has found the file locked by a stranger, the next ones only look whether it still is. */

#include "db/sqlite.h"

#include "base/clock.h"
#include "base/log.h"

enum {
    GROUP_MOST = 256,
    ATTEMPTS_MOST = 5,
    BACKOFF_NS = 2 * 1000 * 1000,
    BRIEF_MS = 100, /* patience while the file is known to be locked */
};

typedef enum ticket_state { WAITS, LEADS, IS_DONE } ticket_state;

struct ticket {
    db_work *work;
    void *arg;
    int64_t came_ms;
    err outcome;
    bool is_settled; /* its outcome will not change, whatever becomes of the group */
    ticket_state state;
    sem_t wake;
    ticket *next;
};

typedef struct group {
    ticket *at[GROUP_MOST];
    size_t n;
} group;

static void settle_rest(group *g, err outcome)
{
    for (size_t i = 0; i < g->n; i++) {
        if (!g->at[i]->is_settled)
            g->at[i]->outcome = outcome;
        g->at[i]->is_settled = true;
    }
}

static bool has_unsettled(const group *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (!g->at[i]->is_settled)
            return true;
    return false;
}

/* One work inside the open transaction. A failed work of a group is undone alone; when it is the
 * only one, the transaction itself is rolled back by the caller. */
static void run_work(sqlite_db *d, ticket *t, bool is_shared)
{
    sqlite_session *n = &d->writer;
    db_tx tx = {.home = &d->base, .session = n, .scratch = n->scratch};
    int code = is_shared ? sqlite_step_frame(n, SAVE) : SQLITE_OK;
    err e = code == SQLITE_OK ? db_attempt(&tx, t->work, t->arg)
                              : sqlite_outcome(n->conn, code, "savepoint");
    if (is_shared && !sqlite3_get_autocommit(n->conn)) {
        if (e != OK)
            code = sqlite_step_frame(n, UNDO);
        if (code == SQLITE_OK)
            code = sqlite_step_frame(n, RELEASE);
        if (code != SQLITE_OK)
            e = sqlite_outcome(n->conn, code, "end of a work");
    }
    t->outcome = e;
    t->is_settled = e != OK;
}

/* Runs every unsettled work. ERR_IO: the engine gave the whole transaction up (a full disk, say)
 * during the work that is settled with that failure now; the others may run again. */
static err run_works(sqlite_db *d, group *g)
{
    for (size_t i = 0; i < g->n; i++) {
        if (g->at[i]->is_settled)
            continue;
        run_work(d, g->at[i], g->n > 1);
        if (sqlite3_get_autocommit(d->writer.conn)) {
            g->at[i]->is_settled = true;
            if (g->at[i]->outcome == OK)
                g->at[i]->outcome = ERR_IO;
            return ERR_IO;
        }
    }
    return OK;
}

/* What a failed commit means. Whether one that broke off at the disk will be found there after a
 * crash, nobody knows. */
static err commit_outcome(sqlite_db *d, int code)
{
    err e = sqlite_outcome(d->writer.conn, code, "commit");
    return e == ERR_IO && (code & 0xff) == SQLITE_IOERR ? ERR_UNCERTAIN : e;
}

/* One transaction of the unsettled works. ERR_BUSY and ERR_IO: they may run again. */
static err run_group(sqlite_db *d, group *g)
{
    sqlite_session *n = &d->writer;
    int code = sqlite_step_frame(n, BEGIN_WRITE);
    if (code != SQLITE_OK)
        return sqlite_outcome(n->conn, code, "begin");
    err e = run_works(d, g);
    if (e != OK)
        return e;
    if (!has_unsettled(g)) {
        sqlite_step_frame(n, ROLLBACK);
        return OK;
    }
    code = sqlite_step_frame(n, COMMIT);
    if (code == SQLITE_OK) {
        settle_rest(g, OK);
        return OK;
    }
    e = commit_outcome(d, code);
    if (!sqlite3_get_autocommit(n->conn))
        sqlite_step_frame(n, ROLLBACK);
    if (e != ERR_BUSY)
        settle_rest(g, e);
    return e;
}

/* The first caller has waited longest, perhaps for a group that failed before. */
static int64_t time_left_ms(const sqlite_db *d, const group *g)
{
    int64_t left_ms = g->at[0]->came_ms + DB_WAIT_MS - clock_steady_ms();
    return d->is_locked || left_ms < BRIEF_MS ? BRIEF_MS : left_ms;
}

static void lead(sqlite_db *d, group *g)
{
    err e = OK;
    int64_t left_ms = time_left_ms(d, g), end_ms = clock_steady_ms() + left_ms;
    for (int attempt = 1; has_unsettled(g) && attempt <= ATTEMPTS_MOST && left_ms > 0; attempt++) {
        if (attempt > 1)
            nanosleep(&(struct timespec){0, BACKOFF_NS << attempt}, NULL);
        e = turn_take(&d->writer_turn, left_ms);
        if (e != OK) {
            LOG_EVENT(LOG_WARN, "db.turn_not_given");
            break;
        }
        sqlite3_busy_timeout(d->writer.conn, (int)left_ms);
        sqlite_log_finish(d);
        e = run_group(d, g);
        turn_give(&d->writer_turn);
        left_ms = end_ms - clock_steady_ms();
    }
    d->is_locked = e == ERR_BUSY;
    settle_rest(g, e);
    sqlite_log_grown(d);
}

/* --- the queue --- */

static void take_group(sqlite_db *d, group *g)
{
    g->n = 0;
    while (d->first && g->n < GROUP_MOST) {
        g->at[g->n++] = d->first;
        d->first = d->first->next;
    }
    if (!d->first)
        d->last = NULL;
}

/* The next group starts before the members of this one learn their outcome. */
static void hand_over(sqlite_db *d)
{
    pthread_mutex_lock(&d->queue_lock);
    if (d->first) {
        d->first->state = LEADS;
        sem_post(&d->first->wake);
    } else {
        d->has_leader = false;
    }
    pthread_mutex_unlock(&d->queue_lock);
}

err sqlite_write(db *base, db_work *work, void *arg)
{
    sqlite_db *d = (sqlite_db *)base;
    ticket own = {.work = work, .arg = arg, .came_ms = clock_steady_ms()};
    sem_init(&own.wake, 0, 0);
    pthread_mutex_lock(&d->queue_lock);
    if (d->last)
        d->last->next = &own;
    else
        d->first = &own;
    d->last = &own;
    if (!d->has_leader) {
        d->has_leader = true;
        own.state = LEADS;
    }
    bool must_wait = own.state == WAITS;
    pthread_mutex_unlock(&d->queue_lock);
    while (must_wait && sem_wait(&own.wake) != 0)
        ; /* interrupted by a signal */
    if (own.state == LEADS) {
        group g;
        pthread_mutex_lock(&d->queue_lock);
        take_group(d, &g);
        pthread_mutex_unlock(&d->queue_lock);
        lead(d, &g);
        hand_over(d);
        for (size_t i = 0; i < g.n; i++) {
            if (g.at[i] == &own)
                continue;
            g.at[i]->state = IS_DONE;
            sem_post(&g.at[i]->wake);
        }
    }
    sem_destroy(&own.wake);
    return own.outcome;
}
