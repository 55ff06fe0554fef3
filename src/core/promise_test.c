/* SPDX-License-Identifier: EUPL-1.2 */
/* Promises are read as written, under their own key and for their own log. */

#include "core/promise.h"

#include "test_core.h"

static void promises_bind(void **state)
{
    (void)state;
    static const unsigned char seed[32] = {5}, other_seed[32] = {6};
    crypto_init();
    arena *a = arena_open(1 << 20);
    sign_key key = sign_key_from_seed(seed), other = sign_key_from_seed(other_seed);
    promise p = {.origin = S("a.example/log/main"), .before_s = 1700000600}, read;
    memset(p.commitment.at, 0xAB, 32);
    str vkey = promise_vkey(a, p.origin, key.public_key);
    str text = promise_make(a, &p, &key);
    ASSERT_OK(promise_read(a, text, vkey, &read));
    ASSERT_STR(read.origin, p.origin);
    assert_int_equal(read.before_s, p.before_s);
    assert_memory_equal(read.commitment.at, p.commitment.at, 32);
    /* Another key, another log, and a key of the log itself. */
    assert_int_equal(promise_read(a, text, promise_vkey(a, p.origin, other.public_key), &read),
                     ERR_DENIED);
    assert_int_equal(
        promise_read(a, text, promise_vkey(a, S("b.example/log/main"), key.public_key), &read),
        ERR_DENIED);
    assert_int_equal(promise_read(a, text, note_vkey(a, p.origin, key.public_key), &read),
                     ERR_DENIED);
    for (size_t i = 0; i < text.n; i++) {
        char *changed = arena_cstr(a, text);
        changed[i] = (char)(changed[i] ^ 2);
        assert_int_not_equal(promise_read(a, (str){changed, text.n}, vkey, &read), OK);
    }
    static const char *const signed_nonsense[] = {
        "sig1 promise\n",
        "sig1 promise\nlog a.example/log/main\ncommitment 00\nbefore 1\n",
        "sig1 promise\nlog a.example/log/main\ncommitment "
        "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB\nbefore 1\n",
        "sig1 promise\nlog b.example/log/main\ncommitment "
        "abababababababababababababababababababababababababababababababab\nbefore 1\n",
        "sig1 promise\nlog a.example/log/main\ncommitment "
        "abababababababababababababababababababababababababababababababab\nbefore 01\n",
        "sig1 promise\nlog a.example/log/main\ncommitment "
        "abababababababababababababababababababababababababababababababab\nbefore 1\nx\n",
    };
    for (size_t i = 0; i < sizeof signed_nonsense / sizeof *signed_nonsense; i++) {
        str note = note_make(a, str_of(signed_nonsense[i]), S("a.example/log/main/promise"), &key);
        assert_int_equal(promise_read(a, note, vkey, &read), ERR_INVALID);
    }
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(promises_bind)};
    return cmocka_run_group_tests_name("promise", tests, NULL, NULL);
}
