/* SPDX-License-Identifier: EUPL-1.2 */
/* A key is proven by what only its holder can read. */

#include "core/ceremony.h"

#include "test_core.h"

/* What the holder reads in the file. */
static str code_in(fixture *f, str file, const age_identity *identity)
{
    str header, payload, plain, rest;
    age_file_key file_key;
    ASSERT_OK(age_split(file, &header, &payload));
    ASSERT_OK(age_header_open(header, identity, 1, &file_key));
    ASSERT_OK(age_payload_open(f->a, &file_key, payload, &plain));
    size_t at = str_find_str(plain, S("code: "));
    assert_true(at < plain.n);
    return str_cut(str_skip(plain, at + 6), '\n', &rest);
}

static void only_the_key_opens_it(void **state)
{
    fixture f = fixture_open(state);
    age_identity mine = age_identity_make(), other = age_identity_make();
    age_recipient recipient = age_recipient_of(&mine);
    str file, header, payload, proven;
    age_file_key file_key;
    key_proofs all;
    ASSERT_OK(ceremony_ask(&f.c, f.a, &recipient, f.now_ms, &file));
    ASSERT_OK(age_split(file, &header, &payload));
    assert_int_equal(age_header_open(header, &other, 1, &file_key), ERR_DENIED);
    str code = code_in(&f, file, &mine);
    assert_int_equal(code.n, 19);
    assert_int_equal(ceremony_prove(&f.c, f.a, S("2222-2222-2222-2222"), f.now_ms, &proven),
                     ERR_NOT_FOUND);
    ASSERT_OK(ceremony_list(&f.c, f.a, &all));
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].recipient, age_recipient_text(f.a, &recipient)))
            assert_int_equal(all.at[i].proven_ms, 0);
    /* As people type: lower case, blanks. */
    buf typed = buf_in(f.a);
    for (size_t i = 0; i < code.n; i++)
        buf_put_char(&typed, code.at[i] == '-'                        ? ' '
                             : code.at[i] >= 'A' && code.at[i] <= 'Z' ? (char)(code.at[i] + 32)
                                                                      : code.at[i]);
    ASSERT_OK(ceremony_prove(&f.c, f.a, buf_str(&typed), f.now_ms + 5, &proven));
    ASSERT_STR(proven, age_recipient_text(f.a, &recipient));
    ASSERT_OK(ceremony_prove(&f.c, f.a, code, f.now_ms + 9, &proven));
    assert_int_equal(ceremony_ask(&f.c, f.a, &recipient, f.now_ms, &file), ERR_CONFLICT);
    fixture_close(&f);
}

static void a_new_test_ends_the_old_one(void **state)
{
    fixture f = fixture_open(state);
    age_identity mine = age_identity_make();
    age_recipient recipient = age_recipient_of(&mine);
    str first, second, proven;
    ASSERT_OK(ceremony_ask(&f.c, f.a, &recipient, f.now_ms, &first));
    ASSERT_OK(ceremony_ask(&f.c, f.a, &recipient, f.now_ms, &second));
    assert_int_equal(ceremony_prove(&f.c, f.a, code_in(&f, first, &mine), f.now_ms, &proven),
                     ERR_NOT_FOUND);
    ASSERT_OK(ceremony_prove(&f.c, f.a, code_in(&f, second, &mine), f.now_ms, &proven));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(only_the_key_opens_it),
        TEST_ON_BOTH(a_new_test_ends_the_old_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
