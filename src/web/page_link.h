/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Asking for the link to one's own page. */

#include "web/page_sign.h"

typedef struct link_page {
    sign_fields fields; /* of which the address is asked for */
    str token;
    str url;
} link_page;
