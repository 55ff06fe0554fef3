/* SPDX-License-Identifier: EUPL-1.2 */
/* Mailed links: their shape, and everything that must not open one. */

#include "core/link.h"
#include "core/retention.h"
#include "core/signer.h"

#include "test_core.h"

static err open_with(fixture *f, str token)
{
    signer_view view;
    return signer_open(&f->c, f->a, token, f->now_ms, &view);
}

static void tokens_have_one_shape(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    key32 master = {.at = {9}};
    core_keys keys = core_keys_derive(&master);
    link_secret secret = link_secret_make();
    str one = link_token(a, &keys, &secret, 1), two = link_token(a, &keys, &secret, 2);
    assert_int_equal(one.n, LINK_TOKEN_CHARS);
    for (size_t i = 0; i < one.n; i++)
        assert_non_null(memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
                               one.at[i], 64));
    assert_false(str_eq(one, two));
    /* The number is masked: its bytes stand nowhere, and other secrets mask it otherwise. */
    str bytes;
    ASSERT_OK(base64url_read(a, one, &bytes));
    static const char low[8] = {1}, high[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    assert_memory_not_equal(bytes.at + 16, low, 8);
    assert_memory_not_equal(bytes.at + 16, high, 8);
    link_secret other = link_secret_make();
    str elsewhere;
    ASSERT_OK(base64url_read(a, link_token(a, &keys, &other, 1), &elsewhere));
    assert_memory_not_equal(bytes.at + 16, elsewhere.at + 16, 8);
    assert_memory_not_equal(bytes.at, elsewhere.at, 16);
    arena_close(a);
}

static void wrong_tokens_open_nothing(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    signing bob = fixture_signing("Bob", "bob@example.org");
    str token = fixture_submit(&f, f.main, &ada).token;
    str other = fixture_submit(&f, f.main, &bob).token;
    ASSERT_OK(open_with(&f, token));
    static const char *const nonsense[] = {"",
                                           "x",
                                           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                           "________________________________",
                                           "================================",
                                           "                                "};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++)
        assert_int_equal(open_with(&f, str_of(nonsense[i])), ERR_NOT_FOUND);
    /* Every single changed character, a cut and a longer one. */
    for (size_t i = 0; i < token.n; i++) {
        char *changed = arena_cstr(f.a, token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        assert_int_equal(open_with(&f, (str){changed, token.n}), ERR_NOT_FOUND);
    }
    assert_int_equal(open_with(&f, str_head(token, token.n - 1)), ERR_NOT_FOUND);
    assert_int_equal(open_with(&f, arena_printf(f.a, "%.*sA", STR_FMT(token))), ERR_NOT_FOUND);
    /* The secret of one with the number of the other. */
    str mixed = arena_printf(f.a, "%.*s%.*s", 22, token.at, 10, other.at + 22);
    assert_int_equal(open_with(&f, mixed), ERR_NOT_FOUND);
    /* A server with other keys. */
    core foreign = f.c;
    key32 master = {.at = {7}};
    foreign.keys = core_keys_derive(&master);
    signer_view view;
    assert_int_equal(signer_open(&foreign, f.a, token, f.now_ms, &view), ERR_NOT_FOUND);
    /* To the last millisecond, and not longer. */
    int64_t signed_ms = f.now_ms;
    f.now_ms = signed_ms + LINK_DAYS * (int64_t)DAY_MS - 1;
    ASSERT_OK(open_with(&f, token));
    f.now_ms++;
    assert_int_equal(open_with(&f, token), ERR_NOT_FOUND);
    confirm_outcome outcome;
    assert_int_equal(signature_confirm(&f.c, token, f.now_ms, &f.al, &outcome), ERR_NOT_FOUND);
    fixture_close(&f);
}

static void only_the_hash_is_stored(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_submit(&f, f.main, &ada).token, bytes;
    ASSERT_OK(base64url_read(f.a, token, &bytes));
    str secret = str_head(bytes, 16);
    q_probe_links_row row = fixture_links(&f).at[0];
    hash32 hash = hash_sha256(secret);
    ASSERT_STR(row.hash, hash_str(&hash));
    str sealed = fixture_jobs(&f).at[0].sealed;
    assert_int_equal(str_find_str(sealed, secret), sealed.n);
    assert_int_equal(str_find_str(sealed, S("ada@")), sealed.n);
    fixture_close(&f);
}

/* Numbers of erased signatures must not come back: the links to them live longer. */
static void erased_numbers_stay_unused(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_submit(&f, f.main, &ada).token;
    f.now_ms += 15 * (int64_t)DAY_MS;
    retention_report report;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    assert_int_equal(report.pending, 1);
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_sign(&f, f.main, &bob);
    assert_int_equal(open_with(&f, token), ERR_NOT_FOUND);
    assert_int_equal(signer_withdraw(&f.c, token, f.now_ms), ERR_NOT_FOUND);
    fixture_close(&f);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_one_shape),
        TEST_ON_BOTH(wrong_tokens_open_nothing),
        TEST_ON_BOTH(only_the_hash_is_stored),
        TEST_ON_BOTH(erased_numbers_stay_unused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
