/* SPDX-License-Identifier: EUPL-1.2 */
/* Many writers at once: each gets its own outcome, everything acknowledged is there, and nobody
 * suffers for another's failure. In threads, and in several processes. */

#include "base/clock.h"
#include "base/log.h"
#include "q_sample.h"
#include "sample_schema.h"
#include "test_db.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 32, ROUNDS = 30 };

/* --- one outcome each --- */

typedef struct pledge_try {
    int64_t campaign;
    char key[24];
    err own; /* what the work returns after its insert */
    int64_t id;
} pledge_try;

static err try_pledge(db_tx *tx, arena *scratch, void *arg)
{
    pledge_try *p = arg;
    str copy = arena_copy(scratch, str_of(p->key));
    TRY(q_pledge_insert_only(tx, p->campaign, copy, &p->id));
    return p->own;
}

typedef err write_call(db *d, db_work *work, void *arg);

typedef struct crowd {
    db *d;
    write_call *write;
    int number;
    int kept, failed;
} crowd;

static void *write_rounds(void *arg)
{
    crowd *c = arg;
    for (int i = 0; i < ROUNDS; i++) {
        pledge_try p = {.campaign = 1, .own = OK};
        snprintf(p.key, sizeof p.key, "%d/%d", c->number, i);
        err expected = OK;
        if (i % 5 == 1) { /* changes its mind */
            p.own = expected = ERR_LIMIT;
        } else if (i % 5 == 3) { /* all threads want this one */
            snprintf(p.key, sizeof p.key, "shared/%d", i);
            expected = ERR_CONFLICT;
        }
        err e = c->write(c->d, try_pledge, &p);
        bool is_first_of_all = e == OK && expected == ERR_CONFLICT;
        if (e != expected && !is_first_of_all)
            c->failed++;
        c->kept += e == OK;
    }
    return NULL;
}

static err count_and_check(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_pledge_count(tx, arg);
}

static void gather(void **state, write_call *write)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    pthread_t threads[THREADS];
    crowd crowds[THREADS];
    int kept = 0;
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (crowd){t.d, write, i, 0, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, write_rounds, &crowds[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].failed, 0);
        kept += crowds[i].kept;
    }
    int64_t n;
    assert_int_equal(db_read(t.d, count_and_check, &n), OK);
    assert_int_equal(n, kept);
    /* Of five rounds, three keep their own row, one keeps none, one is shared by all. */
    assert_int_equal(n, THREADS * ROUNDS * 3 / 5 + ROUNDS / 5);
    test_db_close(&t);
}

static void everyone_gets_their_outcome(void **state)
{
    gather(state, db_write);
}

static void keyed_works_get_theirs(void **state)
{
    gather(state, db_write_keyed);
}

/* --- read, then write: the engine must run colliding works again --- */

static err move_by_reading(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    (void)arg;
    int64_t size;
    TRY(q_head_size(tx, S("log"), &size));
    return q_head_move(tx, S("log"), 1, &size);
}

static void *move_rounds(void *arg)
{
    crowd *c = arg;
    for (int i = 0; i < ROUNDS; i++) {
        err e = c->write(c->d, move_by_reading, NULL);
        c->kept += e == OK;
        c->failed += e != OK && e != ERR_BUSY;
    }
    return NULL;
}

static err read_head(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_head_size(tx, S("log"), arg);
}

static void move_together(void **state, write_call *write)
{
    enum { MOVERS = 8 };
    test_db t = test_db_open(state, &sample_schema, DB_WORKER);
    pthread_t threads[MOVERS];
    crowd crowds[MOVERS];
    int kept = 0;
    for (int i = 0; i < MOVERS; i++) {
        crowds[i] = (crowd){t.d, write, i, 0, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, move_rounds, &crowds[i]), 0);
    }
    for (int i = 0; i < MOVERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].failed, 0);
        kept += crowds[i].kept;
    }
    int64_t size;
    assert_int_equal(db_read(t.d, read_head, &size), OK);
    assert_int_equal(size, kept);
    assert_int_equal(kept, MOVERS * ROUNDS);
    test_db_close(&t);
}

static void hot_rows_are_run_again(void **state)
{
    move_together(state, db_write);
}

static void keyed_hot_rows_too(void **state)
{
    move_together(state, db_write_keyed);
}

/* --- several processes --- */

static db *open_or_exit(str url)
{
    db *d;
    int applied;
    const db_options options = {
        .url = url, .schema = &sample_schema, .reach = DB_WORKER, .sessions = 4};
    if (db_open(&options, &d) != OK || db_migrate(d, &applied) != OK)
        _exit(2);
    return d;
}

