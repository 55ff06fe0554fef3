/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Databases for tests, on both real engines: a temporary SQLite file, or a database of its own in
 * the cluster at UNDERSIGNED_TEST_PG (tests/db/with_postgres.sh). Without that variable the
 * PostgreSQL half of a test is reported as skipped.
 *
 *     static void first_is_kept(void **state)
 *     {
 *         test_db t = test_db_open(state, &schema_all, DB_PUBLIC);
 *         … db_write(t.d, …) …
 *         test_db_close(&t);
 *     }
 *     const struct CMUnitTest tests[] = {TEST_ON_BOTH(first_is_kept)}; */

#include "db/db.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

extern char test_on_sqlite[], test_on_postgresql[];

/* Two entries of a table of tests. */
#define TEST_ON_BOTH(function)                                                                     \
    {#function " (sqlite)", function, NULL, NULL, test_on_sqlite},                                 \
    {                                                                                              \
#function " (postgresql)", function, NULL, NULL, test_on_postgresql                        \
    }
#define TEST_ON_SQLITE(function)                                                                   \
    {                                                                                              \
#function " (sqlite)", function, NULL, NULL, test_on_sqlite                                \
    }
#define TEST_ON_POSTGRESQL(function)                                                               \
    {                                                                                              \
#function " (postgresql)", function, NULL, NULL, test_on_postgresql                        \
    }

typedef struct test_db {
    db *d;
    str url; /* to open it again, in this process or another */
    arena *home;
} test_db;

/* A new, migrated database; on PostgreSQL a copy of one that the cluster keeps as template_SUM, as
 * migrating anew took ten times as long as what a test asks of it. Fails the test when it cannot
 * be made; skips it without a cluster. */
test_db test_db_open(void **state, const db_schema *schema, db_reach reach);

/* The same without opening it: d is NULL. */
test_db test_db_make(void **state);

/* Closes (d may be NULL) and removes. */
void test_db_close(test_db *t);
