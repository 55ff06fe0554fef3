/* SPDX-License-Identifier: EUPL-1.2 */
/* Proofs are written and read in one spelling, and hold for their own leaf only. */

#include "crypto/proof.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LEAVES = 21 };

static hash32 leaves[LEAVES];

static err read_leaves(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    (void)from;
    *out_hash = merkle_fold(leaves + (index << level), (size_t)1 << level);
    return OK;
}

static str text_of(unsigned char i)
{
    static char room[LEAVES][8];
    int n = snprintf(room[i], sizeof room[i], "leaf %d", i);
    return (str){room[i], (size_t)n};
}

static tlog_proof proof_of(arena *a, uint64_t index, checkpoint *out_tree)
{
    static const unsigned char seed[32] = {4};
    sign_key key = sign_key_from_seed(seed);
    merkle_frontier f = {.size = 0};
    for (unsigned char i = 0; i < LEAVES; i++) {
        leaves[i] = merkle_leaf(text_of(i));
        merkle_append(&f, &leaves[i]);
    }
    *out_tree = (checkpoint){.origin = S("x"), .size = LEAVES, .root = merkle_root(&f)};
    tlog_proof p = {.extra = text_of((unsigned char)index),
                    .index = index,
                    .note = note_checkpoint(a, S("x"), LEAVES, &out_tree->root, &key)};
    assert_int_equal(merkle_inclusion(a, read_leaves, NULL, index, LEAVES, &p.path), OK);
    return p;
}

static void written_proofs_are_read(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 22);
    for (uint64_t i = 0; i < LEAVES; i++) {
        checkpoint tree;
        tlog_proof made = proof_of(a, i, &tree), read;
        if (i % 2)
            made.extra = S("");
        str text = tlog_proof_make(a, &made);
        assert_int_equal(tlog_proof_read(a, text, &read), OK);
        assert_true(str_eq(tlog_proof_make(a, &read), text));
        assert_int_equal(read.index, i);
        assert_true(str_eq(read.extra, made.extra));
        for (uint64_t leaf = 0; leaf < LEAVES; leaf++)
            assert_int_equal(tlog_proof_holds(&read, &tree, &leaves[leaf]), leaf == i);
        read.index ^= 1;
        assert_false(tlog_proof_holds(&read, &tree, &leaves[i]));
        read.index ^= 1;
        tree.root.at[31] ^= 1;
        assert_false(tlog_proof_holds(&read, &tree, &leaves[i]));
    }
    arena_close(a);
}

static void other_spellings_are_refused(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 22);
    static const char *const bad[] = {
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex 0",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\nx\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx\r\n",
        "c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\nextra eA\nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0\nextra eA==\n\nx\n",
        "c2sp.org/tlog-proof@v1\nindex 0\neA==\n\nx\n",
        ("c2sp.org/tlog-proof@v1\nindex 0\n"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nx\n"),
    };
    tlog_proof p;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (tlog_proof_read(a, str_of(bad[i]), &p) != ERR_INVALID)
            fail_msg("%s", bad[i]);
    assert_int_equal(tlog_proof_read(a, S("c2sp.org/tlog-proof@v1\nindex 0\n\nx\n"), &p), OK);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_proofs_are_read),
        cmocka_unit_test(other_spellings_are_refused),
    };
    crypto_init();
    return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
