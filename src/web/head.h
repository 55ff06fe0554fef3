/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What machines read in the head of a page beside the addresses of frame.h. For views/frame.html.
 */

#include "web/frame.h"

/* "da_DK", as Open Graph names languages. */
str head_locale(arena *a, lang l);

/* The page's things, and for the home page the alliance and its search, for others the way from
 * there. */
safe_html head_linked_data(arena *a, const frame *f);
