/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The list of partners, a partner's page, and its hub, where the people whom it sends come in. */

#include "web/documents.h"
#include "web/page_register.h"
#include "web/partners.h"
#include "web/share.h"

typedef struct partners_page {
    partner_list found;
    filter_form form; /* its choices are those of all partners */
    bool is_filtered;
    str join_url;
} partners_page;

typedef struct partner_page {
    partner partner;
    document_list documents; /* that it published */
    const declaration *main; /* NULL: none; then there is nothing to sign */
    str list_url;
} partner_page;

typedef struct hub_page {
    partner partner;
    str words;       /* its own; empty: what is known of it stands there instead */
    figure figure;   /* of the main declaration; its sign_url is the partner's own */
    int64_t through; /* of these, signatures through its link */
    const declaration_text *declaration;
    share share; /* every link in it is the partner's own */
    qr code;
    str link;            /* the same as text */
    signer_list members; /* that signed and chose to be listed */
    bool is_first;       /* of their pages */
    str next_url;        /* empty: no more of them */
} hub_page;
