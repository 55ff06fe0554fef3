/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* HTTP dates (RFC 9110 5.6.7): "Sun, 22 Nov 2026 16:58:03 GMT". Only this form is written and
 * read; the two obsolete forms are taken as absent, which only costs a full reply. */

#include "base/base.h"

enum { DATE_BYTES = 29 };

void date_write(int64_t unix_s, char out_text[static DATE_BYTES + 1]);
MUST_USE err date_read(str text, int64_t *out_unix_s);
