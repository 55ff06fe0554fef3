/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The structure of a foreign message: fields, parts and their encodings (RFC 5322, 2045, 2046). A
 * message may come from anyone, so this is total: what it does not understand stands as it is.
 * Lines end in CRLF. What is given back is a view of the input, or lives in the arena. */

#include "base/base.h"

enum { MIME_PARTS_MOST = 20 }; /* of one multipart; later ones are not seen */

/* Head and body; a message without a blank line is all head. */
void mime_cut(str whole, str *out_head, str *out_body);

/* The value of the first field of that name, unfolded; empty when there is none. */
str mime_field(arena *a, str head, str name);

/* "=XX" to its byte; in_header also "_" to a space (RFC 2047). CRLF becomes nothing. */
str mime_quoted_read(arena *a, str s, bool in_header);
/* Characters outside the alphabet are passed over (RFC 2045 6.8). */
str mime_base64_read(arena *a, str s);

/* A body as its Content-Transfer-Encoding says, any other as it stands; lines end in LF. */
str mime_body(arena *a, str head, str body);

/* The parts of a multipart, one after the other. */
typedef struct mime_parts {
    str rest;
    str marker; /* CRLF and the delimiter */
    int left;
} mime_parts;

/* type: the value of Content-Type. False: not a multipart with a boundary. */
bool mime_parts_open(arena *a, str type, str body, mime_parts *out_parts);
/* False: there is none left. */
bool mime_parts_next(mime_parts *parts, str *out_head, str *out_body);
