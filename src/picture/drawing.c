/* SPDX-License-Identifier: EUPL-1.2 */
/* What an SVG file may hold (SVG 1.1 names, chapters 5 to 14): shapes, colours, gradients, text.
 * Not scripts, events, links, foreign markup, styles that load, entities or animations. */

#include "picture/picture.h"

#include <expat.h>

enum { DEPTH_MOST = 64, ELEMENTS_MOST = 20000, ARENA_BYTES = 64 << 20 };

static const char *const elements[] = {
    "svg",      "g",        "defs",   "title",          "desc",           "path",   "rect",
    "circle",   "ellipse",  "line",   "polyline",       "polygon",        "text",   "tspan",
    "clipPath", "mask",     "stop",   "linearGradient", "radialGradient", "symbol", "use",
    "style",    "metadata", "marker", "pattern",
};

typedef struct check {
    XML_Parser parser;
    size_t depth, count;
    bool is_in_style;
    buf style; /* whole, as it comes in pieces that could part a word */
    size_t line;
    const char *message; /* NULL: nothing is wrong so far */
    picture_size size;
} check;

static void refuse(check *c, const char *message)
{
    if (c->message)
        return;
    c->message = message;
    c->line = XML_GetCurrentLineNumber(c->parser);
    XML_StopParser(c->parser, XML_FALSE);
}

static bool is_known(const char *name)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (strcmp(name, elements[i]) == 0)
            return true;
    return false;
}

static bool holds(str text, const char *word)
{
    str w = str_of(word);
    for (size_t i = 0; i + w.n <= text.n; i++)
        if (str_eq_nocase((str){text.at + i, w.n}, w))
            return true;
    return false;
}

/* Values may point into the file itself ("url(#shade)", "#shape") and to nothing else. A backslash
 * could spell any of the words in CSS. */
static bool reaches_out(str value)
{
    for (size_t i = 0; i < value.n; i++) {
        str rest = str_skip(value, i);
        if (rest.n >= 4 && str_eq_nocase(str_head(rest, 4), S("url("))) {
            str inside = str_trim(str_skip(rest, 4));
            while (inside.n && (inside.at[0] == '"' || inside.at[0] == '\''))
                inside = str_skip(inside, 1);
            if (inside.n == 0 || inside.at[0] != '#')
                return true;
        }
    }
    return holds(value, "javascript:") || holds(value, "data:") || holds(value, "://") ||
           holds(value, "@import") || holds(value, "expression(") ||
           str_find(value, '\\') < value.n;
}

static void check_attribute(check *c, const char *name, const char *value)
{
    str n = str_of(name), v = str_of(value);
    bool is_namespace = str_eq(n, S("xmlns")) || str_starts(n, S("xmlns:"));
    bool is_link = str_eq(n, S("href")) || str_ends(n, S(":href"));
    if (is_namespace)
        return;
    if (n.n > 2 && str_eq_nocase(str_head(n, 2), S("on")))
        refuse(c, "has an attribute that runs a script");
    else if (is_link && (v.n == 0 || v.at[0] != '#'))
        refuse(c, "points to something outside itself");
    else if (reaches_out(v))
        refuse(c, "points to something outside itself");
}

static void note_size(check *c, const char *name, const char *value)
{
    double width = 0, height = 0;
    if (strcmp(name, "viewBox") == 0 &&
        sscanf(value, "%*f%*[ ,]%*f%*[ ,]%lf%*[ ,]%lf", &width, &height) == 2 && width >= 1 &&
        height >= 1 && width < 1e6 && height < 1e6)
        c->size = (picture_size){(int64_t)(width + 0.5), (int64_t)(height + 0.5)};
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    check *c = arg;
    /* Names in a namespace of a drawing program (inkscape:…) draw nothing. */
    bool is_own = strchr(name, ':') == NULL;
    if (++c->depth > DEPTH_MOST || ++c->count > ELEMENTS_MOST)
        refuse(c, "is too deep or too long");
    if (c->depth == 1 && strcmp(name, "svg") != 0)
        refuse(c, "is not SVG");
    if (!is_own || !is_known(name))
        refuse(c, "has an element that no logo needs (script, animation, image, link or foreign "
                  "markup): save it as plain SVG");
    for (size_t i = 0; attributes[i]; i += 2) {
        check_attribute(c, attributes[i], attributes[i + 1]);
        if (c->depth == 1)
            note_size(c, attributes[i], attributes[i + 1]);
    }
    c->is_in_style = strcmp(name, "style") == 0;
    c->style.n = 0;
}

static void on_end(void *arg, const char *name)
{
    check *c = arg;
    (void)name;
    c->depth--;
    c->is_in_style = false;
    if (reaches_out(buf_str(&c->style)))
        refuse(c, "has a style that points to something outside itself");
    c->style.n = 0;
}

static void on_text(void *arg, const char *at, int n)
{
    check *c = arg;
    if (c->is_in_style)
        buf_put(&c->style, (str){at, (size_t)n});
}

/* Entities could unfold without end, or read files. */
static void on_doctype(void *arg, const char *name, const char *system, const char *public, int own)
{
    (void)name;
    (void)system;
    (void)public;
    if (own)
        refuse(arg, "declares entities");
}

static void on_instruction(void *arg, const char *target, const char *data)
{
    (void)target;
    (void)data;
    refuse(arg, "has a processing instruction");
}

static void run(check *c, str svg)
{
    arena *a = arena_open(ARENA_BYTES);
    c->style = buf_in(a);
    c->parser = XML_ParserCreate("UTF-8");
    BUG_IF(!c->parser);
    XML_SetUserData(c->parser, c);
    XML_SetElementHandler(c->parser, on_start, on_end);
    XML_SetCharacterDataHandler(c->parser, on_text);
    XML_SetStartDoctypeDeclHandler(c->parser, on_doctype);
    XML_SetProcessingInstructionHandler(c->parser, on_instruction);
    if (XML_Parse(c->parser, svg.at, (int)svg.n, XML_TRUE) != XML_STATUS_OK)
        refuse(c, "is not well-formed XML");
    XML_ParserFree(c->parser);
    arena_close(a);
}

err drawing_check(str svg, size_t *out_line, const char **out_message)
{
    check c = {.depth = 0};
    if (svg.n > DRAWING_BYTES_MOST)
        return ERR_LIMIT;
    run(&c, svg);
    *out_line = c.line;
    *out_message = c.message;
    return c.message ? ERR_INVALID : OK;
}

picture_size drawing_size(str svg)
{
    check c = {.depth = 0};
    if (svg.n <= DRAWING_BYTES_MOST)
        run(&c, svg);
    return c.size;
}
