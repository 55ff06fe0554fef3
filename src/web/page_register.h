/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The public register: who chose to be seen, filtered by kind, country and words. */

#include "web/figure.h"
#include "web/filter.h"
#include "web/signers.h"

typedef struct register_page {
    figure figure;
    filter_form form; /* countries that anybody signed from; regions of the chosen one */
    signer_list signers;
    int64_t total; /* all who chose to be seen */
    bool is_filtered;
    bool is_by_name; /* else newest first */
    bool is_first;
    str first_url; /* the first page with the same filters and order */
    str next_url;  /* empty: this is the last page */
} register_page;
