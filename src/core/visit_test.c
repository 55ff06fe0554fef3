/* SPDX-License-Identifier: EUPL-1.2 */
/* Sums by source: added up, and silent about few. */

#include "core/visit.h"

#include "test_core.h"

static void sums_add_up_and_hide_few(void **state)
{
    fixture f = fixture_open(state);
    const visit_count first[] = {{100, S("telegram"), 3}, {100, S("aer"), 7}, {101, S("qr"), 4}};
    const visit_count second[] = {
        {100, S("telegram"), 2}, {102, S("telegram"), 6}, {102, S("x"), 1}};
    ASSERT_OK(visit_add(&f.c, first, 3));
    ASSERT_OK(visit_add(&f.c, second, 3));
    visit_report r;
    ASSERT_OK(visit_read(&f.c, f.a, 0, &r));
    assert_int_equal(r.n, 2);
    ASSERT_STR(r.at[0].source, S("telegram"));
    assert_int_equal(r.at[0].n, 11);
    ASSERT_STR(r.at[1].source, S("aer"));
    assert_int_equal(r.at[1].n, 7);
    assert_int_equal(r.others, 5); /* qr and x: neither is named */
    ASSERT_OK(visit_read(&f.c, f.a, 102, &r));
    assert_int_equal(r.n, 1);
    assert_int_equal(r.at[0].n, 6);
    assert_int_equal(r.others, 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(sums_add_up_and_hide_few)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
