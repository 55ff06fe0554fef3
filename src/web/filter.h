/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Lists that readers narrow down and page through, by addresses alone. */

#include "web/frame.h"

typedef struct choice {
    str code;
    str name;
    bool is_chosen;
} choice;

typedef struct choice_list {
    const choice *at;
    size_t n;
} choice_list;

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
