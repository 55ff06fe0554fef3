/* SPDX-License-Identifier: EUPL-1.2 */
/* The tree against the published one of eight leaves, against the recursive definition of RFC 6962
 * written down once more, and every proof for every size up to LEAVES, with forgeries. */

#include "base/number.h"
#include "crypto/merkle.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { LEAVES = 70 };

static arena *a;
static hash32 leaves[LEAVES];
static hash32 roots[LEAVES + 1];

/* RFC 6962 section 2.1, word for word. */
static hash32 root_defined(const hash32 *of, size_t n)
{
    if (n == 0)
        return hash_sha256(S(""));
    if (n == 1)
        return of[0];
    size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    hash32 left = root_defined(of, k);
    hash32 right = root_defined(of + k, n - k);
    return merkle_node(&left, &right);
}

/* Reads complete subtrees of the first *limit leaves only. */
static err read_leaves(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    const uint64_t *limit = from;
    uint64_t begin = index << level;
    uint64_t n = (uint64_t)1 << level;
    assert_true(begin + n <= *limit);
    *out_hash = root_defined(leaves + begin, n);
    return OK;
}

static err read_fails(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    (void)from, (void)level, (void)index, (void)out_hash;
    return ERR_IO;
}

static int setup(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(1 << 26);
    for (size_t i = 0; i < LEAVES; i++)
        leaves[i] = merkle_leaf(arena_printf(a, "entry %zu\n", i));
    for (size_t n = 0; n <= LEAVES; n++)
        roots[n] = root_defined(leaves, n);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

/* The eight entries and the roots that Certificate Transparency's implementations share. */
static void known_tree_has_known_roots(void **state)
{
    (void)state;
    static const str entries[] = {
        STR_INIT(""),
        {"\x00", 1},
        STR_INIT("\x10"),
        STR_INIT("\x20\x21"),
        STR_INIT("\x30\x31"),
        STR_INIT("\x40\x41\x42\x43"),
        STR_INIT("\x50\x51\x52\x53\x54\x55\x56\x57"),
        STR_INIT("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
    };
    static const char *const expected[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    merkle_frontier f = {0};
    for (size_t n = 0; n <= 8; n++) {
        hash32 root = merkle_root(&f);
        assert_string_equal(arena_cstr(a, hex_make(a, hash_str(&root))), expected[n]);
        if (n < 8) {
            hash32 leaf = merkle_leaf(entries[n]);
            merkle_append(&f, &leaf);
        }
    }
}

static void frontier_and_reader_agree_with_definition(void **state)
{
    (void)state;
    merkle_frontier f = {0};
    for (uint64_t n = 0; n <= LEAVES; n++) {
        hash32 root = merkle_root(&f);
        assert_true(hash_eq(&root, &roots[n]));
        assert_int_equal(merkle_root_at(read_leaves, &n, n, &root), OK);
        assert_true(hash_eq(&root, &roots[n]));
        merkle_frontier read;
        assert_int_equal(merkle_frontier_at(read_leaves, &n, n, &read), OK);
        root = merkle_root(&read);
        assert_true(hash_eq(&root, &roots[n]));
        if (n < LEAVES) {
            merkle_append(&read, &leaves[n]);
            root = merkle_root(&read);
            assert_true(hash_eq(&root, &roots[n + 1]));
            merkle_append(&f, &leaves[n]);
        }
    }
    hash32 root;
    assert_int_equal(merkle_root_at(read_fails, NULL, 5, &root), ERR_IO);
}

static hash_list copy_of(hash_list path)
{
    hash_list copy = {arena_array(a, hash32, path.n + 1), path.n};
    if (path.n > 0)
        memcpy(copy.at, path.at, path.n * sizeof(hash32));
    return copy;
}

/* A path with any hash changed, one missing at either end or one too many proves nothing. */
static void forged_inclusions_fail(uint64_t index, uint64_t size, hash_list path)
{
    for (size_t i = 0; i < path.n; i++) {
        hash_list forged = copy_of(path);
        forged.at[i].at[index % 32] ^= 1;
        assert_false(merkle_inclusion_ok(index, size, &leaves[index], forged, &roots[size]));
    }
    hash_list longer = copy_of(path);
    longer.at[longer.n++] = leaves[0];
    assert_false(merkle_inclusion_ok(index, size, &leaves[index], longer, &roots[size]));
    if (path.n > 0) {
        hash_list cut = {path.at, path.n - 1};
        assert_false(merkle_inclusion_ok(index, size, &leaves[index], cut, &roots[size]));
        cut.at = path.at + 1;
        assert_false(merkle_inclusion_ok(index, size, &leaves[index], cut, &roots[size]));
    }
}

static void every_leaf_is_proved_in_every_size(void **state)
{
    (void)state;
    for (uint64_t size = 1; size <= LEAVES; size++) {
        for (uint64_t index = 0; index < size; index++) {
            hash_list path;
            assert_int_equal(merkle_inclusion(a, read_leaves, &size, index, size, &path), OK);
            for (uint64_t claimed = 0; claimed <= LEAVES; claimed++)
                assert_int_equal(
                    merkle_inclusion_ok(claimed, size, &leaves[index], path, &roots[size]),
                    claimed == index);
            assert_false(merkle_inclusion_ok(index, size, &leaves[(index + 1) % LEAVES], path,
                                             &roots[size]));
            assert_false(merkle_inclusion_ok(index, size, &leaves[index], path, &roots[size - 1]));
            forged_inclusions_fail(index, size, path);
        }
        hash_list path;
        assert_int_equal(merkle_inclusion(a, read_leaves, &size, size, size, &path), ERR_INVALID);
        arena_reset(a);
    }
    hash_list path;
    assert_int_equal(merkle_inclusion(a, read_fails, NULL, 1, 5, &path), ERR_IO);
    assert_false(merkle_inclusion_ok(0, 0, &leaves[0], (hash_list){NULL, 0}, &roots[0]));
}

static void forged_consistencies_fail(uint64_t old_size, uint64_t size, hash_list path)
{
    for (size_t i = 0; i < path.n; i++) {
        hash_list forged = copy_of(path);
        forged.at[i].at[size % 32] ^= 0x80;
        assert_false(merkle_consistency_ok(old_size, size, &roots[old_size], &roots[size], forged));
    }
    hash_list longer = copy_of(path);
    longer.at[longer.n++] = leaves[0];
    assert_false(merkle_consistency_ok(old_size, size, &roots[old_size], &roots[size], longer));
    if (path.n > 0) {
        hash_list cut = {path.at, path.n - 1};
        assert_false(merkle_consistency_ok(old_size, size, &roots[old_size], &roots[size], cut));
        cut.at = path.at + 1;
        assert_false(merkle_consistency_ok(old_size, size, &roots[old_size], &roots[size], cut));
    }
    assert_false(merkle_consistency_ok(old_size, size, &leaves[LEAVES - 1], &roots[size], path));
    assert_false(
        merkle_consistency_ok(old_size, size, &roots[old_size], &leaves[LEAVES - 2], path));
}

static void every_size_is_proved_to_extend_every_smaller_one(void **state)
{
    (void)state;
    for (uint64_t size = 0; size <= LEAVES; size++) {
        for (uint64_t old_size = 0; old_size <= size; old_size++) {
            hash_list path;
            assert_int_equal(merkle_consistency(a, read_leaves, &size, old_size, size, &path), OK);
            assert_true(
                merkle_consistency_ok(old_size, size, &roots[old_size], &roots[size], path));
            if (old_size > 0)
                forged_consistencies_fail(old_size, size, path);
            if (old_size > 0 && old_size < size)
                assert_false(
                    merkle_consistency_ok(size, old_size, &roots[size], &roots[old_size], path));
        }
        arena_reset(a);
    }
    uint64_t limit = 4;
    hash_list path;
    assert_int_equal(merkle_consistency(a, read_leaves, &limit, 5, 4, &path), ERR_INVALID);
    assert_int_equal(merkle_consistency(a, read_fails, NULL, 3, 4, &path), ERR_IO);
    /* "Nothing" has one root, and extending it needs no proof. */
    hash_list none = {NULL, 0};
    assert_false(merkle_consistency_ok(0, 4, &roots[1], &roots[4], none));
    hash_list one = {leaves, 1};
    assert_false(merkle_consistency_ok(0, 4, &roots[0], &roots[4], one));
}

/* RFC 6962 section 2.1.3: the example with seven leaves names the path lengths. */
static void paths_have_the_lengths_of_the_example(void **state)
{
    (void)state;
    uint64_t size = 7;
    static const size_t inclusion_lengths[] = {3, 3, 3, 3, 3, 3, 2};
    hash_list path;
    for (uint64_t index = 0; index < size; index++) {
        assert_int_equal(merkle_inclusion(a, read_leaves, &size, index, size, &path), OK);
        assert_int_equal(path.n, inclusion_lengths[index]);
    }
    assert_int_equal(merkle_consistency(a, read_leaves, &size, 3, size, &path), OK);
    assert_int_equal(path.n, 4);
    assert_int_equal(merkle_consistency(a, read_leaves, &size, 4, size, &path), OK);
    assert_int_equal(path.n, 1);
    assert_int_equal(merkle_consistency(a, read_leaves, &size, 6, size, &path), OK);
    assert_int_equal(path.n, 3);
}

static void tiles_lie_where_the_specification_says(void **state)
{
    (void)state;
    assert_string_equal(arena_cstr(a, merkle_tile_path(a, 0, 0, 256)), "tile/0/000");
    assert_string_equal(arena_cstr(a, merkle_tile_path(a, 0, 1234067, 256)),
                        "tile/0/x001/x234/067");
    assert_string_equal(arena_cstr(a, merkle_tile_path(a, -1, 1234, 17)),
                        "tile/entries/x001/234.p/17");
    assert_string_equal(arena_cstr(a, merkle_tile_path(a, 2, 999, 255)), "tile/2/999.p/255");
    assert_string_equal(arena_cstr(a, merkle_tile_path(a, 2, 1000, 1)), "tile/2/x001/000.p/1");
    assert_string_equal(arena_cstr(a, merkle_tile_path(a, -1, 1000000, 256)),
                        "tile/entries/x001/x000/000");

    merkle_place p = merkle_place_of(0, 515);
    assert_int_equal(p.level, 0);
    assert_int_equal(p.index, 2);
    assert_int_equal(p.first, 3);
    assert_int_equal(p.count, 1);
    p = merkle_place_of(11, 33); /* 8 hashes of tile level 1, 256 of them in a tile */
    assert_int_equal(p.level, 1);
    assert_int_equal(p.index, 1);
    assert_int_equal(p.first, 8);
    assert_int_equal(p.count, 8);
    hash32 folded = merkle_fold(leaves + 16, 8);
    hash32 defined = root_defined(leaves + 16, 8);
    assert_true(hash_eq(&folded, &defined));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_tree_has_known_roots),
        cmocka_unit_test(frontier_and_reader_agree_with_definition),
        cmocka_unit_test(every_leaf_is_proved_in_every_size),
        cmocka_unit_test(every_size_is_proved_to_extend_every_smaller_one),
        cmocka_unit_test(paths_have_the_lengths_of_the_example),
        cmocka_unit_test(tiles_lie_where_the_specification_says),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
