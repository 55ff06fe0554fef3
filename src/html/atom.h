/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Atom feeds (RFC 4287). Addresses are whole URLs, times are those of RFC 3339; empty fields are
 * left out where the format lets them. */

#include "html/html.h"

typedef struct atom_feed {
    str lang;
    str title;
    str address; /* of the feed, and its name for ever */
    str page;    /* the same for people */
    str author;
    str updated; /* of the newest entry */
} atom_feed;

typedef struct atom_entry {
    str lang; /* empty: the feed's */
    str title;
    str address; /* of the page, and its name for ever */
    str published;
    str updated;
    str author; /* empty: the feed's */
    str category;
    str summary;
    safe_html content; /* may be empty */
} atom_entry;

typedef struct atom {
    html_out to;
} atom;

atom atom_begin(buf *to, const atom_feed *feed);
void atom_put(atom *feed, const atom_entry *entry);
void atom_end(atom *feed);
