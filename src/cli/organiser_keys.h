/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Two keys for an organiser who has named none, so that a first look needs no ceremony: DATA/
 * organiser-keys/organiser-1.txt and -2.txt, as age-keygen writes them. They open every record and
 * belong on other machines; that is said when they are made. */

#include "core/content.h"

/* Makes what is missing. ERR_IO, ERR_INVALID: cannot be written or read (said on stderr). */
MUST_USE err organiser_keys_make(arena *a, str data, recipient_list *out_recipients);
