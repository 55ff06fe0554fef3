/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The website of an organisation: from how people write it to what a register may link to. */

#include "core/core.h"

enum { WEBSITE_BYTES_MOST = 600 };

/* "Example.org/om os" gives "https://example.org/om%20os"; nothing stays nothing. Letters beyond
 * ASCII become A-labels in the host and percent-encoded UTF-8 behind it.
 * ERR_INVALID: not http or https, no host name with a dot, an account or a false port in it, or
 * longer than WEBSITE_BYTES_MOST. */
MUST_USE err website_normal(arena *a, str written, str *out_website);

/* The host of a normal one as readers know it: in its own letters, unless they only look like
 * others, and without a leading "www.". Empty for nothing. */
str website_host(arena *a, str website);
