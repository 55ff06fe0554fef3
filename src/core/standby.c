/* SPDX-License-Identifier: EUPL-1.2 */
/* Which server one speaks to is told by the instant of its start: two names may lead to one. */

#include "core/standby.h"

#include "db/footprint.h"

#include "sql/q_server.h"
#include "sql/q_signature.h"

enum { DANGERS_MOST = 6 };

err standby_open(str url, db **out_there)
{
    db_options options = {.url = url, .reach = DB_PUBLIC, .sessions = 1, .is_any_server = true};
    return db_open(&options, out_there);
}

str standby_place(arena *a, str url)
{
    return db_place_of(a, url);
}

static err read_role(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_server_role(tx, arg);
}

err standby_look(core *c, db *there, arena *a, int64_t declaration_id, standby_view *out_view)
{
    core other = {.db = there};
    q_server_role_row mine, its;
    log_state state;
    published last;
    TRY(db_read(there, read_role, &its));
    TRY(log_state_now(&other, a, declaration_id, &state));
    err e = log_published(&other, a, declaration_id, &last);
    if (e != OK && e != ERR_NOT_FOUND)
        return e;
    TRY(db_read(c->db, read_role, &mine));
    *out_view = (standby_view){
        .is_here = mine.started == its.started && !its.is_standby,
        .is_writable = !its.is_standby,
        .size = (int64_t)state.frontier.size,
        .root = merkle_root(&state.frontier),
        .published = e == OK ? last.size : 0,
    };
    if (e == OK)
        out_view->published_root = last.root;
    return OK;
}

static err settle(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_signature_settle(tx, arg);
}

err standby_settle(core *c)
{
    int64_t settled;
    return db_write_keyed(c->db, settle, &settled);
}

typedef struct settings_reading {
    arena *a;
    q_server_settings_row row;
} settings_reading;

static err read_settings(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    settings_reading *r = arg;
    return q_server_settings(tx, r->a, &r->row);
}

static void add(str_list *dangers, str text)
{
    BUG_IF(dangers->n == DANGERS_MOST);
    dangers->at[dangers->n++] = text;
}

err standby_dangers(core *c, arena *a, bool has_standbys, str_list *out_dangers)
{
    settings_reading r = {.a = a};
    TRY(db_read(c->db, read_settings, &r));
    str_list found = {arena_array(a, str, DANGERS_MOST), 0};
    bool is_waiting = r.row.standbys.n > 0;
    bool is_lasting = str_eq(r.row.commits, S("on")) || str_eq(r.row.commits, S("remote_apply"));
    if (!r.row.is_synced)
        add(&found, S("fsync is off: a power cut destroys the database"));
    if (!r.row.has_whole_pages)
        add(&found, S("full_page_writes is off: a power cut can tear pages"));
    if (!is_lasting && (is_waiting || has_standbys))
        add(&found, arena_printf(a,
                                 "synchronous_commit is %.*s: we ask for on, other programs lose "
                                 "what they wrote",
                                 STR_FMT(r.row.commits)));
    if (has_standbys && !is_waiting)
        add(&found, S("synchronous_standby_names is empty: what was acknowledged in the last "
                      "moment is lost when a standby takes over"));
    if (str_find(r.row.standbys, '*') < r.row.standbys.n)
        add(&found, S("synchronous_standby_names takes any receiver for a standby: name them"));
    if (r.row.waits > 0)
        add(&found, arena_printf(a,
                                 "%lld commits wait for a standby that does not answer: signing "
                                 "and confirming are refused for now",
                                 (long long)r.row.waits));
    *out_dangers = found;
    return OK;
}
