/* SPDX-License-Identifier: EUPL-1.2 */
/* What the INI of a document or a piece of news must say to be shown rightly: an address that leads
 * nowhere, or a date that sorts wrongly, is found when it is imported and not by readers. */

#include "base/clock.h"
#include "base/number.h"
#include "core/content_folder.h"

enum { LINK_BYTES_MOST = 2000 };

typedef struct checking {
    const content_folder *folder;
    const content_item *item;
    str key;
    const char *message; /* NULL: nothing is wrong */
} checking;

static void refuse(checking *c, str key, const char *message)
{
    if (c->message)
        return;
    c->key = key;
    c->message = message;
}

/* Items stand by kind in the table's order, then by name. */
const content_item *content_find(const content_folder *folder, str kind, str slug)
{
    const content_kind *wanted = content_kind_of(kind);
    size_t low = 0, high = wanted ? folder->n : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const content_kind *there = content_kind_of(folder->items[middle].kind);
        int order = there == wanted  ? str_cmp(folder->items[middle].slug, slug)
                    : there < wanted ? -1
                                     : 1;
        if (order == 0)
            return &folder->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void check_address(checking *c, str key, str value)
{
    bool is_good = (str_starts(value, S("https://")) || str_starts(value, S("http://"))) &&
                   value.n <= LINK_BYTES_MOST;
    for (size_t i = 0; i < value.n; i++)
        is_good = is_good && (unsigned char)value.at[i] > ' ' && value.at[i] != '\\' &&
                  value.at[i] != '"' && value.at[i] != '<' && value.at[i] != '>';
    if (value.n && !is_good)
        refuse(c, key, "is not an address that begins with https://");
}

static void check_year(checking *c, str key)
{
    int64_t year;
    str value = fact_value(c->item->facts, key);
    if (value.n && (value.n != 4 || number_parse(value, 1000, 9999, &year) != OK))
        refuse(c, key, "is not a year like 2017");
}

static void check_day(checking *c, str key, bool is_needed)
{
    int64_t day_ms;
    str value = fact_value(c->item->facts, key);
    if ((value.n || is_needed) && clock_read_day(value, &day_ms) != OK)
        refuse(c, key, "is not a date like 2026-01-15");
}

static void check_topics(checking *c)
{
    for (str rest = fact_value(c->item->facts, S("topics")); rest.n;)
        if (!content_find(c->folder, S("topic"), str_cut(rest, ' ', &rest)))
            refuse(c, S("topics"), "names a topic that is not there");
}

/* As many steps as there are documents: one more is a circle. */
static void check_successors(checking *c)
{
    const content_item *at = c->item;
    for (size_t steps = 0; steps <= c->folder->n; steps++) {
        str next = fact_value(at->facts, S("replaced_by"));
        if (next.n == 0)
            return;
        at = content_find(c->folder, S("document"), next);
        if (!at) {
            /* Of another document: said there. */
            if (steps == 0)
                refuse(c, S("replaced_by"), "names a document that is not there");
            return;
        }
    }
    refuse(c, S("replaced_by"), "leads in a circle");
}

static bool has_file(const content_item *item, str name)
{
    for (size_t i = 0; i < item->given_count; i++)
        if (str_eq(item->given[i].name, name))
            return true;
    return false;
}

/* file_da, url_da, size_da, sha256_da */
static void check_version(checking *c, fact f)
{
    int64_t bytes;
    unsigned char hash[32];
    if (str_starts(f.key, S("url")))
        check_address(c, f.key, f.value);
    if (str_starts(f.key, S("file_")) && !has_file(c->item, f.value))
        refuse(c, f.key, "names a file that does not lie beside it");
    if (str_starts(f.key, S("size_")) && number_parse(f.value, 1, INT64_MAX, &bytes) != OK)
        refuse(c, f.key, "is not a number of bytes");
    if (str_starts(f.key, S("sha256_")) && number_parse_hex(f.value, hash, sizeof hash) != OK)
        refuse(c, f.key, "is not a SHA-256 in hexadecimal");
}

err content_item_check(const content_folder *folder, const content_item *item, str *out_key,
                       const char **out_message)
{
    checking c = {.folder = folder, .item = item};
    if (str_eq(item->kind, S("document"))) {
        check_year(&c, S("year"));
        check_year(&c, S("year_end"));
        check_day(&c, S("added"), false);
        check_topics(&c);
        check_successors(&c);
        for (size_t i = 0; i < item->facts.n; i++)
            check_version(&c, item->facts.at[i]);
    } else if (str_eq(item->kind, S("news"))) {
        check_day(&c, S("date"), true);
        check_address(&c, S("url"), fact_value(item->facts, S("url")));
    }
    *out_key = c.key;
    *out_message = c.message;
    return c.message ? ERR_INVALID : OK;
}
