/* SPDX-License-Identifier: EUPL-1.2 */
/* The home page: purpose, who may join, sign, declaration, ways to act, stories, papers, latest
 * signers, partners. Everything is in memory but the latest signers, read once for each cached
 * page; without the database the page stands without them. */

#include "web/page_home.h"

#include "page_views.h"
#include "routes.h"
#include "web/points.h"

enum { LATEST = 5, STORIES = 3, DOCUMENTS = 4 };

static void set_declaration(page_context *pc, const figure *g, home *h)
{
    h->figure = g;
    h->text = declaration_text_in(g->d, g->d->version, pc->frame.code);
    if (!h->text)
        return;
    frame_note_text(&pc->frame, h->text->lang, h->text->state);
    h->points = points_of(pc->a, h->text->body);
    if (h->points.n == 0)
        h->opening = shown_text(pc->a, pc->frame.code,
                                str_head(h->text->body, str_find_str(h->text->body, S("\n\n"))), 3);
    listing_page rows = {0};
    if (listing_read(&pc->frame.app->core, pc->a, g->d->id, &(listing_filter){0}, LATEST, &rows) ==
        OK)
        h->latest = signers_shown(pc, g->d, &rows);
}

static void set_alliance(page_context *pc, home *h)
{
    frame *f = &pc->frame;
    shown_list alliances = shown_items(pc, S("alliance"), 1);
    if (alliances.n) {
        h->alliance = alliances.at[0];
        h->short_text = shown_header(&h->alliance, S("short"));
    }
    f->title = h->short_text.n ? h->short_text : frame_brand(f);
}

static partner_list partners_of(page_context *pc)
{
    shown_list all = shown_items(pc, S("partner"), SIZE_MAX);
    partner *at = arena_array(pc->a, partner, all.n);
    for (size_t i = 0; i < all.n; i++)
        at[i] = partner_of(pc, &all.at[i]);
    return (partner_list){at, all.n};
}

err page_home(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    home h = {0};
    figure g;
    set_alliance(&pc, &h);
    if (f->main) {
        g = figure_of(&pc, f->main);
        set_declaration(&pc, &g, &h);
    }
    h.actions = shown_items(&pc, S("action"), SIZE_MAX);
    h.stories = stories_shown(&pc, STORIES);
    h.partners = partners_of(&pc);
    h.documents = documents_shown(&pc, DOCUMENTS);
    f->description = h.text ? h.text->summary : (str){"", 0};
    html_out o = page_reply(&pc, out, 200);
    view_page_home(&pc.view, &o, &h);
    return OK;
}
