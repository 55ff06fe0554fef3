/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The database. The engine is chosen by the URL at start ("sqlite:/path/file.db" or
 * "postgres://…"); nothing above db/ can tell which one answers.
 *
 * A `db` is one open database, shared by all threads of the process. Work runs in transactions
 * only: `db_read` and `db_write` call it with a `db_tx`, which generated statements take.
 *
 * Writes by concurrent threads share one commit on SQLite (group commit, a savepoint each, each
 * with its own outcome); on PostgreSQL each runs SERIALIZABLE on a session of a pool. Nothing is
 * answered before it is durable. */

#include "base/base.h"

typedef struct db db;
typedef struct db_tx db_tx;

/* What a process may run: statements marked #staff or #worker are refused below that reach. */
typedef enum db_reach { DB_PUBLIC, DB_STAFF, DB_WORKER } db_reach;

typedef struct db_options {
    str url;
    db_reach reach;
    int sessions;         /* most concurrent readers and (PostgreSQL) writers; 1 to 128 */
    int64_t cache_bytes;  /* page cache of SQLite's writer */
} db_options;

/* ERR_INVALID: bad URL; ERR_IO: cannot open (the reason is logged). Creates a missing SQLite file. */
MUST_USE err db_open(const db_options *options, db **out_db);
void db_close(db *d);

/* Applies the migrations that are missing, each in one transaction with its checksum recorded.
 * ERR_CONFLICT: an applied migration has another checksum, or the database is newer. */
MUST_USE err db_migrate(db *d, int *out_applied);
/* How many are missing: > 0 means "run migrate"; ERR_CONFLICT as above. */
MUST_USE err db_pending(db *d, int *out_missing);

/* Work may change rows, its scratch arena and what arg points to (set, never accumulate: it can
 * run again), nothing else: no clock, no mail, no request. It runs on any thread. Any outcome but
 * OK rolls back what this work did and is the outcome of the call. */
typedef err db_work(db_tx *tx, arena *scratch, void *arg);

/* ERR_BUSY: gave up after bounded retries. ERR_UNCERTAIN: the commit may have happened. */
MUST_USE err db_write(db *d, db_work *work, void *arg);
/* One consistent snapshot; write statements fail with ERR_DENIED. */
MUST_USE err db_read(db *d, db_work *work, void *arg);

/* Copies what is in the write-ahead log into the file, in a small step, off the writers' path.
 * Called by a thread of the owner now and then; nothing on PostgreSQL. */
void db_checkpoint(db *d);

/* For doctor and tests: "sqlite" or "postgresql", and the library or server version. */
str db_engine(const db *d);
MUST_USE err db_version(db *d, arena *a, str *out_version);
