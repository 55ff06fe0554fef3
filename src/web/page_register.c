/* SPDX-License-Identifier: EUPL-1.2 */
/* Paged by key and never by number, so that deep pages cost as little as the first. Not for search
 * engines and not for harvesting: noindex, rate-limited, no addresses. */

#include "web/page_register.h"

#include "base/number.h"
#include "page_views.h"
#include "place/place.h"
#include "routes.h"
#include "web/breakdown.h"
#include "web/kind.h"
#include "web/regions.h"

enum { WORDS_BYTES_MOST = 200 };

/* What a reader asks to see. */
typedef struct wish {
    listing_filter filter;
    bool is_by_name;
    str after; /* by name: where the page before ended */
} wish;

/* ERR_INVALID: a filter that the form cannot have sent. */
static err read_wish(req *rq, wish *out_wish)
{
    wish w = {.filter = {.country = req_query(rq, S("country")),
                         .words = str_trim(req_query(rq, S("words")))},
              .after = req_query(rq, S("after"))};
    listing_filter *f = &w.filter;
    str kind = req_query(rq, S("kind")), before = req_query(rq, S("before"));
    str order = req_query(rq, S("order"));
    w.is_by_name = str_eq(order, S("name"));
    if (kind.n && kind_by_code(kind, &f->kind) != OK)
        return ERR_INVALID;
    if (f->country.n && f->country.n != 2)
        return ERR_INVALID;
    f->nuts = req_query(rq, S("region"));
    if (f->nuts.n && !place_by_code(f->nuts))
        return ERR_INVALID;
    if (f->words.n > WORDS_BYTES_MOST)
        return ERR_INVALID;
    if (before.n && number_parse(before, 1, INT64_MAX, &f->before) != OK)
        return ERR_INVALID;
    if (order.n && !w.is_by_name && !str_eq(order, S("newest")))
        return ERR_INVALID;
    *out_wish = w;
    return OK;
}

static str text_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static choice_list kinds_of(const page_context *pc, const declaration *d)
{
    choice *all = arena_array(pc->a, choice, SIGNER_KINDS);
    size_t n = 0;
    for (signer_kind k = SIGNER_PERSON; k <= SIGNER_MANDATE; k++)
        if (declaration_takes(d, k))
            all[n++] = (choice){kind_code(k), text_of(pc, kind_plural_message(k))};
    return (choice_list){all, n};
}