/* Starts on an empty database together with others, so migrations meet as well. */
static void process_writes(str url, int number, int rounds)
{
    db *d = open_or_exit(url);
    for (int i = 0; i < rounds; i++) {
        pledge_try p = {.campaign = number, .own = OK};
        snprintf(p.key, sizeof p.key, "%d", i);
        if (db_write(d, try_pledge, &p) != OK)
            _exit(3);
    }
    db_close(d);
    _exit(0);
}

static void processes_share_a_database(void **state)
{
    enum { PROCESSES = 4 };
    test_db t = test_db_make(state);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            process_writes(t.url, i, 40);
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    const db_options options = {
        .url = t.url, .schema = &sample_schema, .reach = DB_PUBLIC, .sessions = 1};
    assert_int_equal(db_open(&options, &t.d), OK);
    int64_t n;
    int missing;
    assert_int_equal(db_read(t.d, count_and_check, &n), OK);
    assert_int_equal(n, PROCESSES * 40);
    assert_int_equal(db_pending(t.d, &missing), OK);
    assert_int_equal(missing, 0);
    test_db_close(&t);
}

static void *write_without_end(void *arg)
{
    db *d = arg;
    for (int i = 0;; i++) {
        pledge_try p = {.campaign = (int64_t)pthread_self(), .own = OK};
        snprintf(p.key, sizeof p.key, "%d", i);
        if (db_write(d, try_pledge, &p) != OK)
            _exit(3);
    }
}

/* A busy process must not keep a quiet one from writing: the quiet one's slowest write stays far
 * under the time after which it would be refused. */
static void quiet_process_gets_its_turn(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_WORKER);
    pid_t busy = fork();
    assert_true(busy >= 0);
    if (busy == 0) { /* the parent's db is not used here */
        db *d = open_or_exit(t.url);
        pthread_t thread;
        for (int i = 0; i < 8; i++)
            pthread_create(&thread, NULL, write_without_end, d);
        pause();
    }
    int64_t slowest_ms = 0;
    for (int i = 0; i < 60; i++) {
        pledge_try p = {.campaign = 1, .own = OK};
        snprintf(p.key, sizeof p.key, "quiet %d", i);
        int64_t start_ms = clock_steady_ms();
        assert_int_equal(db_write(t.d, try_pledge, &p), OK);
        int64_t took_ms = clock_steady_ms() - start_ms;
        slowest_ms = took_ms > slowest_ms ? took_ms : slowest_ms;
        usleep(5000);
    }
    kill(busy, SIGKILL);
    waitpid(busy, NULL, 0);
    print_message("slowest write of the quiet process: %d ms\n", (int)slowest_ms);
    assert_true(slowest_ms < 1500);
    test_db_close(&t);
}

static void *write_once_anyway(void *arg)
{
    crowd *c = arg;
    for (int i = 0; i < 3; i++) {
        pledge_try p = {.campaign = 7, .own = OK};
        snprintf(p.key, sizeof p.key, "%d/%d", c->number, i);
        c->failed += db_write(c->d, try_pledge, &p) == ERR_BUSY;
    }
    return NULL;
}

/* A program that is not ours holds the file: everybody hears of it soon, also who stands behind
 * many others, and it works again once the file is free. */
static void a_strangers_lock_is_told_soon(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_WORKER);
    sqlite3 *stranger;
    pthread_t threads[THREADS];
    crowd crowds[THREADS];
    int failed = 0;
    const char *path = arena_cstr(t.home, str_skip(t.url, strlen("sqlite:")));
    assert_int_equal(sqlite3_open(path, &stranger), SQLITE_OK);
    assert_int_equal(sqlite3_exec(stranger, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    int64_t start_ms = clock_steady_ms();
    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (crowd){.d = t.d, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_once_anyway, &crowds[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        failed += crowds[i].failed;
    }
    assert_int_equal(failed, 3 * THREADS);
    assert_true(clock_steady_ms() - start_ms < 8000);
    assert_int_equal(sqlite3_close(stranger), SQLITE_OK);
    pledge_try p = {.campaign = 7, .key = "free", .own = OK};
    assert_int_equal(db_write(t.d, try_pledge, &p), OK);
    test_db_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(everyone_gets_their_outcome),     TEST_ON_BOTH(keyed_works_get_theirs),
        TEST_ON_BOTH(hot_rows_are_run_again),          TEST_ON_BOTH(keyed_hot_rows_too),
        TEST_ON_BOTH(processes_share_a_database),      TEST_ON_SQLITE(quiet_process_gets_its_turn),
        TEST_ON_SQLITE(a_strangers_lock_is_told_soon),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests_name("crowd", tests, NULL, NULL);
}
