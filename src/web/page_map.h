/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Where the signatures of a declaration come from: map, mosaic and the tables of both. */

#include "web/map.h"

typedef struct map_page {
    figure figure;
    str title;      /* of the declaration */
    str title_lang; /* empty: the page's */
    map_picture countries, regions;
    country_rows country_rows;
    region_rows region_rows;
    str nuts; /* version of the classification: a year, so not grouped */
} map_page;
