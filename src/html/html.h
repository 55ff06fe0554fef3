/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The only code that writes '<'. Generated views call these by position; nobody else does.
 * A value is escaped for the place where it stands; trusted markup has the type `safe_html`,
 * made only by this module. */

#include "base/base.h"
#include "base/personal.h"

typedef struct safe_html {
    str markup;
} safe_html;

/* Output of views: bytes go to a builder. */
typedef struct html_out {
    buf *to;
} html_out;

/* Literal markup of a view. */
static inline void html_raw_literal(html_out *o, const char *at, size_t n)
{
    buf_put(o->to, (str){at, n});
}

/* Element content: & < > escaped. Attribute: & < > " ' escaped. Neither lets NUL or other C0
 * controls except tab and newline through (shown as U+FFFD). */
void html_text(html_out *o, str s);
void html_attribute(html_out *o, str s);

/* URL attribute: only relative references, https:, http: and mailto: pass (after trimming controls
 * and white space as browsers do); anything else becomes "#". Then escaped as an attribute. */
void html_url(html_out *o, str s);

void html_int(html_out *o, int64_t n);
void html_safe(html_out *o, safe_html markup);

/* CommonMark to markup by libcmark in safe mode: no raw HTML, no unsafe links; headings start at
 * `top_heading` (2 to 6). Links to other hosts get rel="noopener". */
safe_html html_markdown(arena *a, str markdown, int top_heading);
/* The same text without markup, for mails, descriptions and search. */
str html_markdown_text(arena *a, str markdown);
