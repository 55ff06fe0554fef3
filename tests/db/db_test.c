/* SPDX-License-Identifier: EUPL-1.2 */
/* What one thread sees: values, outcomes, what a failure ends, snapshots, reach. */

#include "base/clock.h"

#include "q_sample.h"
#include "sample_schema.h"
#include "test_db.h"

#include <pthread.h>

static err fill(db_tx *tx, int64_t campaign, const char *key, int64_t *out_id)
{
    const q_pledge_insert_in in = {.campaign = campaign, .email_key = str_of(key)};
    return q_pledge_insert(tx, &in, out_id);
}

static err count_work(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_pledge_count(tx, arg);
}

static int64_t count_pledges(db *d)
{
    int64_t n;
    assert_int_equal(db_read(d, count_work, &n), OK);
    return n;
}

/* --- the catalogue --- */

static err check_all(db_tx *tx, arena *scratch, void *arg)
{
    (void)arg;
    for (size_t i = 0; i < sizeof q_sample_statements / sizeof *q_sample_statements; i++) {
        str fault;
        if (db_check_statement(tx, &q_sample_statements[i], scratch, &fault) != OK)
            fail_msg("%s: %.*s", q_sample_statements[i].name, STR_FMT(fault));
    }
    return OK;
}

static err find_faults(db_tx *tx, arena *scratch, void *arg)
{
    str fault = S("");
    (void)arg;
    const db_column columns[] = {{"count", DB_INT, false, 0}, {"name", DB_TEXT, false, 0}};
    db_statement s = {"x",
                      "SELECT count(*) AS n FROM pledge",
                      "SELECT count(*) AS n FROM pledge",
                      DB_ONE,
                      DB_PUBLIC,
                      NULL,
                      0,
                      columns,
                      1,
                      8};
    assert_int_equal(db_check_statement(tx, &s, scratch, &fault), ERR_INVALID);
    assert_true(str_find_str(fault, S("declared \"count\"")) < fault.n);
    s.column_count = 2;
    assert_int_equal(db_check_statement(tx, &s, scratch, &fault), ERR_INVALID);
    assert_true(str_find_str(fault, S("2 declared")) < fault.n);
    s.sqlite_text = s.pg_text = "SELECT nothing FROM pledge";
    assert_int_equal(db_check_statement(tx, &s, scratch, &fault), ERR_INVALID);
    assert_true(str_find_str(fault, S("nothing")) < fault.n);
    return OK;
}

static void statements_fit_the_engine(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    assert_int_equal(db_read(t.d, check_all, NULL), OK);
    assert_int_equal(db_read(t.d, find_faults, NULL), OK);
    test_db_close(&t);
}

/* --- values --- */

static err store_values(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    int64_t *ids = arg;
    const q_pledge_insert_in full = {
        .campaign = INT64_MIN,
        .email_key = {"\0\xff\x80 key", 7},
        .name = {true, S("Ærø Ιωάννα 😀")},
        .is_listed = true,
        .seen = {true, INT64_MAX},
        .hidden = {true, true},
        .extra = {true, {"", 0}},
    };
    TRY(q_pledge_insert(tx, &full, &ids[0]));
    return fill(tx, 7, "", &ids[1]);
}

static err read_values(db_tx *tx, arena *scratch, void *arg)
{
    const int64_t *ids = arg;
    q_pledge_get_row row;
    TRY(q_pledge_get(tx, scratch, ids[0], &row));
    assert_int_equal(row.campaign, INT64_MIN);
    assert_true(str_eq(row.email_key, (str){"\0\xff\x80 key", 7}));
    assert_true(row.name.is_set && str_eq(row.name.value, S("Ærø Ιωάννα 😀")));
    assert_true(row.is_listed && row.hidden.is_set && row.hidden.value);
    assert_true(row.seen.is_set && row.seen.value == INT64_MAX);
    assert_true(row.extra.is_set && row.extra.value.n == 0);
    TRY(q_pledge_get(tx, scratch, ids[1], &row));
    assert_false(row.name.is_set || row.is_listed || row.seen.is_set || row.hidden.is_set);
    assert_int_equal(row.email_key.n, 0);
    assert_false(row.extra.is_set);
    opt_str name;
    TRY(q_pledge_name(tx, scratch, ids[0], &name));
    assert_true(name.is_set && name.value.n > 0);
    return OK;
}

static err read_order(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    q_pledge_swapped_row *row = arg;
    return q_pledge_swapped(tx, 1, 2, row);
}

