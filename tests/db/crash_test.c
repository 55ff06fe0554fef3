/* SPDX-License-Identifier: EUPL-1.2 */
/* What was acknowledged survives: a killed process, a lost server, a disk that is full; and what
 * nobody can know is told as such. */

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "q_sample.h"
#include "sample_schema.h"
#include "test_db.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WRITERS = 8 };

typedef struct pledge {
    int64_t campaign;
    int64_t number;
    int64_t id;
} pledge;

static err insert_pledge(db_tx *tx, arena *scratch, void *arg)
{
    pledge *p = arg;
    str key = arena_printf(scratch, "%lld", (long long)p->number);
    return q_pledge_insert_only(tx, p->campaign, key, &p->id);
}

typedef struct acknowledging {
    db *d;
    int64_t campaign;
    int out;
} acknowledging;

/* Writes the id of each acknowledged row to the pipe: what is there must be in the database. */
static void *write_and_tell(void *arg)
{
    acknowledging *w = arg;
    for (int64_t i = 0;; i++) {
        pledge p = {w->campaign, i, 0};
        if (db_write(w->d, insert_pledge, &p) == OK &&
            write(w->out, &p.id, sizeof p.id) != (ssize_t)sizeof p.id)
            _exit(0);
    }
}

static void write_until_killed(str url, int round, int out)
{
    db *d;
    const db_options options = {
        .url = url, .schema = &sample_schema, .reach = DB_PUBLIC, .sessions = WRITERS};
    if (db_open(&options, &d) != OK)
        _exit(2);
    acknowledging writers[WRITERS];
    pthread_t thread;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (acknowledging){d, round * WRITERS + i, out};
        pthread_create(&thread, NULL, write_and_tell, &writers[i]);
    }
    pause();
    _exit(0);
}

typedef struct acknowledged {
    int in;
    int64_t first; /* 0: not read from the pipe yet */
} acknowledged;

static err has_all(db_tx *tx, arena *scratch, void *arg)
{
    const acknowledged *t = arg;
    int64_t id = t->first;
    (void)scratch;
    if (id == 0)
        assert_int_equal(read(t->in, &id, sizeof id), sizeof id);
    do {
        q_pledge_get_row row;
        arena *a = arena_open(1 << 20);
        err e = q_pledge_get(tx, a, id, &row);
        arena_close(a);
        if (e != OK)
            fail_msg("acknowledged row %lld is gone", (long long)id);
    } while (read(t->in, &id, sizeof id) == (ssize_t)sizeof id);
    return OK;
}

static void killed_writers_lose_nothing(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    db_close(t.d);
    t.d = NULL;
    for (int round = 0; round < 6; round++) {
        int ends[2];
        unsigned char dice;
        random_fill(&dice, 1);
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(ends[0]);
            write_until_killed(t.url, round, ends[1]);
        }
        close(ends[1]);
        acknowledged told = {ends[0], 0}; /* once there is a first, all are in full swing */
        assert_int_equal(read(ends[0], &told.first, sizeof told.first), sizeof told.first);
        usleep(1000 * (unsigned)dice / 4);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        const db_options options = {
            .url = t.url, .schema = &sample_schema, .reach = DB_PUBLIC, .sessions = 1};
        assert_int_equal(db_open(&options, &t.d), OK);
        assert_int_equal(db_read(t.d, has_all, &told), OK);
        db_close(t.d);
        t.d = NULL;
        close(ends[0]);
    }
    test_db_close(&t);
}

/* --- a full disk --- */

static err insert_big(db_tx *tx, arena *scratch, void *arg)
{
    pledge *p = arg;
    const q_pledge_insert_in in = {
        .campaign = p->campaign,
        .email_key = arena_printf(scratch, "%lld", (long long)p->number),
        .extra = {true, {arena_alloc(scratch, 100000), 100000}},
    };
    return q_pledge_insert(tx, &in, &p->id);
}

/* The file size limit stands for the disk: writing past it fails and the process lives on. */
static void fill_disk(str url, int out)
{
    db *d;
    const db_options options = {
        .url = url, .schema = &sample_schema, .reach = DB_PUBLIC, .sessions = 1};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){3 << 20, 3 << 20}) || db_open(&options, &d) != OK)
        _exit(2);
    bool has_failed = false;
    for (int64_t i = 0; i < 60; i++) {
        pledge p = {1, i, 0};
        err e = db_write(d, insert_big, &p);
        if (e == OK && write(out, &p.id, sizeof p.id) < 0)
            _exit(3);
        if (e != OK && e != ERR_IO && e != ERR_UNCERTAIN)
            _exit(4);
        has_failed = has_failed || e != OK;
    }
    db_close(d);
    _exit(has_failed ? 0 : 5);
}

static void full_disk_is_told(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    int ends[2], status;
    db_close(t.d);
    t.d = NULL;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        fill_disk(t.url, ends[1]);
    close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    const db_options options = {
        .url = t.url, .schema = &sample_schema, .reach = DB_PUBLIC, .sessions = 1};
    assert_int_equal(db_open(&options, &t.d), OK);
    assert_int_equal(db_read(t.d, has_all, &(acknowledged){ends[0], 0}), OK);
    pledge p = {2, 1, 0};
    assert_int_equal(db_write(t.d, insert_big, &p), OK);
    close(ends[0]);
    test_db_close(&t);
}

