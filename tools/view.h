/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The parts of viewc. A view passes once from left to right: scan finds directives and checks
 * their expressions, html follows the markup and knows at each point what may stand there, emit
 * writes C, compile holds them together. The grammar is in docs/views.md. */

#include "base/base.h"
#include "view_rules.h"
#include "view_scan.h"

/* --- html: where in the markup we are --- */

typedef enum html_where {
    HTML_DATA,
    HTML_RCDATA,
    HTML_EMPTY, /* inside script or iframe, before the end tag */
    HTML_TAG,   /* inside a tag, between attributes */
    HTML_VALUE  /* inside the quotes of an attribute */
} html_where;

typedef enum html_edge { EDGE_BLOCK, EDGE_SPACE, EDGE_TEXT } html_edge;

typedef enum url_place {
    URL_START, /* nothing stands here yet: a value is the whole beginning */
    URL_HOST,  /* scheme or host are not finished: no value */
    URL_LATER  /* scheme and host are fixed: values are percent-encoded pieces */
} url_place;

enum { HTML_DEPTH_MOST = 64, HTML_ATTRIBUTES_MOST = 40 };

typedef struct html_element {
    str name;
    unsigned flags;
    size_t line;
    bool is_untranslated; /* translate="no" here or above */
} html_element;

typedef struct html_state {
    html_where where;
    html_element open[HTML_DEPTH_MOST];
    size_t depth;
    size_t floor; /* elements below were opened outside the current block */
    html_edge edge;
    bool has_space; /* white space was read, and not yet written */

    html_element tag; /* the tag being read */
    size_t tag_at;    /* its place in the source, as an identity */
    bool has_gap;     /* white space was read since the last attribute */
    str attributes[HTML_ATTRIBUTES_MOST];
    size_t attribute_count;

    size_t value_at;
    attribute_class class;
    url_place url;
} html_state;

/* --- emit: the C of one view --- */

typedef struct emit {
    buf code;
    buf literal; /* markup not yet written */
    const char *path;
} emit;

void emit_literal(emit *e, str markup);
void emit_flush(emit *e);
/* Statements that a line of the view caused: after the pending literal, under a #line. */
void emit_code(emit *e, size_t line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- compile --- */

typedef struct view_use {
    str name;
    size_t line;
    bool is_wrap;
} view_use;

typedef struct view {
    source src;
    str expected_name; /* from its path */
    bool is_text;
    bool is_mail;

    str name;
    size_t line;
    str parameters; /* as written; "void" never */
    str parameter_names[VIEW_PARAMETERS_MOST];
    size_t parameter_count;
    str_list includes;
    bool has_slot;
    view_use *uses;
    size_t use_count;
    str code; /* the functions */
    str keys; /* of messages, one a line */
} view;

typedef struct block {
    directive opener;
    html_state entry;
    html_state joined; /* of the branches that ended so far */
    bool has_joined;
    bool has_else;
} block;

enum { BLOCKS_MOST = 32, VIEW_USES_MOST = 200, VIEW_INCLUDES_MOST = 32 };

typedef struct compile {
    arena *a;
    view *v;
    scan c;
    emit out;
    html_state html;
    block blocks[BLOCKS_MOST];
    size_t block_count;
    size_t loop_count;
    buf keys;
    bool is_started;   /* {view} was read */
    bool has_body;     /* no {include} any more */
    bool is_bare_line; /* text views: the line is not written */
} compile;

/* One step through literal markup, the cursor not being at a brace. */
void html_step(compile *k);
void html_brace(compile *k, str brace); /* a literal { or } */
void html_end(compile *k);              /* of the view */
/* Writes the white space that was read, before something that counts as text. */
void html_touch(compile *k);
/* Writes it if it may count, before a directive that changes the flow. */
void html_settle(compile *k);
void html_attribute_name(compile *k, str name); /* checks and notes it */
bool html_is_plain(const html_state *h);        /* content where markup would do harm */
str html_describe(const html_state *h);         /* for messages */

void text_step(compile *k);
void text_line_start(compile *k);

/* Reads the whole view; fills what the second half of struct view holds. */
void view_compile(arena *a, view *v);