static void values_come_back(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    int64_t ids[2];
    q_pledge_swapped_row row;
    assert_int_equal(db_write(t.d, store_values, ids), OK);
    assert_int_equal(db_read(t.d, read_values, ids), OK);
    assert_int_equal(db_read(t.d, read_order, &row), OK);
    assert_int_equal(row.first, 2);
    assert_int_equal(row.second, 1);
    test_db_close(&t);
}

static err many_rows(db_tx *tx, arena *scratch, void *arg)
{
    (void)arg;
    q_pledge_list_rows rows;
    int64_t id;
    for (int i = 0; i < 100; i++)
        TRY(fill(tx, 1, arena_printf(scratch, "key %d", i).at, &id));
    assert_int_equal(fill(tx, 1, "key 5", &id), ERR_NOT_FOUND); /* ON CONFLICT DO NOTHING */
    TRY(q_pledge_list(tx, scratch, 1, 70, &rows));
    assert_int_equal(rows.n, 70);
    for (size_t i = 0; i < rows.n; i++)
        assert_true(str_eq(rows.at[i].email_key, arena_printf(scratch, "key %zu", i)));
    TRY(q_pledge_list(tx, scratch, 2, 70, &rows));
    assert_int_equal(rows.n, 0);
    int64_t changed;
    TRY(q_pledge_rename(tx, -1, S("x"), &changed));
    assert_int_equal(changed, 0);
    TRY(q_pledge_rename(tx, id, S("x"), &changed));
    assert_int_equal(changed, 1);
    return OK;
}

static void lists_and_counts(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    assert_int_equal(db_write(t.d, many_rows, NULL), OK);
    assert_int_equal(count_pledges(t.d), 100);
    test_db_close(&t);
}

/* --- outcomes --- */

typedef struct trial {
    int what;
    err seen;     /* by the statement; OK when the answer is still on its way */
    err after;    /* by one that would succeed */
    err returned; /* by the work */
} trial;

static err try_statement(db_tx *tx, int what)
{
    int64_t id, size;
    switch (what) {
    case 0:
        return q_pledge_insert_only(tx, 1, S("same"), &id);
    case 1:
        return q_note_insert(tx, 987654, 1, S("no such pledge"));
    case 2:
        return q_note_insert(tx, 1, -1, S("negative"));
    case 3:
        return q_note_insert(tx, 1, 1, S("not \xc3 UTF-8"));
    case 4:
        return q_note_insert(tx, 1, 1, (str){"N\0L", 3});
    case 5:
        return q_note_delete_all(tx);
    case 6:
        return q_two_heads(tx, &size);
    default:
        return q_head_size(tx, S("missing"), &size);
    }
}

static err work_on_trial(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    trial *t = arg;
    int64_t id;
    TRY(fill(tx, 2, "kept only with the rest", &id));
    t->seen = try_statement(tx, t->what);
    t->after = fill(tx, 3, "after", &id);
    return t->returned;
}

static err insert_first(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    int64_t *id = arg;
    return q_pledge_insert_only(tx, 1, S("same"), id);
}

static void failures_end_the_transaction(void **state)
{
    static const err expected[] = {ERR_CONFLICT, ERR_CONFLICT, ERR_INVALID, ERR_INVALID,
                                   ERR_INVALID,  ERR_DENIED,   ERR_IO,      ERR_IO};
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    int64_t id;
    assert_int_equal(db_write(t.d, insert_first, &id), OK);
    for (int i = 0; i < 8; i++) {
        bool is_late = *state == test_on_postgresql && (i == 1 || i == 2); /* none */
        trial quiet = {.what = i, .returned = OK}, own = {.what = i, .returned = ERR_LIMIT};
        assert_int_equal(db_write(t.d, work_on_trial, &quiet), expected[i]);
        assert_true(quiet.seen == expected[i] || (quiet.seen == OK && is_late));
        assert_int_equal(quiet.after, expected[i]);
        assert_int_equal(db_write(t.d, work_on_trial, &own), ERR_LIMIT);
        assert_int_equal(count_pledges(t.d), 1);
    }
    test_db_close(&t);
}

static err return_arg(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    int64_t id;
    TRY(fill(tx, 9, "x", &id));
    return *(err *)arg;
}

static void own_outcomes_roll_back(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    for (err e = OK; e <= ERR_IO; e++) {
        err own = ERR_IO - e; /* OK last */
        assert_int_equal(db_write(t.d, return_arg, &own), own);
        assert_int_equal(count_pledges(t.d), own == OK);
    }
    test_db_close(&t);
}

static err move_head(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    return q_head_move(tx, S("log"), 5, arg);
}

static err delete_notes(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    (void)arg;
    return q_note_delete_all(tx);
}

