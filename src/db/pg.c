/* SPDX-License-Identifier: EUPL-1.2 */
/* PostgreSQL: a pool of sessions, and transactions that run again when the server asks for it.
 *
 * Invariant: OK is answered only when the server has confirmed the commit, and has done so without
 * a warning. A wait for the synchronous standby that is cancelled ends with success, a WARNING and
 * a row that the next failover may lose; so any warning during COMMIT, a connection that breaks
 * there, and a server that is silent there are ERR_UNCERTAIN. Before COMMIT nothing can have
 * happened, and the work runs again on a new connection. No work begins while a commit would wait
 * for a standby that is away (ADR 0032). */

#include "db/pg.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

enum {
    LOWEST_VERSION = 150000,
    ATTEMPTS_MOST = 60,
    LOST_MOST = 3, /* connections lost in one call */
    BACKOFF_MS_MOST = 50,
    /* How long a statement may take: behind a page somebody waits, behind a worker nobody does.
     * The server gives up first, and we only when it says nothing at all. */
    PAGE_STATEMENT_MS = 4000,
    WORKER_STATEMENT_MS = 10000,
    SILENCE_MS = 2000,
    /* No limit of the server's own ends the wait for a standby. */
    PAGE_COMMIT_MS = 3000,
    WORKER_COMMIT_MS = 6000,
    MIGRATION_ANSWER_MS = 3600 * 1000,
};

typedef enum mode { READ, WRITE, WRITE_KEYED, WRITE_ALONE } mode;

/* --- sessions --- */

/* Severity is asked for in its untranslated form, and the text is not looked at: it comes in the
 * server's language. */
static void note_warning(void *arg, const PGresult *r)
{
    pg_session *n = arg;
    const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (!severity || strcmp(severity, "WARNING") != 0)
        return;
    n->has_warning = true;
    LOG(LOG_WARN, "db.server_warning",
        log_str("sqlstate", str_of(PQresultErrorField(r, PG_DIAG_SQLSTATE))));
}

static void disconnect(pg_session *n)
{
    PQfinish(n->conn);
    n->conn = NULL;
    arena_close(n->home);
    *n = (pg_session){.scratch = n->scratch};
}

static err refuse_server(pg_session *n, const char *event, const char *reason)
{
    LOG(LOG_ERROR, event, log_str("reason", str_trim(str_of(reason))));
    disconnect(n);
    return ERR_IO;
}

static int64_t statement_ms(const pg_db *d)
{
    return d->base.reach == DB_PUBLIC ? PAGE_STATEMENT_MS : WORKER_STATEMENT_MS;
}

static err connect_session(pg_db *d, pg_session *n)
{
    /* What stands before dbname can be changed by the URL. */
    const char *const words[] = {"connect_timeout",      "keepalives_idle",
                                 "keepalives_interval",  "keepalives_count",
                                 "tcp_user_timeout",     "application_name",
                                 "target_session_attrs", "dbname",
                                 "client_encoding",      NULL};
    const char *const values[] = {"5",           "5",       "2",    "3",    "10000",
                                  "undersigned", d->target, d->url, "UTF8", NULL};
    char settings[400];
    snprintf(settings, sizeof settings,
             "SET client_min_messages = warning; SET lock_timeout = 2000; "
             "SET statement_timeout = %d; SET idle_in_transaction_session_timeout = 60000; "
             "SELECT set_config('synchronous_commit', 'on', false) "
             "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')",
             (int)statement_ms(d));
    n->home = arena_open(4 << 20);
    n->conn = PQconnectdbParams(words, values, 1);
    if (PQstatus(n->conn) != CONNECTION_OK)
        return refuse_server(n, "db.connect", PQerrorMessage(n->conn));
    if (PQserverVersion(n->conn) < LOWEST_VERSION)
        return refuse_server(n, "db.server_too_old", PQparameterStatus(n->conn, "server_version"));
    PQsetNoticeReceiver(n->conn, note_warning, n);
    n->patience_ms = statement_ms(d) + SILENCE_MS;
    PGresult *r = pg_await(n, PQsendQuery(n->conn, settings));
    bool is_set = r && PQresultStatus(r) == PGRES_TUPLES_OK;
    PQclear(r);
    return is_set ? OK : refuse_server(n, "db.settings", PQerrorMessage(n->conn));
}

/* --- answers --- */

static bool is_one_of(const char *state, const char *list)
{
    return state && strlen(state) == 5 && strstr(list, state);
}

