/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What an engine (sqlite.c, pg.c) gives to db.c, and what db.c gives to both. Private to db/. */

#include "db/statement.h"

/* One transaction attempt. `failed` is the outcome of the first statement that failed: nothing
 * runs after it, on either engine. */
struct db_tx {
    db *home;
    void *session;
    arena *scratch;
    bool is_read;
    bool must_retry; /* the engine asks to run the work again */
    err failed;
};

typedef struct db_driver {
    str name;
    err (*write)(db *d, db_work *work, void *arg);
    err (*write_keyed)(db *d, db_work *work, void *arg);
    err (*write_alone)(db *d, db_work *work, void *arg); /* no other process writes meanwhile */
    err (*read)(db *d, db_work *work, void *arg);
    err (*run)(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out);
    err (*script)(db_tx *tx, const char *text); /* several statements, no parameters, no rows */
    err (*check)(db_tx *tx, const db_statement *s, arena *a, str *out_fault);
    err (*version)(db *d, arena *a, str *out_version);
    void (*checkpoint)(db *d);
    err (*empty_log)(db *d);
    err (*backup)(db *d, const char *path); /* NULL: the engine has tools of its own */
    err (*verify)(db *d);                   /* NULL: likewise */
    void (*close)(db *d);
} db_driver;

struct db {
    const db_driver *driver;
    const db_schema *schema;
    db_reach reach;
    arena *home; /* the engine's own struct and what lives as long; used while opening only */
};

enum {
    DB_WAIT_MS = 5000, /* for a session, for the right to write, for a lock */
    DB_SCRATCH_BYTES = 64 << 20,
};

MUST_USE err sqlite_open(const db_options *options, arena *home, db **out_db);
MUST_USE err pg_open(const db_options *options, arena *home, db **out_db);

/* Calls work and gives what the attempt comes to: its own outcome, or that of a failed statement
 * which it overlooked. Resets scratch. */
MUST_USE err db_attempt(db_tx *tx, db_work *work, void *arg);

/* A value on its way in or out. */
typedef struct db_value {
    bool is_null;
    int64_t number;
    str bytes;
} db_value;

db_value db_parameter(const db_column *c, const void *in);

/* Puts a value into the row struct; bytes must live in the result's arena already. ERR_IO, logged:
 * NULL in a column that is not nullable. */
MUST_USE err db_store(const db_statement *s, const db_column *c, db_value v, void *row);

/* Rows of a result while they are read. One and maybe are kept back until the statement has ended
 * well, so that outputs stay untouched on failure. */
typedef struct db_result {
    const db_statement *s;
    arena *a;
    arena *scratch;
    char *at;
    size_t n, room;
} db_result;

/* The next row struct to fill; ERR_IO, logged: a second row where one was declared. */
MUST_USE err db_result_row(db_result *r, void **out_row);
/* Hands the rows over. ERR_NOT_FOUND: maybe without a row; ERR_IO, logged: one without a row. */
MUST_USE err db_result_end(db_result *r, void *out);
