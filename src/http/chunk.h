/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The chunked transfer coding (RFC 9112 7.1), decoded as bytes arrive. Strict: a size is 1 to 8
 * hexadecimal digits followed at once by CRLF, so chunk extensions are refused, and so are trailer
 * lines; nobody who sends forms needs them, and both have been used to smuggle requests. */

#include "base/base.h"

typedef struct chunk {
    uint32_t left; /* bytes of the present chunk still to come */
    uint8_t state;
    uint8_t digits;
} chunk;

enum { CHUNK_DONE = 0, CHUNK_MORE = 1, CHUNK_FULL = 2, CHUNK_BAD = 3 };

/* Takes bytes off the front of *in and decodes them to out. CHUNK_DONE: the body is complete and
 * *in is what follows it. CHUNK_MORE: all of *in is used up. CHUNK_FULL: room is used up.
 * CHUNK_BAD: 400. Start with a zeroed chunk. */
int chunk_read(chunk *c, str *in, char *out, size_t room, size_t *out_n);
