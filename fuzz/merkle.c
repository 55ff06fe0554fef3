/* SPDX-License-Identifier: EUPL-1.2 */
/* Proofs: anything may be asked of the verifiers, and a true proof that the input changes in any
 * way proves nothing any more. */

#include "crypto/merkle.h"

enum { LEAVES = 64, HEAD_BYTES = 80 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static hash32 leaves[LEAVES];
static hash32 roots[LEAVES + 1];

static err read_leaves(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    (void)from;
    *out_hash = merkle_fold(leaves + (index << level), (size_t)1 << level);
    return OK;
}

static void tree_make(void)
{
    if (roots[LEAVES].at[0] | roots[LEAVES].at[1] | roots[LEAVES].at[2])
        return;
    merkle_frontier f = {0};
    for (unsigned char i = 0; i <= LEAVES; i++) {
        roots[i] = merkle_root(&f);
        if (i == LEAVES)
            break;
        leaves[i] = merkle_leaf((str){(const char *)&i, 1});
        merkle_append(&f, &leaves[i]);
    }
}

/* Whether the input changed one of the path's hashes. */
static bool change(hash_list path, const uint8_t *data, size_t size)
{
    bool is_changed = false;
    for (size_t i = 0; i < size && i < path.n * 32; i++) {
        path.at[i / 32].at[i % 32] ^= data[i];
        is_changed = is_changed || data[i] != 0;
    }
    return is_changed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    tree_make();
    if (size < HEAD_BYTES || size > 8192)
        return 0;
    uint64_t index;
    uint64_t tree;
    hash32 leaf;
    hash32 root;
    memcpy(&index, data, 8);
    memcpy(&tree, data + 8, 8);
    memcpy(leaf.at, data + 16, 32);
    memcpy(root.at, data + 48, 32);
    const uint8_t *rest = data + HEAD_BYTES;
    size_t rest_n = size - HEAD_BYTES;
    arena *a = arena_open(1 << 20);
    hash_list path = {arena_array(a, hash32, rest_n / 32 + 1), rest_n / 32};
    if (path.n > 0)
        memcpy(path.at, rest, path.n * 32);
    (void)merkle_inclusion_ok(index, tree, &leaf, path, &root);
    (void)merkle_consistency_ok(index, tree, &leaf, &root, path);

    uint64_t n = 1 + tree % LEAVES;
    uint64_t at = index % n;
    BUG_IF(merkle_inclusion(a, read_leaves, NULL, at, n, &path) != OK);
    bool is_changed = change(path, rest, rest_n);
    BUG_IF(merkle_inclusion_ok(at, n, &leaves[at], path, &roots[n]) == is_changed);
    BUG_IF(merkle_consistency(a, read_leaves, NULL, at, n, &path) != OK);
    is_changed = change(path, rest, rest_n);
    BUG_IF(merkle_consistency_ok(at, n, &roots[at], &roots[n], path) == is_changed);
    arena_close(a);
    return 0;
}
