/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the home page shows, from top to bottom. */

#include "web/documents.h"
#include "web/figure.h"
#include "web/page_content.h"
#include "web/partners.h"
#include "web/signers.h"

typedef struct home {
    shown alliance; /* text NULL: the alliance has no text yet */
    str short_text;
    const figure *figure;         /* NULL: no declaration yet */
    const declaration_text *text; /* of the declaration */
    str_list points;              /* its points in short */
    safe_html opening;            /* its first paragraph, when it has no points */
    shown_list actions;
    partner_list partners;
    story_list stories;
    document_list documents;
    signer_list latest;
} home;
