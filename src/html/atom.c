/* SPDX-License-Identifier: EUPL-1.2 */
/* Content travels as escaped HTML, which every reader takes; its addresses are whole already. */

#include "html/atom.h"

#define RAW(o, literal) html_raw_literal((o), literal, sizeof(literal) - 1)

#define ELEMENT(o, name, value)                                                                    \
    do {                                                                                           \
        RAW(o, "<" name ">");                                                                      \
        html_text(o, value);                                                                       \
        RAW(o, "</" name ">\n");                                                                   \
    } while (0)

static void put_author(html_out *o, str name)
{
    if (name.n == 0)
        return;
    RAW(o, "<author><name>");
    html_text(o, name);
    RAW(o, "</name></author>\n");
}

atom atom_begin(buf *to, const atom_feed *feed)
{
    atom a = {{to}};
    html_out *o = &a.to;
    RAW(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"");
    html_attribute(o, feed->lang);
    RAW(o, "\">\n");
    ELEMENT(o, "title", feed->title);
    ELEMENT(o, "id", feed->address);
    RAW(o, "<link rel=\"self\" type=\"application/atom+xml\" href=\"");
    html_attribute(o, feed->address);
    RAW(o, "\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"");
    html_attribute(o, feed->page);
    RAW(o, "\"/>\n");
    ELEMENT(o, "updated", feed->updated);
    put_author(o, feed->author);
    return a;
}

void atom_put(atom *feed, const atom_entry *entry)
{
    html_out *o = &feed->to;
    RAW(o, "<entry");
    if (entry->lang.n) {
        RAW(o, " xml:lang=\"");
        html_attribute(o, entry->lang);
        RAW(o, "\"");
    }
    RAW(o, ">\n");
    ELEMENT(o, "title", entry->title);
    ELEMENT(o, "id", entry->address);
    RAW(o, "<link rel=\"alternate\" type=\"text/html\" href=\"");
    html_attribute(o, entry->address);
    RAW(o, "\"/>\n");
    if (entry->published.n)
        ELEMENT(o, "published", entry->published);
    ELEMENT(o, "updated", entry->updated);
    put_author(o, entry->author);
    if (entry->category.n) {
        RAW(o, "<category term=\"");
        html_attribute(o, entry->category);
        RAW(o, "\"/>\n");
    }
    if (entry->summary.n)
        ELEMENT(o, "summary", entry->summary);
    if (entry->content.markup.n) {
        RAW(o, "<content type=\"html\">");
        html_text(o, entry->content.markup);
        RAW(o, "</content>\n");
    }
    RAW(o, "</entry>\n");
}

void atom_end(atom *feed)
{
    RAW(&feed->to, "</feed>\n");
}
