/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Reports and position papers in the words of a language. View: part/document.html. */

#include "web/shown.h"

typedef struct document {
    shown text;
    str kind;      /* "Position paper" */
    str publisher; /* "CEMR"; in another language than the page's: see publisher_lang */
    str publisher_lang;
    str years;     /* "2015-2018", "about 2017", "every year"; empty: not known */
    str languages; /* "en, fr", "24 languages"; empty: not known */
    str url;       /* empty: not published here */
} document;

typedef struct document_list {
    const document *at;
    size_t n;
} document_list;

document_list documents_shown(page_context *pc, size_t most);
