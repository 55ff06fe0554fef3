/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The colours of what stands on other sites: light or dark ground and one colour that the host
 * chooses. Whatever it chooses, text keeps the contrast of WCAG 2.2 (4.5 to 1). */

#include "base/base.h"

typedef enum palette_ground { GROUND_AUTO, GROUND_LIGHT, GROUND_DARK } palette_ground;

typedef struct rgb {
    unsigned char at[3];
} rgb;

typedef struct palette {
    rgb paper, ink, soft, line;
    rgb accent;      /* ground of the button and the bar, as the host wrote it */
    rgb on_accent;   /* letters on it */
    rgb accent_text; /* the same colour as letters on paper, moved as far as they need it */
} palette;

/* "light", "dark" or "auto". ERR_INVALID: neither. */
MUST_USE err palette_ground_read(str word, palette_ground *out_ground);
str palette_ground_word(palette_ground ground);

/* "c93a10": six hexadecimal digits. ERR_INVALID: anything else. */
MUST_USE err rgb_read(str text, rgb *out);
/* "#c93a10" */
str rgb_text(arena *a, rgb c);

/* accent NULL: the alliance's own. GROUND_AUTO is as GROUND_LIGHT. */
palette palette_make(palette_ground ground, const rgb *accent);
/* The same as custom properties of a style sheet; with GROUND_AUTO both, by the reader's wish. */
str palette_sheet(arena *a, palette_ground ground, const rgb *accent);

/* 1 to 21. */
double rgb_contrast(rgb one, rgb other);
