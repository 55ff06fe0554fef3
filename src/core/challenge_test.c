/* SPDX-License-Identifier: EUPL-1.2 */
/* Proofs of work: made, solved as a browser would, checked, used once. tests/e2e/tricks.mjs shows
 * them to another implementation. */

#include "core/challenge.h"

#include "base/number.h"

#include "test_core.h"

enum { NOW = 1781524800 };
#define NOW_MS ((int64_t)NOW * 1000)

typedef struct bench {
    arena *a;
    challenge_keys keys;
} bench;

static bench begin(void)
{
    key32 master = {.at = {7}};
    core_keys keys = core_keys_derive(&master);
    return (bench){arena_open(16 << 20), challenge_keys_derive(&keys)};
}

static str between(str text, const char *before, char end)
{
    size_t at = str_find_str(text, str_of(before));
    assert_true(at < text.n);
    str rest = str_skip(text, at + strlen(before));
    return str_head(rest, str_find(rest, end));
}

typedef struct solved {
    int64_t counter;
    unsigned char key[32];
} solved;

/* By search, as the client does it; the code here shares nothing with the one that checks. */
static solved solve(str challenge)
{
    unsigned char password[20], salt[16], prefix[16];
    assert_int_equal(number_parse_hex(between(challenge, "\"nonce\":\"", '"'), password, 16), OK);
    assert_int_equal(number_parse_hex(between(challenge, "\"salt\":\"", '"'), salt, 16), OK);
    assert_int_equal(number_parse_hex(between(challenge, "\"keyPrefix\":\"", '"'), prefix, 16), OK);
    solved s = {.counter = 0};
    for (;; s.counter++) {
        assert_true(s.counter <= challenge_counters_most(CHALLENGE_LEVELS - 1));
        for (size_t i = 0; i < 4; i++)
            password[16 + i] = (unsigned char)(s.counter >> (24 - 8 * i));
        key_stretch((str){(const char *)password, sizeof password},
                    (str){(const char *)salt, sizeof salt}, 1000, s.key);
        if (memcmp(s.key, prefix, sizeof prefix) == 0)
            return s;
    }
}

static str json_of(bench *x, str challenge, const solved *s, const char *behind)
{
    str key = hex_make(x->a, (str){(const char *)s->key, sizeof s->key});
    return arena_printf(
        x->a, "{\"challenge\":%.*s,\"solution\":{\"counter\":%lld,\"derivedKey\":\"%.*s\"%s}}",
        STR_FMT(challenge), (long long)s->counter, STR_FMT(key), behind);
}

static err check(bench *x, str json, const char *about, int64_t now_ms)
{
    proof p;
    return challenge_check(x->a, &x->keys, str_of(about), base64_make(x->a, json), now_ms, &p);
}

static void a_solved_one_is_taken(void **state)
{
    (void)state;
    bench x = begin();
    str challenge = challenge_make(x.a, &x.keys, S("main"), 0, NOW_MS);
    solved s = solve(challenge);
    assert_in_range(s.counter, challenge_counters_most(0) / 2, challenge_counters_most(0));
    assert_int_equal(check(&x, json_of(&x, challenge, &s, ",\"time\":412.5"), "main", NOW_MS), OK);
    assert_int_equal(check(&x, json_of(&x, challenge, &s, ""), "main", NOW_MS), OK);
    /* Until it expires, and for no other declaration. */
    int64_t last_ms = NOW_MS + CHALLENGE_MINUTES * (int64_t)MINUTE_MS - 1;
    str json = json_of(&x, challenge, &s, "");
    assert_int_equal(check(&x, json, "main", last_ms), OK);
    assert_int_equal(check(&x, json, "main", last_ms + 1), ERR_INVALID);
    assert_int_equal(check(&x, json, "mai", NOW_MS), ERR_INVALID);
    assert_int_equal(check(&x, json, "plea", NOW_MS), ERR_INVALID);
    /* By another server. */
    key32 master = {.at = {8}};
    core_keys keys = core_keys_derive(&master);
    x.keys = challenge_keys_derive(&keys);
    assert_int_equal(check(&x, json, "main", NOW_MS), ERR_INVALID);
    arena_close(x.a);
}

