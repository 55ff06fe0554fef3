/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows that only this server has are not signed, although they show here. Changes the settings of
 * the whole server, so it runs alone. */

#include "test_stage.h"

#include <libpq-fe.h>
#include <unistd.h>

/* One text, as a separate session says it. */
static str on_server(stage *s, const char *text)
{
    PGconn *conn = PQconnectdb(arena_cstr(s->f.a, s->f.t.url));
    PGresult *r = PQexec(conn, text);
    ExecStatusType status = PQresultStatus(r);
    assert_true(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    str said = status == PGRES_TUPLES_OK ? arena_copy(s->f.a, str_of(PQgetvalue(r, 0, 0))) : S("");
    PQclear(r);
    PQfinish(conn);
    return said;
}

/* What no server can give: commits wait for it. */
static void demand_standby(stage *s, bool is_demanded)
{
    on_server(s, is_demanded ? "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
                             : "ALTER SYSTEM RESET synchronous_standby_names");
    on_server(s, "SELECT pg_reload_conf()");
    for (int i = 0; i < 500; i++) {
        if ((on_server(s, "SHOW synchronous_standby_names").n > 0) == is_demanded)
            return;
        usleep(10 * 1000);
    }
    fail_msg("the server does not take note");
}

static void rows_are_signed_once_they_last(void **state)
{
    stage s = stage_open(state);
    int64_t size;
    str before, after;
    ASSERT_OK(begin(&s));
    grow(&s, 20);
    publish(&s);
    assert_true(read_file(&s, "checkpoint", &before));
    grow(&s, 25);
    demand_standby(&s, true);
    err first = publisher_publish(s.p, s.f.now_ms, &size);
    err second = publisher_publish(s.p, s.f.now_ms, &size);
    bool is_there = read_file(&s, "checkpoint", &after);
    demand_standby(&s, false);
    assert_true(is_there);
    assert_true(first == ERR_UNCERTAIN || first == ERR_BUSY);
    assert_true(second == ERR_UNCERTAIN || second == ERR_BUSY);
    ASSERT_STR(before, after);
    err e = ERR_BUSY;
    for (int i = 0; e != OK && i < 500; i++) {
        usleep(10 * 1000);
        e = publisher_publish(s.p, s.f.now_ms, &size);
    }
    ASSERT_OK(e);
    assert_int_equal(size, 25);
    check_all(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_POSTGRESQL(rows_are_signed_once_they_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
