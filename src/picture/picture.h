/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Pictures that others made. Drawings (SVG) are taken as they are if nothing in them can act or
 * call out; photographs are never published as they came: a confined child process (vipsthumbnail)
 * turns them the right way up, takes out what the camera noted, and writes the sizes that pages
 * show. */

#include "confine/confine.h"

enum { DRAWING_BYTES_MOST = 1 << 20 };

/* ERR_INVALID: out_message says what a drawing may not have, out_line where. Elements and
 * attributes that are not known to be harmless are refused, not taken out: the author learns of it.
 * ERR_LIMIT: it is too large. */
MUST_USE err drawing_check(str svg, size_t *out_line, const char **out_message);

/* Width and height of a drawing in its own units, from viewBox or width and height; 0: it has none.
 */
typedef struct picture_size {
    int64_t width, height;
} picture_size;
picture_size drawing_size(str svg);

enum {
    PICTURE_FORMS = 4,
    PICTURE_SIDE_MOST = 16384, /* pixels */
    PICTURE_AREA_MOST = 100000000
};

/* One of the sizes in which a photograph is shown. */
typedef struct picture_form {
    int64_t form;     /* 400, 800, 1600: WebP of at most that width; 1200: JPEG, for other sites */
    const char *name; /* "1600.webp" */
    picture_size size;
    bool is_there; /* no size is larger than the photograph, save the smallest */
} picture_form;

/* From its first bytes, without decoding: JPEG, PNG or WebP. ERR_INVALID: none of them. */
MUST_USE err photograph_size(str bytes, picture_size *out_size);

/* What the child runs, for the plan of a process that is confined itself. */
str photograph_program(void);

/* Writes the forms of the photograph at path into folder (both absolute; folder is empty and on the
 * same machine as this process). ERR_NOT_FOUND: the program that does it is not installed;
 * ERR_INVALID: it is no picture, or too large a one; ERR_IO. */
MUST_USE err photograph_render(arena *a, str path, str folder, confine_level level,
                               picture_form out_forms[static PICTURE_FORMS]);
