/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How many signed in which language, and how many organisations are of which type, as it may be
 * told: numbers below REGION_FEW are never shown one by one, nor left to be worked out (ADR 0031).
 */

#include "core/log.h"
#include "lang/view.h"
#include "web/bars.h"

typedef enum facet { FACET_LANGUAGES, FACET_TYPES } facet;

/* The largest first. `all` is what they are shares of: all signatures, or all organisations. */
bars facets_shown(arena *a, facet f, const published *p);

/* Names the rows, and puts those of one size in the order of their names. */
void facets_name(bars *rows, facet f, const view_context *vc);
