/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a reader sees when a request cannot be served, in the language of the address or of the
 * browser. */

#include "web/frame.h"

void page_error(struct app *ap, req *rq, reply *out, int status);

/* The words for a status. */
typedef struct error_words {
    msg title;
    msg text;
} error_words;
error_words error_words_of(int status);
