/* SPDX-License-Identifier: EUPL-1.2 */
/* One shape carries everything: a range of n leaves that starts at a multiple of a power of two
 * >= n is the row of complete subtrees that n's 1 bits name, largest first, folded from the right.
 * Roots, siblings in paths and tiles are all such ranges, so no recursion is needed. */

#include "crypto/merkle.h"

enum { PATH_MAX_HASHES = 64 };

hash32 merkle_leaf(str entry)
{
    const str parts[] = {{"\x00", 1}, entry};
    return hash_sha256_parts(parts, 2);
}

hash32 merkle_node(const hash32 *left, const hash32 *right)
{
    char joined[65];
    joined[0] = 0x01;
    memcpy(joined + 1, left->at, 32);
    memcpy(joined + 33, right->at, 32);
    return hash_sha256((str){joined, sizeof(joined)});
}

void merkle_append(merkle_frontier *f, const hash32 *leaf)
{
    BUG_IF(f->size >= INT64_MAX);
    hash32 hash = *leaf;
    unsigned level = 0;
    for (; f->size >> level & 1; level++)
        hash = merkle_node(&f->peak[level], &hash);
    f->peak[level] = hash;
    f->size++;
}

hash32 merkle_root(const merkle_frontier *f)
{
    if (f->size == 0)
        return hash_sha256(S(""));
    unsigned level = (unsigned)__builtin_ctzll(f->size);
    hash32 root = f->peak[level];
    for (level++; level < 64 && f->size >> level; level++)
        if (f->size >> level & 1)
            root = merkle_node(&f->peak[level], &root);
    return root;
}

/* The hash of the n > 0 leaves from begin on; begin is aligned as the head of the file says. */
static err range_hash(merkle_read *read, void *from, uint64_t begin, uint64_t n, hash32 *out_hash)
{
    hash32 hash = {{0}};
    bool is_first = true;
    uint64_t end = begin + n;
    for (unsigned level = 0; level < 64 && n >> level; level++) {
        if (!(n >> level & 1))
            continue;
        end -= (uint64_t)1 << level;
        hash32 left;
        TRY(read(from, level, end >> level, &left));
        hash = is_first ? left : merkle_node(&left, &hash);
        is_first = false;
    }
    *out_hash = hash;
    return OK;
}

err merkle_frontier_at(merkle_read *read, void *from, uint64_t size, merkle_frontier *out_frontier)
{
    BUG_IF(size > INT64_MAX);
    merkle_frontier f = {.size = size};
    uint64_t end = size;
    for (unsigned level = 0; level < 64 && size >> level; level++) {
        if (!(size >> level & 1))
            continue;
        end -= (uint64_t)1 << level;
        TRY(read(from, level, end >> level, &f.peak[level]));
    }
    *out_frontier = f;
    return OK;
}

err merkle_root_at(merkle_read *read, void *from, uint64_t size, hash32 *out_root)
{
    BUG_IF(size > INT64_MAX);
    if (size > 0)
        return range_hash(read, from, 0, size, out_root);
    *out_root = hash_sha256(S(""));
    return OK;
}

