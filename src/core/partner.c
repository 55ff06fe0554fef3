/* SPDX-License-Identifier: EUPL-1.2 */
/* A mark is a folded name, in which no dot can be, or a host, in which there is one. Matching is
 * one join of two small indexes, so that a partner with thousands of members costs no more than a
 * page. */

#include "core/partner.h"

#include "core/listing_row.h"
#include "core/website.h"
#include "text/text.h"

#include "sql/q_partner.h"

enum { NAME_BYTES_LEAST = 3, MARKS_MOST = 2 };

err partner_has_words(arena *a, const content_item *item, str lang, str words, bool *out_has)
{
    const content_text *text = content_text_in(item, lang);
    str folded, rest;
    *out_has = false;
    TRY(text_fold(a, words, &rest));
    if (!text)
        return OK;
    str whole =
        arena_printf(a, "%.*s %.*s %.*s %.*s", STR_FMT(fact_value(text->header, S("title"))),
                     STR_FMT(fact_value(text->header, S("acronym"))),
                     STR_FMT(fact_value(item->facts, S("website"))), STR_FMT(text->body));
    TRY(text_fold(a, whole, &folded));
    while (rest.n) {
        str word = str_cut(rest, ' ', &rest);
        if (str_find_str(folded, word) == folded.n)
            return OK;
    }
    *out_has = true;
    return OK;
}

/* The marks of a name and a website; either may be empty. */
static err marks_of(arena *a, str name, str website, str *out_marks, size_t *out_n)
{
    str folded, normal;
    *out_n = 0;
    TRY(text_fold(a, name, &folded));
    if (folded.n >= NAME_BYTES_LEAST)
        out_marks[(*out_n)++] = folded;
    if (website.n && website_normal(a, website, &normal) == OK)
        out_marks[(*out_n)++] = website_host(a, normal);
    return OK;
}

/* The next member, trimmed; empty: a line without one. */
static str next_line(str *rest)
{
    str line = str_trim(str_cut(*rest, '\n', rest));
    return line.n && line.at[0] == '#' ? (str){"", 0} : line;
}

/* A line is a name, and when it reads as one, a host as well. */
static err marks_of_line(arena *a, str line, str *out_marks, size_t *out_n)
{
    bool has_space = str_find(line, ' ') < line.n;
    return marks_of(a, line, has_space ? (str){"", 0} : line, out_marks, out_n);
}

err partner_members_check(arena *a, str members, size_t *out_line)
{
    str marks[MARKS_MOST];
    size_t n, seen = 0;
    *out_line = 0;
    while (members.n) {
        str line = next_line(&members);
        ++*out_line;
        seen += line.n > 0;
        if (line.n > PARTNER_MEMBER_BYTES_MOST || seen > PARTNER_MEMBERS_MOST)
            return ERR_INVALID;
        if (line.n && (marks_of_line(a, line, marks, &n) != OK || n == 0))
            return ERR_INVALID;
    }
    return OK;
}

err partner_members_clear(db_tx *tx)
{
    return q_partner_member_delete_all(tx);
}

err partner_members_put(db_tx *tx, arena *scratch, str partner, str members)
{
    while (members.n) {
        str marks[MARKS_MOST];
        size_t n;
        str line = next_line(&members);
        TRY(marks_of_line(scratch, line, marks, &n));
        for (size_t i = 0; i < n; i++)
            TRY(q_partner_member_put(tx, partner, marks[i]));
    }
    return OK;
}

err partner_marks_put(db_tx *tx, arena *scratch, int64_t signature, int64_t declaration_id,
                      str organisation, str website)
{
    str marks[MARKS_MOST];
    size_t n;
    TRY(marks_of(scratch, organisation, website, marks, &n));
    for (size_t i = 0; i < n; i++)
        TRY(q_listing_mark_put(tx, signature, marks[i], declaration_id));
    return OK;
}

typedef struct reading {
    arena *a;
    int64_t declaration, before;
    str partner;
    size_t most;
    listing_page out;
} reading;

static err read_listed(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    q_partner_listed_rows rows;
    TRY(q_partner_listed(tx, r->a, r->declaration, r->partner, r->before, (int64_t)r->most + 1,
                         &rows));
    listed *all = arena_array(r->a, listed, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = LISTED_OF(&rows.at[i]);
    bool has_more = rows.n > r->most;
    size_t n = has_more ? r->most : rows.n;
    r->out = (listing_page){.at = all, .n = n, .next_before = has_more ? all[n - 1].number : 0};
    return OK;
}

err partner_listed(core *c, arena *a, int64_t declaration_id, str partner, int64_t before,
                   size_t most, listing_page *out_page)
{
    reading r = {.a = a,
                 .declaration = declaration_id,
                 .before = before > 0 ? before : INT64_MAX,
                 .partner = partner,
                 .most = most};
    TRY(db_read(c->db, read_listed, &r));
    *out_page = r.out;
    return OK;
}
