/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Actions that do not take place yet collect who wants to be told (core/interest.h). */

#include "core/interest.h"
#include "web/page_sign.h"
#include "web/shown.h"

typedef struct interest_page {
    shown action;
    sign_fields fields; /* of which name, address and consent are asked for */
    str token, leave_token;
    str until; /* the day by which everything is erased */
    str link;  /* the token of the mailed link */
    interest one;
} interest_page;

/* Whether an action takes place elsewhere, or is waited for here. */
bool interest_is_for(str slug);
