/* SPDX-License-Identifier: EUPL-1.2 */
/* One checkpoint for everything on the page. */

#include "web/page_map.h"

#include "page_views.h"
#include "place/place.h"
#include "routes.h"

err page_map(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    frame *f = &pc.frame;
    map_page p = {.figure = figure_of(&pc, d), .nuts = arena_printf(pc.a, "%d", PLACE_VERSION)};
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (text) {
        p.title = text->title;
        p.title_lang = str_eq(text->lang, f->code) ? (str){"", 0} : text->lang;
    }
    p.country_rows = breakdown_rows(pc.a, p.figure.counts->breakdown);
    breakdown_sort_by_total(&p.country_rows, &pc.view);
    p.region_rows = regions_shown(pc.a, p.figure.counts);
    p.countries = map_countries(&pc, &p.figure, &p.country_rows);
    p.regions = map_regions(&pc, &p.figure, &p.region_rows);
    regions_name(&p.region_rows, &pc.view);
    str title = lang_text(pc.a, f->l, MSG_MAP_TITLE, NULL, 0);
    f->title =
        p.title.n ? arena_printf(pc.a, "%.*s: %.*s", STR_FMT(title), STR_FMT(p.title)) : title;
    f->description = lang_text(pc.a, f->l, MSG_MAP_LEAD, NULL, 0);
    f->current = "figures";
    html_out o = page_reply(&pc, out, 200);
    view_page_map(&pc.view, &o, &p);
    return OK;
}
