/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The parts of the SQLite engine: sqlite.c (opening, readers), sqlite_run.c (statements),
 * sqlite_group.c (writers and their common commit), sqlite_log.c (write-ahead log). */

#include "db/engine.h"
#include "db/pool.h"
#include "db/prepared.h"
#include "db/turn.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>

/* The statements that frame a transaction. */
typedef enum frame { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVE, RELEASE, UNDO, FRAMES } frame;

/* One connection, used by one thread at a time. */
typedef struct sqlite_session {
    sqlite3 *conn;
    sqlite3_stmt *frames[FRAMES];
    prepared_set prepared;
    arena *home; /* of that set */
    arena *scratch;
} sqlite_session;

typedef struct ticket ticket;

typedef struct sqlite_db {
    db base;
    const char *path;
    int64_t cache_bytes;

    sqlite_session *readers; /* opened when first taken */
    int readers_n;
    pool free_readers;

    pthread_mutex_t queue_lock;
    ticket *first, *last;
    bool has_leader;
    sqlite_session writer; /* the leader's */
    bool is_locked;        /* the leader's: the last group met a stranger's lock */
    turn writer_turn;

    pthread_t copier;
    bool has_copier;
    pthread_mutex_t copier_lock; /* also: one copying step at a time */
    pthread_cond_t copier_wake;
    pthread_mutex_t step_lock;
    bool must_copy, must_stop;
    sqlite_session copier_session;
    turn copier_turn;
    atomic_int log_frames, copied_frames;
    atomic_bool must_finish; /* almost all is copied: the leader does the rest */
} sqlite_db;

typedef enum session_kind { READER, WRITER, COPIER } session_kind;
MUST_USE err sqlite_session_open(sqlite_db *d, session_kind kind, sqlite_session *out_session);
void sqlite_session_close(sqlite_session *n);

/* Steps a framing statement; gives SQLite's code (SQLITE_DONE is turned to SQLITE_OK). */
int sqlite_step_frame(sqlite_session *n, frame f);

/* The outcome of a code. What is no answer to the caller is logged with what was tried. */
err sqlite_outcome(sqlite3 *conn, int code, const char *what);

err sqlite_run(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out);
err sqlite_script(db_tx *tx, const char *text);
err sqlite_check(db_tx *tx, const db_statement *s, arena *a, str *out_fault);

err sqlite_write(db *base, db_work *work, void *arg);

/* Starts and stops the thread that copies the log. */
MUST_USE err sqlite_log_open(sqlite_db *d);
void sqlite_log_close(sqlite_db *d);
/* After each commit, with the turn given back: wakes the copier when there is enough to copy. */
void sqlite_log_grown(sqlite_db *d);
/* Before a group begins, with the turn taken: copies the little that is left, if asked to. */
void sqlite_log_finish(sqlite_db *d);
/* As db_backup and db_verify. */
err sqlite_backup(db *base, const char *path);
err sqlite_verify(db *base);
void sqlite_checkpoint(db *base);
err sqlite_empty_log(db *base);

/* Turns the write-ahead log on where it is not: a copy that was put back has none, and turning it
 * on takes files that a confined process may not make. */
MUST_USE err sqlite_use_log(const char *path);
