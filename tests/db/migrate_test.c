/* SPDX-License-Identifier: EUPL-1.2 */
/* Histories: from nothing to the newest, step by step, and those that are refused. */

#include "base/log.h"
#include "q_sample.h"
#include "sample_schema.h"
#include "test_db.h"

#include <pthread.h>

static void reopen(test_db *t, const db_schema *schema)
{
    const db_options options = {.url = t->url, .schema = schema, .reach = DB_WORKER, .sessions = 2};
    db_close(t->d);
    t->d = NULL;
    assert_int_equal(db_open(&options, &t->d), OK);
}

static err read_head(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_head_size(tx, S("log"), arg);
}

static void steps_are_applied_once(void **state)
{
    test_db t = test_db_make(state);
    const db_schema first = {sample_schema.at, 1};
    int n;
    reopen(&t, &first);
    assert_int_equal(db_pending(t.d, &n), OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_migrate(t.d, &n), OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_migrate(t.d, &n), OK);
    assert_int_equal(n, 0);
    reopen(&t, &sample_schema);
    assert_int_equal(db_pending(t.d, &n), OK);
    assert_int_equal(n, 1);
    assert_int_equal(db_migrate(t.d, &n), OK);
    assert_int_equal(n, 1);
    int64_t size = -1;
    assert_int_equal(db_read(t.d, read_head, &size), OK);
    assert_int_equal(size, 0);
    /* The same database under an older program. */
    reopen(&t, &first);
    assert_int_equal(db_pending(t.d, &n), ERR_CONFLICT);
    assert_int_equal(db_migrate(t.d, &n), ERR_CONFLICT);
    test_db_close(&t);
}

static void changed_history_is_refused(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_WORKER);
    db_migration changed[2] = {sample_schema.at[0], sample_schema.at[1]};
    changed[0].checksum = changed[1].checksum;
    const db_schema other = {changed, 2};
    int n;
    reopen(&t, &other);
    assert_int_equal(db_pending(t.d, &n), ERR_CONFLICT);
    assert_int_equal(db_migrate(t.d, &n), ERR_CONFLICT);
    test_db_close(&t);
}

static void failed_step_leaves_nothing(void **state)
{
    test_db t = test_db_make(state);
    const char *broken = "CREATE TABLE half (n BIGINT); CREATE TABLE half (n BIGINT);";
    const char *broken_strict = "CREATE TABLE half (n INTEGER); CREATE TABLE half (n INTEGER);";
    db_migration steps[3] = {
        sample_schema.at[0], sample_schema.at[1], {3, "0003_broken", "00", broken_strict, broken}};
    const db_schema schema = {steps, 3};
    int n = -1;
    reopen(&t, &schema);
    assert_int_equal(db_migrate(t.d, &n), ERR_IO);
    assert_int_equal(db_pending(t.d, &n), OK);
    assert_int_equal(n, 1); /* the first two stay */
    steps[2].sqlite_text = "CREATE TABLE half (n INTEGER);";
    steps[2].pg_text = "CREATE TABLE half (n BIGINT);";
    assert_int_equal(db_migrate(t.d, &n), OK);
    assert_int_equal(n, 1);
    test_db_close(&t);
}

typedef struct starter {
    str url;
    err outcome;
    int applied;
} starter;

static void *start(void *arg)
{
    starter *s = arg;
    db *d;
    const db_options options = {
        .url = s->url, .schema = &sample_schema, .reach = DB_PUBLIC, .sessions = 1};
    s->outcome = db_open(&options, &d);
    if (s->outcome == OK) {
        s->outcome = db_migrate(d, &s->applied);
        db_close(d);
    }
    return NULL;
}

static void programs_that_start_at_once(void **state)
{
    enum { STARTERS = 6 };
    test_db t = test_db_make(state);
    pthread_t threads[STARTERS];
    starter starters[STARTERS];
    int applied = 0;
    for (int i = 0; i < STARTERS; i++) {
        starters[i] = (starter){t.url, OK, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, start, &starters[i]), 0);
    }
    for (int i = 0; i < STARTERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(starters[i].outcome, OK);
        applied += starters[i].applied;
    }
    assert_int_equal(applied, 2);
    test_db_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(steps_are_applied_once),
        TEST_ON_BOTH(changed_history_is_refused),
        TEST_ON_BOTH(failed_step_leaves_nothing),
        TEST_ON_BOTH(programs_that_start_at_once),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
