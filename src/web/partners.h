/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Partners in the words of a language: what is known of them with its sources, and how many signed
 * through their links. */

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
    str acronym;        /* or the name, where there is none */
    shown_picture logo; /* url empty: its acronym stands for it */
    str type;           /* "Founder"; empty: not said */
    str country;        /* "Denmark"; empty: of none alone */
    str website;        /* "https://aer.eu"; empty: none */
    str host;
    str url, hub_url;
    str hub_title; /* "AER: Sign the declaration" */
    partner_facts facts;
    int64_t through; /* signatures through its links, on all declarations */
} partner;

typedef struct partner_list {
    const partner *at;
    size_t n;
} partner_list;

partner partner_of(const page_context *pc, const shown *s);

/* Signatures through a partner's link on that declaration. */
int64_t partner_count(const page_context *pc, const declaration *d, str slug);

/* What a partner can be. */
typedef struct partner_type {
    str code;
    msg name;
} partner_type;
enum { PARTNER_TYPES = 4 };
extern const partner_type partner_types[PARTNER_TYPES];

/* The name of a partner by its slug; empty: there is none. */
str partner_title(const page_context *pc, str slug);
/* The same, when it has news of its own to offer. */
str partner_with_news(const page_context *pc, str slug);
