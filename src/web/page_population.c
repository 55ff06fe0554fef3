/* SPDX-License-Identifier: EUPL-1.2 */
/* Read when the page is made anew, as the register is; kept with the counts. */

#include "web/page_population.h"

#include "page_views.h"
#include "place/place.h"
#include "routes.h"

int64_t population_share(int64_t people)
{
    int64_t all = place_people(S("EU"));
    return all > 0 ? (people * 1000 + all / 2) / all : 0;
}

/* "Steiermark, AT22"; a municipality by its code in the region around it. */
static str named(const page_context *pc, str code)
{
    str rest, region = str_cut(code, ':', &rest);
    const place *p = place_by_code(region);
    str name = p ? place_label(pc->a, p) : lang_country(pc->frame.l, place_country(region));
    return arena_printf(pc->a, "%.*s, %.*s", STR_FMT(name), STR_FMT(code));
}

static population_rows rows_of(const page_context *pc, const territories *all)
{
    population_row *rows = arena_array(pc->a, population_row, all->n);
    for (size_t i = 0; i < all->n; i++) {
        const territory_step *step = &all->at[i];
        rows[i] = (population_row){
            .step = step,
            .territory = named(pc, step->of.code),
            .covered_by = step->covered_by < 0 ? S("") : all->at[step->covered_by].of.name,
        };
    }
    return (population_rows){rows, all->n};
}

err page_population(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    territories all;
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    TRY(territory_read(&ap->core, pc.a, d->id, &all));
    frame *f = &pc.frame;
    int64_t union_people = place_people(S("EU"));
    population_page p = {
        .figure = figure_of(&pc, d),
        .rows = rows_of(&pc, &all),
        .people = all.people,
        .share =
            arena_printf(pc.a, "%.*s\u00a0%%",
                         STR_FMT(lang_decimal(pc.a, f->l, population_share(all.people) * 100, 1))),
        .union_people = lang_number(pc.a, f->l, union_people),
    };
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (text) {
        p.title = text->title;
        p.title_lang = str_eq(text->lang, f->code) ? (str){"", 0} : text->lang;
    }
    str title = lang_text(pc.a, f->l, MSG_POPULATION_TITLE, NULL, 0);
    f->title =
        p.title.n ? arena_printf(pc.a, "%.*s: %.*s", STR_FMT(title), STR_FMT(p.title)) : title;
    f->description = lang_text(pc.a, f->l, MSG_POPULATION_LEAD, NULL, 0);
    f->current = "figures";
    html_out o = page_reply(&pc, out, 200);
    view_page_population(&pc.view, &o, &p);
    return OK;
}
