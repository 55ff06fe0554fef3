/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The published breakdown ("p DK 12\n" …) as a table of countries. */

#include "core/log.h"
#include "lang/view.h"

typedef struct country_row {
    str code;
    str name;
    log_counts counts;
    int64_t total;
    int64_t share; /* of the largest row, in percent; for the bar */
} country_row;

typedef struct country_rows {
    country_row *at;
    size_t n;
} country_rows;

/* One row a country, in the order of their codes; a malformed line ends the table. Names are set
 * by sorting. */
country_rows breakdown_rows(arena *a, str breakdown);

/* By name, as the language sorts; or the largest first. A country that was not given comes last. */
void breakdown_sort_by_name(country_rows *rows, const view_context *vc);
void breakdown_sort_by_total(country_rows *rows, const view_context *vc);
