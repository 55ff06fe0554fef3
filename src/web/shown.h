/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Content as a page shows it: in the reader's language, or in another one and marked as such. */

#include "web/frame.h"

typedef struct shown {
    const content_item *item;
    const content_text *text;
    str title;
    bool is_foreign; /* not in the reader's language: its element needs lang */
    str lang;
    str code; /* of the page */
} shown;

typedef struct shown_list {
    const shown *at;
    size_t n;
} shown_list;

/* Items of a kind by position, at most `most`; those without any text are left out. */
shown_list shown_items(page_context *pc, str kind, size_t most);
/* ERR_NOT_FOUND. */
MUST_USE err shown_item(page_context *pc, str kind, str slug, shown *out);

/* The same of an item that is at hand. ERR_NOT_FOUND: it has no text. */
MUST_USE err shown_of(page_context *pc, const content_item *item, shown *out);

/* Facts of the item; headers and rendered body of its text. */
str shown_fact(const shown *s, str key);
str shown_header(const shown *s, str key);
safe_html shown_body(arena *a, const shown *s, int top_heading);
/* Any text of the content folder as markup: a link to KIND/ITEM leads to it in the page's language,
 * whose code this is. */
safe_html shown_text(arena *a, str code, str markdown, int top_heading);

/* A picture of the item, ready for <img>. Photographs come in several widths. */
typedef struct shown_picture {
    str url;    /* empty: the item has none, or one without a size */
    str srcset; /* "/media/… 400w, …" */
    int64_t width, height;
    str alt; /* in the language of the item's text */
} shown_picture;

/* The one that the fact `key` names; its alternative text is the header `key`_alt. */
shown_picture shown_picture_of(arena *a, const shown *s, str key);
/* The address of a file of the item as it is; empty: it has none of that name. */
str shown_file_url(arena *a, const shown *s, str name);

/* "Shown in …": the native name of a language by its code; the code itself when unknown. */
str shown_language(str code);

/* How large a file is: "82 KB", "1.2 MB". */
str page_size(arena *a, lang l, int64_t bytes);

/* "2026-11-22" as the language writes it; of "2017-10" and "2017" the year. */
str page_date(arena *a, lang l, str written);
