/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a URL attribute may hold: shared by html_url and the Markdown links, not seen outside. */

#include "base/base.h"

/* The URL as a browser reads it: without white space and controls around it and without tab, CR
 * and LF inside. Empty is fine (the page itself). False when it may not stand in a page. */
bool url_clean(arena *a, str s, str *out_url);

/* Whether it begins with a scheme, whichever. */
bool url_has_scheme(str s);

/* Whether a clean URL leaves this host. */
bool url_is_foreign(str url);
