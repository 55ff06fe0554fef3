/* SPDX-License-Identifier: EUPL-1.2 */
/* The states of the standard that can be reached, under their names there. Character references
 * are not decoded: they never change the state. */

#include "viewc_tokeniser.h"

typedef enum state {
    DATA,
    RCDATA,
    RAWTEXT,
    TAG_OPEN,
    END_TAG_OPEN,
    TAG_NAME,
    BEFORE_ATTRIBUTE_NAME,
    ATTRIBUTE_NAME,
    AFTER_ATTRIBUTE_NAME,
    BEFORE_ATTRIBUTE_VALUE,
    VALUE_DOUBLE,
    VALUE_SINGLE,
    VALUE_UNQUOTED,
    AFTER_VALUE,
    SELF_CLOSING,
    BOGUS_COMMENT,
    COMMENT,
    DOCTYPE
} state;

typedef struct tokeniser {
    state now;
    str page;
    size_t at;
    bool has_scripting;
    bool is_end_tag;
    bool is_self_closing;
    size_t name_at, name_n;
    size_t attribute_at, attribute_n;
    str raw_name; /* whose end tag ends RCDATA or RAWTEXT */
    size_t svg_depth;
} tokeniser;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f';
}

static bool is_one_of(str name, const char *list)
{
    for (str rest = str_of(list); rest.n;) {
        str word = str_cut(rest, ' ', &rest);
        if (str_eq_nocase(word, name))
            return true;
    }
    return false;
}

/* What tree construction does to the tokeniser after a start tag. */
static state after_start_tag(tokeniser *t)
{
    str name = {t->page.at + t->name_at, t->name_n};
    if (is_one_of(name, "svg"))
        t->svg_depth += !t->is_self_closing;
    if (t->svg_depth)
        return DATA;
    t->raw_name = name;
    if (is_one_of(name, "title textarea"))
        return RCDATA;
    if (is_one_of(name, "style xmp iframe noembed noframes script plaintext") ||
        (t->has_scripting && is_one_of(name, "noscript")))
        return RAWTEXT;
    return DATA;
}

static state end_of_tag(tokeniser *t)
{
    if (!t->is_end_tag)
        return after_start_tag(t);
    if (is_one_of((str){t->page.at + t->name_at, t->name_n}, "svg") && t->svg_depth)
        t->svg_depth--;
    return DATA;
}

/* In RCDATA and RAWTEXT only the matching end tag counts. */
static bool is_raw_end(const tokeniser *t)
{
    str rest = str_skip(t->page, t->at);
    str name = str_head(str_skip(rest, 2), t->raw_name.n);
    char next = rest.n > 2 + name.n ? rest.at[2 + name.n] : 0;
    return str_starts(rest, S("</")) && str_eq_nocase(name, t->raw_name) &&
           (is_space(next) || next == '/' || next == '>');
}

/* --- Marks --- */

static void check_mark(const tokeniser *t, char mark)
{
    str attribute = {t->page.at + t->attribute_at, t->attribute_n};
    bool is_content = t->now == DATA;
    /* Nothing escaped can hold the '<' that ends these; but script and style are code. */
    bool is_inert = t->now == RCDATA || (t->now == RAWTEXT && is_one_of(t->raw_name, "noscript"));
    bool is_url = is_one_of(attribute, "href src action formaction poster cite");
    bool is_code = str_eq_nocase(str_head(attribute, 2), S("on")) ||
                   is_one_of(attribute, "style srcdoc srcset imagesrcset http-equiv ping data "
                                        "xlink:href background manifest sandbox");
    bool is_value = t->now == VALUE_DOUBLE && !is_code;
    switch (mark) {
    case MARK_TEXT:
    case MARK_MARKUP:
        BUG_IF(!is_content && !(t->now == RAWTEXT && is_inert));
        break;
    case MARK_RCDATA:
        BUG_IF(!is_content && !is_inert);
        break;
    case MARK_ATTRIBUTE:
        BUG_IF((!is_value || is_url) && !is_inert);
        break;
    case MARK_MESSAGE:
        BUG_IF((!is_value || is_url) && !is_content && !is_inert);
        break;
    case MARK_URL:
        BUG_IF((!is_value || !is_url) && !is_inert);
        break;
    default:
        BUG_IF(true);
    }
}

/* --- One character --- */

static state in_data(tokeniser *t, char c)
{
    if (c != '<' || (t->now != DATA && !is_raw_end(t)))
        return t->now;
    return TAG_OPEN;
}

