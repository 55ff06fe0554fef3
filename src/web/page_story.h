/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Stories: the wall of all, and one with its pictures, film and facts. */

#include "web/page_content.h"

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
    const figure *figure; /* of the declaration to sign; NULL: none yet */
} story_page;
