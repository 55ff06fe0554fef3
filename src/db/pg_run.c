/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements on a PostgreSQL connection: prepared on first use with declared parameter types, all
 * values in binary, so nothing is quoted, parsed or rounded on the way. */

#include "db/pg.h"

#include "base/log.h"

#include <endian.h>

enum { PARAMETERS_MOST = 40, NAME_BYTES = 24 };

/* Types of PostgreSQL's catalogue; their numbers never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25 };

static Oid oid_of(db_type type)
{
    return type == DB_TEXT ? OID_TEXT : type == DB_BLOB ? OID_BYTEA : OID_INT8;
}

static void list_types(const db_statement *s, Oid types[static PARAMETERS_MOST])
{
    BUG_IF(s->parameter_count > PARAMETERS_MOST);
    for (int i = 0; i < s->parameter_count; i++)
        types[i] = oid_of(s->parameters[i].type);
}

static err fail(db_tx *tx, const PGresult *r, const char *what)
{
    pg_fate fate = pg_judge(tx->session, r, what, tx->is_read);
    tx->must_retry = tx->must_retry || fate.must_retry;
    return fate.outcome;
}

static void name_of(const db_statement *s, char out_name[static NAME_BYTES])
{
    snprintf(out_name, NAME_BYTES, "s%zx", (size_t)(uintptr_t)s);
}

static err prepare(db_tx *tx, const db_statement *s, const char *name)
{
    pg_session *n = tx->session;
    prepared *p = prepared_find(&n->prepared, n->home, s);
    if (p->key)
        return OK;
    Oid types[PARAMETERS_MOST];
    list_types(s, types);
    PGresult *r = pg_await(n, PQsendPrepare(n->conn, name, s->pg_text, s->parameter_count, types));
    err e = r && PQresultStatus(r) == PGRES_COMMAND_OK ? OK : fail(tx, r, s->name);
    PQclear(r);
    if (e == OK) {
        *p = (prepared){s, n};
        n->prepared.n++;
    }
    return e;
}

/* --- values --- */

typedef struct arguments {
    const char *at[PARAMETERS_MOST];
    int lengths[PARAMETERS_MOST];
    int formats[PARAMETERS_MOST];
    uint64_t numbers[PARAMETERS_MOST]; /* in network order */
} arguments;

static void fill(arguments *g, const db_statement *s, const void *in)
{
    for (int i = 0; i < s->parameter_count; i++) {
        const db_column *c = &s->parameters[i];
        db_value v = db_parameter(c, in);
        bool is_bytes = c->type == DB_TEXT || c->type == DB_BLOB;
        g->formats[i] = 1;
        g->numbers[i] = htobe64((uint64_t)v.number);
        BUG_IF(v.bytes.n > INT32_MAX);
        g->lengths[i] = is_bytes ? (int)v.bytes.n : (int)sizeof g->numbers[i];
        g->at[i] = is_bytes ? v.bytes.at : (const char *)&g->numbers[i];
        if (v.is_null)
            g->at[i] = NULL;
        else if (!g->at[i])
            g->at[i] = "";
    }
}

/* A signed number of 1 (a boolean), 2, 4 or 8 bytes in network order. */
static bool read_number(const char *at, int length, int64_t *out_number)
{
    uint64_t bits = 0;
    if (length != 1 && length != 2 && length != 4 && length != 8)
        return false;
    bool is_negative = length > 1 && (at[0] & 0x80);
    if (is_negative)
        bits = ~(uint64_t)0;
    for (int i = 0; i < length; i++)
        bits = bits << 8 | (unsigned char)at[i];
    *out_number = (int64_t)bits;
    return true;
}

static err read_cell(const PGresult *r, int line, int i, const db_statement *s, arena *a, void *row)
{
    const db_column *c = &s->columns[i];
    db_value v = {.is_null = PQgetisnull(r, line, i)};
    const char *at = PQgetvalue(r, line, i);
    int length = PQgetlength(r, line, i);
    if (!v.is_null && (c->type == DB_TEXT || c->type == DB_BLOB)) {
        v.bytes = arena_copy(a, (str){at, (size_t)length});
    } else if (!v.is_null && !read_number(at, length, &v.number)) {
        LOG(LOG_ERROR, "db.unexpected_type", log_str("statement", str_of(s->name)),
            log_str("column", str_of(c->name)));
        return ERR_IO;
    }
    return db_store(s, c, v, row);
}

