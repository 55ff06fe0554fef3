/* SPDX-License-Identifier: EUPL-1.2 */
/* When a checkpoint is to be stamped, and what is kept of it. */

#include "core/timestamps.h"

#include "test_core.h"

/* Publishes the rows as they are. */
static int64_t publish(fixture *f)
{
    log_state state;
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &state));
    published p = {.size = (int64_t)state.frontier.size,
                   .root = merkle_root(&state.frontier),
                   .counts = state.counts,
                   .breakdown = state.breakdown,
                   .at_ms = f->now_ms};
    p.note = arena_printf(f->a, "note of %lld\n", (long long)p.size);
    ASSERT_OK(log_publish(&f->c, f->main->id, &p));
    return p.size;
}

static int64_t grow(fixture *f, const char *mail)
{
    signing s = fixture_signing("Ada", mail);
    fixture_sign(f, f->main, &s);
    fixture_sequence(f, f->main);
    return publish(f);
}

static bool is_due(fixture *f, int64_t size)
{
    published p;
    err e = timestamps_due(&f->c, f->a, f->main->id, f->now_ms, &p);
    assert_true(e == OK || e == ERR_NOT_FOUND);
    if (e == OK) {
        assert_int_equal(p.size, size);
        assert_true(str_eq(p.note, arena_printf(f->a, "note of %lld\n", (long long)size)));
    }
    return e == OK;
}

static void keep(fixture *f, int64_t size)
{
    timestamp_kept k = {.size = size,
                        .note = arena_printf(f->a, "note of %lld\n", (long long)size),
                        .reply = arena_copy(f->a, (str){"a\0b", 3}),
                        .time_ms = f->now_ms - 1000,
                        .authority = S("Stamps"),
                        .at_ms = f->now_ms};
    ASSERT_OK(timestamps_keep(&f->c, f->main->id, &k));
}

static void once_a_day_and_at_the_end(void **state)
{
    fixture f = fixture_open(state);
    f.now_ms = f.main->closes_ms - 10 * (int64_t)DAY_MS; /* closes is at midnight */
    f.now_ms -= f.now_ms % DAY_MS;
    assert_false(is_due(&f, 0)); /* nothing is published */
    int64_t size = grow(&f, "ada@example.org");
    assert_true(is_due(&f, size));
    keep(&f, size);
    assert_false(is_due(&f, size));
    size = grow(&f, "bea@example.org");
    f.now_ms += DAY_MS - 1;
    assert_false(is_due(&f, size));
    f.now_ms += 1; /* the next day in UTC */
    assert_true(is_due(&f, size));
    keep(&f, size);
    f.now_ms += 5 * (int64_t)DAY_MS;
    assert_false(is_due(&f, size)); /* the log has not grown */
    f.now_ms = f.main->closes_ms - 1;
    size = grow(&f, "cai@example.org");
    assert_true(is_due(&f, size));
    f.now_ms = f.main->closes_ms + 1000;
    keep(&f, size);
    f.now_ms = f.main->closes_ms + LOG_CLOSE_AFTER_MS;
    fixture_sequence(&f, f.main); /* the close */
    assert_false(is_due(&f, size));
    int64_t closed = publish(&f);
    assert_true(closed > size);
    assert_true(is_due(&f, closed)); /* on the same day */
    keep(&f, closed);
    assert_false(is_due(&f, closed));
    fixture_close(&f);
}

static void what_is_kept(void **state)
{
    fixture f = fixture_open(state);
    timestamp_kept last;
    timestamp_list list;
    ASSERT_OK(timestamps_last(&f.c, f.a, f.main->id, &last));
    assert_int_equal(last.size, 0);
    int64_t mark, later;
    ASSERT_OK(log_published_mark(&f.c, &mark));
    for (int64_t size = 1; size <= 5; size++)
        keep(&f, size);
    ASSERT_OK(log_published_mark(&f.c, &later));
    assert_true(later > mark); /* pages show the last one */
    keep(&f, 5);               /* once more changes nothing */
    ASSERT_OK(timestamps_last(&f.c, f.a, f.main->id, &last));
    assert_int_equal(last.size, 5);
    assert_int_equal(last.at_ms, f.now_ms);
    assert_int_equal(last.time_ms, f.now_ms - 1000);
    assert_true(str_eq(last.authority, S("Stamps")));
    ASSERT_OK(timestamps_after(&f.c, f.a, f.main->id, 2, 2, &list));
    assert_int_equal(list.n, 2);
    assert_int_equal(list.at[0].size, 3);
    assert_true(str_eq(list.at[1].note, S("note of 4\n")));
    assert_int_equal(list.at[1].reply.n, 3);
    ASSERT_OK(timestamps_times(&f.c, f.a, f.main->id, &list));
    assert_int_equal(list.n, 5);
    ASSERT_OK(timestamps_last(&f.c, f.a, f.petition->id, &last));
    assert_int_equal(last.size, 0);
    fixture_close(&f);
}

static void trouble(void **state)
{
    fixture f = fixture_open(state);
    str text;
    int64_t since;
    ASSERT_OK(timestamps_trouble_get(&f.c, f.a, &text, &since));
    assert_int_equal(text.n, 0);
    ASSERT_OK(timestamps_trouble_set(&f.c, S("answers 503"), 1000));
    ASSERT_OK(timestamps_trouble_set(&f.c, S("does not answer"), 2000));
    ASSERT_OK(timestamps_trouble_get(&f.c, f.a, &text, &since));
    assert_true(str_eq(text, S("does not answer")));
    assert_int_equal(since, 1000);
    ASSERT_OK(timestamps_trouble_set(&f.c, S(""), 3000));
    ASSERT_OK(timestamps_trouble_get(&f.c, f.a, &text, &since));
    assert_int_equal(text.n, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(once_a_day_and_at_the_end),
        TEST_ON_BOTH(what_is_kept),
        TEST_ON_BOTH(trouble),
    };
    return cmocka_run_group_tests_name("timestamps", tests, NULL, NULL);
}
