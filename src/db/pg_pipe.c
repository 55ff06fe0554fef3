/* SPDX-License-Identifier: EUPL-1.2 */
/* Waiting for the server, never without a limit, and as seldom as possible: BEGIN and statements
 * without a result are sent and their answers are read with the next one that matters. A round
 * trip costs about what the statement itself does. */

#include "db/pg.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <poll.h>

static int64_t wait_for(pg_session *n, int64_t end_ms)
{
    struct pollfd p = {PQsocket(n->conn), POLLIN, 0};
    int64_t left_ms = end_ms - clock_steady_ms();
    if (left_ms > 0 && poll(&p, 1, (int)left_ms) < 0 && errno != EINTR)
        return 0;
    return left_ms;
}

/* The last result of one command; NULL when there was none. */
static PGresult *answer(pg_session *n)
{
    PGresult *last = NULL;
    int64_t end_ms = clock_steady_ms() + n->patience_ms;
    for (;;) {
        while (PQisBusy(n->conn)) {
            if (wait_for(n, end_ms) <= 0) {
                LOG_EVENT(LOG_ERROR, "db.server_silent");
                n->is_silent = true;
                PQclear(last);
                return NULL;
            }
            if (!PQconsumeInput(n->conn))
                break;
        }
        PGresult *r = PQgetResult(n->conn);
        if (!r)
            return last;
        PQclear(last);
        last = r;
        if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) /* stands alone */
            return last;
    }
}

static void settle(pg_session *n)
{
    for (int i = 0; i < n->owed_n && !n->is_silent; i++) {
        PGresult *r = answer(n);
        ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && n->fault.outcome == OK)
            n->fault = pg_judge(n, r, n->owed[i], false);
        PQclear(r);
    }
    n->owed_n = 0;
}

PGresult *pg_await(pg_session *n, int is_sent)
{
    if (!is_sent)
        return NULL;
    if (n->is_piped) {
        if (!PQsendFlushRequest(n->conn) || PQflush(n->conn) < 0)
            return NULL;
        settle(n);
        if (n->is_silent)
            return NULL;
    }
    return answer(n);
}

void pg_owe(pg_session *n, int is_sent, const char *what)
{
    if (!is_sent) {
        if (n->fault.outcome == OK)
            n->fault = pg_judge(n, NULL, what, false);
        return;
    }
    n->owed[n->owed_n++] = what;
    if (n->owed_n == PG_OWED_MOST && PQsendFlushRequest(n->conn) && PQflush(n->conn) >= 0)
        settle(n);
}

bool pg_pipe_begin(pg_session *n)
{
    n->fault = (pg_fate){OK, false, false};
    n->owed_n = 0;
    n->is_piped = PQenterPipelineMode(n->conn);
    return n->is_piped;
}

PGresult *pg_pipe_end(pg_session *n, const char *text)
{
    int is_sent = text && PQsendQueryParams(n->conn, text, 0, NULL, NULL, NULL, NULL, 0);
    if (!PQpipelineSync(n->conn) && n->fault.outcome == OK)
        n->fault = pg_judge(n, NULL, "end of a pipe", false);
    settle(n);
    n->has_warning = false; /* from here on it is about the commit */
    PGresult *r = is_sent && !n->is_silent ? answer(n) : NULL;
    PGresult *sync = n->is_silent ? NULL : answer(n);
    PQclear(sync);
    n->is_piped = false;
    if (!PQexitPipelineMode(n->conn))
        n->is_silent = true; /* out of step: not to be used again */
    return r;
}
