/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* For canvas.c and typeface.c only. */

#include "draw/typeface.h"

#include <pango/pangocairo.h>

/* Between these two: pango's font map is for one thread at a time. */
void typeface_take(typeface *t);
void typeface_give_back(typeface *t);

PangoFontMap *typeface_fonts(typeface *t);
