/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The parts of the PostgreSQL engine: pg.c (sessions and transactions), pg_run.c (statements),
 * pg_pipe.c (waiting for answers), pg_standby.c (whether commits are confirmed at all). */

#include "db/engine.h"
#include "db/pool.h"
#include "db/prepared.h"

#include <libpq-fe.h>
#include <stdatomic.h>

/* What an answer means. `is_lost`: the connection is of no use any more. */
typedef struct pg_fate {
    err outcome;
    bool must_retry;
    bool is_lost;
} pg_fate;

enum { PG_OWED_MOST = 64 };

/* One connection, used by one thread at a time; conn is NULL until needed and after a loss. */
typedef struct pg_session {
    PGconn *conn;
    prepared_set prepared;
    arena *home; /* of that set; ends with the connection */
    arena *scratch;
    int64_t patience_ms;            /* for one answer of the server */
    bool has_warning;               /* the server has warned since this was cleared */
    bool is_silent;                 /* the server has kept us waiting for longer than that */
    bool is_piped;                  /* in pipeline mode: answers may be owed */
    const char *owed[PG_OWED_MOST]; /* what was sent and not answered yet, for the log */
    int owed_n;
    pg_fate fault; /* of the first of these that failed */
} pg_session;

typedef struct pg_db {
    db base;
    const char *url;
    const char *target; /* target_session_attrs */
    pg_session *sessions;
    int sessions_n;
    pool free_sessions;
    _Atomic int64_t look_again_ms; /* steady; pg_standby_is_away */
    atomic_bool is_standby_away;
} pg_db;

/* Sorts a failed answer (NULL: none came) and logs what is no answer to the caller, without the
 * values that PostgreSQL's own messages quote. */
pg_fate pg_judge(pg_session *n, const PGresult *r, const char *what, bool is_read);

/* The answer to what was sent last (is_sent: libpq took it), after those that were owed; NULL when
 * the connection broke or the server was silent for longer than the session's patience. */
PGresult *pg_await(pg_session *n, int is_sent);

/* Inside a pipe: leaves the answer for later. It is looked at before the next one is awaited, or
 * when the pipe ends. */
void pg_owe(pg_session *n, int is_sent, const char *what);

/* A pipe: commands go without waiting for each other's answers, until the end has settled all. */
bool pg_pipe_begin(pg_session *n);
/* Sends text (COMMIT, ROLLBACK; NULL: nothing) as the last command and settles what is owed. Its
 * own answer, for PQclear, or NULL; n->fault tells of those before it. */
PGresult *pg_pipe_end(pg_session *n, const char *text);

/* Whether a commit would wait for a synchronous standby that is not there: writers are answered at
 * once then. Asks the server, in an idle session, at most four times a second for all threads; a
 * change is logged. */
bool pg_standby_is_away(pg_db *d, pg_session *n);

err pg_run(db_tx *tx, const db_statement *s, const void *in, arena *a, void *out);
err pg_script(db_tx *tx, const char *text);
err pg_check(db_tx *tx, const db_statement *s, arena *a, str *out_fault);
