/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* An opaque picture as PNG. For canvas.c: cairo's own writer takes three times as long for the same
 * pixels, because it tries every filter on each row of what are plain areas. */

#include "base/base.h"

#include <cairo.h>

/* false: libpng failed. */
bool png_put(buf *to, cairo_surface_t *picture);
