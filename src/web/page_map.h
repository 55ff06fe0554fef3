/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Where the signatures of a declaration come from: countries, regions or the mosaic of regions,
 * each with its table. */

#include "web/map.h"

typedef enum map_kind { MAP_COUNTRIES, MAP_REGIONS, MAP_MOSAIC, MAP_KINDS } map_kind;

typedef struct map_choice {
    str name;
    str url;
    bool is_present;
} map_choice;

typedef struct map_choices {
    const map_choice *at;
    size_t n;
} map_choices;

typedef struct map_page {
    figure figure;
    str title;      /* of the declaration */
    str title_lang; /* empty: the page's */
    map_kind kind;
    map_choices choices;
    map_picture picture;
    country_rows country_rows; /* of MAP_COUNTRIES */
    region_rows region_rows;   /* of the others */
    str nuts;                  /* version of the classification: a year, so not grouped */
} map_page;
