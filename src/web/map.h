/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Pictures of where signatures come from, drawn here and coloured by classes: the countries of the
 * Union and its regions by their outlines, and the regions as tiles of one size. Pins are stories
 * where they happened. View: part/map.html. */

#include "web/breakdown.h"
#include "web/page_content.h"
#include "web/regions.h"

enum { MAP_SHADES = 5 };

/* What is coloured: shade 0 has nothing, MAP_SHADES the most. */
typedef struct map_area {
    str d;
    int shade;
    int x, y; /* of the frame around an outlying region */
    bool has_frame;
    str label; /* "Danmark: 12"; empty: not of the Union, or nothing is known */
    str url;   /* the register there; empty: no link */
} map_area;

typedef struct map_areas {
    map_area *at;
    size_t n;
} map_areas;

/* A class of the legend: from low to high. */
typedef struct map_class {
    int shade;
    int64_t low, high;
} map_class;

typedef struct map_classes {
    map_class at[MAP_SHADES + 1];
    size_t n;
} map_classes;

typedef struct map_word {
    str text;
    int x, y;
} map_word;

typedef struct map_words {
    map_word *at;
    size_t n;
} map_words;

typedef struct map_pin {
    const story *told;
    str d;
} map_pin;

typedef struct map_pins {
    const map_pin *at;
    size_t n;
} map_pins;

typedef struct map_picture {
    map_areas areas;
    map_classes classes;
    str borders;     /* between countries: a path; empty: none are drawn */
    map_words words; /* the codes of the countries of a mosaic */
    map_pins pins;
    int width, height;
} map_picture;

map_picture map_countries(const page_context *pc, const figure *g, const country_rows *rows);
map_picture map_regions(const page_context *pc, const figure *g, const region_rows *rows);
map_picture map_mosaic(const page_context *pc, const figure *g, const region_rows *rows);

/* Stories whose region is known, on a map or on a mosaic. */
map_pins map_stories(arena *a, story_list stories, bool is_mosaic);
