/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Reports and position papers in the words of a language. View: part/document.html. */

#include "web/shown.h"

/* Where a document can be had in a language: a file of its item, or a link. Size and checksum of a
 * file are those of its bytes, of a link those that the organiser gave. */
typedef struct document_version {
    str code; /* "da" */
    str language;
    str url;
    str format; /* "PDF"; empty: not known */
    str size;   /* "1.2 MB"; empty: not known */
    str sha256; /* in hexadecimal; empty: not known */
} document_version;

typedef struct document_versions {
    const document_version *at;
    size_t n;
    bool has_facts; /* something more than the language is known of one */
} document_versions;

typedef struct document {
    shown text;
    const document_facts *facts;
    str kind;      /* "Position paper" */
    str publisher; /* "CEMR"; in another language than the page's: see publisher_lang */
    str publisher_lang;
    str years;                    /* "2015-2018", "about 2017", "every year"; empty: not known */
    str languages;                /* "en, fr", "24 languages"; empty: not known */
    search_pieces title, summary; /* with what was searched for apart */
    bool is_in_file;              /* some of it stands only in a file of the document */
} document;

typedef struct document_list {
    const document *at;
    size_t n;
} document_list;

/* The first ones of the list. */
document_list documents_shown(page_context *pc, size_t most);
/* One of them; question NULL: nothing was searched for. ERR_NOT_FOUND: it has no text at all. */
MUST_USE err document_shown(page_context *pc, const document_facts *facts,
                            const search_question *question, document *out_document);

/* The reader's language first, then in the order of the languages. */
document_versions document_versions_of(page_context *pc, const document_facts *facts);

/* The words for a kind; false: the code is unknown. */
bool document_kind_name(const page_context *pc, str code, str *out_name);
/* The name of a publisher by its code, as a filter shows it. */
str document_publisher_name(page_context *pc, str code);
/* The name of a topic; its code when it has none. */
str document_topic_name(page_context *pc, str code);