static state in_tag_open(tokeniser *t, char c)
{
    t->is_end_tag = t->now == END_TAG_OPEN;
    if (is_letter(c)) {
        t->name_at = t->at;
        t->name_n = 1;
        t->is_self_closing = false;
        return TAG_NAME;
    }
    if (t->now == END_TAG_OPEN)
        return c == '>' ? DATA : BOGUS_COMMENT;
    if (c == '/')
        return END_TAG_OPEN;
    if (c == '?')
        return BOGUS_COMMENT;
    if (c != '!')
        return DATA;
    str rest = str_skip(t->page, t->at + 1);
    if (str_starts(rest, S("--"))) {
        t->at += 2;
        return COMMENT;
    }
    return str_eq_nocase(str_head(rest, 7), S("doctype")) ? DOCTYPE : BOGUS_COMMENT;
}

static state in_tag_name(tokeniser *t, char c)
{
    if (is_space(c))
        return BEFORE_ATTRIBUTE_NAME;
    if (c == '/')
        return SELF_CLOSING;
    if (c == '>')
        return end_of_tag(t);
    t->name_n++;
    return TAG_NAME;
}

static state begin_attribute(tokeniser *t)
{
    t->attribute_at = t->at;
    t->attribute_n = 1;
    return ATTRIBUTE_NAME;
}

static state between_attributes(tokeniser *t, char c)
{
    if (is_space(c))
        return t->now == AFTER_VALUE ? BEFORE_ATTRIBUTE_NAME : t->now;
    if (c == '/')
        return SELF_CLOSING;
    if (c == '>')
        return end_of_tag(t);
    if (c == '=' && t->now == AFTER_ATTRIBUTE_NAME)
        return BEFORE_ATTRIBUTE_VALUE;
    return begin_attribute(t);
}

static state in_attribute_name(tokeniser *t, char c)
{
    if (is_space(c))
        return AFTER_ATTRIBUTE_NAME;
    if (c == '/' || c == '>')
        return between_attributes(t, c);
    if (c == '=')
        return BEFORE_ATTRIBUTE_VALUE;
    t->attribute_n++;
    return ATTRIBUTE_NAME;
}

static state before_value(tokeniser *t, char c)
{
    if (is_space(c))
        return BEFORE_ATTRIBUTE_VALUE;
    if (c == '"')
        return VALUE_DOUBLE;
    if (c == '\'')
        return VALUE_SINGLE;
    return c == '>' ? end_of_tag(t) : VALUE_UNQUOTED;
}

/* Comments end at "-->" and "--!>", and at once behind "<!-->" and "<!--->". */
static bool is_comment_end(const tokeniser *t)
{
    str before = str_head(t->page, t->at);
    return str_ends(before, S("--")) || str_ends(before, S("--!")) || str_ends(before, S("<!--")) ||
           str_ends(before, S("<!---"));
}

static state step(tokeniser *t, char c)
{
    switch (t->now) {
    case DATA:
    case RCDATA:
    case RAWTEXT:
        return in_data(t, c);
    case TAG_OPEN:
    case END_TAG_OPEN:
        return in_tag_open(t, c);
    case TAG_NAME:
        return in_tag_name(t, c);
    case BEFORE_ATTRIBUTE_NAME:
    case AFTER_ATTRIBUTE_NAME:
    case AFTER_VALUE:
        return between_attributes(t, c);
    case ATTRIBUTE_NAME:
        return in_attribute_name(t, c);
    case BEFORE_ATTRIBUTE_VALUE:
        return before_value(t, c);
    case VALUE_DOUBLE:
        return c == '"' ? AFTER_VALUE : VALUE_DOUBLE;
    case VALUE_SINGLE:
        return c == '\'' ? AFTER_VALUE : VALUE_SINGLE;
    case VALUE_UNQUOTED:
        return is_space(c) ? BEFORE_ATTRIBUTE_NAME : c == '>' ? end_of_tag(t) : VALUE_UNQUOTED;
    case SELF_CLOSING:
        t->is_self_closing = c == '>';
        return c == '>' ? end_of_tag(t) : between_attributes(t, c);
    case COMMENT:
        return c == '>' && is_comment_end(t) ? DATA : COMMENT;
    case BOGUS_COMMENT:
    case DOCTYPE:
    default:
        return c == '>' ? DATA : t->now;
    }
}

void tokeniser_check(str page, bool has_scripting)
{
    tokeniser t = {.now = DATA, .page = page, .has_scripting = has_scripting};
    for (; t.at < page.n; t.at++) {
        if (page.at[t.at] == '\x01' && t.at + 1 < page.n)
            check_mark(&t, page.at[++t.at]);
        else
            t.now = step(&t, page.at[t.at]);
    }
    BUG_IF(t.now != DATA);
}
