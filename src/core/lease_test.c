/* SPDX-License-Identifier: EUPL-1.2 */
/* Leases: one holder at a time, however many ask at once. */

#include "core/lease.h"

#include "test_core.h"

#include <pthread.h>

static void one_holds(void **state)
{
    fixture f = fixture_open(state);
    int64_t now = f.now_ms;
    ASSERT_OK(lease_hold(&f.c, S("sealer"), S("a"), now, now + 5000));
    assert_int_equal(lease_hold(&f.c, S("sealer"), S("b"), now + 1, now + 9000), ERR_CONFLICT);
    ASSERT_OK(lease_hold(&f.c, S("cleaner"), S("b"), now, now + 5000));
    ASSERT_OK(lease_hold(&f.c, S("sealer"), S("a"), now + 4000, now + 9000)); /* prolonged */
    assert_int_equal(lease_hold(&f.c, S("sealer"), S("b"), now + 9000, now + 20000), ERR_CONFLICT);
    ASSERT_OK(lease_hold(&f.c, S("sealer"), S("b"), now + 9001, now + 20000));
    assert_int_equal(lease_hold(&f.c, S("sealer"), S("a"), now + 9002, now + 20000), ERR_CONFLICT);
    /* Only the holder gives it up. */
    ASSERT_OK(lease_give_up(&f.c, S("sealer"), S("a")));
    assert_int_equal(lease_hold(&f.c, S("sealer"), S("a"), now + 9003, now + 20000), ERR_CONFLICT);
    ASSERT_OK(lease_give_up(&f.c, S("sealer"), S("b")));
    ASSERT_OK(lease_hold(&f.c, S("sealer"), S("a"), now + 9004, now + 20000));
    /* The clock is set back: a little is what clocks of two machines differ, a day is a mistake. */
    assert_int_equal(lease_hold(&f.c, S("sealer"), S("b"), now - 30000, now - 25000), ERR_CONFLICT);
    ASSERT_OK(lease_hold(&f.c, S("sealer"), S("b"), now - 86400000, now - 86395000));
    fixture_close(&f);
}

typedef struct asker {
    fixture *f;
    char name[8];
    err outcome;
    pthread_t thread;
} asker;

static void *ask(void *arg)
{
    asker *x = arg;
    do
        x->outcome =
            lease_hold(&x->f->c, S("sealer"), str_of(x->name), x->f->now_ms, x->f->now_ms + 5000);
    while (x->outcome == ERR_BUSY);
    return NULL;
}

static void one_of_many_gets_it(void **state)
{
    fixture f = fixture_open(state);
    asker askers[16];
    int holders = 0;
    for (size_t i = 0; i < 16; i++) {
        askers[i] = (asker){.f = &f};
        snprintf(askers[i].name, sizeof askers[i].name, "n%zu", i);
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
    for (size_t i = 0; i < 16; i++) {
        pthread_join(askers[i].thread, NULL);
        holders += askers[i].outcome == OK;
        assert_true(askers[i].outcome == OK || askers[i].outcome == ERR_CONFLICT);
    }
    assert_int_equal(holders, 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(one_holds), TEST_ON_BOTH(one_of_many_gets_it)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
