/* SPDX-License-Identifier: EUPL-1.2 */
/* One walk over libcmark's tree, by its iterator: nesting is the author's, and may be deep. */

#include "prose/outline.h"

#include <cmark.h>

typedef struct walk {
    arena *a;
    outline *out;
    size_t depth; /* of blocks */
    buf words;    /* of the block that is open */
    buf alt;      /* of the innermost link or picture */
    outline_link *open;
    size_t line; /* of the last block: libcmark gives some inline nodes none */
    size_t block_room, link_room;
} walk;

/* Twice the room when it is used up; the old array stays in the arena. */
static void *grown(arena *a, void *at, size_t n, size_t *room, size_t bytes_each)
{
    if (n < *room)
        return at;
    *room = *room ? 2 * *room : 16;
    void *more = arena_alloc_array(a, *room, bytes_each);
    if (n)
        memcpy(more, at, n * bytes_each);
    return more;
}

static void end_block(walk *w, size_t line)
{
    str words = str_trim(buf_str(&w->words));
    outline *o = w->out;
    if (words.n) {
        o->blocks = grown(w->a, o->blocks, o->block_count, &w->block_room, sizeof *o->blocks);
        o->blocks[o->block_count++] = (outline_block){arena_copy(w->a, words), line};
    }
    w->words.n = 0;
}

static size_t line_of(const walk *w, cmark_node *node)
{
    int line = cmark_node_get_start_line(node);
    return line > 0 ? (size_t)line : w->line;
}

static void note_link(walk *w, cmark_node *node, bool is_enter)
{
    outline *o = w->out;
    if (!is_enter) {
        /* A link in a link's words is none in CommonMark; a picture there closes first. */
        if (w->open && w->open->words.n == 0)
            w->open->words = arena_copy(w->a, str_trim(buf_str(&w->alt)));
        w->open = NULL;
        w->alt.n = 0;
        return;
    }
    o->links = grown(w->a, o->links, o->link_count, &w->link_room, sizeof *o->links);
    w->open = &o->links[o->link_count++];
    *w->open = (outline_link){
        .target = arena_copy(w->a, str_of(cmark_node_get_url(node))),
        .line = line_of(w, node),
        .is_picture = cmark_node_get_type(node) == CMARK_NODE_IMAGE,
    };
    w->alt.n = 0;
}

/* An address that stands as its own words says nothing in any language. */
static bool is_address(str words)
{
    return str_find_str(words, S("://")) < words.n ||
           (str_find(words, '@') < words.n && str_find(words, ' ') == words.n);
}

static void note_words(walk *w, str words)
{
    if (w->open)
        buf_put(&w->alt, words);
    if (!is_address(words))
        buf_put(&w->words, words);
}

static void note_once(size_t *line, const walk *w, cmark_node *node)
{
    if (*line == 0)
        *line = line_of(w, node);
}

static bool is_in_item(cmark_node *node)
{
    return cmark_node_get_type(cmark_node_parent(node)) == CMARK_NODE_ITEM;
}

static void note_inline(walk *w, cmark_node *node, cmark_node_type type, bool is_enter)
{
    if (type == CMARK_NODE_TEXT)
        note_words(w, str_of(cmark_node_get_literal(node)));
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
        note_words(w, S(" "));
    else if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE)
        note_link(w, node, is_enter);
    else if (type == CMARK_NODE_HTML_INLINE)
        note_once(&w->out->markup_line, w, node);
    else if (is_enter && (type == CMARK_NODE_EMPH || type == CMARK_NODE_STRONG))
        w->out->emphases++;
}

static void note_block(walk *w, cmark_node *node, cmark_node_type type, bool is_enter)
{
    outline *o = w->out;
    w->depth = is_enter ? w->depth + 1 : w->depth - 1;
    if (!is_enter) {
        if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING)
            end_block(w, line_of(w, node));
        return;
    }
    w->line = line_of(w, node);
    if (w->depth > OUTLINE_DEPTH_MOST)
        note_once(&o->deep_line, w, node);
    if (type == CMARK_NODE_HEADING) {
        o->headings++;
        if (cmark_node_get_heading_level(node) == 1)
            note_once(&o->title_line, w, node);
    }
    o->items += type == CMARK_NODE_ITEM;
    o->paragraphs += type == CMARK_NODE_PARAGRAPH && !is_in_item(node);
}

/* Leaf blocks come once, as entered. */
static bool is_container(cmark_node_type type)
{
    return type == CMARK_NODE_DOCUMENT || type == CMARK_NODE_BLOCK_QUOTE ||
           type == CMARK_NODE_LIST || type == CMARK_NODE_ITEM || type == CMARK_NODE_PARAGRAPH ||
           type == CMARK_NODE_HEADING;
}

void outline_read(arena *a, str markdown, outline *out)
{
    BUG_IF(markdown.n > OUTLINE_BYTES_MOST);
    *out = (outline){0};
    walk w = {.a = a, .out = out, .words = buf_in(a), .alt = buf_in(a)};
    cmark_node *document = cmark_parse_document(markdown.n ? markdown.at : "", markdown.n,
                                                CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
    cmark_iter *iterator = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(iterator)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iterator);
        cmark_node_type type = cmark_node_get_type(node);
        if (is_container(type))
            note_block(&w, node, type, event == CMARK_EVENT_ENTER);
        else if (type == CMARK_NODE_HTML_BLOCK)
            note_once(&out->markup_line, &w, node);
        else
            note_inline(&w, node, type, event == CMARK_EVENT_ENTER);
    }
    cmark_iter_free(iterator);
    cmark_node_free(document);
}
