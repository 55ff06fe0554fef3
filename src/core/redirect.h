/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Old addresses and where their content stands now: the file `redirects` of a content folder, one
 * `from to` a line, '#' before a comment.
 *
 * `from` is a path as an address bar shows it; upper and lower case of ASCII letters, slashes at
 * the end and whatever follows '?' make no difference, as they made none on the servers that such
 * addresses come from. `to` is an address on this site, so that nobody can be sent anywhere else. A
 * chain is shortened when it is read, a circle refused. */

#include "base/base.h"

enum { REDIRECTS_MOST = 10000, REDIRECT_BYTES_MOST = 500, REDIRECT_STEPS_MOST = 20 };

typedef struct redirect {
    str from; /* decoded, ASCII letters in lower case, no slash at the end */
    str to;
    size_t line;
} redirect;

typedef struct redirect_list {
    const redirect *at; /* by from */
    size_t n;
} redirect_list;

typedef struct redirect_fault {
    size_t line;
    const char *what;
} redirect_fault;

/* The results point into text and a. ERR_INVALID: see the fault. */
MUST_USE err redirects_read(arena *a, str text, redirect_list *out_redirects,
                            redirect_fault *out_fault);

/* Where a decoded path leads; empty: it is not in the list. */
str redirects_find(redirect_list redirects, str path);
