/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The count as a picture (SVG) for pages that take nothing but a picture and a link. It needs no
 * font, no script and no other file. */

#include "html/html.h"

typedef struct count_image {
    str title;   /* whose count it is; shortened to the room there is */
    str number;  /* as the language writes it; empty: caption alone, large */
    str caption; /* "signatures" */
    int64_t count, goal;
    str paper, ink, soft, line, accent, accent_text; /* "#c93a10" */
} count_image;

enum { COUNT_IMAGE_WIDTH = 360, COUNT_IMAGE_HEIGHT = 132 };

void count_image_put(html_out *o, const count_image *image);
