/* SPDX-License-Identifier: EUPL-1.2 */
/* Buckets: how full, how fast, for whom. */

#include "core/rate.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOON ((int64_t)1781524800000)

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000, DAY_MS = 86400000 };

static const rate_limits limits = {60, 600};

typedef struct clock_and_rate {
    rate_limiter *r;
    int64_t now_ms;
    int retry_after_s;
} clock_and_rate;

static clock_and_rate begin(void)
{
    key32 master = {.at = {3}};
    core_keys keys = core_keys_derive(&master);
    return (clock_and_rate){rate_open(&keys, 4096), NOON, 0};
}

static client_ip ipv4(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return (client_ip){{[10] = 0xFF,
                        [11] = 0xFF,
                        [12] = (unsigned char)a,
                        [13] = (unsigned char)b,
                        [14] = (unsigned char)c,
                        [15] = (unsigned char)d}};
}

static client_ip ipv6(unsigned site, unsigned net, unsigned host)
{
    return (client_ip){
        {0x20, 0x01, 0x0d, 0xb8, (unsigned char)(site >> 8), (unsigned char)site,
         (unsigned char)(net >> 8),
         (unsigned char)net, [14] = (unsigned char)(host >> 8), [15] = (unsigned char)host}};
}

static err take(clock_and_rate *x, client_ip client)
{
    x->retry_after_s = -1;
    return rate_take(x->r, 1, limits, client, x->now_ms, &x->retry_after_s);
}

static int take_all(clock_and_rate *x, client_ip client, int most)
{
    int n = 0;
    while (n < most && take(x, client) == OK)
        n++;
    return n;
}

static void tells_what_is_left(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    client_ip client = ipv4(192, 0, 2, 7);
    rate_state is = rate_look(x.r, 1, limits, client, x.now_ms);
    assert_int_equal(is.left, 60);
    assert_int_equal(is.full_s, 0);
    assert_int_equal(take_all(&x, client, 5), 5);
    is = rate_look(x.r, 1, limits, client, x.now_ms);
    assert_int_equal(is.left, 55);
    assert_int_equal(is.full_s, 300);
    assert_int_equal(take_all(&x, client, 1000), 55);
    is = rate_look(x.r, 1, limits, client, x.now_ms);
    assert_int_equal(is.left, 0);
    assert_int_equal(is.full_s, 3600);
    for (unsigned i = 8; i < 17; i++) /* what the neighbours took counts as well */
        take_all(&x, ipv4(192, 0, 2, i), 1000);
    assert_int_equal(rate_look(x.r, 1, limits, ipv4(192, 0, 2, 200), x.now_ms).left, 0);
    assert_int_equal(rate_look(x.r, 1, limits, ipv4(192, 0, 3, 1), x.now_ms).left, 60);
    rate_close(x.r);
}

static void fills_and_empties(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    client_ip client = ipv4(192, 0, 2, 7);
    assert_int_equal(take_all(&x, client, 1000), 60);
    assert_int_equal(x.retry_after_s, 60); /* one token a minute */
    x.now_ms += 59 * SECOND_MS;
    assert_int_equal(take(&x, client), ERR_LIMIT);
    assert_int_equal(x.retry_after_s, 1);
    x.now_ms += SECOND_MS;
    assert_int_equal(take_all(&x, client, 10), 1);
    x.now_ms += 10 * MINUTE_MS;
    assert_int_equal(take_all(&x, client, 100), 10);
    x.now_ms += 5 * HOUR_MS;
    assert_int_equal(take_all(&x, client, 1000), 60);
    rate_close(x.r);
}

/* Who knocks all the time is let in as often as who waits. */
static void knocking_does_not_stop_the_filling(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    client_ip client = ipv4(192, 0, 2, 7);
    take_all(&x, client, 1000);
    int n = 0;
    for (int i = 0; i < 10 * MINUTE_MS / 5; i++) {
        x.now_ms += 5;
        n += take(&x, client) == OK;
    }
    assert_int_equal(n, 10);
    rate_close(x.r);
}

static void neighbours_share_the_wide_one(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    int n = 0;
    for (unsigned d = 0; d < 20; d++)
        n += take_all(&x, ipv4(192, 0, 2, d), 50);
    assert_int_equal(n, 600);
    assert_int_equal(take(&x, ipv4(192, 0, 2, 200)), ERR_LIMIT);
    assert_int_equal(x.retry_after_s, 6);
    assert_int_equal(take(&x, ipv4(192, 0, 3, 200)), OK);
    /* What the wide one refused has cost the narrow one nothing. */
    for (int i = 0; i < 500; i++)
        assert_int_equal(take(&x, ipv4(192, 0, 2, 201)), ERR_LIMIT);
    x.now_ms += 30 * MINUTE_MS;
    assert_int_equal(take_all(&x, ipv4(192, 0, 2, 201), 1000), 60);
    rate_close(x.r);
}

