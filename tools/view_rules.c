/* SPDX-License-Identifier: EUPL-1.2 */
/* The elements and attributes that views may use. Lists of what is allowed, not of what is
 * dangerous: an element unknown here is refused, and so is every attribute that runs code, loads
 * without being asked or changes how the page is read. */

#include "view_rules.h"

#define B ELEMENT_BLOCK
#define P (ELEMENT_BLOCK | ELEMENT_CLOSES_P)
#define V ELEMENT_VOID
#define G ELEMENT_SVG

static const struct element_rule {
    const char *names;
    unsigned flags;
} element_rules[] = {
    {"html head body li dt dd figcaption caption colgroup tbody thead tfoot tr td th optgroup "
     "legend summary datalist",
     B},
    {"main nav header footer section article aside search h1 h2 h3 h4 h5 h6 hgroup address p "
     "blockquote ol ul menu dl figure div table form fieldset details dialog",
     P},
    {"option", B | ELEMENT_PLAIN},
    {"pre", P | ELEMENT_PRE | ELEMENT_VERBATIM},
    {"hr", P | V},
    {"meta link br col source track", B | V},
    {"img input wbr area", V},
    {"title", B | ELEMENT_RCDATA},
    {"textarea", ELEMENT_RCDATA | ELEMENT_PRE},
    {"script iframe", B | ELEMENT_EMPTY},
    {"a em strong small s cite q dfn abbr ruby rt rp data time var sub sup i b u mark bdi bdo span "
     "ins del picture video audio map label button select output progress meter noscript svg",
     0},
    {"code samp kbd", ELEMENT_VERBATIM},
    {"g path circle ellipse line polyline polygon rect text tspan desc defs use symbol "
     "linearGradient radialGradient stop clipPath mask pattern marker",
     G},
};

#undef B
#undef P
#undef V
#undef G

/* Whether list, words between single spaces, holds word. */
static bool holds(const char *list, str word)
{
    str rest = str_of(list);
    while (rest.n) {
        str next = str_cut(rest, ' ', &rest);
        if (str_eq(next, word))
            return true;
    }
    return false;
}

bool rules_element(str name, unsigned *out_flags)
{
    for (size_t i = 0; i < sizeof element_rules / sizeof element_rules[0]; i++) {
        if (holds(element_rules[i].names, name)) {
            *out_flags = element_rules[i].flags;
            return true;
        }
    }
    *out_flags = 0;
    return str_find(name, '-') < name.n; /* our own elements */
}

attribute_class rules_attribute(str name, bool is_mail)
{
    static const char urls[] = "href src action formaction poster cite";
    static const char literals[] =
        "imagesrcset sizes sandbox allow integrity crossorigin referrerpolicy rel target "
        "method formmethod enctype formenctype charset fill stroke filter mask clip-path cursor "
        "marker marker-start marker-mid marker-end translate";
    static const char refused[] = "srcdoc http-equiv ping nonce is manifest background longdesc "
                                  "lowsrc dynsrc profile codebase classid archive data usemap "
                                  "xmlns base contenteditable slot";
    if (str_starts(name, S("on")) || str_find(name, ':') < name.n || holds(refused, name))
        return ATTRIBUTE_REFUSED;
    if (str_eq(name, S("style")))
        return is_mail ? ATTRIBUTE_LITERAL : ATTRIBUTE_REFUSED;
    if (holds(urls, name))
        return ATTRIBUTE_URL;
    if (str_eq(name, S("srcset")))
        return ATTRIBUTE_SOURCES;
    return holds(literals, name) ? ATTRIBUTE_LITERAL : ATTRIBUTE_PLAIN;
}

bool rules_attribute_is_boolean(str name)
{
    return holds("checked selected required disabled hidden open multiple readonly autofocus "
                 "novalidate formnovalidate reversed async defer controls loop muted playsinline "
                 "inert default download",
                 name);
}

bool rules_attribute_is_read(str name)
{
    return holds("alt title placeholder label summary aria-label aria-description "
                 "aria-roledescription aria-valuetext aria-placeholder",
                 name);
}