/* Any byte changed, added or missing: the counter and the time alone do not matter, for the key
 * says it all. */
static void nothing_else_is_taken(void **state)
{
    (void)state;
    bench x = begin();
    str challenge = challenge_make(x.a, &x.keys, S("main"), 0, NOW_MS);
    solved s = solve(challenge);
    str json = json_of(&x, challenge, &s, "");
    size_t counter = str_find_str(json, S("\"counter\":")) + strlen("\"counter\":");
    size_t counter_end = str_find_str(json, S(",\"derivedKey\""));
    for (size_t i = 0; i < json.n; i++) {
        if (i >= counter && i < counter_end)
            continue;
        char *changed = arena_cstr(x.a, json);
        changed[i] = (char)(changed[i] ^ 1);
        assert_int_equal(check(&x, str_of(changed), "main", NOW_MS), ERR_INVALID);
        assert_int_equal(check(&x, str_head(json, i), "main", NOW_MS), ERR_INVALID);
        str more =
            arena_printf(x.a, "%.*s %.*s", STR_FMT(str_head(json, i)), STR_FMT(str_skip(json, i)));
        assert_int_equal(check(&x, more, "main", NOW_MS), ERR_INVALID);
    }
    s.key[31] ^= 1;
    assert_int_equal(check(&x, json_of(&x, challenge, &s, ""), "main", NOW_MS), ERR_INVALID);
    s.key[31] ^= 1;
    assert_int_equal(check(&x, json_of(&x, challenge, &s, ",\"time\":"), "main", NOW_MS),
                     ERR_INVALID);
    proof p;
    assert_int_equal(challenge_check(x.a, &x.keys, S("main"), S(""), NOW_MS, &p), ERR_INVALID);
    assert_int_equal(challenge_check(x.a, &x.keys, S("main"), S("e30="), NOW_MS, &p), ERR_INVALID);
    /* The key of another challenge. */
    str second = challenge_make(x.a, &x.keys, S("main"), 0, NOW_MS);
    assert_int_equal(check(&x, json_of(&x, second, &s, ""), "main", NOW_MS), ERR_INVALID);
    arena_close(x.a);
}

static void levels_are_bounded(void **state)
{
    (void)state;
    bench x = begin();
    assert_int_equal(challenge_counters_most(0), 1000);
    assert_int_equal(challenge_counters_most(CHALLENGE_LEVELS - 1), 16000);
    for (int level = 0; level < 2; level++) {
        solved s = solve(challenge_make(x.a, &x.keys, S("main"), level, NOW_MS));
        assert_in_range(s.counter, challenge_counters_most(level) / 2,
                        challenge_counters_most(level));
    }
    arena_close(x.a);
}

typedef struct spending {
    proof p;
    bool is_first;
} spending;

static err spend(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    spending *s = arg;
    return challenge_spend(tx, &s->p, &s->is_first);
}

static void a_proof_serves_once(void **state)
{
    fixture f = fixture_open(state);
    spending s = {.p = {.nonce = {1}, .expires_ms = f.now_ms}};
    fixture_change(&f, spend, &s);
    assert_true(s.is_first);
    fixture_change(&f, spend, &s);
    assert_false(s.is_first);
    s.p.nonce[15] = 1;
    fixture_change(&f, spend, &s);
    assert_true(s.is_first);
    fixture_close(&f);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_solved_one_is_taken),
        cmocka_unit_test(nothing_else_is_taken),
        cmocka_unit_test(levels_are_bounded),
        TEST_ON_BOTH(a_proof_serves_once),
    };
    return cmocka_run_group_tests_name("challenge", tests, NULL, NULL);
}
