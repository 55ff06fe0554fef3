/* SPDX-License-Identifier: EUPL-1.2 */
/* Markdown is parsed by libcmark and written here: its own HTML renderer is not used, so that every
 * '<' comes from this module and every value passes the same escaping as in views. The tree is
 * walked with libcmark's iterator, never by recursion: nesting is the author's, and may be deep.
 *
 * Reference links repeat a long destination for a few bytes each. `url_bytes_left` keeps the
 * output in proportion: when it is used up, links are written as their text. */

#include "html.h"

#include "url.h"

#include <cmark.h>

typedef struct render {
    html_out out;
    int heading_shift; /* from a level of the text to one of the page */
    size_t url_bytes_left;
    html_target *target; /* NULL: links without a scheme stay as they are */
    const void *context;
    cmark_node *open_link; /* a link inside an image's text inside a link stays text */
} render;

static cmark_node *parse(str markdown)
{
    BUG_IF(markdown.n > HTML_MARKDOWN_BYTES_MOST);
    return cmark_parse_document(markdown.n ? markdown.at : "", markdown.n,
                                CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
}

static void put(render *r, str markup)
{
    buf_put(r->out.to, markup);
}

static void put_tag(render *r, bool is_enter, str name)
{
    put(r, is_enter ? S("<") : S("</"));
    put(r, name);
    put(r, S(">"));
}

static void put_heading(render *r, cmark_node *node, bool is_enter)
{
    int level = cmark_node_get_heading_level(node) + r->heading_shift;
    char name[2] = {'h', (char)('0' + (level < 6 ? level : 6))};
    put_tag(r, is_enter, (str){name, 2});
    if (!is_enter)
        put(r, S("\n"));
}

static void put_list(render *r, cmark_node *node, bool is_enter)
{
    bool is_ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
    int start = cmark_node_get_list_start(node);
    if (is_enter && is_ordered && start != 1) {
        put(r, S("<ol start=\""));
        html_int(&r->out, start);
        put(r, S("\">\n"));
        return;
    }
    put_tag(r, is_enter, is_ordered ? S("ol") : S("ul"));
    put(r, S("\n"));
}

static void put_link(render *r, cmark_node *node, bool is_enter)
{
    if (!is_enter) {
        if (r->open_link == node) {
            put(r, S("</a>"));
            r->open_link = NULL;
        }
        return;
    }
    str url, given = str_of(cmark_node_get_url(node));
    if (r->target && !url_has_scheme(given))
        given = r->target(r->out.to->home, r->context, given);
    if (r->target && given.n == 0)
        return;
    if (r->open_link || given.n > r->url_bytes_left || !url_clean(r->out.to->home, given, &url))
        return;
    r->url_bytes_left -= given.n;
    r->open_link = node;
    put(r, S("<a href=\""));
    html_attribute(&r->out, url);
    put(r, url_is_foreign(url) ? S("\" rel=\"noopener\">") : S("\">"));
}

/* In a tight list the items hold bare text. */
static bool is_tight_paragraph(cmark_node *node)
{
    cmark_node *list = cmark_node_parent(cmark_node_parent(node));
    return list && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list);
}

static void put_leaf(render *r, cmark_node *node, cmark_node_type type)
{
    str literal = str_of(cmark_node_get_literal(node));
    if (type == CMARK_NODE_TEXT) {
        html_text(&r->out, literal);
    } else if (type == CMARK_NODE_CODE) {
        put(r, S("<code>"));
        html_text(&r->out, literal);
        put(r, S("</code>"));
    } else if (type == CMARK_NODE_CODE_BLOCK) {
        put(r, S("<pre><code>"));
        html_text(&r->out, literal);
        put(r, S("</code></pre>\n"));
    } else if (type == CMARK_NODE_SOFTBREAK) {
        put(r, S("\n"));
    } else if (type == CMARK_NODE_LINEBREAK) {
        put(r, S("<br>\n"));
    } else if (type == CMARK_NODE_THEMATIC_BREAK) {
        put(r, S("<hr>\n"));
    }
}

