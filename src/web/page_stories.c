/* SPDX-License-Identifier: EUPL-1.2 */
/* The wall of stories, narrowed down by words, country and fund. */

#include "page_views.h"
#include "routes.h"
#include "web/page_story.h"

/* What a reader asks to see; empty: any. */
typedef struct wish {
    str words, country, fund;
} wish;

/* ERR_INVALID: a filter that the form cannot have sent. */
static err read_wish(req *rq, wish *out)
{
    *out = (wish){str_trim(req_query(rq, S("words"))), req_query(rq, S("country")),
                  req_query(rq, S("fund"))};
    bool is_good = (out->country.n == 0 || lang_country_is_known(out->country)) &&
                   (out->fund.n == 0 || story_fund_is_known(out->fund));
    return is_good ? OK : ERR_INVALID;
}

static bool is_wished(const shown *s, const wish *w)
{
    return (w->country.n == 0 || str_eq(shown_fact(s, S("country")), w->country)) &&
           (w->fund.n == 0 || str_eq(shown_fact(s, S("fund")), w->fund));
}

typedef struct matches {
    shown *at;
    size_t n;
    bool is_elsewhere;
} matches;

static void match(matches *m, const shown *s, const wish *w)
{
    if (is_wished(s, w))
        m->at[m->n++] = *s;
}

/* By position, or by how well the words fit. */
static err find(page_context *pc, shown_list all, const wish *w, matches *out)
{
    const catalogue *c = pc->frame.ed->catalogue;
    search_question question;
    matches m = {.at = arena_array(pc->a, shown, all.n)};
    TRY(search_ask(pc->a, w->words, &question));
    for (size_t i = 0; i < all.n && w->words.n == 0; i++)
        match(&m, &all.at[i], w);
    if (w->words.n) {
        search_hits hits = search_find(pc->a, c->index, &question, (int)pc->frame.l);
        m.is_elsewhere = hits.is_elsewhere;
        for (size_t i = 0; i < hits.n; i++) {
            shown s;
            const entry *e = &c->entries[hits.at[i].thing];
            if (e->kind == ENTRY_STORY && shown_of(pc, e->item, &s) == OK)
                match(&m, &s, w);
        }
    }
    *out = m;
    return OK;
}

static str text_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static filter_form form_of(const page_context *pc, shown_list all, const wish *w)
{
    filter_form fields = {.address = url_stories(pc->a, pc->frame.code),
                          .words_label = text_of(pc, MSG_SEARCH_WORDS),
                          .words = w->words};
    filter_add(&fields, (filter){.name = "country",
                                 .label = text_of(pc, MSG_REGISTER_COUNTRY),
                                 .any = text_of(pc, MSG_REGISTER_ANY_COUNTRY),
                                 .chosen = w->country,
                                 .choices = filter_countries(pc, all)});
    filter_add(&fields, (filter){.name = "fund",
                                 .label = text_of(pc, MSG_STORY_FUND),
                                 .any = text_of(pc, MSG_SEARCH_EVERYTHING),
                                 .chosen = w->fund,
                                 .choices = story_funds(pc, all)});
    return fields;
}

err page_stories(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    wish w;
    matches m;
    TRY(page_begin(ap, rq, &pc));
    TRY(read_wish(rq, &w));
    shown_list all = shown_items(&pc, S("story"), SIZE_MAX);
    TRY(find(&pc, all, &w, &m));
    stories_page p = {.form = form_of(&pc, all, &w),
                      .is_filtered = w.words.n || w.country.n || w.fund.n,
                      .is_elsewhere = m.is_elsewhere};
    TRY(pager_of(pc.a, rq, m.n, filter_address(pc.a, &p.form), &p.pages));
    p.stories = stories_of(&pc, (shown_list){m.at + p.pages.first, p.pages.n});
    pc.frame.title = text_of(&pc, MSG_STORIES_TITLE);
    pc.frame.description = text_of(&pc, MSG_STORIES_LEAD);
    pc.frame.current = "stories";
    pc.frame.robots = p.is_filtered ? S("noindex") : S("");
    frame_keep_query(&pc.frame, p.pages.url);
    html_out o = page_reply(&pc, out, 200);
    view_page_stories(&pc.view, &o, &p);
    return OK;
}
