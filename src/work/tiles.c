/* SPDX-License-Identifier: EUPL-1.2 */
/* A partial tile goes when the full one stands: whoever misses it looks for that. */

#include "work/tiles.h"

#include "base/file.h"

enum { WIDTH = MERKLE_TILE_WIDTH };

static err read_tile(tiles *t, merkle_place place, unsigned width, str *out_bytes)
{
    str path = merkle_tile_path(t->a, (int)place.level, place.index, width);
    return file_read(t->a, t->directory_fd, arena_cstr(t->a, path), WIDTH * sizeof(hash32),
                     out_bytes);
}

err tiles_read(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    tiles *t = from;
    merkle_place place = merkle_place_of(level, index);
    uint64_t left = (t->size >> (8 * place.level)) - place.index * WIDTH;
    unsigned width = left < WIDTH ? (unsigned)left : WIDTH;
    str bytes;
    err e = read_tile(t, place, width, &bytes);
    if (e == ERR_NOT_FOUND && width < WIDTH)
        e = read_tile(t, place, WIDTH, &bytes);
    TRY(e);
    if (bytes.n < (place.first + place.count) * sizeof(hash32))
        return ERR_NOT_FOUND;
    hash32 hashes[WIDTH];
    memcpy(hashes, bytes.at + place.first * sizeof(hash32), place.count * sizeof(hash32));
    *out_hash = merkle_fold(hashes, place.count);
    return OK;
}
