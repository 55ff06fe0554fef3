/* SPDX-License-Identifier: EUPL-1.2 */
/* What is known of a signer, as a list of labels and values. The address is shown in part only: it
 * is enough to know it again, and whoever looks over a shoulder learns little. */

#include "web/page_own.h"

#include "base/utf8.h"
#include "place/place.h"
#include "routes.h"
#include "web/kind.h"
#include "web/partners.h"

enum { FACTS_MOST = 20 };

typedef struct gathering {
    const own_context *own;
    own_fact *at;
    size_t n;
} gathering;

static str words(const own_context *own, msg m)
{
    return lang_text(own->pc.a, own->pc.frame.l, m, NULL, 0);
}

static void add(gathering *g, msg label, str value, str url)
{
    BUG_IF(g->n == FACTS_MOST);
    if (value.n)
        g->at[g->n++] = (own_fact){words(g->own, label), value, url};
}

/* "m…a@example.eu" */
static str masked(arena *a, email_address mail)
{
    str whole = personal_text(mail), rest = whole;
    size_t at = str_find(whole, '@');
    str local = str_head(whole, at);
    utf8_next(&rest);
    str first = str_head(local, local.n - (rest.n - (whole.n - at)));
    size_t last = local.n;
    while (last > first.n && ((unsigned char)local.at[last - 1] & 0xC0) == 0x80)
        last--;
    str tail = last > first.n ? str_skip(local, last - 1) : (str){"", 0};
    return arena_printf(a, "%.*s…%.*s%.*s", STR_FMT(first), STR_FMT(tail),
                        STR_FMT(str_skip(whole, at)));
}

/* The title in the reader's language; the version and the language are those that were signed. */
static str text_signed(const own_context *own)
{
    const signer_view *v = &own->view;
    const frame *f = &own->pc.frame;
    const declaration_text *read = declaration_text_in(own->d, v->text_version, v->lang);
    const declaration_text *shown_text = declaration_text_in(own->d, v->text_version, f->code);
    const msg_arg args[MSG_OWN_DECLARATION_VERSION__ARGS] = {
        [MSG_OWN_DECLARATION_VERSION__ARG_TITLE] =
            msg_arg_of_str(shown_text ? shown_text->title : own->d->slug),
        [MSG_OWN_DECLARATION_VERSION__ARG_VERSION] = msg_arg_of_int(v->text_version),
        [MSG_OWN_DECLARATION_VERSION__ARG_LANGUAGE] =
            msg_arg_of_str(shown_language(read ? read->lang : v->lang)),
    };
    return lang_text(own->pc.a, f->l, MSG_OWN_DECLARATION_VERSION, args,
                     MSG_OWN_DECLARATION_VERSION__ARGS);
}

/* As typed, and the region that it was taken for. */
static str place_named(const own_context *own)
{
    const signer_view *v = &own->view;
    return v->nuts.n == 0
               ? v->record.region
               : arena_printf(own->pc.a, "%.*s (NUTS %d: %.*s)", STR_FMT(v->record.region),
                              PLACE_VERSION, STR_FMT(v->nuts));
}

static void add_signer(gathering *g, str correct)
{
    const own_context *own = g->own;
    const record *r = &own->view.record;
    bool is_organisation = r->kind == SIGNER_ORGANISATION;
    bool is_mandate = r->kind == SIGNER_MANDATE;
    str none = {"", 0};
    add(g, MSG_OWN_AS, words(own, kind_message(r->kind)), none);
    if (is_organisation)
        add(g, MSG_SIGN_ORGANISATION, r->organisation, correct);
    add(g, is_organisation ? MSG_SIGN_CONTACT : MSG_SIGN_NAME, personal_text(r->name), correct);
    add(g, is_mandate ? MSG_SIGN_MANDATE : MSG_SIGN_ROLE, r->function, correct);
    add(g, is_mandate ? MSG_SIGN_LEVEL : MSG_SIGN_TYPE,
        kind_type_name(own->pc.a, own->pc.frame.l, r->kind, r->type), none);
    if (is_mandate)
        add(g, MSG_SIGN_INSTITUTION, r->organisation, correct);
    add(g, MSG_SIGN_GROUP, r->group, correct);
    add(g, MSG_SIGN_WEBSITE, r->website, correct);
    add(g, MSG_SIGN_AUTHORITY, r->authority, none);
    add(g, MSG_SIGN_COUNTRY, lang_country(own->pc.frame.l, r->country), correct);
    add(g, MSG_SIGN_PLACE, place_named(own), correct);
    add(g, MSG_SIGN_EMAIL, masked(own->pc.a, r->mail), none);
    add(g, MSG_SIGN_REASON, r->reason, correct);
}

own_fact_list own_facts(const own_context *own)
{
    const signer_view *v = &own->view;
    arena *a = own->pc.a;
    bool may_change = v->state == SIGNATURE_CONFIRMED;
    gathering g = {own, arena_array(a, own_fact, FACTS_MOST), 0};
    str none = {"", 0};
    add(&g, MSG_OWN_DECLARATION, text_signed(own), none);
    add_signer(&g, may_change ? url_own_correct(a, own->pc.frame.code, own->token) : none);
    str choices = may_change ? S("#choices") : none;
    add(&g, MSG_OWN_LISTED, words(own, v->is_listed ? MSG_OWN_SHOWN : MSG_OWN_HIDDEN), choices);
    add(&g, MSG_OWN_NEWS, words(own, v->wants_news ? MSG_OWN_YES : MSG_OWN_NO), choices);
    add(&g, MSG_OWN_THROUGH, partner_title(&own->pc, v->source), none);
    return (own_fact_list){g.at, g.n};
}
