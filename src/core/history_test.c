/* SPDX-License-Identifier: EUPL-1.2 */
/* The history of the count: points, pages, days, thinning. On both engines. */

#include "core/history.h"

#include "test_core.h"

#define START_MS ((int64_t)20000 * DAY_MS) /* midnight of some day */

static void publish(fixture *f, int64_t size, int64_t at_ms)
{
    published p = {.size = size,
                   .counts = {.of = {size / 2, size / 4, 1}},
                   .note = S("note"),
                   .breakdown = S(""),
                   .versions = S(""),
                   .at_ms = at_ms};
    ASSERT_OK(log_publish(&f->c, f->main->id, &p));
}

static history days(fixture *f, const history_range *range, size_t most)
{
    history h;
    ASSERT_OK(history_steps(&f->c, f->a, f->main->id, range, HISTORY_DAY, most, &h));
    return h;
}

static void points_are_paged_by_size(void **state)
{
    fixture f = fixture_open(state);
    history_range all = {0};
    history h;
    ASSERT_OK(history_read(&f.c, f.a, f.main->id, &all, 10, &h));
    assert_int_equal(h.n, 0);
    for (int i = 1; i <= 7; i++)
        publish(&f, i * 10, START_MS + (int64_t)i * HOUR_MS);
    size_t seen = 0;
    for (history_range rest = all;; rest.after_size = h.at[h.n - 1].size) {
        ASSERT_OK(history_read(&f.c, f.a, f.main->id, &rest, 3, &h));
        for (size_t i = 0; i < h.n; i++, seen++) {
            assert_int_equal(h.at[i].size, (int64_t)(seen + 1) * 10);
            assert_int_equal(h.at[i].at_ms, START_MS + (int64_t)(seen + 1) * HOUR_MS);
            assert_int_equal(h.at[i].counts.of[0], (int64_t)(seen + 1) * 5);
        }
        if (h.n < 3)
            break;
    }
    assert_int_equal(seen, 7);
    history_range part = {.from_ms = START_MS + 2 * HOUR_MS, .until_ms = START_MS + 4 * HOUR_MS};
    ASSERT_OK(history_read(&f.c, f.a, f.main->id, &part, 10, &h));
    assert_int_equal(h.n, 2);
    assert_int_equal(h.at[0].size, 20);
    ASSERT_OK(history_read(&f.c, f.a, f.petition->id, &all, 10, &h));
    assert_int_equal(h.n, 0);
    fixture_close(&f);
}

static void days_keep_their_last_point(void **state)
{
    fixture f = fixture_open(state);
    history_range all = {0};
    int64_t size = 0;
    for (int day = 0; day < 5; day++)
        for (int hour = 0; hour < 24; hour += 6)
            publish(&f, ++size, START_MS + (int64_t)day * DAY_MS + hour * HOUR_MS);
    history h = days(&f, &all, 100);
    assert_int_equal(h.n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(h.at[i].size, (int64_t)(i + 1) * 4);
        assert_int_equal(h.at[i].at_ms, START_MS + (int64_t)i * DAY_MS + 18 * HOUR_MS);
    }
    h = days(&f, &all, 3);
    assert_int_equal(h.n, 3);
    assert_int_equal(h.at[0].size, 4);
    assert_int_equal(h.at[1].size, 12);
    assert_int_equal(h.at[2].size, 20);
    h = days(&f, &all, 2);
    assert_int_equal(h.n, 2);
    assert_int_equal(h.at[1].size, 20);
    fixture_close(&f);
}

/* The last of each hour or minute, from the same points. */
static void steps_are_as_long_as_asked(void **state)
{
    fixture f = fixture_open(state);
    history_range all = {0};
    history h;
    for (int i = 0; i < 180; i++)
        publish(&f, i + 1, START_MS + (int64_t)i * MINUTE_MS + 1000);
    ASSERT_OK(history_steps(&f.c, f.a, f.main->id, &all, HISTORY_HOUR, 100, &h));
    assert_int_equal(h.n, 3);
    assert_int_equal(h.at[0].size, 60);
    assert_int_equal(h.at[2].size, 180);
    ASSERT_OK(history_steps(&f.c, f.a, f.main->id, &all, HISTORY_MINUTE, HISTORY_STEPS_MOST, &h));
    assert_int_equal(h.n, 180);
    assert_int_equal(h.at[59].counts.of[0], 30);
    fixture_close(&f);
}

/* More days than a page of rows holds. */
static void years_are_thinned(void **state)
{
    fixture f = fixture_open(state);
    history_range all = {0};
    enum { DAYS = HISTORY_MOST + 234 };
    for (int day = 0; day < DAYS; day++)
        publish(&f, day + 1, START_MS + (int64_t)day * DAY_MS);
    history h = days(&f, &all, HISTORY_MOST);
    assert_int_equal(h.n, HISTORY_MOST);
    assert_int_equal(h.at[0].size, 1);
    assert_int_equal(h.at[h.n - 1].size, DAYS);
    for (size_t i = 1; i < h.n; i++)
        assert_true(h.at[i].size > h.at[i - 1].size && h.at[i].size <= h.at[i - 1].size + 2);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(points_are_paged_by_size),
        TEST_ON_BOTH(days_keep_their_last_point),
        TEST_ON_BOTH(steps_are_as_long_as_asked),
        TEST_ON_BOTH(years_are_thinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
