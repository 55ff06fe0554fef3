/* SPDX-License-Identifier: EUPL-1.2 */
/* Everything comes from the edition but the listed members on a hub: one look into the register
 * for each cached page. */

#include "web/page_partner.h"

#include "base/number.h"
#include "core/partner.h"
#include "page_views.h"
#include "routes.h"

enum { WORDS_BYTES_MOST = 200, MEMBERS_A_PAGE = 50 };

static str words_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

/* --- The list --- */

/* What a reader asks to see; empty: any. */
typedef struct wish {
    str type, country, words;
} wish;

static bool is_type(str code)
{
    for (size_t i = 0; i < PARTNER_TYPES; i++)
        if (str_eq(partner_types[i].code, code))
            return true;
    return false;
}

/* ERR_INVALID: a filter that the form cannot have sent. */
static err read_wish(req *rq, wish *out)
{
    *out = (wish){req_query(rq, S("kind")), req_query(rq, S("country")),
                  str_trim(req_query(rq, S("words")))};
    bool is_good = (out->type.n == 0 || is_type(out->type)) &&
                   (out->country.n == 0 || lang_country_is_known(out->country)) &&
                   out->words.n <= WORDS_BYTES_MOST;
    return is_good ? OK : ERR_INVALID;
}

static choice_list types_there(const page_context *pc, shown_list all)
{
    choice *at = arena_array(pc->a, choice, PARTNER_TYPES);
    size_t n = 0;
    for (size_t i = 0; i < PARTNER_TYPES; i++) {
        const partner_type *t = &partner_types[i];
        if (filter_finds(all, S("type"), t->code))
            at[n++] = (choice){t->code, words_of(pc, t->name)};
    }
    return (choice_list){at, n};
}

static filter_form form_of(const page_context *pc, shown_list all, const wish *w)
{
    filter_form fields = {.address = url_partners(pc->a, pc->frame.code),
                          .words_label = words_of(pc, MSG_SIGN_ORGANISATION),
                          .words = w->words};
    filter_add(&fields, (filter){.name = "kind",
                                 .label = words_of(pc, MSG_REGISTER_KIND),
                                 .any = words_of(pc, MSG_REGISTER_ANY_KIND),
                                 .chosen = w->type,
                                 .choices = types_there(pc, all)});
    filter_add(&fields, (filter){.name = "country",
                                 .label = words_of(pc, MSG_REGISTER_COUNTRY),
                                 .any = words_of(pc, MSG_REGISTER_ANY_COUNTRY),
                                 .chosen = w->country,
                                 .choices = filter_countries(pc, all),
                                 .is_partial = true});
    return fields;
}

static err find(const page_context *pc, shown_list all, const wish *w, partner_list *out)
{
    partner *at = arena_array(pc->a, partner, all.n);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const shown *s = &all.at[i];
        bool has_words;
        if ((w->type.n && !str_eq(shown_fact(s, S("type")), w->type)) ||
            (w->country.n && !str_eq(shown_fact(s, S("country")), w->country)))
            continue;
        TRY(partner_has_words(pc->a, s->item, pc->frame.code, w->words, &has_words));
        if (has_words)
            at[n++] = partner_of(pc, s);
    }
    *out = (partner_list){at, n};
    return OK;
}

err page_partners(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    wish w;
    partners_page p = {0};
    TRY(page_begin(ap, rq, &pc));
    TRY(read_wish(rq, &w));
    shown_list all = shown_items(&pc, S("partner"), SIZE_MAX);
    TRY(find(&pc, all, &w, &p.found));
    p.form = form_of(&pc, all, &w);
    p.is_filtered = w.type.n || w.country.n || w.words.n;
    p.join_url = url_join(pc.a, pc.frame.code);
    pc.frame.title = words_of(&pc, MSG_PARTNERS_TITLE);
    pc.frame.description = words_of(&pc, MSG_PARTNERS_LEAD);
    pc.frame.robots = p.is_filtered ? S("noindex") : S("");
    html_out o = page_reply(&pc, out, 200);
    view_page_partners(&pc.view, &o, &p);
    return OK;
}

/* --- One --- */

static document_list published_by(page_context *pc, str slug)
{
    document_list all = documents_shown(pc, SIZE_MAX);
    document *own = arena_array(pc->a, document, all.n);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (str_eq(shown_fact(&all.at[i].text, S("publisher")), slug))
            own[n++] = all.at[i];
    return (document_list){own, n};
}

err page_partner(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    shown text;
    TRY(page_begin(ap, rq, &pc));
    TRY(shown_item(&pc, S("partner"), req_segment(rq, 1), &text));
    partner_page p = {
        .partner = partner_of(&pc, &text),
        .documents = published_by(&pc, text.item->slug),
        .main = pc.frame.main,
        .list_url = url_partners(pc.a, pc.frame.code),
    };
    pc.frame.title = text.title;
    pc.frame.description = html_markdown_text(pc.a, text.text->body);
    html_out o = page_reply(&pc, out, 200);
    view_page_partner(&pc.view, &o, &p);
    return OK;
}

/* --- Its hub --- */

static err read_members(page_context *pc, req *rq, hub_page *p)
{
    str before = req_query(rq, S("before"));
    int64_t number = 0;
    listing_page rows;
    if (before.n && number_parse(before, 1, INT64_MAX, &number) != OK)
        return ERR_INVALID;
    TRY(partner_listed(&pc->frame.app->core, pc->a, p->figure.d->id, p->partner.text.item->slug,
                       number, MEMBERS_A_PAGE, &rows));
    p->members = signers_shown(pc, p->figure.d, &rows);
    p->is_first = number == 0;
    if (rows.next_before)
        p->next_url = arena_printf(pc->a, "%.*s?before=%lld#members", STR_FMT(p->partner.hub_url),
                                   (long long)rows.next_before);
    return OK;
}

/* The link leads to the form of the main declaration, and says from whom it comes. */
static err set_links(page_context *pc, hub_page *p)
{
    str slug = p->partner.text.item->slug;
    str title = p->declaration ? p->declaration->title : p->figure.d->slug;
    TRY(share_make(pc, p->figure.d, title, title, (str){"", 0}, slug, &p->share));
    p->code = p->share.code;
    p->share.code = (qr){0}; /* it stands by itself */
    p->link = share_address(pc->a, &p->share, "");
    p->figure.sign_url =
        arena_printf(pc->a, "%.*s?src=%.*s", STR_FMT(p->figure.sign_url), STR_FMT(slug));
    return OK;
}

err page_hub(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    shown text;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    TRY(shown_item(&pc, S("partner"), req_segment(rq, 1), &text));
    if (!f->main)
        return ERR_NOT_FOUND;
    hub_page p = {
        .partner = partner_of(&pc, &text),
        .words = shown_header(&text, S("hub")),
        .figure = figure_of(&pc, f->main),
        .through = partner_count(&pc, f->main, text.item->slug),
        .declaration = declaration_text_in(f->main, f->main->version, f->code),
    };
    if (p.declaration)
        frame_note_text(f, p.declaration->lang, p.declaration->state);
    TRY(set_links(&pc, &p));
    TRY(read_members(&pc, rq, &p));
    f->title = p.partner.hub_title;
    f->description = p.words.n ? p.words : html_markdown_text(pc.a, text.text->body);
    f->robots = p.is_first ? S("") : S("noindex");
    html_out o = page_reply(&pc, out, 200);
    view_page_hub(&pc.view, &o, &p);
    return OK;
}
