/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A table of counts that is a chart as well: beside each number lies a bar. View: part/bars.html.
 */

#include "base/base.h"

typedef struct bar {
    str code;
    str name;
    int64_t count;
    int64_t share; /* of the largest, in percent; the width of the bar */
} bar;

typedef struct bars {
    bar *at;
    size_t n;
    int64_t few;  /* in rows too small to be shown, together */
    int64_t rest; /* of which nothing is known */
    int64_t all;
} bars;

/* Sets the shares. */
void bars_measure(bars *rows);
