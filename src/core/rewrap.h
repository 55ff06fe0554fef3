/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Other recipients for what is sealed already: new headers for the same payloads, made by who can
 * open the old ones, elsewhere. */

#include "core/alliance.h"

/* The recipients of a declaration from now on; the log names them, unless they are the same.
 * ERR_DENIED: the key of one was never shown to work (core/ceremony.h); ERR_INVALID: fewer than
 * RECIPIENTS_LEAST. */
MUST_USE err rewrap_declaration(core *c, arena *a, int64_t declaration_id, recipient_list to);

typedef struct new_header {
    int64_t signature;
    str before; /* the header that the new one replaces */
    str header;
} new_header;

enum { NEW_HEADERS_MOST = 256 };

/* Up to NEW_HEADERS_MOST in one transaction. Passed over are records that are erased, or whose
 * header is another by now. ERR_INVALID: no headers of the age format. */
MUST_USE err rewrap_records(core *c, const new_header *headers, size_t n, size_t *out_changed);
