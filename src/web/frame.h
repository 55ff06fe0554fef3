/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What surrounds every page: who asks for what in which language, and what the head, the masthead,
 * the language choice and the foot need. Views reach it as vc->frame. */

#include "lang/view.h"
#include "web/web.h"

typedef struct frame {
    struct app *app;
    const edition *ed;
    const declaration *main; /* the declaration of the menu; NULL: none yet */
    const published *main_counts;
    const content_text *alliance; /* its texts in this language or the original; NULL: none */
    lang l;
    str code; /* "da" */
    str path; /* behind the language: "/sign/2026/person"; the switcher and hreflang need it */
    bool is_private; /* own pages: noindex, no share, the switcher leads to the same page */
    bool has_faults; /* the title starts with the word for an error */
    str title;       /* of the page, in its language; the frame adds the alliance's name */
    str description; /* empty: none */
    int64_t now_ms;
    const char *current; /* name of the menu entry that is the present page; NULL: none */
} frame;

/* Everything a page needs to begin: reads {lang} of the route (or negotiates), the edition, and
 * fills frame and context. title may be set later. */
typedef struct page_context {
    frame frame;
    view_context view; /* view.frame points to frame */
    arena *a;
} page_context;

/* ERR_NOT_FOUND: unknown language. */
MUST_USE err page_begin(struct app *ap, req *rq, page_context *out);

/* The declaration of a {declaration} segment. ERR_NOT_FOUND. */
MUST_USE err page_declaration(const page_context *pc, str slug, const declaration **out);
