/* SPDX-License-Identifier: EUPL-1.2 */
/* Filling messages.
 *
 * One walk over the compiled text serves all places; what differs is how words, values and tags are
 * written there. A value is escaped for the place whatever it holds, a link's address goes through
 * html_url whatever its kind, and a message that a language lacks is shown in English and, where
 * markup may stand, says so with its own lang. */

#include "lang/catalogue.h"

typedef enum place { PLACE_HTML, PLACE_ATTRIBUTE, PLACE_TEXT } place;

typedef struct filling {
    place where;
    html_out *html; /* PLACE_HTML, PLACE_ATTRIBUTE */
    buf *text;      /* PLACE_TEXT */
    arena *home;
    lang shown; /* the language of the words */
    const msg_arg *args;
} filling;

static void put_literal(filling *f, const char *markup)
{
    html_raw_literal(f->html, markup, strlen(markup));
}

static void put_words(filling *f, str words)
{
    switch (f->where) {
    case PLACE_HTML:
        html_text(f->html, words);
        break;
    case PLACE_ATTRIBUTE:
        html_attribute(f->html, words);
        break;
    case PLACE_TEXT:
        buf_put(f->text, words);
        break;
    }
}

static void put_arg(filling *f, size_t position)
{
    const msg_arg *arg = &f->args[position];
    str text = arg->kind == MSG_ARG_INT ? lang_number(f->home, f->shown, arg->number) : arg->text;
    if (f->where == PLACE_TEXT) {
        html_plain_line(f->text, text);
        return;
    }
    /* A name may be written from right to left; it must not turn the sentence around it. */
    bool is_apart = f->where == PLACE_HTML && arg->kind == MSG_ARG_NAME;
    if (is_apart)
        put_literal(f, "<bdi>");
    put_words(f, text);
    if (is_apart)
        put_literal(f, "</bdi>");
}

static void open_tag(filling *f, char tag, size_t href)
{
    if (f->where != PLACE_HTML)
        return;
    if (tag == TAG_A) {
        put_literal(f, "<a href=\"");
        html_url(f->html, f->args[href].text);
        put_literal(f, "\">");
    } else {
        put_literal(f, tag == TAG_B ? "<b>" : "<em>");
    }
}

/* In plain text a link shows its address behind its words. */
static void close_tag(filling *f, char tag, size_t href)
{
    if (f->where == PLACE_HTML) {
        put_literal(f, tag == TAG_A ? "</a>" : tag == TAG_B ? "</b>" : "</em>");
    } else if (f->where == PLACE_TEXT && tag == TAG_A) {
        buf_put(f->text, S(" ("));
        html_plain_line(f->text, f->args[href].text);
        buf_put(f->text, S(")"));
    }
}

/* tools/poc has checked the text: codes are whole, tags balanced, positions in range. */
static void walk(filling *f, str text)
{
    size_t href = 0;
    while (text.n) {
        size_t words = 0;
        while (words < text.n && (unsigned char)text.at[words] > CODE_CLOSE)
            words++;
        if (words) {
            put_words(f, str_head(text, words));
            text = str_skip(text, words);
            continue;
        }
        BUG_IF(text.n < 2);
        char code = text.at[0], value = text.at[1];
        text = str_skip(text, 2);
        if (code == CODE_ARG) {
            put_arg(f, (size_t)value - 1);
        } else if (code == CODE_OPEN) {
            if (value == TAG_A) {
                href = (size_t)text.at[0] - 1;
                text = str_skip(text, 1);
            }
            open_tag(f, value, href);
        } else {
            close_tag(f, value, href);
        }
    }
}

static str pick_form(lang l, msg m, const msg_arg *args)
{
    const catalogue *c = &catalogues[l];
    const message_entry *entry = &c->entries[m];
    int8_t count_arg = message_shapes[m].count_arg;
    if (count_arg < 0)
        return c->texts[entry->first];
    const msg_arg *count = &args[count_arg];
    BUG_IF(count->kind != MSG_ARG_INT);
    uint64_t n = count->number < 0 ? 0 - (uint64_t)count->number : (uint64_t)count->number;
    unsigned form = c->plural(n);
    BUG_IF(form >= entry->n_forms);
    return c->texts[entry->first + form];
}

static void fill(filling *f, lang l, msg m, const msg_arg *args, size_t n)
{
    BUG_IF(l >= LANG_SLOTS || !catalogues[l].texts || m >= MSG_COUNT);
    BUG_IF(n != (size_t)message_shapes[m].n_args);
    bool is_lacking = catalogues[l].entries[m].n_forms == 0;
    bool is_marked = is_lacking && f->where == PLACE_HTML;
    f->shown = is_lacking ? LANG_EN : l;
    f->args = args;
    if (is_marked)
        put_literal(f, "<span lang=\"en\">");
    walk(f, pick_form(f->shown, m, args));
    if (is_marked)
        put_literal(f, "</span>");
}

void lang_html(html_out *o, lang l, msg m, const msg_arg *args, size_t n)
{
    fill(&(filling){.where = PLACE_HTML, .html = o, .home = o->to->home}, l, m, args, n);
}

void lang_attribute(html_out *o, lang l, msg m, const msg_arg *args, size_t n)
{
    fill(&(filling){.where = PLACE_ATTRIBUTE, .html = o, .home = o->to->home}, l, m, args, n);
}

str lang_text(arena *a, lang l, msg m, const msg_arg *args, size_t n)
{
    buf out = buf_in(a);
    fill(&(filling){.where = PLACE_TEXT, .text = &out, .home = a}, l, m, args, n);
    return buf_str(&out);
}

message_state lang_state(lang l, msg m)
{
    BUG_IF(l >= LANG_SLOTS || !catalogues[l].texts || m >= MSG_COUNT);
    return (message_state)catalogues[l].entries[m].state;
}

const char *lang_key(msg m)
{
    BUG_IF(m >= MSG_COUNT);
    return message_shapes[m].key;
}
