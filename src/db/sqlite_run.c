/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements on a SQLite connection: prepared once, bound, stepped to their end, and left without
 * the values they were bound to. */

#include "db/sqlite.h"

#include "base/log.h"

err sqlite_outcome(sqlite3 *conn, int code, const char *what)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return ERR_CONFLICT;
    default:
        break;
    }
    err e = ERR_IO;
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
        e = ERR_BUSY;
    else if ((code & 0xff) == SQLITE_CONSTRAINT)
        e = ERR_INVALID;
    /* SQLite's messages name tables and columns, never values. */
    LOG(e == ERR_IO ? LOG_ERROR : LOG_WARN, "db.failed", log_str("engine", S("sqlite")),
        log_str("what", str_of(what)), log_int("code", code),
        log_str("reason", str_of(conn ? sqlite3_errmsg(conn) : sqlite3_errstr(code))));
    return e;
}

static err prepare(sqlite_session *n, const db_statement *s, sqlite3_stmt **out)
{
    prepared *p = prepared_find(&n->prepared, n->home, s);
    if (!p->key) {
        sqlite3_stmt *fresh;
        int code = sqlite3_prepare_v3(n->conn, s->sqlite_text, -1, SQLITE_PREPARE_PERSISTENT,
                                      &fresh, NULL);
        if (code != SQLITE_OK)
            return sqlite_outcome(n->conn, code, s->name);
        *p = (prepared){s, fresh};
        n->prepared.n++;
    }
    *out = p->made;
    return OK;
}

/* --- values --- */

static int bind(sqlite3_stmt *st, const db_statement *s, const void *in)
{
    for (int i = 0; i < s->parameter_count; i++) {
        const db_column *c = &s->parameters[i];
        db_value v = db_parameter(c, in);
        const char *bytes = v.bytes.at ? v.bytes.at : "";
        int code;
        if (v.is_null)
            code = sqlite3_bind_null(st, i + 1);
        else if (c->type == DB_TEXT)
            code = sqlite3_bind_text64(st, i + 1, bytes, v.bytes.n, SQLITE_STATIC, SQLITE_UTF8);
        else if (c->type == DB_BLOB)
            code = sqlite3_bind_blob64(st, i + 1, bytes, v.bytes.n, SQLITE_STATIC);
        else
            code = sqlite3_bind_int64(st, i + 1, v.number);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

static err wrong_type(const db_statement *s, const db_column *c)
{
    LOG(LOG_ERROR, "db.unexpected_type", log_str("statement", str_of(s->name)),
        log_str("column", str_of(c->name)));
    return ERR_IO;
}

static err read_cell(sqlite3_stmt *st, int i, const db_statement *s, arena *a, void *row)
{
    const db_column *c = &s->columns[i];
    int type = sqlite3_column_type(st, i);
    db_value v = {.is_null = type == SQLITE_NULL};
    if (!v.is_null && (c->type == DB_TEXT || c->type == DB_BLOB)) {
        if (type != (c->type == DB_TEXT ? SQLITE_TEXT : SQLITE_BLOB))
            return wrong_type(s, c);
        const char *bytes = sqlite3_column_blob(st, i);
        v.bytes = arena_copy(a, (str){bytes, (size_t)sqlite3_column_bytes(st, i)});
    } else if (!v.is_null) {
        if (type != SQLITE_INTEGER)
            return wrong_type(s, c);
        v.number = sqlite3_column_int64(st, i);
    }
    return db_store(s, c, v, row);
}

static err read_row(sqlite3_stmt *st, db_result *r)
{
    void *row;
    TRY(db_result_row(r, &row));
    for (int i = 0; i < r->s->column_count; i++)
        TRY(read_cell(st, i, r->s, r->a, row));
    return OK;
}

/* --- running --- */

err sqlite_run(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out)
{
    sqlite_session *n = tx->session;
    sqlite3_stmt *st;
    TRY(prepare(n, s, &st));
    if (tx->is_read && !sqlite3_stmt_readonly(st))
        return ERR_DENIED;
    db_result r = {.s = s, .a = a, .scratch = tx->scratch};
    err e = OK;
    int code = bind(st, s, in);
    if (code == SQLITE_OK) {
        while (e == OK && (code = sqlite3_step(st)) == SQLITE_ROW)
            e = read_row(st, &r);
        if (e == OK && code != SQLITE_DONE)
            e = sqlite_outcome(n->conn, code, s->name);
    } else {
        e = sqlite_outcome(n->conn, code, s->name);
    }
    int64_t count = sqlite3_changes64(n->conn);
    sqlite3_reset(st);
    sqlite3_clear_bindings(st); /* they point into memory of the caller */
    tx->must_retry = tx->must_retry || e == ERR_BUSY;
    TRY(e);
    if (s->shape == DB_COUNT)
        *(int64_t *)out = count;
    return db_result_end(&r, out);
}

err sqlite_script(db_tx *tx, const char *text)
{
    sqlite_session *n = tx->session;
    int code = sqlite3_exec(n->conn, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_outcome(n->conn, code, "script");
}

err sqlite_check(db_tx *tx, const db_statement *s, arena *a, str *out_fault)
{
    sqlite_session *n = tx->session;
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(n->conn, s->sqlite_text, -1, &st, NULL) != SQLITE_OK) {
        *out_fault = arena_copy(a, str_of(sqlite3_errmsg(n->conn)));
        return ERR_INVALID;
    }
    int columns = sqlite3_column_count(st);
    str fault = S("");
    if (columns != s->column_count)
        fault = arena_printf(a, "%d columns, %d declared", columns, s->column_count);
    if (sqlite3_bind_parameter_count(st) != s->parameter_count)
        fault = arena_printf(a, "%d parameters, %d declared", sqlite3_bind_parameter_count(st),
                             s->parameter_count);
    for (int i = 0; i < columns && fault.n == 0; i++)
        if (!str_eq(str_of(sqlite3_column_name(st, i)), str_of(s->columns[i].name)))
            fault = arena_printf(a, "column %d is \"%s\", declared \"%s\"", i + 1,
                                 sqlite3_column_name(st, i), s->columns[i].name);
    sqlite3_finalize(st);
    if (fault.n == 0)
        return OK;
    *out_fault = fault;
    return ERR_INVALID;
}
