/* SPDX-License-Identifier: EUPL-1.2 */
/* Nothing here is typed in or estimated: what the checkpoint does not say is not shown. */

#include "web/page_figures.h"

#include "page_views.h"
#include "routes.h"
#include "web/kind.h"

static bars kinds_of(const page_context *pc, const figure *g)
{
    bars rows = {.at = arena_array(pc->a, bar, SIGNER_KINDS), .all = g->count};
    for (signer_kind k = SIGNER_PERSON; k <= SIGNER_MANDATE; k++) {
        if (!declaration_takes(g->d, k))
            continue;
        rows.at[rows.n++] =
            (bar){.name = lang_text(pc->a, pc->frame.l, kind_plural_message(k), NULL, 0),
                  .count = figure_of_kind(g, k)};
    }
    bars_measure(&rows);
    return rows;
}

static bars versions_of(const page_context *pc, const figure *g)
{
    bars rows = {.at = arena_array(pc->a, bar, (size_t)g->d->version + 1), .all = g->count};
    int64_t version, count;
    if (g->d->version < 2)
        return rows;
    for (str rest = g->counts->versions; log_version_next(&rest, &version, &count);) {
        if (version > g->d->version || rows.n > (size_t)g->d->version)
            continue; /* a checkpoint older than the texts */
        const msg_arg args[MSG_VERSION_TAG__ARGS] = {[MSG_VERSION_TAG__ARG_VERSION] =
                                                         msg_arg_of_int(version)};
        rows.at[rows.n++] = (bar){
            .name = lang_text(pc->a, pc->frame.l, MSG_VERSION_TAG, args, MSG_VERSION_TAG__ARGS),
            .count = count};
    }
    bars_measure(&rows);
    return rows;
}

static other_list others_of(const page_context *pc, const declaration *shown_one)
{
    declaration_list all = pc->frame.ed->al->declarations;
    other_figures *links = arena_array(pc->a, other_figures, all.n);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const declaration *d = &all.at[i];
        const declaration_text *text = declaration_text_in(d, d->version, pc->frame.code);
        if (d == shown_one || !text)
            continue;
        links[n++] = (other_figures){
            .url = url_figures(pc->a, pc->frame.code, d->slug),
            .title = text->title,
            .lang = str_eq(text->lang, pc->frame.code) ? (str){"", 0} : text->lang,
            .count = log_counts_total(&edition_counts(pc->frame.ed, d)->counts),
        };
    }
    return (other_list){links, n};
}

static void fill_splits(const page_context *pc, figures_page *p)
{
    const published *counts = p->figure.counts;
    p->countries = breakdown_rows(pc->a, counts->breakdown);
    breakdown_sort_by_total(&p->countries, &pc->view);
    p->languages = facets_shown(pc->a, FACET_LANGUAGES, counts);
    facets_name(&p->languages, FACET_LANGUAGES, &pc->view);
    p->types = facets_shown(pc->a, FACET_TYPES, counts);
    facets_name(&p->types, FACET_TYPES, &pc->view);
    p->has_types = p->types.all > 0;
    p->regions = regions_shown(pc->a, counts);
    regions_name(&p->regions, &pc->view);
}

err page_figures(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    frame *f = &pc.frame;
    figures_page p = {.figure = figure_of(&pc, d)};
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (text) {
        p.title = text->title;
        p.title_lang = str_eq(text->lang, f->code) ? (str){"", 0} : text->lang;
    }
    p.kinds = kinds_of(&pc, &p.figure);
    p.versions = versions_of(&pc, &p.figure);
    p.has_kinds = p.kinds.n > 1;
    fill_splits(&pc, &p);
    TRY(growth_read(&pc, &p.figure, &p.has_growth, &p.growth));
    p.minutes_csv = arena_printf(pc.a, "%.*s?step=minute", STR_FMT(url_history_csv(pc.a, d->slug)));
    p.minutes_json =
        arena_printf(pc.a, "%.*s?step=minute", STR_FMT(url_history_json(pc.a, d->slug)));
    p.others = others_of(&pc, d);
    TRY(decision_public(&ap->core, pc.a, d->id, TAKEN_SHOWN, &p.taken));
    str title = lang_text(pc.a, f->l, MSG_FIGURES_TITLE, NULL, 0);
    f->title =
        p.title.n ? arena_printf(pc.a, "%.*s: %.*s", STR_FMT(title), STR_FMT(p.title)) : title;
    f->description = p.title;
    f->current = "figures";
    html_out o = page_reply(&pc, out, 200);
    view_page_figures(&pc.view, &o, &p);
    return OK;
}