static void one_cannot_shut_out_its_neighbours(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    for (int i = 0; i < 5000; i++)
        (void)take(&x, ipv4(192, 0, 2, 1));
    assert_int_equal(take_all(&x, ipv4(192, 0, 2, 2), 1000), 60);
    rate_close(x.r);
}

static void ipv6_counts_networks(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    int n = 0;
    for (unsigned host = 0; host < 1000; host++)
        n += take(&x, ipv6(1, 1, host)) == OK;
    assert_int_equal(n, 60); /* a /64 is one client */
    assert_int_equal(take(&x, ipv6(1, 2, 1)), OK);
    n = 61;
    for (unsigned net = 3; net < 100; net++)
        n += take_all(&x, ipv6(1, net, 1), 50);
    assert_int_equal(n, 600); /* a /48 together */
    assert_int_equal(take(&x, ipv6(2, 1, 1)), OK);
    rate_close(x.r);
}

static void classes_are_apart(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    client_ip client = ipv4(192, 0, 2, 7);
    take_all(&x, client, 1000);
    assert_int_equal(rate_take(x.r, 2, limits, client, x.now_ms, &x.retry_after_s), OK);
    /* A class that takes nothing. */
    const rate_limits none = {0, 0};
    assert_int_equal(rate_take(x.r, 3, none, client, x.now_ms, &x.retry_after_s), ERR_LIMIT);
    assert_int_equal(x.retry_after_s, 3600);
    rate_close(x.r);
}

static void days_and_jumps_begin_anew(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    client_ip client = ipv4(192, 0, 2, 7);
    x.now_ms = NOON + 12 * HOUR_MS - 1; /* the last millisecond of the day */
    assert_int_equal(take_all(&x, client, 1000), 60);
    x.now_ms++;
    assert_int_equal(take_all(&x, client, 1000), 60);
    /* A little back: neither more nor less. */
    x.now_ms += HOUR_MS;
    assert_int_equal(take_all(&x, client, 1000), 60);
    x.now_ms -= 10 * SECOND_MS;
    assert_int_equal(take(&x, client), ERR_LIMIT);
    x.now_ms += 70 * SECOND_MS;
    assert_int_equal(take_all(&x, client, 1000), 1);
    /* Far back and far ahead: no lock-out, no endless wait. */
    x.now_ms += 8 * HOUR_MS;
    take_all(&x, client, 1000);
    x.now_ms -= 7 * HOUR_MS;
    assert_int_equal(take_all(&x, client, 1000), 60);
    x.now_ms += 400 * (int64_t)DAY_MS;
    assert_int_equal(take_all(&x, client, 1000), 60);
    rate_close(x.r);
}

/* A full table forgets the least owing, and the idle before the busy. */
static void crowds_do_not_free_the_busy(void **state)
{
    (void)state;
    key32 master = {.at = {3}};
    core_keys keys = core_keys_derive(&master);
    clock_and_rate x = {rate_open(&keys, 512), NOON, 0};
    client_ip busy = ipv4(10, 0, 0, 1);
    take_all(&x, busy, 1000);
    for (unsigned i = 0; i < 2000; i++)
        (void)take(&x, ipv4(11, i >> 8, i & 255, 1));
    assert_int_equal(take(&x, busy), ERR_LIMIT);
    rate_close(x.r);
}

/* --- threads --- */

typedef struct taker {
    clock_and_rate *x;
    int n;
    pthread_t thread;
} taker;

static void *take_many(void *arg)
{
    taker *t = arg;
    int retry;
    for (int i = 0; i < 2000; i++)
        t->n += rate_take(t->x->r, 1, limits, ipv4(192, 0, 2, 7), NOON, &retry) == OK;
    return NULL;
}

static void threads_share_one_bucket(void **state)
{
    (void)state;
    clock_and_rate x = begin();
    taker takers[8];
    int n = 0;
    for (size_t i = 0; i < 8; i++) {
        takers[i] = (taker){.x = &x};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_many, &takers[i]), 0);
    }
    for (size_t i = 0; i < 8; i++) {
        pthread_join(takers[i].thread, NULL);
        n += takers[i].n;
    }
    assert_int_equal(n, 60);
    rate_close(x.r);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_left),
        cmocka_unit_test(fills_and_empties),
        cmocka_unit_test(knocking_does_not_stop_the_filling),
        cmocka_unit_test(neighbours_share_the_wide_one),
        cmocka_unit_test(one_cannot_shut_out_its_neighbours),
        cmocka_unit_test(ipv6_counts_networks),
        cmocka_unit_test(classes_are_apart),
        cmocka_unit_test(days_and_jumps_begin_anew),
        cmocka_unit_test(crowds_do_not_free_the_busy),
        cmocka_unit_test(threads_share_one_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
