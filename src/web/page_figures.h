/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The figures of a declaration, all from one checkpoint, and what was taken out of them. */

enum { TAKEN_SHOWN = 100 };

#include "core/decision.h"
#include "web/breakdown.h"
#include "web/growth.h"

typedef struct kind_row {
    str name;
    int64_t count;
    int64_t share; /* percent, for the bar */
} kind_row;

typedef struct kind_rows {
    const kind_row *at;
    size_t n;
} kind_rows;

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

/* How many stand behind a version of the text. */
typedef struct version_row {
    str name;
    int64_t count;
} version_row;

typedef struct version_rows {
    const version_row *at;
    size_t n;
} version_rows;

typedef struct figures_page {
    version_rows versions; /* none while there is one version only */
    figure figure;
    str title;      /* of the declaration */
    str title_lang; /* empty: the page's */
    kind_rows kinds;
    country_rows countries;
    bool has_growth;
    growth growth;
    bool has_kinds; /* more than one kind may sign: the table of countries shows them apart */
    other_list others;
    decisions taken; /* that signatures do not count */
} figures_page;