/* The largest power of two below n > 1: where RFC 6962 splits a range. */
static uint64_t split_of(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

/* Paths are found from the root down and handed out from the leaf up. */
static void path_reverse(hash_list *path)
{
    for (size_t i = 0; i < path->n / 2; i++) {
        hash32 other = path->at[i];
        path->at[i] = path->at[path->n - 1 - i];
        path->at[path->n - 1 - i] = other;
    }
}

err merkle_inclusion(arena *a, merkle_read *read, void *from, uint64_t index, uint64_t size,
                     hash_list *out_path)
{
    if (index >= size || size > INT64_MAX)
        return ERR_INVALID;
    hash_list path = {arena_array(a, hash32, PATH_MAX_HASHES), 0};
    uint64_t begin = 0;
    uint64_t n = size;
    while (n > 1) {
        uint64_t left = split_of(n);
        if (index - begin < left) {
            TRY(range_hash(read, from, begin + left, n - left, &path.at[path.n++]));
            n = left;
        } else {
            TRY(range_hash(read, from, begin, left, &path.at[path.n++]));
            begin += left;
            n -= left;
        }
    }
    path_reverse(&path);
    *out_path = path;
    return OK;
}

err merkle_consistency(arena *a, merkle_read *read, void *from, uint64_t old_size, uint64_t size,
                       hash_list *out_path)
{
    if (old_size > size || size > INT64_MAX)
        return ERR_INVALID;
    hash_list path = {arena_array(a, hash32, PATH_MAX_HASHES + 1), 0};
    if (old_size == 0 || old_size == size) {
        *out_path = path;
        return OK;
    }
    uint64_t begin = 0;
    uint64_t n = size;
    while (old_size - begin != n) {
        uint64_t left = split_of(n);
        if (old_size - begin <= left) {
            TRY(range_hash(read, from, begin + left, n - left, &path.at[path.n++]));
            n = left;
        } else {
            TRY(range_hash(read, from, begin, left, &path.at[path.n++]));
            begin += left;
            n -= left;
        }
    }
    /* The verifier knows the old root; it needs this part only where the old tree is more. */
    if (begin > 0)
        TRY(range_hash(read, from, begin, n, &path.at[path.n++]));
    path_reverse(&path);
    *out_path = path;
    return OK;
}

/* Where a node stands on its level, and where the level ends. */
typedef struct position {
    uint64_t node;
    uint64_t last;
} position;

static void position_up(position *p)
{
    p->node >>= 1;
    p->last >>= 1;
}

/* A left child at the right edge has no sibling on the levels where it is alone. */
static void position_skip_alone(position *p)
{
    while (!(p->node & 1) && p->node != 0)
        position_up(p);
}

bool merkle_inclusion_ok(uint64_t index, uint64_t size, const hash32 *leaf, hash_list path,
                         const hash32 *root)
{
    if (index >= size)
        return false;
    position p = {index, size - 1};
    hash32 hash = *leaf;
    for (size_t i = 0; i < path.n; i++) {
        if (p.last == 0)
            return false;
        if (p.node & 1 || p.node == p.last) {
            hash = merkle_node(&path.at[i], &hash);
            position_skip_alone(&p);
        } else {
            hash = merkle_node(&hash, &path.at[i]);
        }
        position_up(&p);
    }
    return p.last == 0 && hash_eq(&hash, root);
}

static bool is_power_of_two(uint64_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

bool merkle_consistency_ok(uint64_t old_size, uint64_t size, const hash32 *old_root,
                           const hash32 *root, hash_list path)
{
    if (old_size > size)
        return false;
    if (old_size == size)
        return path.n == 0 && hash_eq(old_root, root);
    if (old_size == 0) {
        hash32 empty = hash_sha256(S(""));
        return path.n == 0 && hash_eq(old_root, &empty);
    }
    if (path.n == 0)
        return false;
    /* A power of two is one node of the new tree, whose hash is the old root itself. */
    size_t next = is_power_of_two(old_size) ? 0 : 1;
    hash32 old_hash = next ? path.at[0] : *old_root;
    hash32 new_hash = old_hash;
    position p = {old_size - 1, size - 1};
    while (p.node & 1)
        position_up(&p);
    for (; next < path.n; next++) {
        if (p.last == 0)
            return false;
        if (p.node & 1 || p.node == p.last) {
            old_hash = merkle_node(&path.at[next], &old_hash);
            new_hash = merkle_node(&path.at[next], &new_hash);
            position_skip_alone(&p);
        } else {
            new_hash = merkle_node(&new_hash, &path.at[next]);
        }
        position_up(&p);
    }
    return p.last == 0 && hash_eq(&old_hash, old_root) && hash_eq(&new_hash, root);
}

merkle_place merkle_place_of(unsigned level, uint64_t index)
{
    BUG_IF(level > 63);
    unsigned height = level % 8;
    return (merkle_place){
        .level = level / 8,
        .index = index >> (8 - height),
        .first = (unsigned)(index << height & (MERKLE_TILE_WIDTH - 1)),
        .count = 1U << height,
    };
}

hash32 merkle_fold(const hash32 *hashes, size_t n)
{
    BUG_IF(n == 0);
    merkle_frontier f = {0};
    for (size_t i = 0; i < n; i++)
        merkle_append(&f, &hashes[i]);
    return merkle_root(&f);
}

str merkle_tile_path(arena *a, int level, uint64_t index, unsigned width)
{
    BUG_IF(level > 63 || width == 0 || width > MERKLE_TILE_WIDTH);
    buf b = buf_in(a);
    buf_put(&b, S("tile/"));
    if (level < 0)
        buf_put(&b, S("entries"));
    else
        buf_put_int(&b, level);
    uint64_t group = 1; /* 1000 to the power of the groups below the one being written */
    while (index / group >= 1000)
        group *= 1000;
    for (; group > 1; group /= 1000)
        buf_printf(&b, "/x%03u", (unsigned)(index / group % 1000));
    buf_printf(&b, "/%03u", (unsigned)(index % 1000));
    if (width < MERKLE_TILE_WIDTH)
        buf_printf(&b, ".p/%u", width);
    return buf_str(&b);
}
