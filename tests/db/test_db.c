/* SPDX-License-Identifier: EUPL-1.2 */
/* Temporary databases on both engines. */

#include "test_db.h"

#include <dirent.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdatomic.h>
#include <unistd.h>

char test_on_sqlite[] = "sqlite";
char test_on_postgresql[] = "postgresql";

static PGconn *cluster_open(const char *url)
{
    arena *a = arena_open(1 << 16);
    PGconn *conn = PQconnectdb(arena_printf(a, "%s&dbname=postgres", url).at);
    if (PQstatus(conn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(conn));
    arena_close(a);
    return conn;
}

/* How many rows it gives. */
static int run(PGconn *conn, str text)
{
    arena *a = arena_open(1 << 16);
    PGresult *r = PQexec(conn, arena_cstr(a, text));
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(conn));
    int rows = PQntuples(r);
    PQclear(r);
    arena_close(a);
    return rows;
}

static void run_on_cluster(const char *url, str text)
{
    PGconn *conn = cluster_open(url);
    run(conn, text);
    PQfinish(conn);
}

static void migrate_from_nothing(str url, const db_schema *schema)
{
    const db_options options = {.url = url, .schema = schema, .reach = DB_WORKER, .sessions = 1};
    db *d;
    int applied;
    assert_int_equal(db_open(&options, &d), OK);
    assert_int_equal(db_migrate(d, &applied), OK);
    assert_int_equal(applied, schema->n);
    db_close(d);
}

/* The migrated database of a cluster that others are copied from: the first test that needs it
 * makes it, those at the same time wait. Named by what it was made of. */
static str template_of(arena *a, const char *url, const db_schema *schema)
{
    uint64_t sum = 0xcbf29ce484222325;
    for (size_t i = 0; i < schema->n; i++)
        for (const char *c = schema->at[i].checksum; *c; c++)
            sum = (sum ^ (unsigned char)*c) * 0x100000001b3;
    str name = arena_printf(a, "template_%016" PRIx64, sum);
    PGconn *conn = cluster_open(url);
    run(conn, S("SELECT pg_advisory_lock(1)"));
    if (!run(conn, arena_printf(a, "SELECT 1 FROM pg_database WHERE datname = '%s'", name.at))) {
        str half = arena_printf(a, "half_%s", name.at);
        run(conn, arena_printf(a, "DROP DATABASE IF EXISTS %s WITH (FORCE)", half.at));
        run(conn, arena_printf(a, "CREATE DATABASE %s", half.at));
        migrate_from_nothing(arena_printf(a, "%s&dbname=%s", url, half.at), schema);
        run(conn, arena_printf(a, "ALTER DATABASE %s RENAME TO %s", half.at, name.at));
    }
    PQfinish(conn);
    return name;
}

static str name_of(str url)
{
    return str_skip(url, str_find_str(url, S("&dbname=")) + strlen("&dbname="));
}

/* schema: what it starts with; NULL for nothing. */
static test_db make(void **state, const db_schema *schema)
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
    str from = schema ? template_of(t.home, cluster, schema) : S("template1");
    run_on_cluster(cluster,
                   arena_printf(t.home, "CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy",
                                name.at, from.at));
    t.url = arena_printf(t.home, "%s&dbname=%s", cluster, name.at);
    return t;
}

test_db test_db_make(void **state)
{
    return make(state, NULL);
}

test_db test_db_open(void **state, const db_schema *schema, db_reach reach)
{
    test_db t = make(state, schema);
    const db_options options = {.url = t.url, .schema = schema, .reach = reach, .sessions = 16};
    int applied;
    assert_int_equal(db_open(&options, &t.d), OK);
    assert_int_equal(db_migrate(t.d, &applied), OK);
    assert_int_equal(applied, *state == test_on_sqlite ? schema->n : 0);
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
