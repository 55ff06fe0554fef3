/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Posters and pictures are drawn when somebody first asks for them, kept in memory, and drawn anew
 * when what they say has changed: one at a time, whatever strangers ask for, and the same one at
 * most once in DRAWINGS_PACE_MS, so that a count that moves each second costs no processor. */

#include "draw/appeal.h"

enum { DRAWINGS_PACE_MS = 10000 };

typedef struct drawings drawings;

/* Before the process is confined. ERR_IO: typeface_open. */
MUST_USE err drawings_open(size_t bytes_most, drawings **out_drawings);
void drawings_close(drawings *d);

typedef err draw_call(typeface *letters, arena *a, const void *what, drawn *out);

/* The drawing of that name; key: a hash over all that it says; now_ms: of the steady clock. A
 * letter that the typeface lacks is logged. ERR_BUSY: too many wait for their first drawing; else
 * as the call. */
MUST_USE err drawings_get(drawings *d, arena *a, str name, uint64_t key, int64_t now_ms,
                          draw_call *call, const void *what, str *out_bytes);

/* How many bytes the drawing of that name has, as it was drawn last; 0: it is not kept. */
size_t drawings_bytes(drawings *d, str name);

/* Letters that were missing in all drawings so far. */
int64_t drawings_letters_missing(drawings *d);