static choice_list countries_of(const page_context *pc, const figure *g)
{
    country_rows rows = breakdown_rows(pc->a, g->counts->breakdown);
    breakdown_sort_by_name(&rows, &pc->view);
    choice *all = arena_array(pc->a, choice, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (choice){rows.at[i].code, rows.at[i].name};
    return (choice_list){all, rows.n};
}

/* Of the country that is chosen: those that the map shows, and the chosen one itself. */
static choice_list regions_of(const page_context *pc, const figure *g, const listing_filter *f)
{
    region_rows rows = regions_shown(pc->a, g->counts);
    choice *all = arena_array(pc->a, choice, rows.n + 1);
    size_t n = 0;
    bool has_chosen = false;
    for (size_t i = 0; i < rows.n; i++) {
        const region_row *r = &rows.at[i];
        bool is_chosen = str_eq(r->code, f->nuts);
        has_chosen = has_chosen || is_chosen;
        if (is_chosen || str_eq(r->country, f->country))
            all[n++] = (choice){r->code, r->name};
    }
    if (f->nuts.n && !has_chosen)
        all[n++] = (choice){f->nuts, place_label(pc->a, place_by_code(f->nuts))};
    return (choice_list){all, n};
}

static filter_form form_of(const page_context *pc, const declaration *d, const figure *g,
                           const wish *w)
{
    const listing_filter *f = &w->filter;
    static const str by_name = STR_INIT("name"), newest = {"", 0};
    choice *orders = arena_array(pc->a, choice, 2);
    orders[0] = (choice){newest, text_of(pc, MSG_REGISTER_NEWEST)};
    orders[1] = (choice){by_name, text_of(pc, MSG_REGISTER_BY_NAME)};
    filter_form fields = {.address = g->register_url,
                          .words_label = text_of(pc, MSG_REGISTER_WORDS),
                          .words = f->words};
    filter_add(&fields, (filter){.name = "kind",
                                 .label = text_of(pc, MSG_REGISTER_KIND),
                                 .any = text_of(pc, MSG_REGISTER_ANY_KIND),
                                 .chosen = f->kind ? kind_code(f->kind) : (str){"", 0},
                                 .choices = kinds_of(pc, d)});
    filter_add(&fields, (filter){.name = "country",
                                 .label = text_of(pc, MSG_REGISTER_COUNTRY),
                                 .any = text_of(pc, MSG_REGISTER_ANY_COUNTRY),
                                 .chosen = f->country,
                                 .choices = countries_of(pc, g)});
    filter_add(&fields, (filter){.name = "region",
                                 .label = text_of(pc, MSG_REGISTER_REGION),
                                 .any = text_of(pc, MSG_REGISTER_ANY_REGION),
                                 .chosen = f->nuts,
                                 .choices = regions_of(pc, g, f),
                                 .is_partial = true,
                                 .has_own_names = true});
    filter_add(&fields, (filter){.name = "order",
                                 .label = text_of(pc, MSG_REGISTER_ORDER),
                                 .chosen = w->is_by_name ? by_name : newest,
                                 .choices = {orders, 2}});
    return fields;
}

/* The list as it is narrowed down; where: "before" or "after". */
static str url_at(const page_context *pc, const filter_form *fields, const char *where,
                  str position)
{
    buf url = buf_in(pc->a);
    buf_put(&url, filter_address(pc->a, fields));
    query_put(&url, where, position);
    return buf_str(&url);
}

static err read_rows(page_context *pc, const declaration *d, const wish *w, listing_page *out)
{
    core *c = &pc->frame.app->core;
    return w->is_by_name ? listing_read_by_name(c, pc->a, d->id, &w->filter, pc->frame.code,
                                                w->after, LISTING_PAGE, out)
                         : listing_read(c, pc->a, d->id, &w->filter, LISTING_PAGE, out);
}

static void set_paging(const page_context *pc, const wish *w, const listing_page *rows,
                       register_page *p)
{
    p->is_by_name = w->is_by_name;
    p->is_first = w->is_by_name ? w->after.n == 0 : w->filter.before == 0;
    p->first_url = filter_address(pc->a, &p->form);
    if (w->is_by_name && rows->next_after.n)
        p->next_url = url_at(pc, &p->form, "after", rows->next_after);
    else if (rows->next_before)
        p->next_url = url_at(pc, &p->form, "before",
                             arena_printf(pc->a, "%lld", (long long)rows->next_before));
}

err page_register(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    wish w;
    listing_page rows;
    register_page p = {0};
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    TRY(read_wish(rq, &w));
    TRY(read_rows(&pc, d, &w, &rows));
    TRY(listing_total(&ap->core, d->id, &p.total));
    if (p.total < (int64_t)rows.n) /* the count follows a moment later */
        p.total = (int64_t)rows.n;
    p.figure = figure_of(&pc, d);
    p.form = form_of(&pc, d, &p.figure, &w);
    p.signers = signers_shown(&pc, d, &rows);
    p.is_filtered = w.filter.kind || w.filter.country.n || w.filter.words.n || w.filter.nuts.n;
    set_paging(&pc, &w, &rows, &p);
    frame *f = &pc.frame;
    f->title = lang_text(pc.a, f->l, MSG_REGISTER_TITLE, NULL, 0);
    f->robots = S("noindex");
    f->current = "signatories";
    html_out o = page_reply(&pc, out, 200);
    view_page_register(&pc.view, &o, &p);
    return OK;
}
