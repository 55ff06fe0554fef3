/* SPDX-License-Identifier: EUPL-1.2 */
/* Every statement of sql/ is prepared on both engines, on the real schema, and its columns are
 * compared with its header: what tools/sqlc does not know, this test does. */

#include "sql/schema.h"
#include "sql/statements.h"
#include "test_db.h"

static err check_all(db_tx *tx, arena *scratch, void *arg)
{
    int *faults = arg;
    for (size_t i = 0; i < STATEMENT_FILES; i++)
        for (size_t k = 0; k < statements_all[i].n; k++) {
            const db_statement *s = &statements_all[i].at[k];
            str fault;
            if (db_check_statement(tx, s, scratch, &fault) == OK)
                continue;
            print_error("%s: %.*s\n", s->name, STR_FMT(fault));
            (*faults)++;
        }
    return OK;
}

static void statements_fit_the_engine(void **state)
{
    test_db t = test_db_open(state, &schema_all, DB_PUBLIC);
    int faults = 0, missing;
    assert_int_equal(db_read(t.d, check_all, &faults), OK);
    assert_int_equal(faults, 0);
    assert_int_equal(db_pending(t.d, &missing), OK);
    assert_int_equal(missing, 0);
    test_db_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(statements_fit_the_engine)};
    return cmocka_run_group_tests_name("statements", tests, NULL, NULL);
}
