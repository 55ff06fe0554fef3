/* SPDX-License-Identifier: EUPL-1.2 */
/* When something is drawn anew, and that many who ask at once cost one drawing. */

#include "web/drawings.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct pad {
    atomic_int calls;
    err outcome;
    int slow_us;
    const char *says;
    size_t bytes;
} pad;

static err scribble(typeface *letters, arena *a, const void *what, drawn *out)
{
    (void)letters;
    union {
        const void *readable;
        pad *shared;
    } at = {what};
    atomic_fetch_add(&at.shared->calls, 1);
    usleep((useconds_t)at.shared->slow_us);
    char *bytes = arena_alloc(a, at.shared->bytes + 32);
    int n = snprintf(bytes, 32, "%s", at.shared->says);
    memset(bytes + n, '.', at.shared->bytes);
    *out = (drawn){{bytes, (size_t)n + at.shared->bytes}, 0};
    return at.shared->outcome;
}

static str get(drawings *d, arena *a, const char *name, uint64_t key, int64_t now_ms, pad *p)
{
    str bytes = {"", 0};
    assert_int_equal(drawings_get(d, a, str_of(name), key, now_ms, scribble, p, &bytes), OK);
    return bytes;
}

static void drawn_anew_when_it_says_something_else(void **state)
{
    (void)state;
    drawings *d;
    arena *a = arena_open(1 << 20);
    pad p = {.says = "one"};
    assert_int_equal(drawings_open(1 << 20, &d), OK);
    assert_true(str_eq(get(d, a, "x", 1, 1000, &p), S("one")));
    assert_true(str_eq(get(d, a, "x", 1, 1000 + DRAWINGS_PACE_MS, &p), S("one")));
    assert_int_equal(p.calls, 1);
    p.says = "two"; /* too soon */
    assert_true(str_eq(get(d, a, "x", 2, 999 + DRAWINGS_PACE_MS, &p), S("one")));
    assert_int_equal(p.calls, 1);
    assert_true(str_eq(get(d, a, "x", 2, 1000 + DRAWINGS_PACE_MS, &p), S("two")));
    assert_true(str_eq(get(d, a, "y", 2, 1000, &p), S("two"))); /* another one */
    assert_int_equal(p.calls, 3);
    drawings_close(d);
    arena_close(a);
}

static void a_failure_keeps_what_is_there(void **state)
{
    (void)state;
    drawings *d;
    str bytes;
    arena *a = arena_open(1 << 20);
    pad p = {.says = "one"};
    assert_int_equal(drawings_open(1 << 20, &d), OK);
    (void)get(d, a, "x", 1, 0, &p);
    p.outcome = ERR_IO;
    assert_int_equal(drawings_get(d, a, S("x"), 2, DRAWINGS_PACE_MS, scribble, &p, &bytes), ERR_IO);
    assert_int_equal(drawings_get(d, a, S("z"), 2, 0, scribble, &p, &bytes), ERR_IO);
    p.outcome = OK;
    p.says = "two"; /* the next one tries again */
    assert_true(str_eq(get(d, a, "x", 2, DRAWINGS_PACE_MS, &p), S("two")));
    drawings_close(d);
    arena_close(a);
}

static void what_is_not_asked_for_goes_first(void **state)
{
    (void)state;
    drawings *d;
    arena *a = arena_open(8 << 20);
    pad p = {.says = "", .bytes = 300 << 10};
    assert_int_equal(drawings_open(1 << 20, &d), OK); /* three fit */
    (void)get(d, a, "a", 1, 1, &p);
    (void)get(d, a, "b", 1, 2, &p);
    (void)get(d, a, "c", 1, 3, &p);
    (void)get(d, a, "a", 1, 4, &p);
    (void)get(d, a, "d", 1, 5, &p); /* in place of b */
    assert_int_equal(p.calls, 4);
    (void)get(d, a, "a", 1, 6, &p);
    (void)get(d, a, "c", 1, 7, &p);
    assert_int_equal(p.calls, 4);
    (void)get(d, a, "b", 1, 8, &p);
    assert_int_equal(p.calls, 5);
    drawings_close(d);
    arena_close(a);
}

typedef struct asking {
    drawings *d;
    pad *p;
    err outcome;
} asking;

static void *ask(void *arg)
{
    asking *one = arg;
    str bytes;
    arena *a = arena_open(1 << 20);
    one->outcome = drawings_get(one->d, a, S("x"), 1, 0, scribble, one->p, &bytes);
    if (one->outcome == OK && !str_eq(bytes, S("one")))
        one->outcome = ERR_INVALID;
    arena_close(a);
    return NULL;
}

static void many_at_once_cost_one(void **state)
{
    (void)state;
    enum { CROWD = 40 };
    drawings *d;
    pad p = {.says = "one", .slow_us = 100000};
    pthread_t threads[CROWD];
    asking crowd[CROWD];
    int served = 0, refused = 0;
    assert_int_equal(drawings_open(1 << 20, &d), OK);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = (asking){d, &p, ERR_IO};
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &crowd[i]), 0);
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(threads[i], NULL);
        served += crowd[i].outcome == OK;
        refused += crowd[i].outcome == ERR_BUSY;
    }
    assert_int_equal(p.calls, 1);
    assert_int_equal(served + refused, CROWD);
    assert_true(served >= 10); /* of those who came first */
    drawings_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_anew_when_it_says_something_else),
        cmocka_unit_test(a_failure_keeps_what_is_there),
        cmocka_unit_test(what_is_not_asked_for_goes_first),
        cmocka_unit_test(many_at_once_cost_one),
    };
    return cmocka_run_group_tests_name("drawings", tests, NULL, NULL);
}
