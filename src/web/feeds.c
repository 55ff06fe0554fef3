/* SPDX-License-Identifier: EUPL-1.2 */
/* Feeds: the newest pieces of news, and documents by the day on which they were put up, which is
 * that of the import that brought them when their author does not say. */

#include "base/clock.h"
#include "html/atom.h"
#include "page_views.h"
#include "routes.h"
#include "web/documents.h"
#include "web/page_news.h"

#include <stdlib.h>

enum { ENTRIES_MOST = 50 };

static str whole(const page_context *pc, str url)
{
    return arena_printf(pc->a, "%.*s%.*s", STR_FMT(pc->frame.app->origin), STR_FMT(url));
}

static str moment(const page_context *pc, str day)
{
    return arena_printf(pc->a, "%.*sT00:00:00Z", STR_FMT(day));
}

static str moment_of(const page_context *pc, const document_facts *d)
{
    char at[32];
    clock_iso8601(d->added_ms, at);
    return arena_copy(pc->a, str_of(at));
}

/* newest: a moment; empty when the feed has no entry yet. */
static atom begin(const page_context *pc, reply *out, msg title, str url, str list, str newest)
{
    const frame *f = &pc->frame;
    str name = lang_text(pc->a, f->l, title, NULL, 0);
    buf *b = reply_body(out, 200, S("application/atom+xml; charset=utf-8"));
    reply_header(out, S("Content-Language"), f->code);
    atom_feed feed = {
        .lang = f->code,
        .title = arena_printf(pc->a, "%.*s - %.*s", STR_FMT(name), STR_FMT(frame_brand(f))),
        .address = whole(pc, url),
        .page = whole(pc, list),
        .author = frame_brand(f),
        .updated = newest.n ? newest : S("1970-01-01T00:00:00Z"),
    };
    return atom_begin(b, &feed);
}

err feed_news(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    const frame *f = &pc.frame;
    content_list all = f->ed->catalogue->news;
    str newest = all.n ? moment(&pc, fact_value(all.at[0].facts, S("date"))) : (str){"", 0};
    atom feed = begin(&pc, out, MSG_NEWS_TITLE, url_news_atom(pc.a, f->code),
                      url_news(pc.a, f->code), newest);
    for (size_t i = 0; i < all.n && i < ENTRIES_MOST; i++) {
        news_piece p;
        if (news_shown(&pc, &all.at[i], &p) != OK)
            continue;
        atom_put(&feed, &(atom_entry){
                            .lang = p.text.is_foreign ? p.text.lang : (str){"", 0},
                            .title = p.text.title,
                            .address = whole(&pc, p.url),
                            .published = moment(&pc, p.day),
                            .updated = moment(&pc, p.day),
                            .summary = shown_header(&p.text, S("summary")),
                            .content = shown_body(pc.a, &p.text, 2),
                        });
    }
    atom_end(&feed);
    return OK;
}

static int newest_first(const void *left, const void *right)
{
    const document_facts *a = *(const document_facts *const *)left;
    const document_facts *b = *(const document_facts *const *)right;
    if (a->added_ms != b->added_ms)
        return a->added_ms < b->added_ms ? 1 : -1;
    return str_cmp(a->item->slug, b->item->slug);
}

static void put_document(page_context *pc, atom *feed, const document_facts *facts)
{
    document d;
    if (document_shown(pc, facts, NULL, &d) != OK)
        return;
    str added = moment_of(pc, facts);
    atom_put(feed, &(atom_entry){
                       .lang = d.text.is_foreign ? d.text.lang : (str){"", 0},
                       .title = d.text.title,
                       .address = whole(pc, url_document(pc->a, pc->frame.code, facts->item->slug)),
                       .published = added,
                       .updated = added,
                       .author = d.publisher,
                       .category = d.kind,
                       .summary = shown_header(&d.text, S("summary")),
                   });
}

err feed_documents(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    const frame *f = &pc.frame;
    const catalogue *c = f->ed->catalogue;
    const document_facts **dated = arena_array(pc.a, const document_facts *, c->document_n);
    size_t n = 0;
    for (size_t i = 0; i < c->document_n; i++)
        if (c->documents[i].added_ms)
            dated[n++] = &c->documents[i];
    if (n)
        qsort(dated, n, sizeof *dated, newest_first);
    str newest = n ? moment_of(&pc, dated[0]) : (str){"", 0};
    atom feed = begin(&pc, out, MSG_DOCUMENTS_TITLE, url_documents_atom(pc.a, f->code),
                      url_documents(pc.a, f->code), newest);
    for (size_t i = 0; i < n && i < ENTRIES_MOST; i++)
        put_document(&pc, &feed, dated[i]);
    atom_end(&feed);
    return OK;
}
