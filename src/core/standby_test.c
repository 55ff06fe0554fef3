/* SPDX-License-Identifier: EUPL-1.2 */
/* What this server says of itself, through the same door as another. What others say, who follow,
 * were promoted or have gone astray, takes servers: tests/e2e/standby.mjs. */

#include "core/standby.h"

#include "test_core.h"

static void one_knows_oneself(void **state)
{
    fixture f = fixture_open(state);
    db *there;
    standby_view v;
    log_state now;
    ASSERT_OK(standby_open(f.t.url, &there));
    signing one = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.main, &one);
    fixture_sequence(&f, f.main);
    ASSERT_OK(standby_look(&f.c, there, f.a, f.main->id, &v));
    ASSERT_OK(log_state_now(&f.c, f.a, f.main->id, &now));
    hash32 root = merkle_root(&now.frontier);
    assert_true(v.is_here);
    assert_true(v.is_writable);
    assert_int_equal(v.size, 2);
    assert_memory_equal(v.root.at, root.at, 32);
    assert_int_equal(v.published, 0);
    published first = {.size = 2, .root = root, .note = S("note"), .breakdown = S("")};
    ASSERT_OK(log_publish(&f.c, f.main->id, &first));
    ASSERT_OK(standby_look(&f.c, there, f.a, f.main->id, &v));
    assert_int_equal(v.published, 2);
    assert_memory_equal(v.published_root.at, root.at, 32);
    assert_int_equal(standby_look(&f.c, there, f.a, 4711, &v), ERR_NOT_FOUND);
    db_close(there);
    fixture_close(&f);
}

/* Danger number i, passing over what is said of the disk: the cluster of the tests is made for one
 * run and may have fsync off. */
static str danger_of_standbys(str_list found, size_t i)
{
    size_t n = 0;
    for (size_t k = 0; k < found.n; k++)
        if (!str_starts(found.at[k], S("fsync")) && !str_starts(found.at[k], S("full_page")) &&
            n++ == i)
            return found.at[k];
    return S("");
}

static void one_server_alone_is_no_danger(void **state)
{
    fixture f = fixture_open(state);
    str_list found;
    ASSERT_OK(standby_dangers(&f.c, f.a, false, &found));
    assert_int_equal(danger_of_standbys(found, 0).n, 0);
    ASSERT_OK(standby_settle(&f.c));
    fixture_close(&f);
}

/* Standbys that no commit waits for lose what came last. */
static void unawaited_standbys_are_a_danger(void **state)
{
    fixture f = fixture_open(state);
    str_list found;
    ASSERT_OK(standby_dangers(&f.c, f.a, true, &found));
    assert_true(str_starts(danger_of_standbys(found, 0), S("synchronous_standby_names is empty")));
    assert_int_equal(danger_of_standbys(found, 1).n, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(one_knows_oneself),
        TEST_ON_BOTH(one_server_alone_is_no_danger),
        TEST_ON_POSTGRESQL(unawaited_standbys_are_a_danger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
