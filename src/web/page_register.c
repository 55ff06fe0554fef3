/* SPDX-License-Identifier: EUPL-1.2 */
/* Paged by key and never by number, so that deep pages cost as little as the first. Not for search
 * engines and not for harvesting: noindex, rate-limited, no addresses. */

#include "web/page_register.h"

#include "base/number.h"
#include "page_views.h"
#include "routes.h"
#include "web/breakdown.h"
#include "web/kind.h"

enum { WORDS_BYTES_MOST = 200 };

/* ERR_INVALID: a filter that the form cannot have sent. */
static err read_filter(req *rq, listing_filter *out_filter)
{
    listing_filter f = {.country = req_query(rq, S("country")),
                        .words = str_trim(req_query(rq, S("words")))};
    str kind = req_query(rq, S("kind")), before = req_query(rq, S("before"));
    if (kind.n && kind_by_code(kind, &f.kind) != OK)
        return ERR_INVALID;
    if (f.country.n && f.country.n != 2)
        return ERR_INVALID;
    if (f.words.n > WORDS_BYTES_MOST)
        return ERR_INVALID;
    if (before.n && number_parse(before, 1, INT64_MAX, &f.before) != OK)
        return ERR_INVALID;
    *out_filter = f;
    return OK;
}

static choice_list kinds_of(const page_context *pc, const declaration *d, signer_kind chosen)
{
    choice *all = arena_array(pc->a, choice, SIGNER_KINDS);
    size_t n = 0;
    for (signer_kind k = SIGNER_PERSON; k <= SIGNER_MANDATE; k++)
        if (declaration_takes(d, k))
            all[n++] = (choice){kind_code(k),
                                lang_text(pc->a, pc->frame.l, kind_plural_message(k), NULL, 0),
                                k == chosen};
    return (choice_list){all, n};
}

static choice_list countries_of(const page_context *pc, const figure *g, str chosen)
{
    country_rows rows = breakdown_rows(pc->a, g->counts->breakdown);
    breakdown_sort_by_name(&rows, &pc->view);
    choice *all = arena_array(pc->a, choice, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (choice){rows.at[i].code, rows.at[i].name, str_eq(rows.at[i].code, chosen)};
    return (choice_list){all, rows.n};
}

static void put_query(buf *url, const char *name, str value)
{
    if (value.n == 0)
        return;
    buf_put_char(url, memchr(url->at, '?', url->n) ? '&' : '?');
    buf_put(url, str_of(name));
    buf_put_char(url, '=');
    url_put_segment(url, value);
}

static str url_of(const page_context *pc, const figure *g, const listing_filter *f, int64_t before)
{
    buf url = buf_in(pc->a);
    buf_put(&url, g->register_url);
    put_query(&url, "kind", f->kind ? kind_code(f->kind) : (str){"", 0});
    put_query(&url, "country", f->country);
    put_query(&url, "words", f->words);
    put_query(&url, "before",
              before ? arena_printf(pc->a, "%lld", (long long)before) : (str){"", 0});
    return buf_str(&url);
}

err page_register(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    listing_filter filter;
    listing_page rows;
    register_page p = {0};
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    TRY(read_filter(rq, &filter));
    TRY(listing_read(&ap->core, pc.a, d->id, &filter, LISTING_PAGE, &rows));
    TRY(listing_total(&ap->core, d->id, &p.total));
    p.figure = figure_of(&pc, d);
    p.words = filter.words;
    p.kinds = kinds_of(&pc, d, filter.kind);
    p.countries = countries_of(&pc, &p.figure, filter.country);
    p.signers = signers_shown(&pc, &rows);
    p.is_filtered = filter.kind || filter.country.n || filter.words.n;
    p.is_first = filter.before == 0;
    p.first_url = url_of(&pc, &p.figure, &filter, 0);
    p.next_url =
        rows.next_before ? url_of(&pc, &p.figure, &filter, rows.next_before) : (str){"", 0};
    frame *f = &pc.frame;
    f->title = lang_text(pc.a, f->l, MSG_REGISTER_TITLE, NULL, 0);
    f->robots = S("noindex");
    f->current = "signatories";
    html_out o = page_reply(&pc, out, 200);
    view_page_register(&pc.view, &o, &p);
    return OK;
}
