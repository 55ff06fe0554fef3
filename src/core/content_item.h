/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* One item of the content: its facts, its texts, its files. */

#include "core/file.h"

typedef struct fact {
    str key;
    str value;
} fact;

typedef struct fact_list {
    fact *at;
    size_t n;
} fact_list;

/* Empty when there is no such key. */
str fact_value(fact_list facts, str key);
bool fact_is_given(fact_list facts, str key);

/* One text of an item: language code, state (original, machine, reviewed, or outdated: of an
 * original that has changed since), header and body. */
typedef struct content_text {
    str lang;
    str state;
    fact_list header; /* title, summary … */
    str body;         /* Markdown */
} content_text;

/* A file that lies in the item's folder and was not looked into yet. */
typedef struct given_file {
    str name;
    str path;
} given_file;

typedef struct content_item {
    str kind; /* alliance, partner, document, story, action, page, news, topic */
    str slug;
    int64_t position;
    int64_t since_ms; /* when it was first imported; 0: not known, or not imported yet */
    fact_list facts;
    content_text *texts;
    size_t text_count;
    str policy;  /* of a declaration in a content folder: its tlog-policy; empty: none */
    str members; /* of a partner in a content folder: names and hosts, one a line; empty: none */
    content_file_list files; /* by name, then form */
    given_file *given; /* in a content folder; files is filled from them before it is stored */
    size_t given_count;
} content_item;

typedef struct content_list {
    const content_item *at;
    size_t n;
} content_list;

/* The file as it is published: of a photograph in that form or, of the WebP ones, the next smaller.
 * NULL: the item has none of that name (or no such form of it). */
const content_file *content_file_named(const content_item *item, str name, int64_t form);
