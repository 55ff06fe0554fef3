/* SPDX-License-Identifier: EUPL-1.2 */
/* Temporary databases on both engines. */

#include "test_db.h"

#include <dirent.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <unistd.h>

char test_on_sqlite[] = "sqlite";
char test_on_postgresql[] = "postgresql";

static void run_on_cluster(const char *url, str text)
{
    arena *a = arena_open(1 << 16);
    str where = arena_printf(a, "%s&dbname=postgres", url);
    PGconn *conn = PQconnectdb(where.at);
    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    PGresult *r = PQexec(conn, arena_cstr(a, text));
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        fail_msg("%s", PQerrorMessage(conn));
    PQclear(r);
    PQfinish(conn);
    arena_close(a);
}

static str name_of(str url)
{
    return str_skip(url, str_find_str(url, S("&dbname=")) + strlen("&dbname="));
}

test_db test_db_make(void **state)
{
    static atomic_int made;
    test_db t = {.home = arena_open(1 << 20)};
    if (*state == test_on_sqlite) {
        const char *parent = getenv("TMPDIR");
        char *folder = arena_cstr(
            t.home, arena_printf(t.home, "%s/undersigned-db.XXXXXX", parent ? parent : "/tmp"));
        assert_non_null(mkdtemp(folder));
        t.url = arena_printf(t.home, "sqlite:%s/test.db", folder);
        return t;
    }
    const char *cluster = getenv("UNDERSIGNED_TEST_PG");
    if (!cluster) {
        arena_close(t.home);
        skip();
    }
    str name = arena_printf(t.home, "test_%d_%d", (int)getpid(), atomic_fetch_add(&made, 1));
    run_on_cluster(cluster, arena_printf(t.home, "CREATE DATABASE %s", name.at));
    t.url = arena_printf(t.home, "%s&dbname=%s", cluster, name.at);
    return t;
}

test_db test_db_open(void **state, const db_schema *schema, db_reach reach)
{
    test_db t = test_db_make(state);
    const db_options options = {.url = t.url, .schema = schema, .reach = reach, .sessions = 16};
    int applied;
    assert_int_equal(db_open(&options, &t.d), OK);
    assert_int_equal(db_migrate(t.d, &applied), OK);
    assert_int_equal(applied, schema->n);
    return t;
}

static void remove_folder(arena *a, str url)
{
    str path = str_skip(url, strlen("sqlite:"));
    char *folder = arena_cstr(a, str_head(path, path.n - strlen("/test.db")));
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        unlink(arena_printf(a, "%s/%s", folder, e->d_name).at);
    if (d)
        closedir(d);
    rmdir(folder);
}

void test_db_close(test_db *t)
{
    db_close(t->d);
    if (str_starts(t->url, S("sqlite:")))
        remove_folder(t->home, t->url);
    else
        run_on_cluster(
            getenv("UNDERSIGNED_TEST_PG"),
            arena_printf(t->home, "DROP DATABASE %.*s WITH (FORCE)", STR_FMT(name_of(t->url))));
    arena_close(t->home);
    *t = (test_db){0};
}
