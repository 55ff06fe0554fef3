/* SPDX-License-Identifier: EUPL-1.2 */
/* Migrations: what was applied stands in the table `migration`, with the checksum of its source,
 * so a changed history is refused and not guessed at.
 *
 * Two processes may start at once: each migration looks again, inside a transaction in which no
 * other process writes, whether it is still missing. */

#include "db/engine.h"

#include "base/clock.h"
#include "base/log.h"

typedef struct applied {
    int64_t number;
    str checksum;
} applied;

static const db_column exists_columns[] = {{"n", DB_INT, false, 0}};
static const db_statement exists = {
    "migration_exists",
    "SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = 'migration'",
    "SELECT count(*) AS n FROM pg_catalog.pg_class WHERE relname = 'migration' AND relkind = 'r' "
    "AND pg_catalog.pg_table_is_visible(oid)",
    DB_ONE,
    DB_PUBLIC,
    NULL,
    0,
    exists_columns,
    1,
    sizeof(int64_t)};

static const db_column applied_columns[] = {
    {"number", DB_INT, false, offsetof(applied, number)},
    {"checksum", DB_TEXT, false, offsetof(applied, checksum)}};
static const db_statement list = {"migration_list",
                                  "SELECT number, checksum FROM migration ORDER BY number",
                                  "SELECT number, checksum FROM migration ORDER BY number",
                                  DB_MANY,
                                  DB_PUBLIC,
                                  NULL,
                                  0,
                                  applied_columns,
                                  2,
                                  sizeof(applied)};

typedef struct record {
    int64_t number;
    str name;
    str checksum;
    int64_t applied;
} record;

static const db_column record_columns[] = {{"number", DB_INT, false, offsetof(record, number)},
                                           {"name", DB_TEXT, false, offsetof(record, name)},
                                           {"checksum", DB_TEXT, false, offsetof(record, checksum)},
                                           {"applied", DB_TIME, false, offsetof(record, applied)}};
static const db_statement insert = {
    "migration_insert",
    "INSERT INTO migration (number, name, checksum, applied) VALUES (?1, ?2, ?3, ?4)",
    "INSERT INTO migration (number, name, checksum, applied) VALUES ($1, $2, $3, $4)",
    DB_NONE,
    DB_PUBLIC,
    record_columns,
    4,
    NULL,
    0,
    0};

static const char sqlite_table[] =
    "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "checksum TEXT NOT NULL, applied INTEGER NOT NULL) STRICT";
static const char pg_table[] =
    "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT COLLATE \"C\" NOT "
    "NULL, checksum TEXT COLLATE \"C\" NOT NULL, applied BIGINT NOT NULL)";

typedef struct progress {
    const db_schema *schema;
    size_t known; /* migrations that are applied, all with the checksum of the schema */
    bool is_applied_now;
} progress;

static bool is_sqlite(const db_tx *tx)
{
    return str_eq(tx->home->driver->name, S("sqlite"));
}

/* ERR_CONFLICT, logged: the database has another history than the program. */
static err look(db_tx *tx, arena *scratch, void *arg)
{
    progress *p = arg;
    int64_t n;
    db_rows rows = {NULL, 0};
    TRY(db_run(tx, &exists, NULL, NULL, &n));
    if (n)
        TRY(db_run(tx, &list, NULL, scratch, &rows));
    const applied *at = rows.at;
    for (size_t i = 0; i < rows.n; i++) {
        if (i < p->schema->n && at[i].number == p->schema->at[i].number &&
            str_eq(at[i].checksum, str_of(p->schema->at[i].checksum)))
            continue;
        LOG(LOG_ERROR, i < p->schema->n ? "db.migration_changed" : "db.newer_than_program",
            log_int("number", at[i].number));
        return ERR_CONFLICT;
    }
    p->known = rows.n;
    return OK;
}

static err apply_next(db_tx *tx, arena *scratch, void *arg)
{
    progress *p = arg;
    const db_driver *driver = tx->home->driver;
    p->is_applied_now = false;
    TRY(driver->script(tx, is_sqlite(tx) ? sqlite_table : pg_table));
    TRY(look(tx, scratch, arg));
    if (p->known == p->schema->n)
        return OK;
    const db_migration *m = &p->schema->at[p->known];
    TRY(driver->script(tx, is_sqlite(tx) ? m->sqlite_text : m->pg_text));
    record r = {m->number, str_of(m->name), str_of(m->checksum), clock_now_ms()};
    TRY(db_run(tx, &insert, &r, NULL, NULL));
    p->is_applied_now = true;
    return OK;
}

err db_migrate(db *d, int *out_applied)
{
    progress p = {.schema = d->schema};
    int n = 0;
    do {
        TRY(d->driver->write_alone(d, apply_next, &p));
        n += p.is_applied_now;
    } while (p.is_applied_now);
    *out_applied = n;
    return OK;
}

err db_pending(db *d, int *out_missing)
{
    progress p = {.schema = d->schema};
    TRY(db_read(d, look, &p));
    *out_missing = (int)(p.schema->n - p.known);
    return OK;
}
