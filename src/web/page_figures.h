/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The figures of a declaration, all from one checkpoint, and what was taken out of them. */

#include "core/decision.h"
#include "web/breakdown.h"
#include "web/facets.h"
#include "web/growth.h"
#include "web/regions.h"

enum { TAKEN_SHOWN = 100 };

/* Another declaration, and where its figures are. */
typedef struct other_figures {
    str url;
    str title;
    str lang; /* of the title; empty: the page's */
    int64_t count;
} other_figures;

typedef struct other_list {
    const other_figures *at;
    size_t n;
} other_list;

typedef struct figures_page {
    figure figure;
    str title;      /* of the declaration */
    str title_lang; /* empty: the page's */
    bars kinds, languages;
    bars versions; /* none while there is one version only */
    bars types;    /* of organisations */
    bool has_types;
    country_rows countries;
    region_rows regions;
    bool has_growth;
    str minutes_csv, minutes_json; /* where the history is finer than a day */
    growth growth;
    bool has_kinds; /* more than one kind may sign: the table of countries shows them apart */
    other_list others;
    decisions taken; /* that signatures do not count */
} figures_page;