pg_fate pg_judge(pg_session *n, const PGresult *r, const char *what, bool is_read)
{
    if (n->fault.outcome != OK) /* an earlier command of the pipe; nothing after it was run */
        return n->fault;
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (is_one_of(state, "40001 40P01 55P03"))
        return (pg_fate){ERR_BUSY, true, false};
    if (is_one_of(state, "23505 23503 23P01"))
        return (pg_fate){ERR_CONFLICT, false, false};
    if (is_one_of(state, "25006") && is_read)
        return (pg_fate){ERR_DENIED, false, false};
    pg_fate fate = {ERR_IO, false, false};
    if (!state || PQstatus(n->conn) != CONNECTION_OK || str_starts(str_of(state), S("08")) ||
        is_one_of(state, "57P01 57P02 57P03 25006"))
        fate = (pg_fate){ERR_IO, true, true};
    else if (str_starts(str_of(state), S("23")) || str_starts(str_of(state), S("22")))
        fate.outcome = ERR_INVALID;
    else if (is_one_of(state, "57014"))
        fate.outcome = ERR_BUSY;
    /* Messages quote values, save those on the text of a statement (class 42). */
    const char *reason = state && str_starts(str_of(state), S("42"))
                             ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY)
                             : "";
    LOG(fate.outcome == ERR_IO ? LOG_ERROR : LOG_WARN, "db.failed",
        log_str("engine", S("postgresql")), log_str("what", str_of(what)),
        log_str("sqlstate", str_of(state)), log_str("reason", str_of(reason)));
    return fate;
}

/* --- transactions --- */

static pg_fate command(pg_session *n, const char *text)
{
    PGresult *r = pg_await(n, PQsendQuery(n->conn, text));
    ExecStatusType status = r ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    pg_fate fate = {OK, false, false};
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fate = pg_judge(n, r, text, false);
    PQclear(r);
    return fate;
}

static pg_fate uncertain(void)
{
    LOG_EVENT(LOG_ERROR, "db.uncertain_commit");
    return (pg_fate){ERR_UNCERTAIN, false, true};
}

/* What the answer to COMMIT says, when all before it went well. */
static pg_fate commit_fate(pg_session *n, PGresult *r)
{
    if (!r)
        return uncertain();
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
        pg_fate fate = pg_judge(n, r, "commit", false);
        return fate.is_lost || is_one_of(state, "40003 57014") ? uncertain() : fate;
    }
    if (strcmp(PQcmdStatus(r), "COMMIT") != 0) {
        LOG_EVENT(LOG_ERROR, "db.commit_refused");
        return (pg_fate){ERR_IO, false, false};
    }
    return n->has_warning ? uncertain() : (pg_fate){OK, false, false};
}

/* A statement before it may have failed, and then COMMIT was not run; but when the connection
 * broke, COMMIT was on its way already. */
static pg_fate commit(const pg_db *d, pg_session *n, mode m)
{
    PGresult *r;
    if (m != WRITE_ALONE)
        n->patience_ms = d->base.reach == DB_PUBLIC ? PAGE_COMMIT_MS : WORKER_COMMIT_MS;
    if (n->is_piped) {
        r = pg_pipe_end(n, "COMMIT");
    } else {
        n->has_warning = false;
        r = pg_await(n, PQsendQuery(n->conn, "COMMIT"));
    }
    pg_fate fate = n->fault;
    if (fate.is_lost || n->is_silent)
        fate = uncertain();
    else if (fate.outcome == OK)
        fate = commit_fate(n, r);
    else if (command(n, "ROLLBACK").outcome != OK)
        fate.is_lost = true;
    PQclear(r);
    return fate;
}

/* Whether the session is of use afterwards. */
static bool roll_back(pg_session *n)
{
    if (n->is_piped)
        PQclear(pg_pipe_end(n, "ROLLBACK"));
    if (n->is_silent || PQstatus(n->conn) != CONNECTION_OK)
        return false;
    n->fault = (pg_fate){OK, false, false};
    return PQtransactionStatus(n->conn) == PQTRANS_IDLE || command(n, "ROLLBACK").outcome == OK;
}

