/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What elements and attributes are, to views. */

#include "base/base.h"

typedef enum element_flags {
    ELEMENT_VOID = 1,       /* has no content and no end tag */
    ELEMENT_BLOCK = 2,      /* white space beside it means nothing */
    ELEMENT_CLOSES_P = 4,   /* an open p would end before it */
    ELEMENT_RCDATA = 8,     /* content is text without tags: title, textarea */
    ELEMENT_EMPTY = 16,     /* content is not read as HTML, so there must be none */
    ELEMENT_PRE = 32,       /* white space counts */
    ELEMENT_SVG = 64,       /* allowed only inside svg */
    ELEMENT_VERBATIM = 128, /* content is code: words need no message */
    ELEMENT_PLAIN = 256     /* browsers drop tags in it: option */
} element_flags;

typedef enum attribute_class {
    ATTRIBUTE_PLAIN,   /* any value, escaped */
    ATTRIBUTE_URL,     /* values pass the URL rules */
    ATTRIBUTE_SOURCES, /* addresses of this site with a width each: srcset */
    ATTRIBUTE_LITERAL, /* the browser reads it as code or policy: no values */
    ATTRIBUTE_REFUSED  /* never */
} attribute_class;

bool rules_element(str name, unsigned *out_flags);
attribute_class rules_attribute(str name, bool is_mail);
bool rules_attribute_is_boolean(str name);
bool rules_attribute_is_read(str name); /* shown or read out to people */
