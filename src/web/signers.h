/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Rows of the public register in the words of a language. View: part/signer.html. */

#include "core/listing.h"
#include "web/frame.h"

typedef struct signer {
    const listed *row;
    str name;    /* who signed: the organisation, or the person */
    str role;    /* who signs for the organisation; function, institution and group of a mandate */
    str kind;    /* "Local authority" */
    str place;   /* "Viljandi, Estonia" */
    str website; /* of an organisation, as the register calls it; may be empty */
    str version; /* "Version 1" when another one is signed now; else empty */
    str day;     /* "yesterday", "22 November 2026" */
    str date, day_code;
} signer;

typedef struct signer_list {
    const signer *at;
    size_t n;
} signer_list;

/* Notes samples in the frame. rows must outlive the page. */
signer_list signers_shown(page_context *pc, const declaration *d, const listing_page *rows);

/* The name of a country, or of none given. */
str signer_country(const view_context *vc, str code);
