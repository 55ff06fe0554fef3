/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/cache.h"

#include "base/clock.h"
#include "http/cache_entry.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <pthread.h>

static cache_entry *entry(arena *a, str key, cache_class class, uint64_t generation, size_t n,
                          char fill)
{
    char *body = arena_alloc(a, n + 1);
    memset(body, fill, n);
    cache_parts parts = {.key = key,
                         .class = class,
                         .generation = generation,
                         .modified_s = 1,
                         .lines = S("Cache-Control: public\r\n"),
                         .own_lines = S("Content-Type: text/plain\r\n")};
    parts.body[ENCODING_IDENTITY] = (str){body, n};
    parts.body[ENCODING_BR] = S("BR");
    return cache_build(a, &parts);
}

static void entries(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    cache_entry *e = entry(a, S("/x"), CACHE_TEXT, 0, 5, 'a');
    const cache_variant *plain = cache_choose(e, 1u << ENCODING_IDENTITY | 1u << ENCODING_GZIP);
    assert_true(str_eq(plain->whole, S("Content-Type: text/plain\r\nContent-Length: 5\r\n"
                                       "ETag: \"000000000000000000000000\"\r\n"
                                       "Cache-Control: public\r\n\r\naaaaa")));
    assert_int_equal(plain->whole.n - plain->head_bytes, 5);
    const cache_variant *br = cache_choose(e, ~0u);
    assert_true(str_ends(br->whole, S("\r\n\r\nBR")));
    assert_true(str_find_str(br->whole, S("Content-Encoding: br\r\n")) < br->whole.n);
    assert_true(str_eq(br->unchanged_head,
                       S("ETag: \"000000000000000000000000-b\"\r\nCache-Control: public\r\n\r\n")));
    cache_give_back(e);
    arena_close(a);
}

static void generations(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    cache *c = cache_open(1 << 20);
    cache_put(c, entry(a, S("/x"), CACHE_COUNTS, cache_generation(c, CACHE_COUNTS), 5, 'a'));
    cache_entry *e = cache_find(c, S("/x"));
    assert_true(cache_is_fresh(c, e));
    cache_raise(c, CACHE_TEXT);
    assert_true(cache_is_fresh(c, e));
    cache_raise(c, CACHE_COUNTS);
    assert_false(cache_is_fresh(c, e));
    cache_vouch(c, clock_steady_ms() - 1);
    assert_true(cache_is_fresh(c, e));
    cache_vouch(c, clock_steady_ms() + 60000);
    assert_false(cache_is_fresh(c, e));
    assert_true(cache_claim(e, 1000));
    assert_false(cache_claim(e, 1000));
    assert_false(cache_claim(e, 10999));
    assert_true(cache_claim(e, 11000));
    cache_unclaim(e);
    assert_true(cache_claim(e, 11000));

    /* What was rendered before the raise does not take the place of what was rendered after. */
    cache_put(c, entry(a, S("/x"), CACHE_COUNTS, 1, 5, 'b'));
    cache_put(c, entry(a, S("/x"), CACHE_COUNTS, 0, 5, 'c'));
    cache_entry *now = cache_find(c, S("/x"));
    assert_true(str_ends(cache_choose(now, 1)->whole, S("bbbbb")));
    assert_true(str_ends(cache_choose(e, 1)->whole, S("aaaaa"))); /* still ours */
    cache_give_back(now);
    cache_give_back(e);
    assert_int_equal(cache_figures_now(c).entries, 1);
    assert_null(cache_find(c, S("/y")));
    cache_close(c);
    arena_close(a);
}

static void bounds(void **state)
{
    (void)state;
    arena *a = arena_open(256 << 20);
    cache *c = cache_open(1 << 20);
    cache_put(c, entry(a, S("/huge"), CACHE_TEXT, 0, 1 << 20, 'h'));
    assert_null(cache_find(c, S("/huge")));
    cache_put(c, entry(a, S("/hot"), CACHE_TEXT, 0, 1000, 'h'));
    for (int i = 0; i < 20000; i++) {
        cache_put(c, entry(a, arena_printf(a, "/%d", i), CACHE_TEXT, 0, 1000, 'x'));
        cache_entry *hot = cache_find(c, S("/hot")); /* used all the time: stays */
        assert_non_null(hot);
        cache_give_back(hot);
    }
    cache_figures f = cache_figures_now(c);
    assert_true(f.bytes <= 1 << 20);
    assert_true(f.entries > 300 && f.evicted > 18000);
    cache_close(c);
    arena_close(a);
}

/* --- Readers without a lock against writers that replace and evict --- */

typedef struct race {
    cache *c;
    _Atomic bool ends;
    _Atomic long hits;
} race;

static void *read_on(void *arg)
{
    race *r = arg;
    cache_reader reader = {0};
    cache_join(r->c, &reader);
    static const str keys[] = {STR_INIT("/0"), STR_INIT("/1"), STR_INIT("/2"), STR_INIT("/3")};
    for (unsigned i = 0; !atomic_load(&r->ends); i++) {
        cache_enter(r->c, &reader);
        cache_entry *kept = NULL;
        for (unsigned k = 0; k < 50; k++) {
            cache_entry *e = cache_look(r->c, keys[(i + k) % 4]);
            if (!e)
                continue;
            str whole = cache_choose(e, 1)->whole;
            char fill = whole.at[whole.n - 1];
            for (size_t n = 1; n <= 200; n++)
                BUG_IF(whole.at[whole.n - n] != fill);
            atomic_fetch_add(&r->hits, 1);
            if (!kept) {
                kept = e;
                cache_keep(kept);
            }
        }
        cache_leave(r->c, &reader);
        if (kept) {
            BUG_IF(cache_choose(kept, 1)->whole.n < 200);
            cache_give_back(kept);
        }
    }
    cache_part(r->c, &reader);
    return NULL;
}

static void races(void **state)
{
    (void)state;
    race r = {.c = cache_open(8 * 1024)};
    pthread_t readers[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &r), 0);
    arena *a = arena_open(64 << 20);
    for (int i = 0; i < 20000 || atomic_load(&r.hits) < 1000; i++) {
        cache_put(
            r.c, entry(a, arena_printf(a, "/%d", i % 7), CACHE_TEXT, 0, 200, (char)('a' + i % 26)));
        if (i % 50 == 0)
            arena_reset(a);
    }
    atomic_store(&r.ends, true);
    for (size_t i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
    arena_close(a);
    cache_close(r.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries),
        cmocka_unit_test(generations),
        cmocka_unit_test(bounds),
        cmocka_unit_test(races),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
