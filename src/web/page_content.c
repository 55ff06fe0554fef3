/* SPDX-License-Identifier: EUPL-1.2 */
/* One handler a page; what needs words of its own (dates) is in stories.c. */

#include "web/page_content.h"

#include "page_views.h"
#include "routes.h"
#include "web/page_interest.h"

static err begin(struct app *ap, req *rq, msg title, const char *current, page_context *pc)
{
    TRY(page_begin(ap, rq, pc));
    pc->frame.title = lang_text(pc->a, pc->frame.l, title, NULL, 0);
    pc->frame.current = current;
    return OK;
}

err page_actions(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(begin(ap, rq, MSG_ACTIONS_TITLE, "actions", &pc));
    shown_list actions = shown_items(&pc, S("action"), SIZE_MAX);
    html_out o = page_reply(&pc, out, 200);
    view_page_actions(&pc.view, &o, actions);
    return OK;
}

/* The light declaration that the petition action leads to. NULL: none. */
static const declaration *light_declaration(const page_context *pc)
{
    declaration_list all = pc->frame.ed->al->declarations;
    for (size_t i = 0; i < all.n; i++)
        if (all.at[i].is_light)
            return &all.at[i];
    return NULL;
}

err page_action(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(begin(ap, rq, MSG_ACTIONS_TITLE, "actions", &pc));
    action_page p = {0};
    figure g;
    TRY(shown_item(&pc, S("action"), req_segment(rq, 1), &p.text));
    const declaration *light =
        str_eq(p.text.item->slug, S("petition")) ? light_declaration(&pc) : NULL;
    if (light) {
        g = figure_of(&pc, light);
        p.petition = &g;
    }
    p.is_materials = str_eq(p.text.item->slug, S("materials"));
    p.is_awaited = interest_is_for(p.text.item->slug);
    content_list alliances = alliance_items(pc.frame.ed->al, S("alliance"));
    if (alliances.n)
        p.mail = fact_value(alliances.at[0].facts, S("contact"));
    p.others = shown_items(&pc, S("action"), SIZE_MAX);
    pc.frame.title = p.text.title;
    pc.frame.description = shown_header(&p.text, S("summary"));
    if (light)
        frame_show(&pc, light);
    html_out o = page_reply(&pc, out, 200);
    view_page_action(&pc.view, &o, &p);
    return OK;
}

/* The privacy notice ends with the days that the declarations named. */
static retention_list retentions(const page_context *pc, str slug)
{
    const frame *f = &pc->frame;
    declaration_list all = f->ed->al->declarations;
    retention_line *at = arena_array(pc->a, retention_line, all.n);
    size_t n = 0;
    for (size_t i = 0; str_eq(slug, S("privacy")) && i < all.n; i++) {
        const declaration *d = &all.at[i];
        const declaration_text *text = declaration_text_in(d, d->version, f->code);
        int64_t day_ms = d->erased_ms ? d->erased_ms : declaration_retain_day_ms(d);
        if (d->retain_ms > 0)
            at[n++] = (retention_line){text ? text->title : d->slug, lang_date(pc->a, f->l, day_ms),
                                       d->erased_ms > 0};
    }
    return (retention_list){at, n};
}

err page_text(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    shown text;
    TRY(page_begin(ap, rq, &pc));
    TRY(shown_item(&pc, S("page"), req_segment(rq, 1), &text));
    pc.frame.title = text.title;
    pc.frame.description = shown_header(&text, S("summary"));
    html_out o = page_reply(&pc, out, 200);
    view_page_text(&pc.view, &o, &text, retentions(&pc, req_segment(rq, 1)));
    return OK;
}
