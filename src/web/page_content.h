/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The pages that come from the content folder: partners, stories, actions, texts. */

#include "web/figure.h"
#include "web/shown.h"

/* A figure about a partner, with its source: never one without. */
typedef struct partner_fact {
    str text; /* "about 100 members" */
    str source;
    str date; /* of the source, as the language writes it */
} partner_fact;

typedef struct partner_facts {
    const partner_fact *at;
    size_t n;
} partner_facts;

typedef struct partner {
    shown text;
    str website; /* "https://aer.eu"; empty: none */
    str host;
    partner_facts facts;
} partner;

typedef struct partner_list {
    const partner *at;
    size_t n;
} partner_list;

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
    str mail;               /* address of the alliance; empty: none */
    shown_list others;
} action_page;

partner_list partners_shown(page_context *pc);
story_list stories_shown(page_context *pc, size_t most);

/* "2026-11-22" as the language writes it; of "2017-10" and "2017" the year. */
str page_date(arena *a, lang l, str written);
