/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The only code that writes '<'. Generated views call these by position; nobody else does.
 * A value is escaped for the place where it stands; trusted markup has the type `safe_html`,
 * made only by this module.
 *
 * Every function here writes valid UTF-8 whatever it is given: a byte that is not UTF-8, NUL,
 * DEL and the C0 and C1 controls become U+FFFD; tab and newline stay; CR LF and CR become LF. */

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

/* Element content: & < > escaped. Attribute in quotes: & < > " ' escaped. */
void html_text(html_out *o, str s);
void html_attribute(html_out *o, str s);

/* The whole or the beginning of a URL attribute: only relative references, https:, http: and
 * mailto: pass (after dropping the controls and white space that browsers drop); anything else,
 * "//host" and backslashes included, becomes "#". Then escaped as an attribute. */
void html_url(html_out *o, str s);

/* A piece inside a URL attribute, after a beginning that fixed scheme and host: everything but
 * ASCII letters, digits and - . _ ~ is percent-encoded as UTF-8. */
void html_url_part(html_out *o, str s);

/* The value of srcset: "/a.webp 400w, /b.webp 800w", addresses of this site of plain characters. Of
 * anything else nothing is written. */
void html_sources(html_out *o, str s);

void html_int(html_out *o, int64_t n);
void html_safe(html_out *o, safe_html markup);

/* A module script, or a style sheet, of this program as an element, for a page that must stand
 * alone in one file. What would end the element is a bug of the caller. */
safe_html html_inline_script(arena *a, str script);
safe_html html_inline_style(arena *a, str sheet);

/* Text without markup (mails): the controls of the head note, and newline, become a space, so that
 * a value cannot begin a line of its own. */
void html_plain_line(buf *b, str s);

/* CommonMark to markup: no raw HTML, no images (their alternative text stays), links only as
 * html_url allows (otherwise their text stays); the largest heading of the text becomes one of
 * level `top_heading` (2 to 6). Links to other hosts get rel="noopener". At most
 * HTML_MARKDOWN_BYTES_MOST bytes; more is a bug of the caller. The result is at most 32 times as
 * long, and a few hundred bytes. */
enum { HTML_MARKDOWN_BYTES_MOST = 1 << 20 };
safe_html html_markdown(arena *a, str markdown, int top_heading);
/* The same, where links without a scheme name things of this site: target says the address, or
 * nothing, and then the link's words stay. */
typedef str html_target(arena *a, const void *context, str named);
safe_html html_markdown_linked(arena *a, str markdown, int top_heading, html_target *target,
                               const void *context);
/* The same text without markup, for mails, descriptions and search: paragraphs and list items on
 * lines of their own, an empty line between paragraphs, no line end after the last. */
str html_markdown_text(arena *a, str markdown);
