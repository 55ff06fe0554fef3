/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Stories: the wall of all, and one with its pictures, film and facts. */

#include "web/filter.h"
#include "web/page_content.h"
#include "web/share.h"

typedef struct stories_page {
    filter_form form; /* its choices are those that there are */
    bool is_filtered;
    bool is_elsewhere; /* the words stand in texts of other languages */
    story_list stories;
    pager pages;
} stories_page;

story_list stories_of(page_context *pc, shown_list items);
bool story_fund_is_known(str code);
/* The funds that stories name. */
choice_list story_funds(const page_context *pc, shown_list stories);

/* A row of the box of facts. */
typedef struct story_fact {
    str name;
    str value;
    str lang; /* of the value; empty: the page's */
} story_fact;

typedef struct story_facts {
    const story_fact *at;
    size_t n;
} story_facts;

typedef struct caption {
    str url;
    str code; /* of the language */
    str name;
    bool is_present;
} caption;

typedef struct caption_list {
    const caption *at;
    size_t n;
} caption_list;

typedef struct film {
    str url; /* empty: none */
    caption_list captions;
} film;

typedef struct story_page {
    story told;
    str credit; /* of the picture */
    film film;
    story_facts facts;
    str record_url;       /* of the project at kohesio.ec.europa.eu; empty: not known */
    share share;          /* of the story itself */
    const figure *figure; /* of the declaration to sign; NULL: none yet */
} story_page;
