/* SPDX-License-Identifier: EUPL-1.2 */
/* Nothing but the standby's word ends a wait for it: no time-out of the server, and a client that
 * goes leaves the wait behind, with its connection. So the question is asked before, and when the
 * standby goes in the middle, the commits that were caught show it to those that come after.
 *
 * Who may not read pg_stat_replication in full (pg_monitor) sees that somebody replicates, and not
 * how; then only the caught commits tell that it is the wrong one. */

#include "db/pg.h"

#include "base/clock.h"
#include "base/log.h"

enum {
    LOOK_EVERY_MS = 250,
    LOOK_EVERY_ALONE_MS = 2000, /* when no commit waits for anybody */
};

/* Whether commits wait for standbys; whether there are too few, or one has been silent too long. */
static const char question[] =
    "SELECT s.names <> '', s.names <> '' AND ((SELECT count(*) FROM pg_stat_replication r "
    "WHERE coalesce(r.sync_state, 'sync') IN ('sync', 'quorum')) < coalesce(CAST(substring(s.names "
    "FROM '(?i)^\\s*(?:first|any)?\\s*(\\d+)\\s*\\(') AS integer), 1) OR EXISTS (SELECT FROM "
    "pg_stat_activity a WHERE a.datname = current_database() AND a.usename = current_user AND "
    "a.wait_event = 'SyncRep' AND clock_timestamp() - a.state_change > interval '1 second')) "
    "FROM (SELECT current_setting('synchronous_standby_names') AS names) s";

static bool is_true(const PGresult *r, int column)
{
    return PQgetvalue(r, 0, column)[0] == 't';
}

static void look(pg_db *d, pg_session *n)
{
    PGresult *r = pg_await(n, PQsendQuery(n->conn, question));
    bool is_answered = r && PQresultStatus(r) == PGRES_TUPLES_OK && PQntuples(r) == 1;
    bool is_demanded = is_answered && is_true(r, 0), is_away = is_answered && is_true(r, 1);
    PQclear(r);
    if (!is_answered) { /* the session is lost; the next one asks */
        atomic_store(&d->look_again_ms, 0);
        return;
    }
    if (atomic_exchange(&d->is_standby_away, is_away) != is_away)
        LOG_EVENT(is_away ? LOG_ERROR : LOG_INFO, is_away ? "db.standby_away" : "db.standby_back");
    atomic_store(&d->look_again_ms,
                 clock_steady_ms() + (is_demanded ? LOOK_EVERY_MS : LOOK_EVERY_ALONE_MS));
}

bool pg_standby_is_away(pg_db *d, pg_session *n)
{
    int64_t due_ms = atomic_load(&d->look_again_ms), now_ms = clock_steady_ms();
    /* One thread looks; the others go by what was seen last. */
    if (now_ms >= due_ms &&
        atomic_compare_exchange_strong(&d->look_again_ms, &due_ms, now_ms + LOOK_EVERY_ALONE_MS))
        look(d, n);
    return atomic_load(&d->is_standby_away);
}
