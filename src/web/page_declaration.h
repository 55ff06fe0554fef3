/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The text that people sign, and what is to be known of it. */

#include "web/figure.h"
#include "web/share.h"
#include "web/shown.h"

typedef struct declaration_page {
    figure figure;
    const declaration_text *text; /* in the reader's language or the original */
    bool is_foreign;
    safe_html body;
    str hash_prefix; /* first 16 digits of the text's hash */
    share share;
    str original; /* native name of the original language; empty: this is it */
} declaration_page;
