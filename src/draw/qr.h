/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* QR codes (ISO/IEC 18004): modules, and the same as one SVG path. Knows no markup: a view puts the
 * path into its place. */

#include "base/base.h"

enum {
    QR_TEXT_BYTES_MOST = 1000,
    QR_QUIET_MODULES = 4, /* the light margin that readers need, on every side */
};

/* size: modules on a side, the quiet zone included; the view box of the path is "0 0 size size".
 * path: the dark modules, a rectangle for each run in a row. is_dark: size * size modules, row by
 * row. */
typedef struct qr {
    int size;
    str path;
    const bool *is_dark;
} qr;

/* Error correction level M: a seventh of the code may be dirty.
 * ERR_INVALID: no text, or a NUL in it. ERR_LIMIT: more than QR_TEXT_BYTES_MOST. */
MUST_USE err qr_make(arena *a, str text, qr *out_qr);
