/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How the count grew, as a curve and as a table of the same days. View: part/growth.html. */

#include "core/history.h"
#include "web/figure.h"

/* The drawing's own units; the view box. */
enum { GROWTH_WIDTH = 1000, GROWTH_HEIGHT = 300 };

typedef struct growth_day {
    str day; /* as the language writes it */
    int64_t count;
    int64_t more; /* than the day before it in the table; the first: than nothing */
} growth_day;

typedef struct growth_days {
    const growth_day *at;
    size_t n;
} growth_days;

typedef struct growth {
    growth_days days; /* latest first */
    str line;         /* SVG path of the curve */
    str area;         /* of the ground below it */
    growth_day first, last;
} growth;

/* False: fewer than two days have a number, so there is no curve. */
MUST_USE err growth_read(page_context *pc, const figure *g, bool *out_is_shown, growth *out_growth);
