/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Content codings of replies: which one a client takes, and making them. */

#include "base/base.h"

typedef enum encoding { ENCODING_IDENTITY, ENCODING_GZIP, ENCODING_BR, ENCODING_COUNT } encoding;

/* One bit for each coding that Accept-Encoding allows (RFC 9110 12.5.3, with q-values and `*`).
 * Identity is always in the set: it is what we send when nothing else fits. */
unsigned encoding_accepted(str accept_encoding);

/* "gzip", "br"; empty for identity. */
str encoding_name(encoding e);

/* Whether a content type gains from compression. */
bool encoding_helps(str content_type);

/* gzip level 6 or brotli quality 5; is_once: a reply for one reader, level 2 and quality 2.
 * ERR_LIMIT when the result would not be smaller. */
MUST_USE err encoding_make(arena *a, encoding e, str plain, bool is_once, str *out_coded);