static void put_node(render *r, cmark_node *node, bool is_enter)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_PARAGRAPH) {
        if (!is_tight_paragraph(node)) {
            put_tag(r, is_enter, S("p"));
            put(r, is_enter ? S("") : S("\n"));
        }
    } else if (type == CMARK_NODE_HEADING) {
        put_heading(r, node, is_enter);
    } else if (type == CMARK_NODE_LIST) {
        put_list(r, node, is_enter);
    } else if (type == CMARK_NODE_ITEM) {
        put_tag(r, is_enter, S("li"));
        put(r, is_enter ? S("") : S("\n"));
    } else if (type == CMARK_NODE_BLOCK_QUOTE) {
        put_tag(r, is_enter, S("blockquote"));
        put(r, S("\n"));
    } else if (type == CMARK_NODE_EMPH) {
        put_tag(r, is_enter, S("em"));
    } else if (type == CMARK_NODE_STRONG) {
        put_tag(r, is_enter, S("strong"));
    } else if (type == CMARK_NODE_LINK) {
        put_link(r, node, is_enter);
    } else {
        put_leaf(r, node, type);
    }
}

/* The level of the text's largest heading; 1 when it has none. */
static int largest_heading(cmark_node *document)
{
    int largest = 7;
    cmark_iter *walk = cmark_iter_new(document);
    while (cmark_iter_next(walk) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(walk);
        int level = cmark_node_get_type(node) == CMARK_NODE_HEADING
                        ? cmark_node_get_heading_level(node)
                        : 7;
        largest = level < largest ? level : largest;
    }
    cmark_iter_free(walk);
    return largest < 7 ? largest : 1;
}

safe_html html_markdown(arena *a, str markdown, int top_heading)
{
    return html_markdown_linked(a, markdown, top_heading, NULL, NULL);
}

safe_html html_markdown_linked(arena *a, str markdown, int top_heading, html_target *target,
                               const void *context)
{
    BUG_IF(top_heading < 2 || top_heading > 6);
    buf text = buf_in(a);
    cmark_node *document = parse(markdown);
    render r = {.out = {&text},
                .heading_shift = top_heading - largest_heading(document),
                .url_bytes_left = 2 * markdown.n,
                .target = target,
                .context = context};
    cmark_iter *walk = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE)
        put_node(&r, cmark_iter_get_node(walk), event == CMARK_EVENT_ENTER);
    cmark_iter_free(walk);
    cmark_node_free(document);
    return (safe_html){buf_str(&text)};
}

/* --- Without markup --- */

static void trim_end(buf *b)
{
    while (b->n && (b->at[b->n - 1] == '\n' || b->at[b->n - 1] == ' '))
        b->n--;
}

/* The line end that a finished block leaves behind: one inside tight lists, two elsewhere. */
static void end_block(buf *b, bool is_tight)
{
    trim_end(b);
    if (b->n)
        buf_put(b, is_tight ? S("\n") : S("\n\n"));
}

static void put_lines(buf *b, str s)
{
    while (s.n) {
        str rest, line = str_cut(s, '\n', &rest);
        html_plain_line(b, line);
        if (line.n < s.n)
            buf_put_char(b, '\n');
        s = rest;
    }
}

static void put_item_mark(buf *b, cmark_node *item)
{
    cmark_node *list = cmark_node_parent(item);
    if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST) {
        buf_put(b, S("- "));
        return;
    }
    /* The list's own start does the counting. */
    int number = cmark_node_get_list_start(list);
    buf_put_int(b, number);
    buf_put(b, S(". "));
    cmark_node_set_list_start(list, number + 1);
}

static void put_plain(buf *b, cmark_node *node, bool is_enter)
{
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
        html_plain_line(b, str_of(cmark_node_get_literal(node)));
    } else if (type == CMARK_NODE_CODE_BLOCK) {
        put_lines(b, str_of(cmark_node_get_literal(node)));
        end_block(b, false);
    } else if (type == CMARK_NODE_SOFTBREAK) {
        buf_put_char(b, ' ');
    } else if (type == CMARK_NODE_LINEBREAK) {
        buf_put_char(b, '\n');
    } else if (type == CMARK_NODE_ITEM && is_enter) {
        put_item_mark(b, node);
    } else if (type == CMARK_NODE_ITEM && b->n && b->at[b->n - 1] != '\n') {
        end_block(b, true);
    } else if (type == CMARK_NODE_PARAGRAPH && !is_enter) {
        end_block(b, is_tight_paragraph(node));
    } else if ((type == CMARK_NODE_HEADING || type == CMARK_NODE_LIST) && !is_enter) {
        end_block(b, false);
    }
}

str html_markdown_text(arena *a, str markdown)
{
    buf text = buf_in(a);
    cmark_node *document = parse(markdown);
    cmark_iter *walk = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(walk)) != CMARK_EVENT_DONE)
        put_plain(&text, cmark_iter_get_node(walk), event == CMARK_EVENT_ENTER);
    cmark_iter_free(walk);
    cmark_node_free(document);
    trim_end(&text);
    return buf_str(&text);
}
