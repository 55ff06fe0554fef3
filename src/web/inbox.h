/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the views of the demo's inbox show. The inbox is a tool of `undersigned sink`, in English,
 * and no part of the site. */

#include "base/base.h"

typedef struct inbox_line {
    str name; /* of the file, for the address */
    str subject;
    str to;
    str date;
    str lang;
} inbox_line;

typedef struct inbox_list {
    const inbox_line *at;
    size_t n;
} inbox_list;

/* A run of text, or an address that can be followed. */
typedef struct inbox_piece {
    str text;
    bool is_link;
} inbox_piece;

typedef struct inbox_pieces {
    const inbox_piece *at;
    size_t n;
} inbox_pieces;

typedef struct inbox_letter {
    str subject, from, to, date, lang;
    inbox_pieces pieces;
} inbox_letter;
