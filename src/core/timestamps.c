/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows, and the rule of when. The trouble is a setting: "SINCE TEXT", empty when all is well. */

#include "core/timestamps.h"

#include "base/clock.h"
#include "base/number.h"

#include "sql/q_alliance.h"
#include "sql/q_log.h"
#include "sql/q_timestamp.h"

#define TROUBLE_SETTING S("timestamp-trouble")

typedef struct due_reading {
    arena *a;
    int64_t declaration, now_ms;
    published out;
} due_reading;

static err read_due(db_tx *tx, arena *scratch, void *arg)
{
    due_reading *r = arg;
    q_checkpoint_latest_row newest;
    q_time_stamp_last_row last = {.size = 0};
    q_log_head_get_row head;
    TRY(q_checkpoint_latest(tx, r->a, r->declaration, &newest));
    err e = q_time_stamp_last(tx, scratch, r->declaration, &last);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    if (newest.size <= last.size)
        return ERR_NOT_FOUND;
    TRY(q_log_head_get(tx, scratch, r->declaration, &head));
    /* The close stands at a position: a checkpoint holds it when it is larger. */
    bool is_final = head.closed > 0 && last.size <= head.closed && newest.size > head.closed;
    if (last.size > 0 && !is_final && clock_day(r->now_ms) == clock_day(last.at))
        return ERR_NOT_FOUND;
    r->out = (published){.size = newest.size, .note = newest.note, .at_ms = newest.at};
    return OK;
}

err timestamps_due(core *c, arena *a, int64_t declaration_id, int64_t now_ms,
                   published *out_checkpoint)
{
    due_reading r = {.a = a, .declaration = declaration_id, .now_ms = now_ms};
    TRY(db_read(c->db, read_due, &r));
    *out_checkpoint = r.out;
    return OK;
}

typedef struct keeping {
    int64_t declaration;
    const timestamp_kept *kept;
} keeping;

static err write_kept(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const keeping *w = arg;
    const timestamp_kept *k = w->kept;
    return q_time_stamp_insert(tx, &(q_time_stamp_insert_in){.declaration = w->declaration,
                                                             .size = k->size,
                                                             .note = k->note,
                                                             .reply = k->reply,
                                                             .stamped = k->time_ms,
                                                             .authority = k->authority,
                                                             .at = k->at_ms});
}

err timestamps_keep(core *c, int64_t declaration_id, const timestamp_kept *kept)
{
    keeping w = {declaration_id, kept};
    return db_write(c->db, write_kept, &w);
}

typedef struct list_reading {
    arena *a;
    int64_t declaration, after, most;
    timestamp_list list;
    timestamp_kept last;
} list_reading;

static err read_last(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    list_reading *r = arg;
    q_time_stamp_last_row row;
    r->last = (timestamp_kept){.size = 0};
    err e = q_time_stamp_last(tx, r->a, r->declaration, &row);
    if (e == ERR_NOT_FOUND)
        return OK;
    TRY(e);
    r->last = (timestamp_kept){
        .size = row.size, .time_ms = row.stamped, .authority = row.authority, .at_ms = row.at};
    return OK;
}

err timestamps_last(core *c, arena *a, int64_t declaration_id, timestamp_kept *out_last)
{
    list_reading r = {.a = a, .declaration = declaration_id};
    TRY(db_read(c->db, read_last, &r));
    *out_last = r.last;
    return OK;
}

static err read_after(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    list_reading *r = arg;
    q_time_stamp_after_rows rows;
    TRY(q_time_stamp_after(tx, r->a, r->declaration, r->after, r->most, &rows));
    r->list = (timestamp_list){arena_array(r->a, timestamp_kept, rows.n), rows.n};
    for (size_t i = 0; i < rows.n; i++)
        r->list.at[i] = (timestamp_kept){
            .size = rows.at[i].size, .note = rows.at[i].note, .reply = rows.at[i].reply};
    return OK;
}

err timestamps_after(core *c, arena *a, int64_t declaration_id, int64_t after, int64_t most,
                     timestamp_list *out_list)
{
    list_reading r = {.a = a, .declaration = declaration_id, .after = after, .most = most};
    TRY(db_read(c->db, read_after, &r));
    *out_list = r.list;
    return OK;
}

static err read_times(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    list_reading *r = arg;
    q_time_stamp_times_rows rows;
    TRY(q_time_stamp_times(tx, r->a, r->declaration, &rows));
    r->list = (timestamp_list){arena_array(r->a, timestamp_kept, rows.n), rows.n};
    for (size_t i = 0; i < rows.n; i++)
        r->list.at[i] = (timestamp_kept){.size = rows.at[i].size, .time_ms = rows.at[i].stamped};
    return OK;
}

err timestamps_times(core *c, arena *a, int64_t declaration_id, timestamp_list *out_list)
{
    list_reading r = {.a = a, .declaration = declaration_id};
    TRY(db_read(c->db, read_times, &r));
    *out_list = r.list;
    return OK;
}

typedef struct trouble_access {
    arena *a;
    str text;
    int64_t since_ms;
} trouble_access;

static err read_trouble(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    trouble_access *r = arg;
    str value = S("");
    err e = q_setting_get(tx, r->a, TROUBLE_SETTING, &value);
    r->text = S("");
    r->since_ms = 0;
    if (e == ERR_NOT_FOUND || (e == OK && value.n == 0))
        return OK;
    TRY(e);
    str since = str_cut(value, ' ', &r->text);
    return number_parse(since, 0, INT64_MAX, &r->since_ms) == OK ? OK : ERR_IO;
}

/* Since when stays that of the first trouble, whatever follows it. */
static err write_trouble(db_tx *tx, arena *scratch, void *arg)
{
    const trouble_access *w = arg;
    trouble_access before = {.a = scratch};
    TRY(read_trouble(tx, scratch, &before));
    if (str_eq(before.text, w->text))
        return OK;
    str value = w->text.n == 0
                    ? S("")
                    : arena_printf(scratch, "%lld %.*s",
                                   (long long)(before.text.n ? before.since_ms : w->since_ms),
                                   STR_FMT(w->text));
    return q_setting_put(tx, TROUBLE_SETTING, value);
}

err timestamps_trouble_set(core *c, str text, int64_t now_ms)
{
    trouble_access w = {.text = text, .since_ms = now_ms};
    return db_write(c->db, write_trouble, &w);
}

err timestamps_trouble_get(core *c, arena *a, str *out_text, int64_t *out_since_ms)
{
    trouble_access r = {.a = a};
    TRY(db_read(c->db, read_trouble, &r));
    *out_text = r.text;
    *out_since_ms = r.since_ms;
    return OK;
}