static void reach_is_kept(void **state)
{
    static const err head[] = {ERR_DENIED, ERR_DENIED, OK}, notes[] = {ERR_DENIED, OK, OK};
    for (db_reach reach = DB_PUBLIC; reach <= DB_WORKER; reach++) {
        test_db t = test_db_open(state, &sample_schema, reach);
        int64_t size;
        assert_int_equal(db_write(t.d, move_head, &size), head[reach]);
        assert_int_equal(db_write(t.d, delete_notes, NULL), notes[reach]);
        test_db_close(&t);
    }
}

static void readers_do_not_write(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_WORKER);
    int64_t id;
    assert_int_equal(db_read(t.d, insert_first, &id), ERR_DENIED);
    assert_int_equal(db_read(t.d, move_head, &id), ERR_DENIED);
    assert_int_equal(count_pledges(t.d), 0);
    test_db_close(&t);
}

/* --- snapshots --- */

static void *insert_meanwhile(void *arg)
{
    int64_t id;
    assert_int_equal(db_write(arg, insert_first, &id), OK);
    return NULL;
}

static void *move_meanwhile(void *arg)
{
    int64_t id;
    assert_int_equal(db_write(arg, move_head, &id), OK);
    return NULL;
}

static err count_around_a_write(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    int64_t before, after;
    pthread_t writer;
    TRY(q_pledge_count(tx, &before));
    assert_int_equal(pthread_create(&writer, NULL, insert_meanwhile, arg), 0);
    pthread_join(writer, NULL);
    TRY(q_pledge_count(tx, &after));
    assert_int_equal(before, 0);
    assert_int_equal(after, 0);
    return OK;
}

static void reads_see_one_moment(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_PUBLIC);
    assert_int_equal(db_read(t.d, count_around_a_write, t.d), OK);
    assert_int_equal(count_pledges(t.d), 1);
    db_checkpoint(t.d);
    assert_int_equal(db_empty_log(t.d), OK);
    assert_int_equal(count_pledges(t.d), 1);
    test_db_close(&t);
}

static void *empty_meanwhile(void *arg)
{
    err e = db_empty_log(arg);
    assert_true(e == OK || e == ERR_BUSY);
    return NULL;
}

static err write_while_the_log_is_emptied(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    int64_t before;
    pthread_t emptier, writer;
    TRY(q_pledge_count(tx, &before));
    assert_int_equal(pthread_create(&writer, NULL, insert_meanwhile, arg), 0);
    pthread_join(writer, NULL);
    assert_int_equal(pthread_create(&emptier, NULL, empty_meanwhile, arg), 0);
    nanosleep(&(struct timespec){0, 300 * 1000000}, NULL);
    int64_t began_ms = clock_steady_ms();
    assert_int_equal(pthread_create(&writer, NULL, move_meanwhile, arg), 0);
    pthread_join(writer, NULL);
    assert_true(clock_steady_ms() - began_ms < 2000);
    pthread_join(emptier, NULL);
    return OK;
}

/* As a backup does, which reads for long: nobody who signs is to wait for its end. */
static void a_long_reader_holds_up_no_writer(void **state)
{
    test_db t = test_db_open(state, &sample_schema, DB_WORKER);
    assert_int_equal(db_read(t.d, write_while_the_log_is_emptied, t.d), OK);
    assert_int_equal(db_empty_log(t.d), OK);
    test_db_close(&t);
}

static void bad_urls_are_refused(void **state)
{
    static const char *const urls[] = {"", "x", "sqlite:", "sqlite::memory:", "mysql://x", "/a/b"};
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        db *d = NULL;
        const db_options options = {.url = str_of(urls[i]), .sessions = 1};
        assert_int_equal(db_open(&options, &d), ERR_INVALID);
        assert_null(d);
    }
    db *d = NULL;
    const db_options options = {.url = S("sqlite:/nowhere/at/all.db"), .sessions = 1};
    assert_int_equal(db_open(&options, &d), ERR_IO);
    const db_options absent = {.url = S("postgresql:///x?host=/nowhere"), .sessions = 1};
    assert_int_equal(db_open(&absent, &d), ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(statements_fit_the_engine),
        TEST_ON_BOTH(values_come_back),
        TEST_ON_BOTH(lists_and_counts),
        TEST_ON_BOTH(failures_end_the_transaction),
        TEST_ON_BOTH(own_outcomes_roll_back),
        TEST_ON_BOTH(reach_is_kept),
        TEST_ON_BOTH(readers_do_not_write),
        TEST_ON_BOTH(reads_see_one_moment),
        TEST_ON_BOTH(a_long_reader_holds_up_no_writer),
        cmocka_unit_test(bad_urls_are_refused),
    };
    return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
