/* SPDX-License-Identifier: EUPL-1.2 */
/* What both engines share: choosing one, the rules of a transaction attempt, and the way of values
 * between C structs and columns.
 *
 * Invariant: a statement that failed ends its transaction on both engines (PostgreSQL insists on
 * it, SQLite would go on), and text that one engine would refuse never reaches either. */

#include "db/engine.h"

#include "base/log.h"
#include "base/utf8.h"

enum { HOME_BYTES = 16 << 20, SESSIONS_MOST = 128 };

/* A work that opens another transaction could wait for itself. */
static _Thread_local bool is_inside;

err db_open(const db_options *options, db **out_db)
{
    bool is_sqlite = str_starts(options->url, S("sqlite:"));
    bool is_pg =
        str_starts(options->url, S("postgres://")) || str_starts(options->url, S("postgresql://"));
    if ((!is_sqlite && !is_pg) || str_find(options->url, '\0') < options->url.n)
        return ERR_INVALID;
    BUG_IF(options->sessions < 1 || options->sessions > SESSIONS_MOST);
    arena *home = arena_open(HOME_BYTES);
    db *d = NULL;
    err e = is_sqlite ? sqlite_open(options, home, &d) : pg_open(options, home, &d);
    if (e != OK) {
        arena_close(home);
        return e;
    }
    d->schema = options->schema;
    d->reach = options->reach;
    d->home = home;
    *out_db = d;
    return OK;
}

void db_close(db *d)
{
    if (!d)
        return;
    arena *home = d->home;
    d->driver->close(d);
    arena_close(home);
}

err db_write(db *d, db_work *work, void *arg)
{
    BUG_IF(is_inside);
    return d->driver->write(d, work, arg);
}

err db_write_keyed(db *d, db_work *work, void *arg)
{
    BUG_IF(is_inside);
    return d->driver->write_keyed(d, work, arg);
}

err db_read(db *d, db_work *work, void *arg)
{
    BUG_IF(is_inside);
    return d->driver->read(d, work, arg);
}

void db_checkpoint(db *d)
{
    d->driver->checkpoint(d);
}

err db_empty_log(db *d)
{
    return d->driver->empty_log(d);
}

err db_backup(db *d, const char *path)
{
    return d->driver->backup ? d->driver->backup(d, path) : ERR_DENIED;
}

err db_verify(db *d)
{
    return d->driver->verify ? d->driver->verify(d) : OK;
}

str db_engine(const db *d)
{
    return d->driver->name;
}

err db_version(db *d, arena *a, str *out_version)
{
    return d->driver->version(d, a, out_version);
}

err db_attempt(db_tx *tx, db_work *work, void *arg)
{
    is_inside = true;
    err e = work(tx, tx->scratch, arg);
    is_inside = false;
    arena_reset(tx->scratch);
    return e == OK ? tx->failed : e;
}

static const void *cell(const db_column *c, const void *in)
{
    return (const char *)in + c->offset;
}

db_value db_parameter(const db_column *c, const void *in)
{
    const void *at = cell(c, in);
    switch (c->type) {
    case DB_INT:
    case DB_TIME:
        if (c->is_nullable) {
            const opt_i64 *v = at;
            return (db_value){!v->is_set, v->value, {"", 0}};
        }
        return (db_value){false, *(const int64_t *)at, {"", 0}};
    case DB_FLAG:
        if (c->is_nullable) {
            const opt_flag *v = at;
            return (db_value){!v->is_set, v->value, {"", 0}};
        }
        return (db_value){false, *(const bool *)at, {"", 0}};
    case DB_TEXT:
    case DB_BLOB:
        if (c->is_nullable) {
            const opt_str *v = at;
            return (db_value){!v->is_set, 0, v->is_set ? v->value : S("")};
        }
        return (db_value){false, 0, *(const str *)at};
    }
    BUG_IF(true);
}

static bool is_text_sound(const db_statement *s, const void *in)
{
    for (int i = 0; i < s->parameter_count; i++) {
        if (s->parameters[i].type != DB_TEXT)
            continue;
        str text = db_parameter(&s->parameters[i], in).bytes;
        if (!utf8_is_valid(text) || str_find(text, '\0') < text.n)
            return false;
    }
    return true;
}

err db_run(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out)
{
    if (tx->failed != OK)
        return tx->failed;
    err e;
    if (tx->home->reach < s->reach) {
        LOG(LOG_ERROR, "db.out_of_reach", log_str("statement", str_of(s->name)));
        e = ERR_DENIED;
    } else if (!is_text_sound(s, in)) {
        e = ERR_INVALID;
    } else {
        e = tx->home->driver->run(tx, s, in, a, out);
    }
    if (e != OK && e != ERR_NOT_FOUND)
        tx->failed = e;
    return e;
}

err db_check_statement(db_tx *tx, const db_statement *s, arena *a, str *out_fault)
{
    return tx->home->driver->check(tx, s, a, out_fault);
}

static err complain(const db_statement *s, const char *event, const char *column)
{
    LOG(LOG_ERROR, event, log_str("statement", str_of(s->name)), log_str("column", str_of(column)));
    return ERR_IO;
}

err db_store(const db_statement *s, const db_column *c, db_value v, void *row)
{
    void *at = (char *)row + c->offset;
    if (v.is_null && !c->is_nullable)
        return complain(s, "db.unexpected_null", c->name);
    switch (c->type) {
    case DB_INT:
    case DB_TIME:
        if (c->is_nullable)
            *(opt_i64 *)at = (opt_i64){!v.is_null, v.is_null ? 0 : v.number};
        else
            *(int64_t *)at = v.number;
        return OK;
    case DB_FLAG:
        if (c->is_nullable)
            *(opt_flag *)at = (opt_flag){!v.is_null, !v.is_null && v.number != 0};
        else
            *(bool *)at = v.number != 0;
        return OK;
    case DB_TEXT:
    case DB_BLOB:
        if (c->is_nullable)
            *(opt_str *)at = (opt_str){!v.is_null, v.is_null ? S("") : v.bytes};
        else
            *(str *)at = v.bytes;
        return OK;
    }
    BUG_IF(true);
}

err db_result_row(db_result *r, void **out_row)
{
    const db_statement *s = r->s;
    if (s->shape != DB_MANY && (r->n == 1 || s->row_bytes == 0))
        return complain(s, "db.unexpected_row", "");
    if (r->n == r->room) {
        size_t room = s->shape != DB_MANY ? 1 : r->room ? 2 * r->room : 16;
        arena *home = s->shape == DB_MANY ? r->a : r->scratch;
        char *grown = arena_alloc_array(home, room, s->row_bytes);
        if (r->n)
            memcpy(grown, r->at, r->n * s->row_bytes);
        r->at = grown;
        r->room = room;
    }
    *out_row = r->at + r->n++ * s->row_bytes;
    return OK;
}

err db_result_end(db_result *r, void *out)
{
    const db_statement *s = r->s;
    if (s->shape == DB_MANY) {
        *(db_rows *)out = (db_rows){r->at, r->n};
        return OK;
    }
    if (s->shape != DB_ONE && s->shape != DB_MAYBE)
        return OK;
    if (r->n == 0)
        return s->shape == DB_MAYBE ? ERR_NOT_FOUND : complain(s, "db.missing_row", "");
    memcpy(out, r->at, s->row_bytes);
    return OK;
}
