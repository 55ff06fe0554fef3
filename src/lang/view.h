/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What generated views stand on (tools/viewc, docs/views.md): the context that every view gets, and
 * one macro for each place where a value may stand. The macro picks the writer by the type of the
 * value; a type without an entry may not stand there and does not compile. */

#include "html/html.h"
#include "lang/lang.h"

struct frame; /* web/frame.h: who asks, and where; views that need it include that */

typedef struct view_context {
    arena *a; /* for what a view formats; ends after the reply or mail was sent */
    lang l;
    const struct frame *frame; /* NULL in mails */
} view_context;

/* The writers of one place: how it writes text, and how numbers. */
#define VIEW_WRITERS(place, put_text, put_number)                                                  \
    static inline void place##_str(const view_context *vc, html_out *o, str s)                     \
    {                                                                                              \
        (void)vc;                                                                                  \
        put_text;                                                                                  \
    }                                                                                              \
    static inline void place##_cstr(const view_context *vc, html_out *o, const char *s)            \
    {                                                                                              \
        place##_str(vc, o, str_of(s));                                                             \
    }                                                                                              \
    static inline void place##_int(const view_context *vc, html_out *o, int64_t n)                 \
    {                                                                                              \
        (void)vc;                                                                                  \
        put_number;                                                                                \
    }                                                                                              \
    static inline void place##_size(const view_context *vc, html_out *o, size_t n)                 \
    {                                                                                              \
        place##_int(vc, o, (int64_t)n);                                                            \
    }

#define VIEW_PERSONAL_WRITERS(place)                                                               \
    static inline void place##_name(const view_context *vc, html_out *o, person_name name)         \
    {                                                                                              \
        place##_str(vc, o, personal_text(name));                                                   \
    }                                                                                              \
    static inline void place##_email(const view_context *vc, html_out *o, email_address email)     \
    {                                                                                              \
        place##_str(vc, o, personal_text(email));                                                  \
    }

/* The entries of a _Generic: char and bool are left out on purpose. */
#define VIEW_STRINGS(place)                                                                        \
    str:                                                                                           \
    place##_str, char * : place##_cstr, const char * : place##_cstr
#define VIEW_NUMBERS(place)                                                                        \
    int : place##_int, long : place##_int, long long : place##_int, size_t : place##_size
#define VIEW_PERSONAL(place)                                                                       \
    person_name:                                                                                   \
    place##_name, email_address : place##_email

VIEW_WRITERS(view_text, html_text(o, s), html_text(o, lang_number(vc->a, vc->l, n)))
VIEW_WRITERS(view_attribute, html_attribute(o, s), html_int(o, n))
VIEW_WRITERS(view_url, html_url(o, s), html_int(o, n))
VIEW_WRITERS(view_url_part, html_url_part(o, s), html_int(o, n))
VIEW_WRITERS(view_sources, html_sources(o, s), html_int(o, n))
VIEW_WRITERS(view_plain, html_plain_line(o->to, s),
             html_plain_line(o->to, lang_number(vc->a, vc->l, n)))
VIEW_PERSONAL_WRITERS(view_text)
VIEW_PERSONAL_WRITERS(view_attribute)
VIEW_PERSONAL_WRITERS(view_plain)

static inline void view_text_safe(const view_context *vc, html_out *o, safe_html markup)
{
    (void)vc;
    html_safe(o, markup);
}

/* Element content; numbers are written the language's way. */
#define view_text(vc, o, value)                                                                    \
    _Generic((value), VIEW_STRINGS(view_text), VIEW_NUMBERS(view_text), VIEW_PERSONAL(view_text),  \
             safe_html                                                                             \
             : view_text_safe)(vc, o, value)

/* Content of title and textarea: the same without markup. */
#define view_rcdata(vc, o, value)                                                                  \
    _Generic((value), VIEW_STRINGS(view_text), VIEW_NUMBERS(view_text),                            \
             VIEW_PERSONAL(view_text))(vc, o, value)

/* A quoted attribute. Numbers are plain decimals there: scripts and forms read them. */
#define view_attribute(vc, o, value)                                                               \
    _Generic((value), VIEW_STRINGS(view_attribute), VIEW_NUMBERS(view_attribute),                  \
             VIEW_PERSONAL(view_attribute))(vc, o, value)

/* The beginning of a URL attribute, and a piece behind it. No personal data: URLs travel. */
#define view_url(vc, o, value) _Generic((value), VIEW_STRINGS(view_url))(vc, o, value)
#define view_sources(vc, o, value) _Generic((value), VIEW_STRINGS(view_sources))(vc, o, value)
#define view_url_part(vc, o, value)                                                                \
    _Generic((value), VIEW_STRINGS(view_url_part), VIEW_NUMBERS(view_url_part))(vc, o, value)

/* Text views: a value cannot begin a line of its own. */
#define view_plain(vc, o, value)                                                                   \
    _Generic((value), VIEW_STRINGS(view_plain), VIEW_NUMBERS(view_plain),                          \
             VIEW_PERSONAL(view_plain))(vc, o, value)
