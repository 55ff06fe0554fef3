/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The one public number of a declaration, as pages show it: how many, on the way to what, and
 * whether signing is possible. Views: part/figure.html, part/sign_here.html. */

#include "web/frame.h"

typedef struct figure {
    const declaration *d;
    const published *counts;
    int64_t count;
    int64_t earlier; /* of them behind an earlier version of the text */
    int64_t goal;    /* the next step */
    bool is_early;   /* signing has not begun */
    bool is_over;    /* signing is over */
    str live_url;    /* where the script asks for the number */
    str sign_url;
    str text_url; /* the declaration itself */
    str register_url;
    str proof_url; /* how the number is proved */
} figure;

figure figure_of(const page_context *pc, const declaration *d);
/* What stands below the large number: the words of "N signatures" in the form that N asks for. */
str figure_caption(arena *a, lang l, int64_t n);
int64_t figure_of_kind(const figure *g, signer_kind kind);
