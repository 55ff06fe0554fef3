/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The pages that come from the content folder: stories, actions, texts. */

#include "web/figure.h"
#include "web/shown.h"

typedef struct story {
    shown text;
    shown_picture picture;
    str country;
    str fund; /* "European Regional Development Fund" */
    str source;
    str date; /* of the source */
} story;

typedef struct story_list {
    const story *at;
    size_t n;
} story_list;

/* Until when a declaration keeps personal data. */
typedef struct retention_line {
    str title; /* of the declaration */
    str date;
    bool is_over;
} retention_line;

typedef struct retention_list {
    const retention_line *at;
    size_t n;
} retention_list;

/* What to do: sign the light declaration, or write to the alliance. */
typedef struct action_page {
    shown text;
    const figure *petition; /* NULL: another action */
    bool is_materials;      /* the button leads to them */
    bool is_awaited;        /* the button leads to a form: tell me when it begins */
    str mail;               /* address of the alliance; empty: none */
    shown_list others;
} action_page;

/* The first ones. */
story_list stories_shown(page_context *pc, size_t most);
