/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a generated statement is made of. tools/sqlc writes these tables and the typed functions
 * over them; only those functions, the migrator and the statement test use this header's calls. */

#include "db/db.h"

/* Nullable columns and parameters (`?` in the header of a statement). */
typedef struct opt_i64 {
    bool is_set;
    int64_t value;
} opt_i64;

typedef struct opt_flag {
    bool is_set;
    bool value;
} opt_flag;

typedef struct opt_str {
    bool is_set;
    str value;
} opt_str;

/* int64_t, str (UTF-8 without NUL), str (any bytes), bool, int64_t (Unix milliseconds). */
typedef enum db_type { DB_INT, DB_TEXT, DB_BLOB, DB_FLAG, DB_TIME } db_type;

typedef enum db_shape { DB_NONE, DB_COUNT, DB_ONE, DB_MAYBE, DB_MANY } db_shape;

/* A parameter or result column and where it stands in its C struct. */
typedef struct db_column {
    const char *name;
    db_type type;
    bool is_nullable;
    size_t offset;
} db_column;

typedef struct db_statement {
    const char *name;
    const char *sqlite_text;
    const char *pg_text;
    db_shape shape;
    db_reach reach;
    const db_column *parameters;
    int parameter_count;
    const db_column *columns;
    int column_count;
    size_t row_bytes;
} db_statement;

/* The statements of one sql/NAME.sql; the generated `statements_all` lists every file. */
typedef struct db_catalogue {
    const db_statement *at;
    size_t n;
} db_catalogue;

typedef struct db_rows {
    void *at;
    size_t n;
} db_rows;

/* Runs s with the parameters in the struct at `in`. Text and blobs of the result live in a (NULL
 * when the result has none). `out` by shape: none NULL; count int64_t *; one and maybe the row
 * struct; many db_rows *. Untouched unless OK.
 *
 * ERR_NOT_FOUND: maybe without a row. ERR_CONFLICT: a unique or foreign key refused it.
 * ERR_INVALID: a check or NOT NULL refused it, or text is not UTF-8 or holds NUL. ERR_DENIED: out
 * of reach, or a write in db_read. All but NOT_FOUND end the transaction: what the work still
 * runs fails with the same outcome, and a work that returns OK all the same fails with it.
 *
 * Do not branch on the outcome of a `none`: PostgreSQL's answer to it may come with that of a
 * later statement or of the commit. What may fail in the ordinary run of things is a maybe or a
 * count. */
MUST_USE err db_run(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out);

/* For the statement test: whether the engine knows columns of just these names and types.
 * ERR_INVALID with the reason in *out_fault when it refuses or differs. */
MUST_USE err db_check_statement(db_tx *tx, const db_statement *s, arena *a, str *out_fault);
