/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How many sign from which region, as it may be told: many who are counted there stand on no list,
 * so numbers below REGION_FEW are never shown one by one (ADR 0027). */

#include "core/log.h"
#include "lang/view.h"

enum { REGION_FEW = 5 };

typedef struct region_row {
    str code;         /* of level 2, or coarser where no more is known */
    str name;         /* as the region writes itself */
    str country;      /* ISO code */
    str country_name; /* in the reader's language; set by regions_name */
    int64_t count;
    int64_t share; /* of the largest row, in percent; for the bar */
} region_row;

typedef struct region_rows {
    region_row *at; /* by code */
    size_t n;
    int64_t few;      /* in regions with fewer than REGION_FEW, together */
    int64_t unplaced; /* all other signatures: no region, or one of another version */
} region_rows;

/* all: how many signatures there are. */
region_rows regions_shown(arena *a, const published *p);

/* Names the countries and puts the largest first. */
void regions_name(region_rows *rows, const view_context *vc);

/* The count of a region; 0: none that is shown. */
int64_t regions_count(const region_rows *rows, str code);
