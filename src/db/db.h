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

/* The migrations a program was built with (generated: `schema_all`), oldest first. */
typedef struct db_migration {
    int number; /* from 1, without gaps */
    const char *name;
    const char *checksum; /* SHA-256 of its source, hexadecimal */
    const char *sqlite_text;
    const char *pg_text;
} db_migration;

typedef struct db_schema {
    const db_migration *at;
    size_t n;
} db_schema;

typedef struct db_options {
    str url;
    const db_schema *schema;
    db_reach reach;
    int sessions;        /* most concurrent readers and (PostgreSQL) writers; 1 to 128 */
    int64_t cache_bytes; /* page cache of SQLite's writer; 0 means 64 MiB */
    bool is_any_server;  /* PostgreSQL: also one that takes no writes; for reading alone */
} db_options;

/* ERR_INVALID: bad URL; ERR_IO: cannot open (the reason is logged). Creates a missing SQLite file;
 * beside it stand FILE-wal, FILE-shm and FILE-turn, so its folder must be writable. Open after
 * fork, never before. */
MUST_USE err db_open(const db_options *options, db **out_db);
void db_close(db *d);

/* Applies the migrations that are missing, each in one transaction with its checksum recorded.
 * ERR_CONFLICT: an applied migration has another checksum, or the database is newer. */
MUST_USE err db_migrate(db *d, int *out_applied);
/* How many are missing: > 0 means "run migrate"; ERR_CONFLICT as above. */
MUST_USE err db_pending(db *d, int *out_missing);

/* Work may change rows, its scratch arena and what arg points to (set, never accumulate: it can
 * run again), nothing else: no clock, no mail, no request, no other transaction. It runs on any
 * thread while the caller waits. Scratch is gone when it returns: results go where arg points.
 * Any outcome but OK rolls back what this work did and is the outcome of the call. */
typedef err db_work(db_tx *tx, arena *scratch, void *arg);

/* ERR_BUSY: gave up after bounded retries, or did not begin, because a standby that PostgreSQL's
 * commits wait for is away. ERR_UNCERTAIN: the commit may have happened. ERR_IO: disk full,
 * unreachable, broken (logged); nothing was kept. */
MUST_USE err db_write(db *d, db_work *work, void *arg);
/* As db_write, for hot works whose every decision stands in a row that they change or in a unique
 * key that they insert (signing, confirming): PostgreSQL then compares only those and not all that
 * was read (REPEATABLE READ, not SERIALIZABLE), which under load is many times faster. A work that
 * decides by counting or by what is absent needs db_write. On SQLite the same as db_write. */
MUST_USE err db_write_keyed(db *d, db_work *work, void *arg);
/* One consistent snapshot; write statements fail with ERR_DENIED. */
MUST_USE err db_read(db *d, db_work *work, void *arg);

/* SQLite's write-ahead log is copied into the file by a thread of the db itself, in small steps
 * off the writers' path. This runs such a step now; nothing on PostgreSQL. */
void db_checkpoint(db *d);
/* Empties that log, so that what was erased from the rows is gone from the disk as well: after an
 * erasure. ERR_BUSY: a long reader stands in the way. Nothing on PostgreSQL. */
MUST_USE err db_empty_log(db *d);

/* A copy of the database as it is now, made while it is in use, checked, and on the disk. Nothing
 * that was deleted is in it. ERR_CONFLICT: the file is there; ERR_DENIED: PostgreSQL, whose own
 * tools do this; ERR_INVALID: the copy is damaged (and gone again). */
MUST_USE err db_backup(db *d, const char *path);
/* Reads everything. ERR_INVALID: the file is damaged. OK on PostgreSQL. */
MUST_USE err db_verify(db *d);

/* For doctor and tests: "sqlite" or "postgresql", and the library or server version. */
str db_engine(const db *d);
MUST_USE err db_version(db *d, arena *a, str *out_version);
