/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The people whom the authorities stand for that have signed: each step of the sum, and how. */

#include "core/territory.h"
#include "web/figure.h"

typedef struct population_row {
    const territory_step *step;
    str territory;  /* its name and code */
    str covered_by; /* the authority that counts it already; empty: counted itself */
} population_row;

typedef struct population_rows {
    const population_row *at;
    size_t n;
} population_rows;

typedef struct population_page {
    figure figure;
    str title;      /* of the declaration */
    str title_lang; /* empty: the page's */
    population_rows rows;
    int64_t people;
    str share; /* "12.3 %" of the Union */
    str union_people;
} population_page;

/* Tenths of a percent of the people of the Union. */
int64_t population_share(int64_t people);
