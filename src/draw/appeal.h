/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What posters, pictures and slides say, in one language, and the files that say it. All words are
 * ready: numbers and dates are written as the language writes them. */

#include "draw/typeface.h"

enum { APPEAL_POINTS_MOST = 12 };

typedef struct appeal {
    str lang;     /* "da" */
    str alliance; /* its name */
    str cry;      /* at most 90 characters: the largest words */
    str title;    /* of the declaration */
    str summary;
    str number;  /* "12 345"; empty: nobody has signed yet */
    str caption; /* below it: "signatures" */
    str as_of;   /* "26 November 2026" */
    str day;     /* the same, ISO 8601 */
    str call;    /* "Scan and sign" */
    str address; /* as people type it: "alliance.example/da" */
    str link;    /* whole, in the code and behind the words */
    str hashtag; /* may be empty */
    str behind;  /* who stands behind it: "AER · CEMR"; may be empty */
    str contact; /* may be empty */
    str warning; /* above all else, when the count is not real; may be empty */
    /* for slides */
    str purpose_heading, purpose; /* paragraphs, each behind an empty line */
    str who_heading, who;
    str_list points; /* of the declaration, at most APPEAL_POINTS_MOST are shown */
} appeal;

typedef struct drawn {
    str bytes;
    int unknown; /* letters that the typeface lacks */
} drawn;

/* All: ERR_IO: the drawing failed (logged). ERR_LIMIT, ERR_INVALID: the link is too long for a
 * code, or empty. */

typedef enum paper { PAPER_A4, PAPER_A3 } paper;
MUST_USE err poster_draw(typeface *t, arena *a, const appeal *p, paper size, drawn *out);

/* A PNG for networks; any size from 600 pixels a side. */
MUST_USE err picture_draw(typeface *t, arena *a, const appeal *p, int w, int h, drawn *out);

/* A PDF of 16:9 pages. */
MUST_USE err slides_draw(typeface *t, arena *a, const appeal *p, drawn *out);

/* Mark and name, on nothing; light: for dark grounds. As SVG or as PNG, LOGO_HEIGHT pixels high. */
enum { LOGO_HEIGHT = 240 };
typedef enum logo_form { LOGO_SVG, LOGO_PNG } logo_form;
MUST_USE err logo_draw(typeface *t, arena *a, const appeal *p, logo_form form, bool is_light,
                       drawn *out);
