/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The list of documents, narrowed down by what readers ask for, and the page of each. */

#include "web/documents.h"
#include "web/filter.h"

typedef struct documents_page {
    filter_form form; /* its choices are those that there are */
    str feed_url;
    bool is_filtered;
    bool is_elsewhere; /* the words stand in texts of other languages */
    size_t found;      /* of all pages */
    document_list documents;
    pager pages;
} documents_page;

typedef struct document_link {
    str url;
    str title;
    str lang; /* of the title; empty: the page's */
} document_link;

typedef struct document_links {
    const document_link *at;
    size_t n;
} document_links;

typedef struct document_topic {
    str name;
    str url; /* of all documents on it */
} document_topic;

typedef struct document_topics {
    const document_topic *at;
    size_t n;
} document_topics;

typedef struct document_page {
    document document;
    document_topics topics;
    document_versions versions;
    str url; /* where the publisher has it, in no language in particular; empty: not known */
    str host;
    document_links replaced_by; /* one at most */
    document_links replaces;
    str citation; /* "Publisher: Title, 2017, OJ C 498" */
} document_page;