static pg_fate begin(const pg_db *d, pg_session *n, mode m)
{
    /* Whoever migrates waits its turn before its first snapshot, however long that takes. */
    static const char *const texts[] = {
        [READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        [WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE",
        [WRITE_KEYED] = "BEGIN ISOLATION LEVEL REPEATABLE READ",
        [WRITE_ALONE] = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 0; "
                        "SET LOCAL statement_timeout = 0; "
                        "SELECT pg_advisory_xact_lock(7305808869231650149)",
    };
    n->fault = (pg_fate){OK, false, false};
    n->patience_ms = m == WRITE_ALONE ? MIGRATION_ANSWER_MS : statement_ms(d) + SILENCE_MS;
    if (m == WRITE_ALONE)
        return command(n, texts[m]);
    if (!pg_pipe_begin(n))
        return (pg_fate){ERR_IO, true, true};
    pg_owe(n, PQsendQueryParams(n->conn, texts[m], 0, NULL, NULL, NULL, NULL, 0), "begin");
    return n->fault;
}

static pg_fate attempt(pg_db *d, pg_session *n, mode m, bool is_first, db_work *work, void *arg)
{
    if (!n->conn && connect_session(d, n) != OK)
        return (pg_fate){ERR_IO, true, true};
    bool is_away = (m == WRITE || m == WRITE_KEYED) && pg_standby_is_away(d, n);
    if (n->is_silent || PQstatus(n->conn) != CONNECTION_OK)
        return (pg_fate){ERR_IO, true, true};
    if (is_away)
        return (pg_fate){ERR_BUSY, false, false};
    pg_fate fate = begin(d, n, m);
    if (fate.outcome != OK)
        return fate;
    db_tx tx = {.home = &d->base, .session = n, .scratch = n->scratch, .is_read = m == READ};
    err e = db_attempt(&tx, work, arg);
    if (e == OK && m != READ) {
        fate = commit(d, n, m);
    } else {
        bool is_usable = roll_back(n);
        fate = (pg_fate){tx.must_retry ? tx.failed : e, tx.must_retry, !is_usable};
        if (!is_usable && m != READ)
            fate = (pg_fate){ERR_IO, true, true};
    }
    /* A key that another transaction has just taken is not in our snapshot: look again. */
    if (m == WRITE_KEYED && is_first && (tx.failed == ERR_CONFLICT || fate.outcome == ERR_CONFLICT))
        fate.must_retry = true;
    return fate;
}

static void back_off(int attempt_number)
{
    uint32_t dice;
    int most_ms = attempt_number < 6 ? 1 << attempt_number : BACKOFF_MS_MOST;
    random_fill(&dice, sizeof dice);
    long wait_us = 1 + (long)(dice % (uint32_t)(most_ms * 1000));
    nanosleep(&(struct timespec){0, wait_us * 1000}, NULL);
}

static err run_transaction(db *base, mode m, db_work *work, void *arg)
{
    pg_db *d = (pg_db *)base;
    int number, lost = 0;
    TRY(pool_take(&d->free_sessions, DB_WAIT_MS, &number));
    pg_session *n = &d->sessions[number];
    int64_t end_ms = clock_steady_ms() + DB_WAIT_MS;
    pg_fate fate;
    for (int i = 1;; i++) {
        fate = attempt(d, n, m, i == 1, work, arg);
        if (fate.is_lost) {
            disconnect(n);
            lost++;
        }
        if (!fate.must_retry || i == ATTEMPTS_MOST || lost == LOST_MOST)
            break;
        if (clock_steady_ms() >= end_ms)
            break;
        back_off(i);
    }
    pool_give(&d->free_sessions, number);
    if (fate.must_retry && fate.outcome == ERR_BUSY)
        LOG_EVENT(LOG_WARN, "db.gave_up_retrying");
    return fate.outcome;
}

static err write_once(db *base, db_work *work, void *arg)
{
    return run_transaction(base, WRITE, work, arg);
}

static err write_keyed(db *base, db_work *work, void *arg)
{
    return run_transaction(base, WRITE_KEYED, work, arg);
}

static err write_alone(db *base, db_work *work, void *arg)
{
    return run_transaction(base, WRITE_ALONE, work, arg);
}

static err read_once(db *base, db_work *work, void *arg)
{
    return run_transaction(base, READ, work, arg);
}

/* --- opening and closing --- */

static err version(db *base, arena *a, str *out_version)
{
    pg_db *d = (pg_db *)base;
    int number;
    TRY(pool_take(&d->free_sessions, DB_WAIT_MS, &number));
    pg_session *n = &d->sessions[number];
    err e = n->conn ? OK : connect_session(d, n);
    if (e == OK)
        *out_version = arena_copy(a, str_of(PQparameterStatus(n->conn, "server_version")));
    pool_give(&d->free_sessions, number);
    return e;
}

static void checkpoint(db *base)
{
    (void)base;
}

static err empty_log(db *base)
{
    (void)base;
    return OK;
}

static void close_all(db *base)
{
    pg_db *d = (pg_db *)base;
    for (int i = 0; i < d->sessions_n; i++) {
        disconnect(&d->sessions[i]);
        arena_close(d->sessions[i].scratch);
    }
    pool_clear(&d->free_sessions);
}

static const db_driver driver = {
    .name = STR_INIT("postgresql"),
    .write = write_once,
    .write_keyed = write_keyed,
    .write_alone = write_alone,
    .read = read_once,
    .run = pg_run,
    .script = pg_script,
    .check = pg_check,
    .version = version,
    .checkpoint = checkpoint,
    .empty_log = empty_log,
    .close = close_all,
};

err pg_open(const db_options *options, arena *home, db **out_db)
{
    char *reason = NULL;
    pg_db *d = arena_new(home, pg_db);
    d->base.driver = &driver;
    d->base.reach = options->reach;
    d->url = arena_cstr(home, options->url);
    d->target = options->is_any_server ? "any" : "read-write";
    PQconninfoOption *parsed = PQconninfoParse(d->url, &reason);
    if (!parsed) {
        LOG_EVENT(LOG_ERROR, "db.bad_url"); /* the reason quotes it, and it may hold a password */
        PQfreemem(reason);
        return ERR_INVALID;
    }
    PQconninfoFree(parsed);
    d->sessions_n = options->sessions;
    d->sessions = arena_array(home, pg_session, (size_t)options->sessions);
    for (int i = 0; i < d->sessions_n; i++)
        d->sessions[i].scratch = arena_open(DB_SCRATCH_BYTES);
    pool_init(&d->free_sessions, home, options->sessions);
    err e = connect_session(d, &d->sessions[0]);
    if (e != OK) {
        close_all(&d->base);
        return e;
    }
    *out_db = &d->base;
    return OK;
}
