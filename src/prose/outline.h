/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a Markdown text is made of: its blocks, its links and pictures, and what has no place in
 * content. For holding a translation against its original; markup is made by html/ alone. */

#include "base/base.h"

enum { OUTLINE_BYTES_MOST = 1 << 20, OUTLINE_DEPTH_MOST = 8 };

typedef struct outline_link {
    str target;
    str words;   /* between the brackets, without markup: of a picture its alternative text */
    size_t line; /* of the text, from 1 */
    bool is_picture;
} outline_link;

/* A paragraph, heading or list item without markup, addresses and code. */
typedef struct outline_block {
    str words;
    size_t line;
} outline_block;

typedef struct outline {
    size_t paragraphs; /* outside lists */
    size_t items, headings, emphases;
    outline_block *blocks;
    size_t block_count;
    outline_link *links;
    size_t link_count;
    size_t markup_line; /* first raw HTML; 0: none */
    size_t title_line;  /* first heading of level 1; 0: none */
    size_t deep_line;   /* first block nested deeper than OUTLINE_DEPTH_MOST; 0: none */
} outline;

/* At most OUTLINE_BYTES_MOST bytes; more is a bug of the caller. */
void outline_read(arena *a, str markdown, outline *out);
