/* SPDX-License-Identifier: EUPL-1.2 */
/* One checkpoint for everything on the page. */

#include "web/page_map.h"

#include "page_views.h"
#include "place/place.h"
#include "routes.h"

enum { PINS_MOST = 100 };

static const struct {
    str show; /* in the address */
    msg name;
} kinds[MAP_KINDS] = {
    [MAP_COUNTRIES] = {STR_INIT(""), MSG_MAP_COUNTRIES},
    [MAP_REGIONS] = {STR_INIT("regions"), MSG_MAP_OUTLINES},
    [MAP_MOSAIC] = {STR_INIT("mosaic"), MSG_MAP_MOSAIC},
};

static err kind_asked(const req *rq, map_kind *out)
{
    for (map_kind k = MAP_COUNTRIES; k < MAP_KINDS; k++)
        if (str_eq(req_query(rq, S("show")), kinds[k].show)) {
            *out = k;
            return OK;
        }
    return ERR_INVALID;
}

static str address(const page_context *pc, const declaration *d, map_kind kind)
{
    str url = url_map(pc->a, pc->frame.code, d->slug), show = kinds[kind].show;
    return show.n ? arena_printf(pc->a, "%.*s?show=%.*s", STR_FMT(url), STR_FMT(show)) : url;
}

static map_choices choices(const page_context *pc, const declaration *d, map_kind kind)
{
    map_choice *all = arena_array(pc->a, map_choice, MAP_KINDS);
    for (map_kind k = MAP_COUNTRIES; k < MAP_KINDS; k++)
        all[k] = (map_choice){lang_text(pc->a, pc->frame.l, kinds[k].name, NULL, 0),
                              address(pc, d, k), k == kind};
    return (map_choices){all, MAP_KINDS};
}

static void draw(page_context *pc, map_page *p)
{
    if (p->kind == MAP_COUNTRIES) {
        p->country_rows = breakdown_rows(pc->a, p->figure.counts->breakdown);
        breakdown_sort_by_total(&p->country_rows, &pc->view);
        p->picture = map_countries(pc, &p->figure, &p->country_rows);
    } else {
        p->region_rows = regions_shown(pc->a, p->figure.counts);
        p->picture = p->kind == MAP_REGIONS ? map_regions(pc, &p->figure, &p->region_rows)
                                            : map_mosaic(pc, &p->figure, &p->region_rows);
        regions_name(&p->region_rows, &pc->view);
    }
    p->picture.pins = map_stories(pc->a, stories_shown(pc, PINS_MOST), p->kind == MAP_MOSAIC);
}

err page_map(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    frame *f = &pc.frame;
    map_page p = {.figure = figure_of(&pc, d), .nuts = arena_printf(pc.a, "%d", PLACE_VERSION)};
    TRY(kind_asked(rq, &p.kind));
    p.choices = choices(&pc, d, p.kind);
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (text) {
        p.title = text->title;
        p.title_lang = str_eq(text->lang, f->code) ? (str){"", 0} : text->lang;
    }
    draw(&pc, &p);
    str title = lang_text(pc.a, f->l, MSG_MAP_TITLE, NULL, 0);
    f->title =
        p.title.n ? arena_printf(pc.a, "%.*s: %.*s", STR_FMT(title), STR_FMT(p.title)) : title;
    f->description = lang_text(pc.a, f->l, MSG_MAP_LEAD, NULL, 0);
    f->current = "figures";
    frame_keep_query(f, address(&pc, d, p.kind));
    html_out o = page_reply(&pc, out, 200);
    view_page_map(&pc.view, &o, &p);
    return OK;
}
