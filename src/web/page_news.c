/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/page_news.h"

#include "base/clock.h"
#include "page_views.h"
#include "routes.h"

enum { NOON_MS = 43200000 }; /* so that no time zone moves the day */

err news_shown(page_context *pc, const content_item *item, news_piece *out)
{
    news_piece p = {.url = url_news_piece(pc->a, pc->frame.code, item->slug)};
    int64_t day_ms;
    TRY(shown_of(pc, item, &p.text));
    p.day = shown_fact(&p.text, S("date"));
    if (clock_read_day(p.day, &day_ms) == OK)
        p.date = lang_date(pc->a, pc->frame.l, day_ms + NOON_MS);
    p.source = shown_fact(&p.text, S("source"));
    p.source_url = shown_fact(&p.text, S("url"));
    *out = p;
    return OK;
}

err page_news(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    news_page p = {.feed_url = {"", 0}};
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    content_list all = f->ed->catalogue->news;
    TRY(pager_of(pc.a, rq, all.n, url_news(pc.a, f->code), &p.pages));
    news_piece *pieces = arena_array(pc.a, news_piece, p.pages.n);
    size_t n = 0;
    for (size_t i = 0; i < p.pages.n; i++)
        n += news_shown(&pc, &all.at[p.pages.first + i], &pieces[n]) == OK;
    p.pieces = (news_list){pieces, n};
    p.feed_url = url_news_atom(pc.a, f->code);
    f->title = lang_text(pc.a, f->l, MSG_NEWS_TITLE, NULL, 0);
    f->description = lang_text(pc.a, f->l, MSG_NEWS_LEAD, NULL, 0);
    f->current = "news";
    f->feed = p.feed_url;
    frame_keep_query(f, p.pages.url);
    html_out o = page_reply(&pc, out, 200);
    view_page_news(&pc.view, &o, &p);
    return OK;
}

static void describe(page_context *pc, const news_piece *p)
{
    linked_data *ld = &pc->frame.about;
    linked_data_open(ld, S(""), S("NewsArticle"));
    linked_data_put(ld, S("@id"), frame_address(pc->a, &pc->frame));
    linked_data_put(ld, S("headline"), p->text.title);
    linked_data_put(ld, S("description"), shown_header(&p->text, S("summary")));
    linked_data_put(ld, S("datePublished"), p->day);
    linked_data_put(ld, S("inLanguage"), p->text.lang);
    linked_data_put(ld, S("isBasedOn"), p->source_url);
    linked_data_open(ld, S("author"), S("Organization"));
    linked_data_put(ld, S("name"), frame_brand(&pc->frame));
    linked_data_close(ld);
    linked_data_close(ld);
}

err page_news_piece(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    news_piece p;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    const content_item *item = alliance_item(f->ed->al, S("news"), req_segment(rq, 1));
    if (!item)
        return ERR_NOT_FOUND;
    TRY(news_shown(&pc, item, &p));
    f->title = p.text.title;
    f->description = shown_header(&p.text, S("summary"));
    f->current = "news";
    f->published = p.day;
    f->section = (frame_link){.url = url_news(pc.a, f->code),
                              .name = lang_text(pc.a, f->l, MSG_NEWS_TITLE, NULL, 0)};
    describe(&pc, &p);
    html_out o = page_reply(&pc, out, 200);
    view_page_news_piece(&pc.view, &o, &p);
    return OK;
}
