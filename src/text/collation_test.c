/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys against ICU's own comparison of the texts, in every language. */

#include "text/collation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unicode/ucol.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 24, NAMES_MOST = 4000 };

static const char *const languages[] = {"bg", "es", "cs", "da", "de", "et", "el", "en",
                                        "fr", "ga", "hr", "it", "lv", "lt", "hu", "mt",
                                        "nl", "pl", "pt", "ro", "sk", "sl", "fi", "sv"};
/* Pieces that collations treat in ways of their own, so that every pair of names meets some. */
static const char *const pieces[] = {
    "a",  "A", "aa", "Aa", "å",  "ä", "æ", "ą", "ă",  "â",  "b", "c",  "ch", "Ch", "č", "ċ",
    "cs", "d", "dz", "dž", "đ",  "e", "é", "f", "g",  "gy", "ġ", "h",  "ħ",  "i",  "y", "j",
    "k",  "l", "ll", "lj", "ly", "ł", "ľ", "m", "n",  "nj", "ñ", "ny", "o",  "ö",  "ő", "ø",
    "ô",  "p", "r",  "ř",  "s",  "ß", "š", "ș", "sz", "t",  "ț", "þ",  "u",  "ü",  "ű", "v",
    "w",  "z", "ž",  "ż",  "zs", "α", "Ά", "ω", "а",  "б",  "й", "я",  " ",  "-",  "’", "1",
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static str random_name(arena *a, uint32_t *state)
{
    buf b = buf_in(a);
    for (uint32_t n = 1 + next_random(state) % 6; n > 0; n--)
        buf_put(&b, str_of(pieces[next_random(state) % (sizeof pieces / sizeof *pieces)]));
    return buf_str(&b);
}

/* The key by which a reader of that collation finds the name. */
static str key_for(const sort_keys *keys, int collation)
{
    return keys->of[collation].n ? keys->of[collation] : keys->of[COLLATION_ROOT];
}

static void keys_compare_as_names_do(void **state)
{
    (void)state;
    arena *a = arena_open(64 << 20);
    str *names = arena_array(a, str, NAMES_MOST);
    sort_keys *keys = arena_array(a, sort_keys, NAMES_MOST);
    uint32_t seed = 7;
    for (size_t i = 0; i < NAMES_MOST; i++) {
        names[i] = random_name(a, &seed);
        assert_int_equal(collation_keys(a, names[i], &keys[i]), OK);
    }
    for (size_t l = 0; l < sizeof languages / sizeof *languages; l++) {
        UErrorCode status = U_ZERO_ERROR;
        UCollator *judge = ucol_open(languages[l], &status);
        ucol_setStrength(judge, UCOL_SECONDARY);
        int c = collation_of(str_of(languages[l]));
        for (size_t i = 0; i + 1 < NAMES_MOST; i++) {
            str left = names[i], right = names[i + 1];
            int want = ucol_strcollUTF8(judge, left.at, (int32_t)left.n, right.at, (int32_t)right.n,
                                        &status);
            int got = str_cmp(key_for(&keys[i], c), key_for(&keys[i + 1], c));
            got = (got > 0) - (got < 0);
            if (got != want)
                fail_msg("%s: \"%.*s\" and \"%.*s\": %d, not %d", languages[l], STR_FMT(left),
                         STR_FMT(right), got, want);
        }
        ucol_close(judge);
    }
    arena_close(a);
}

static void most_names_need_few_keys(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t others;
    } cases[] = {
        {"Ada Lovelace", 0},  {"Maria Papadopoulou", 0}, {"Jean-Pierre Müller", 5},
        {"Άννα Γεωργίου", 1}, {"Георги Иванов", 2},      {"Åse Østergård", 3},
    };
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sort_keys keys;
        size_t n = 0;
        assert_int_equal(collation_keys(a, str_of(cases[i].name), &keys), OK);
        for (int c = 1; c < COLLATIONS; c++) {
            n += keys.of[c].n > 0;
            assert_int_equal(keys.others >> c & 1, keys.of[c].n > 0);
        }
        if (n > cases[i].others)
            fail_msg("%s needs %zu keys more", cases[i].name, n);
    }
    arena_close(a);
}

static void keys_are_bounded(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    buf b = buf_in(a);
    sort_keys keys;
    for (int i = 0; i < 5000; i++)
        buf_put(&b, S("ž\u0323"));
    assert_int_equal(collation_keys(a, buf_str(&b), &keys), OK);
    for (int c = 0; c < COLLATIONS; c++)
        assert_true(keys.of[c].n <= COLLATION_KEY_BYTES_MOST);
    assert_int_equal(collation_keys(a, S("\xff"), &keys), ERR_INVALID);
    assert_int_equal(collation_keys(a, S(""), &keys), OK);
    assert_int_equal(keys.others, 0);
    assert_true(collation_version().n > 0);
    assert_int_equal(collation_of(S("de")), COLLATION_ROOT);
    assert_int_equal(collation_of(S("xx")), COLLATION_ROOT);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_compare_as_names_do),
        cmocka_unit_test(most_names_need_few_keys),
        cmocka_unit_test(keys_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
