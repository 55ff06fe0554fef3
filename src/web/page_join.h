/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Asking to join as a partner: the form, and the page behind the mailed link that says what has
 * become of the request. */

#include "core/joining.h"
#include "web/page_own.h"

enum { JOIN_MESSAGE_MOST = 2000 };

typedef struct join_page {
    str url, privacy_url;
    str token;
    sign_fields fields;
    sign_notice notice;
} join_page;

typedef struct join_own_page {
    joining request;
    own_fact_list facts; /* what was written */
    str confirm_url, back_url;
    str confirm_token, back_token;
    str partners_url;
} join_own_page;
