/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Merkle tree arithmetic of RFC 6962 section 2 (leaf = SHA-256(0x00 ‖ entry), node =
 * SHA-256(0x01 ‖ left ‖ right)) and the tile layout of C2SP tlog-tiles. Pure functions; hashes of
 * lower levels come from the caller through `merkle_read`. Sizes go up to INT64_MAX leaves. */

#include "crypto/crypto.h"

hash32 merkle_leaf(str entry);
hash32 merkle_node(const hash32 *left, const hash32 *right);

/* A tree that only grows: keeps one hash for each 1 bit of the size (at most 64). */
typedef struct merkle_frontier {
    uint64_t size;
    hash32 peak[64]; /* peak[i] covers 2^i leaves; valid where bit i of size is set */
} merkle_frontier;
void merkle_append(merkle_frontier *f, const hash32 *leaf);
hash32 merkle_root(const merkle_frontier *f); /* SHA-256("") for size 0 */

/* The hash of the complete subtree of 2^level leaves starting at leaf index << level. Only
 * subtrees that lie wholly inside the asked tree are read. */
typedef err merkle_read(void *from, unsigned level, uint64_t index, hash32 *out_hash);

/* A path of a proof: at most 64 hashes, lowest first. */
typedef struct hash_list {
    hash32 *at;
    size_t n;
} hash_list;

/* The frontier and the root of the first `size` leaves; errors of read pass through. */
MUST_USE err merkle_frontier_at(merkle_read *read, void *from, uint64_t size,
                                merkle_frontier *out_frontier);
MUST_USE err merkle_root_at(merkle_read *read, void *from, uint64_t size, hash32 *out_root);

/* Inclusion path (RFC 9162 2.1.3) and consistency path (2.1.4). ERR_INVALID: index >= size, or
 * old_size > size. From size 0, and between equal sizes, the consistency path is empty. */
MUST_USE err merkle_inclusion(arena *a, merkle_read *read, void *from, uint64_t index,
                              uint64_t size, hash_list *out_path);
MUST_USE err merkle_consistency(arena *a, merkle_read *read, void *from, uint64_t old_size,
                                uint64_t size, hash_list *out_path);

/* Verification (RFC 9162 2.1.3.2 and 2.1.4.2). Any input is fine: nothing is trusted. */
bool merkle_inclusion_ok(uint64_t index, uint64_t size, const hash32 *leaf, hash_list path,
                         const hash32 *root);
bool merkle_consistency_ok(uint64_t old_size, uint64_t size, const hash32 *old_root,
                           const hash32 *root, hash_list path);

/* Tiles: 256 hashes wide, 8 levels high. Tile level L keeps the hashes of tree level 8·L. */
#define MERKLE_TILE_WIDTH 256

/* Where the hash of a complete subtree lies: in the tile at (level, index), it is the root over
 * `count` hashes from the `first` on (merkle_fold). */
typedef struct merkle_place {
    unsigned level;
    uint64_t index;
    unsigned first;
    unsigned count; /* 1, 2, 4 … 128 */
} merkle_place;
merkle_place merkle_place_of(unsigned level, uint64_t index);

/* The root over n hashes that are all of one level; n > 0. */
hash32 merkle_fold(const hash32 *hashes, size_t n);

/* "tile/0/x001/234" or "tile/entries/x001/234.p/17": C2SP tlog-tiles paths. level < 0 means
 * entries; width 256 is a full tile, less is a partial one. */
str merkle_tile_path(arena *a, int level, uint64_t index, unsigned width);
