/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Search over everything that has words of its own. */

#include "web/filter.h"
#include "web/shown.h"

typedef struct found {
    str url;
    str kind;              /* "Documents" */
    search_pieces title;   /* with the words of the question apart */
    search_pieces excerpt; /* may be empty */
    str lang;              /* of both; empty: the page's */
    bool is_in_file;       /* some word stands only in a file that it brings */
} found;

typedef struct found_list {
    const found *at;
    size_t n;
} found_list;

typedef struct search_page {
    filter_form form; /* without words: nothing was asked yet */
    found_list results;
    size_t n; /* of all pages */
    bool is_elsewhere;
    pager pages;
} search_page;
