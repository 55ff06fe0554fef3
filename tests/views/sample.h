/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the sample views show. */

#include "html/html.h"

typedef struct sample_page {
    str title, kind, query, link;
    safe_html body;
    person_name signer;
    email_address email;
    str_list names;
    size_t chosen;
    int rate;
    bool is_wrong;
} sample_page;
