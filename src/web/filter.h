/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Lists that readers narrow down and page through, by addresses alone. */

#include "web/shown.h"

typedef struct choice {
    str code;
    str name;
} choice;

typedef struct choice_list {
    const choice *at;
    size_t n;
} choice_list;

/* A list to choose from. */
typedef struct filter {
    const char *name; /* of the query */
    str label;
    str any;    /* the first entry, which narrows nothing; empty: all are choices */
    str chosen; /* a code; empty: any */
    choice_list choices;
    bool is_partial;    /* some of the list have none of them, so one alone is a choice */
    bool has_own_names; /* choices are names, which are not translated */
} filter;

enum { FILTERS_MOST = 6 };

/* The form above a list. View: part/filter_form.html. */
typedef struct filter_form {
    str address; /* of the whole list */
    str words_label, words;
    filter at[FILTERS_MOST];
    size_t n;
} filter_form;

/* Nothing when there is nothing to choose. */
void filter_add(filter_form *fields, filter one);
/* The list as it is narrowed down. */
str filter_address(arena *a, const filter_form *fields);

/* Whether any of the items has that fact. */
bool filter_finds(shown_list items, str key, str value);
/* The countries of the items, in the order of the language. */
choice_list filter_countries(const page_context *pc, shown_list items);

/* Appends name=value to the query of an address; nothing when the value is empty. */
void query_put(buf *url, const char *name, str value);

/* Where a page of a list stands among the others. View: part/pager.html. */
typedef struct pager {
    int64_t page, pages; /* from 1; pages 0: the list is empty */
    size_t first, n;     /* what the page shows */
    str url;             /* of this page */
    str previous_url;    /* empty: this is the first */
    str next_url;        /* empty: this is the last */
} pager;

enum { PAGE_ITEMS = 20 };

/* The page that the query "page" asks for, of a list of n items at an address with all its other
 * queries. ERR_INVALID: not a number; ERR_NOT_FOUND: behind the last page. */
MUST_USE err pager_of(arena *a, req *rq, size_t n, str address, pager *out_pager);
