/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The page on which a partner chooses what to show on its own site, sees it, and copies the code.
 */

#include "web/embed.h"

typedef enum embed_show { SHOW_COUNT, SHOW_SIGN, SHOW_LATEST, SHOWS } embed_show;

/* A choice of the form. */
typedef struct embed_choice {
    str code, name;
    bool is_chosen;
} embed_choice;

typedef struct embed_choices {
    embed_choice *at;
    size_t n;
} embed_choices;

enum { EMBED_WIDTH_LEAST = 240, EMBED_WIDTH_MOST = 1200 };

typedef struct embed_page {
    str url;
    embed_choices declarations, shows, grounds, partners;
    int64_t width;  /* 0: as wide as there is room */
    str width_text; /* "100%" or the number */
    int64_t height;
    str accent;    /* "#c93a10" */
    str title;     /* of the frame */
    str frame_url; /* of the preview */
    /* With the origin, for the codes. */
    str frame_address, image_address, link_address, script_address;
    str image_code, frame_code, script_code;
    bool is_count;
} embed_page;

/* The code, with a script, that shows the count on another site; src: the slug of the partner whose
 * site it is, or empty. ERR_NOT_FOUND: the declaration has no text. */
MUST_USE err embed_code(const page_context *pc, const declaration *d, str src, str *out_code);
