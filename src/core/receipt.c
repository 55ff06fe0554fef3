/* SPDX-License-Identifier: EUPL-1.2 */
/* The checkpoint first, then tiles: those that it covers stand on disk before it does, and a
 * partial one may only have given way to a fuller. */

#include "core/receipt.h"

enum { WIDTH = MERKLE_TILE_WIDTH, TILE_BYTES = WIDTH * sizeof(hash32), SCRATCH_BYTES = 4 << 20 };

typedef struct making {
    arena *scratch;
    audit_read *read;
    void *from;
    uint64_t size;
} making;

static err read_tile(making *m, int level, uint64_t index, size_t most_bytes, str *out_bytes)
{
    uint64_t nodes = level < 0 ? m->size : m->size >> (8 * level);
    uint64_t left = nodes - index * WIDTH;
    unsigned width = left < WIDTH ? (unsigned)left : WIDTH;
    err e = m->read(m->from, m->scratch, merkle_tile_path(m->scratch, level, index, width),
                    most_bytes, out_bytes);
    if (e == ERR_NOT_FOUND && width < WIDTH)
        e = m->read(m->from, m->scratch, merkle_tile_path(m->scratch, level, index, WIDTH),
                    most_bytes, out_bytes);
    return e;
}

static err read_node(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    str bytes;
    hash32 hashes[WIDTH];
    merkle_place place = merkle_place_of(level, index);
    TRY(read_tile(from, (int)place.level, place.index, TILE_BYTES, &bytes));
    size_t start = place.first * sizeof(hash32), n = place.count * sizeof(hash32);
    if (bytes.n < start + n)
        return ERR_IO;
    memcpy(hashes, bytes.at + start, n);
    *out_hash = merkle_fold(hashes, place.count);
    return OK;
}

static err read_leaf(making *m, uint64_t leaf, str *out_leaf)
{
    str bundle;
    TRY(read_tile(m, -1, leaf / WIDTH, AUDIT_BUNDLE_BYTES_MOST, &bundle));
    for (uint64_t i = 0; i <= leaf % WIDTH; i++) {
        if (bundle.n < 2)
            return ERR_IO;
        size_t n = (size_t)(unsigned char)bundle.at[0] << 8 | (unsigned char)bundle.at[1];
        *out_leaf = str_head(str_skip(bundle, 2), n);
        bundle = str_skip(bundle, 2 + n);
    }
    return out_leaf->n ? OK : ERR_IO;
}

static err tree_of(arena *a, str note, checkpoint *out_tree)
{
    str text;
    note_lines lines;
    TRY(note_split(a, note, &text, &lines));
    return note_checkpoint_text(a, text, out_tree);
}

static err make(making *m, arena *a, uint64_t leaf, str *out_text)
{
    tlog_proof p = {.index = leaf};
    checkpoint tree;
    TRY(m->read(m->from, m->scratch, S("checkpoint"), NOTE_MAX_BYTES, &p.note));
    if (tree_of(m->scratch, p.note, &tree) != OK)
        return ERR_IO;
    if (leaf >= tree.size)
        return ERR_NOT_FOUND;
    m->size = tree.size;
    TRY(read_leaf(m, leaf, &p.extra));
    TRY(merkle_inclusion(m->scratch, read_node, m, leaf, tree.size, &p.path));
    hash32 hash = merkle_leaf(p.extra);
    if (!tlog_proof_holds(&p, &tree, &hash))
        return ERR_IO;
    *out_text = arena_copy(a, tlog_proof_make(m->scratch, &p));
    return OK;
}

err receipt_make(arena *a, audit_read *read, void *from, uint64_t leaf, str *out_text)
{
    making m = {.scratch = arena_open(SCRATCH_BYTES), .read = read, .from = from};
    err e = make(&m, a, leaf, out_text);
    arena_close(m.scratch);
    return e;
}

err receipt_read(arena *a, str text, receipt *out_receipt)
{
    receipt r = {.leaf = S("")};
    TRY(tlog_proof_read(a, text, &r.proof));
    TRY(tree_of(a, r.proof.note, &r.tree));
    r.leaf = r.proof.extra;
    if (r.leaf.n == 0 || r.leaf.at[r.leaf.n - 1] != '\n')
        return ERR_INVALID;
    hash32 hash = merkle_leaf(r.leaf);
    if (!tlog_proof_holds(&r.proof, &r.tree, &hash))
        return ERR_DENIED;
    *out_receipt = r;
    return OK;
}