/* --- the server --- */

/* From any thread. */
static void on_server(const test_db *t, const char *text)
{
    char url[500];
    assert_in_range(snprintf(url, sizeof url, "%.*s", STR_FMT(t->url)), 1, sizeof url - 1);
    PGconn *conn = PQconnectdb(url);
    PGresult *r = PQexec(conn, text);
    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", text, PQerrorMessage(conn));
    PQclear(r);
    PQfinish(conn);
}

typedef struct disturbed {
    test_db *t;
    int runs;
} disturbed;

static err lose_once(db_tx *tx, arena *scratch, void *arg)
{
    disturbed *x = arg;
    pledge p = {1, 1, 0};
    TRY(insert_pledge(tx, scratch, &p));
    if (++x->runs == 1)
        on_server(x->t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        "WHERE application_name = 'undersigned' AND datname = current_database()");
    int64_t n;
    return q_pledge_count(tx, &n);
}

static void lost_connection_is_run_again(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    disturbed x = {&t, 0};
    assert_int_equal(db_write(t.d, lose_once, &x), OK);
    assert_int_equal(x.runs, 2);
    /* An idle session that the server has dropped is replaced without anybody noticing. */
    on_server(&t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                  "WHERE application_name = 'undersigned' AND datname = current_database()");
    pledge p = {2, 2, 0};
    assert_int_equal(db_write(t.d, insert_pledge, &p), OK);
    test_db_close(&t);
}

typedef struct interruption {
    test_db *t;
    const char *how; /* pg_cancel_backend, pg_terminate_backend */
    atomic_bool is_over;
} interruption;

static void *end_the_wait(void *arg)
{
    interruption *i = arg;
    char text[200];
    snprintf(text, sizeof text,
             "SELECT %s(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = "
             "current_database()",
             i->how);
    while (!atomic_load(&i->is_over)) {
        usleep(20 * 1000);
        on_server(i->t, text);
    }
    return NULL;
}

static void demand_standby(test_db *t, bool is_demanded)
{
    on_server(t, is_demanded ? "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
                             : "ALTER SYSTEM RESET synchronous_standby_names");
    on_server(t, "SELECT pg_reload_conf()");
}

/* The server takes note of a setting in its own time. */
static err write_until(test_db *t, pledge *p, bool is_good)
{
    err e;
    int i = 0;
    do {
        usleep(10 * 1000);
        p->number++;
        e = db_write(t->d, insert_pledge, p);
    } while ((e == OK) != is_good && i++ < 1000);
    return e;
}

/* A standby is demanded that does not exist; the wait for it is ended from outside,
 * which the server answers with success and a warning, or by closing the connection. */
static void wait_for_standby(void **state, const char *how)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    interruption i = {&t, how, false};
    pthread_t ender;
    pledge p = {1, 0, 0};
    assert_int_equal(pthread_create(&ender, NULL, end_the_wait, &i), 0);
    err e = ERR_BUSY;
    /* Once more when the db looked for the standby in just that moment, and so did not wait. */
    for (int round = 0; e == ERR_BUSY && round < 5; round++) {
        assert_int_equal(write_until(&t, &p, true), OK);
        demand_standby(&t, true);
        e = write_until(&t, &p, false);
        demand_standby(&t, false);
    }
    atomic_store(&i.is_over, true);
    pthread_join(ender, NULL);
    assert_int_equal(e, ERR_UNCERTAIN);
    /* The session is replaced, and the row is looked up by its key. */
    assert_int_equal(db_write(t.d, insert_pledge, &p), ERR_CONFLICT);
    test_db_close(&t);
}

static void cancelled_wait_is_uncertain(void **state)
{
    wait_for_standby(state, "pg_cancel_backend");
}

static void lost_commit_is_uncertain(void **state)
{
    wait_for_standby(state, "pg_terminate_backend");
}

/* D03. One that is away is noticed before anything waits for it, and its return as well. */
static void absent_standby_is_told_at_once(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    pledge p = {1, 0, 0};
    err e = OK;
    demand_standby(&t, true);
    /* Whoever comes first may have to wait, and does not know. */
    for (int i = 0; e != ERR_BUSY && i < 5; i++)
        e = write_until(&t, &p, false);
    assert_int_equal(e, ERR_BUSY);
    int64_t start_ms = clock_steady_ms();
    for (int i = 0; i < 20; i++) {
        p.number++;
        assert_int_equal(db_write(t.d, insert_pledge, &p), ERR_BUSY);
        assert_int_equal(db_write_keyed(t.d, insert_pledge, &p), ERR_BUSY);
    }
    assert_true(clock_steady_ms() - start_ms < 2000);
    demand_standby(&t, false);
    assert_int_equal(write_until(&t, &p, true), OK);
    test_db_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(killed_writers_lose_nothing),
        TEST_ON_SQLITE(full_disk_is_told),
        TEST_ON_POSTGRESQL(lost_connection_is_run_again),
        TEST_ON_POSTGRESQL(cancelled_wait_is_uncertain),
        TEST_ON_POSTGRESQL(lost_commit_is_uncertain),
        TEST_ON_POSTGRESQL(absent_standby_is_told_at_once),
    };
    return cmocka_run_group_tests_name("crash", tests, NULL, NULL);
}
