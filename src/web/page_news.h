/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What has happened: a list, and a page of each piece. */

#include "web/filter.h"
#include "web/shown.h"

typedef struct news_piece {
    shown text;
    str url;
    str date;   /* as the language writes it */
    str day;    /* 2026-11-22 */
    str source; /* empty: none named */
    str source_url;
} news_piece;

typedef struct news_list {
    const news_piece *at;
    size_t n;
} news_list;

typedef struct news_page {
    news_list pieces;
    pager pages;
    str feed_url;
} news_page;

/* One of the catalogue's. ERR_NOT_FOUND: it has no text. */
MUST_USE err news_shown(page_context *pc, const content_item *item, news_piece *out_piece);
