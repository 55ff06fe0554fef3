/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Files beside the items of a content folder: which there may be, and where readers find them.
 * Published under the hash of their bytes, so an address never changes its meaning and may be kept
 * for ever. Bytes lie in DATA/media; the database says which belong to which item. */

#include "base/base.h"

typedef enum file_nature {
    FILE_PLAIN,      /* published as it is: a PDF, captions, a film */
    FILE_DRAWING,    /* SVG: published as it is, if it is harmless */
    FILE_PHOTOGRAPH, /* published in forms that are made from it */
} file_nature;

typedef struct file_type {
    str ending; /* "pdf" */
    str content_type;
    file_nature nature;
    int64_t most_bytes;
} file_type;

/* By the ending of a name; NULL: no such file may lie there. */
const file_type *file_type_of(str name);

/* Letters a-z, digits, '-', '_' and one dot before the ending; at most 80 bytes. */
bool file_name_is_good(str name);

/* Whether a plain file begins as its ending promises. */
bool file_is_what_it_says(const file_type *type, str bytes);

/* Of a photograph: JPEG, for other sites that show what a link leads to. */
enum { FILE_FORM_ELSEWHERE = 1200 };

typedef struct content_file {
    str name;      /* as the author named it: "front.jpg" */
    int64_t form;  /* of a photograph: 400, 800, 1600 (WebP of at most that width) or
                      FILE_FORM_ELSEWHERE; 0: the file itself */
    str published; /* "front-800.webp" */
    str hash;      /* 32 hexadecimal digits */
    str source;    /* 32 bytes: the SHA-256 of the author's file */
    int64_t bytes;
    int64_t width, height; /* of pictures; 0: not known */
} content_file;

typedef struct content_file_list {
    const content_file *at;
    size_t n;
} content_file_list;

/* Below DATA/media: "ab/abcdef….webp". published and hash come from an address: ERR_NOT_FOUND for
 * anything that no published file could have. */
MUST_USE err file_path(arena *a, str hash, str published, str *out_path,
                       const file_type **out_type);
