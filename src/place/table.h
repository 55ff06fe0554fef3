/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What tools/placec makes of places/. Regions come first, by code; towns and
 * countries follow. */

#include "place/place.h"

typedef struct place_key {
    uint32_t text; /* offset in place_texts: a folded name from one of its words on */
    uint16_t row;
    uint16_t is_start; /* from its first word on */
} place_key;

typedef struct place_count {
    const char *code;
    int64_t people;
} place_count;

extern const place place_rows[];
extern const size_t place_regions, place_rows_n;
extern const place_key place_keys[]; /* sorted by the text they point at, bytewise */
extern const size_t place_keys_n;
extern const char place_texts[];
extern const place_count place_counts[];
extern const size_t place_counts_n;
extern const place_shape place_shape_rows[];
extern const size_t place_shapes_n;
extern const place_tile place_tile_rows[];
extern const size_t place_tiles_n;
