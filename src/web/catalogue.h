/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Everything of an edition that can be found by its words, and what documents are filtered by. Made
 * with the edition's content, and as constant. */

#include "core/alliance.h"
#include "search/search.h"

typedef enum entry_kind {
    ENTRY_DOCUMENT,
    ENTRY_NEWS,
    ENTRY_STORY,
    ENTRY_ACTION,
    ENTRY_PARTNER,
    ENTRY_DECLARATION,
    ENTRY_PAGE,
    ENTRY_HOME, /* the purpose of the alliance */
    ENTRY_KINDS
} entry_kind;

typedef struct entry {
    entry_kind kind;
    const content_item *item;       /* NULL: a declaration */
    const declaration *declaration; /* NULL: an item */
} entry;

/* A document in what readers ask for. */
typedef struct document_facts {
    const content_item *item;
    str kind;
    str publisher;
    str topics;                      /* parted by spaces */
    int64_t year, end;               /* end: the same unless it is a span; 0: not known */
    uint32_t languages;              /* bit 1 << lang */
    int64_t added_ms;                /* as its author says, else when it was imported */
    const content_item *replaced_by; /* NULL: by none */
} document_facts;

typedef struct catalogue {
    const entry *entries; /* numbered as the index numbers its things; documents first */
    size_t n;
    const document_facts *documents; /* beside the first entries */
    size_t document_n;
    content_list news; /* newest first */
    search_index *index;
} catalogue;

/* The result lives in a, save the index: close the catalogue before the arena. The words of files
 * are read from the database and not kept beside the index. */
MUST_USE err catalogue_make(core *rules, arena *a, const alliance *al, catalogue *out_catalogue);
void catalogue_close(catalogue *c);

/* NULL: no such document. */
const document_facts *catalogue_document(const catalogue *c, str slug);