static err read_rows(const PGresult *r, db_result *result)
{
    BUG_IF(PQnfields(r) < result->s->column_count);
    for (int line = 0; line < PQntuples(r); line++) {
        void *row;
        TRY(db_result_row(result, &row));
        for (int i = 0; i < result->s->column_count; i++)
            TRY(read_cell(r, line, i, result->s, result->a, row));
    }
    return OK;
}

static int64_t count_of(PGresult *r)
{
    return strtoll(PQcmdTuples(r), NULL, 10);
}

/* --- running --- */

err pg_run(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out)
{
    pg_session *n = tx->session;
    char name[NAME_BYTES];
    arguments g;
    name_of(s, name);
    TRY(prepare(tx, s, name));
    fill(&g, s, in);
    PGresult *r = pg_await(
        n, PQsendQueryPrepared(n->conn, name, s->parameter_count, g.at, g.lengths, g.formats, 1));
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    db_result result = {.s = s, .a = a, .scratch = tx->scratch};
    err e = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ? read_rows(r, &result)
                                                                    : fail(tx, r, s->name);
    if (e == OK && s->shape == DB_COUNT)
        *(int64_t *)out = count_of(r);
    PQclear(r);
    return e == OK ? db_result_end(&result, out) : e;
}

static err command(db_tx *tx, const char *text, const char *what)
{
    pg_session *n = tx->session;
    int is_sent = n->is_piped ? PQsendQueryParams(n->conn, text, 0, NULL, NULL, NULL, NULL, 0)
                              : PQsendQuery(n->conn, text);
    PGresult *r = pg_await(n, is_sent);
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    err e = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? OK : fail(tx, r, what);
    PQclear(r);
    return e;
}

err pg_script(db_tx *tx, const char *text)
{
    return command(tx, text, "script");
}

/* --- the statement test --- */

static bool is_type_fit(const db_column *c, Oid type)
{
    switch (c->type) {
    case DB_TEXT:
        return type == OID_TEXT;
    case DB_BLOB:
        return type == OID_BYTEA;
    case DB_FLAG:
        return type == OID_INT8 || type == OID_INT4 || type == OID_BOOL;
    case DB_INT:
    case DB_TIME:
        return type == OID_INT8 || type == OID_INT4 || type == OID_INT2;
    }
    return false;
}

static str compare(const PGresult *r, const db_statement *s, arena *a)
{
    if (PQnfields(r) != s->column_count)
        return arena_printf(a, "%d columns, %d declared", PQnfields(r), s->column_count);
    for (int i = 0; i < s->column_count; i++) {
        const db_column *c = &s->columns[i];
        if (!str_eq(str_of(PQfname(r, i)), str_of(c->name)))
            return arena_printf(a, "column %d is \"%s\", declared \"%s\"", i + 1, PQfname(r, i),
                                c->name);
        if (!is_type_fit(c, PQftype(r, i)))
            return arena_printf(a, "column \"%s\" has type %u of PostgreSQL", c->name,
                                PQftype(r, i));
    }
    return S("");
}

err pg_check(db_tx *tx, const db_statement *s, arena *a, str *out_fault)
{
    pg_session *n = tx->session;
    Oid types[PARAMETERS_MOST];
    list_types(s, types);
    if (n->is_piped) /* a failure ends all that is in a pipe */
        PQclear(pg_pipe_end(n, NULL));
    TRY(command(tx, "SAVEPOINT checking", "check"));
    PGresult *r = pg_await(n, PQsendPrepare(n->conn, "", s->pg_text, s->parameter_count, types));
    str fault = S("");
    if (!r || PQresultStatus(r) != PGRES_COMMAND_OK) {
        const char *message = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
        fault = arena_copy(a, str_of(message ? message : "no answer"));
    }
    PQclear(r);
    if (fault.n == 0) {
        r = pg_await(n, PQsendDescribePrepared(n->conn, ""));
        fault = r ? compare(r, s, a) : S("no answer");
        PQclear(r);
    }
    TRY(command(tx, "ROLLBACK TO checking", "check"));
    if (fault.n == 0)
        return OK;
    *out_fault = fault;
    return ERR_INVALID;
}
