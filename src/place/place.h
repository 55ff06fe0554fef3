/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The regions of the Union and the towns in them: names in any language and script to codes of the
 * NUTS classification. Compiled in from places/ (tools/placec); nothing here changes or is freed,
 * and every function is safe from any thread.
 *
 * A code means nothing without its version: what is stored is both. One version is known at a time;
 * codes of another stay what they are and have no name here. Codes begin with EL for Greece where
 * countries elsewhere in the program are ISO codes (place_country). */

#include "base/base.h"

enum {
    PLACE_VERSION = 2021,
    PLACE_CODE_MOST = 5,
    PLACE_COUNTRY = 0, /* levels; 1 to 3 are those of NUTS */
    PLACE_REGION = 2,  /* the level that regional policy is made for, and maps show */
    PLACE_FINEST = 3,
    PLACE_TOWN = 4,
};

typedef struct place {
    const char *code;   /* of a country two letters; of a town: of the smallest region to hold it */
    const char *name;   /* its own, as it writes itself */
    const char *latin;  /* that in Latin letters; empty where it is the same */
    const char *others; /* the same in other languages, parted by tabs; empty where none is known */
    int level;
    int64_t people; /* of a town: about so many, for the order of answers; else 0 */
} place;

/* A region of level 1 to 3. NULL: no such code in this version. */
const place *place_by_code(str code);
/* The regions of a level, by code; n: how many. */
typedef struct place_list {
    const place *const *at;
    size_t n;
} place_list;
place_list place_level(arena *a, int level);

/* "Attiki (Αττική)" is "Αττική (Attiki)": the own name, and how to read it. */
str place_label(arena *a, const place *p);

/* The ISO code of the country that a NUTS code begins with: "GR" for "EL30". */
str place_country(str code);
/* Whether code is region itself or lies in it; a country's two letters hold all that begins so. */
bool place_holds(str region, str code);
/* Code cut to a level; as it is when it is coarser. */
str place_cut(str code, int level);

typedef struct place_answer {
    const place *place;
    bool is_exact; /* the words are a whole name of it */
} place_answer;

typedef struct place_answers {
    const place_answer *at;
    size_t n;
} place_answers;

enum { PLACE_ANSWERS_MOST = 20, PLACE_WORDS_BYTES_MOST = 240 };

/* What has a word that the words begin with, in any script, without accents: whole names first,
 * then names that begin so, larger before smaller. country: its ISO code, for what lies within it;
 * empty: anywhere, and countries themselves.
 * ERR_INVALID: no UTF-8. ERR_LIMIT: longer than PLACE_WORDS_BYTES_MOST. */
MUST_USE err place_search(arena *a, str words, str country, size_t most,
                          place_answers *out_answers);

/* People of a member of the Union by its ISO code or NUTS code, as CLDR's tables have them; of the
 * Union for "EU". 0: not a member. */
int64_t place_people(str country);

/* For drawing (web/map.h). Lengths in tenths of a picture of 600 by 640; d is an SVG path. Every
 * member and every region of PLACE_REGION has one shape. */
typedef struct place_shape {
    const char *code; /* of a country or region; "-": all that is not in the Union; "=": the borders
                         between its countries, a line */
    int x, y;         /* a point well inside, for pins */
    bool is_framed; /* an outlying region, drawn in a frame of its own of PLACE_FRAME by as much */
    int frame_x, frame_y;
    const char *d;
} place_shape;
enum { PLACE_FRAME = 520 };
typedef struct place_shapes {
    const place_shape *at;
    size_t n;
} place_shapes;
place_shapes place_outlines(void);

/* Regions of PLACE_REGION as tiles of one size; odd rows stand half a tile to the right. */
typedef struct place_tile {
    const char *code;
    int column, row;
} place_tile;
typedef struct place_tiles {
    const place_tile *at;
    size_t n;
} place_tiles;
place_tiles place_mosaic(void);
