/* SPDX-License-Identifier: EUPL-1.2 */
/* Openings give the commitment that the record gave, whole and reduced, and no other. */

#include "core/opening.h"
#include "core/record.h"

#include "test_core.h"

static record sample(void)
{
    record r = {.campaign = S("main"),
                .text_hash = S("00ff"),
                .lang = S("el"),
                .kind = SIGNER_ORGANISATION,
                .name = {S("\xCE\x91\xCE\xB4\xCE\xB1 \\n Lovelace")},
                .organisation = S("Umbrella"),
                .mail = {S("ada@example.org")},
                .country = S("GR"),
                .region = S(""),
                .is_listed = true,
                .day = 20000};
    for (unsigned char i = 0; i < 32; i++)
        r.seed.at[i] = i;
    return r;
}

static void whole_ones_give_the_commitment(void **state)
{
    (void)state;
    crypto_init();
    arena *a = arena_open(1 << 20);
    record r = sample();
    str text;
    opening o;
    ASSERT_OK(record_opening(a, &r, &text));
    ASSERT_OK(opening_read(a, text, &o));
    hash32 commitment = record_commitment(a, &r);
    assert_memory_equal(o.commitment.at, commitment.at, 32);
    str hex = hex_make(a, hash_str(&commitment));
    assert_true(opening_fits(&o, a, arena_printf(a, "sig1 add o GR %.*s\n", STR_FMT(hex))));
    assert_false(opening_fits(&o, a, arena_printf(a, "sig1 add p GR %.*s\n", STR_FMT(hex))));
    assert_false(opening_fits(&o, a, arena_printf(a, "sig1 add o DK %.*s\n", STR_FMT(hex))));
    assert_false(opening_fits(&o, a, arena_printf(a, "sig1 add o GR %.*s", STR_FMT(hex))));
    /* Any changed byte of a value gives another leaf, or none. */
    for (size_t i = str_find_str(text, S("campaign")); i < text.n; i++) {
        char *changed = arena_cstr(a, text);
        opening other;
        changed[i] = (char)(changed[i] ^ 1);
        if (opening_read(a, (str){changed, text.n}, &other) == OK)
            assert_memory_not_equal(other.commitment.at, commitment.at, 32);
    }
    r.region = S("A\nB");
    assert_int_equal(record_opening(a, &r, &text), ERR_INVALID);
    arena_close(a);
}

static void fields_are_kept_back(void **state)
{
    (void)state;
    crypto_init();
    arena *a = arena_open(1 << 20);
    record r = sample();
    str text;
    opening whole, part, less;
    ASSERT_OK(record_opening(a, &r, &text));
    ASSERT_OK(opening_read(a, text, &whole));
    bool keep[OPENING_FIELDS] = {false};
    keep[opening_field(S("name"))] = keep[opening_field(S("org"))] = true;
    assert_int_equal(opening_field(S("nobody")), -1);
    str reduced = opening_reduced(a, &whole, keep);
    assert_true(str_find_str(reduced, S("Umbrella")) < reduced.n);
    assert_true(str_find_str(reduced, S("ada@example.org")) == reduced.n);
    assert_true(str_find_str(reduced, S("seed")) == reduced.n);
    ASSERT_OK(opening_read(a, reduced, &part));
    assert_memory_equal(part.commitment.at, whole.commitment.at, 32);
    assert_true(part.fields[4].is_shown && !part.fields[6].is_shown);
    /* What is kept back does not come again. */
    memset(keep, true, sizeof keep);
    ASSERT_STR(opening_reduced(a, &part, keep), reduced);
    keep[4] = false;
    ASSERT_OK(opening_read(a, opening_reduced(a, &part, keep), &less));
    assert_memory_equal(less.commitment.at, whole.commitment.at, 32);
    assert_false(less.fields[4].is_shown);
    static const char *const bad[] = {
        "",
        "sig1 opening\n",
        "sig1 opening\nseed 00\n",
        "sig1 opened\n",
        "sig1 opening\nhide campaign 00\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(opening_read(a, str_of(bad[i]), &less), ERR_INVALID);
    for (size_t i = 0; i < reduced.n; i++)
        assert_int_equal(opening_read(a, str_head(reduced, i), &less), ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_ones_give_the_commitment),
        cmocka_unit_test(fields_are_kept_back),
    };
    return cmocka_run_group_tests_name("opening", tests, NULL, NULL);
}
