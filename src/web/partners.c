/* SPDX-License-Identifier: EUPL-1.2 */
/* Facts of partners as sentences, each with its source and date. A figure without a source never
 * got past the content reader; one of an unknown name is not shown. */

#include "web/partners.h"

#include "base/number.h"
#include "routes.h"

static const struct {
    str name;
    msg plain, about, more_than;
} counted[] = {
    {STR_INIT("members"), MSG_PARTNER_MEMBERS, MSG_PARTNER_MEMBERS_ABOUT, MSG_PARTNER_MEMBERS_MORE},
    {STR_INIT("associations"), MSG_PARTNER_ASSOCIATIONS, MSG_PARTNER_ASSOCIATIONS_ABOUT,
     MSG_PARTNER_ASSOCIATIONS_MORE},
    {STR_INIT("countries"), MSG_PARTNER_COUNTRIES, MSG_PARTNER_COUNTRIES_ABOUT,
     MSG_PARTNER_COUNTRIES_MORE},
};
enum { COUNTED = sizeof counted / sizeof *counted, FACTS_MOST = COUNTED + 2 };

_Static_assert(MSG_PARTNER_MEMBERS__ARGS == 1 && MSG_PARTNER_MEMBERS_MORE__ARGS == 1 &&
                   MSG_PARTNER_COUNTRIES_ABOUT__ARGS == 1,
               "{count} alone");

static str detail(const page_context *pc, const shown *s, str name, const char *ending)
{
    return shown_fact(s, arena_printf(pc->a, "%.*s%s", STR_FMT(name), ending));
}

static void add(const page_context *pc, const shown *s, str name, str text, partner_fact *all,
                size_t *n)
{
    all[(*n)++] = (partner_fact){
        .text = text,
        .source = detail(pc, s, name, "_source"),
        .date = page_date(pc->a, pc->frame.l, detail(pc, s, name, "_date")),
    };
}

static void add_counted(const page_context *pc, const shown *s, size_t i, partner_fact *all,
                        size_t *n)
{
    str name = arena_printf(pc->a, "fact_%.*s", STR_FMT(counted[i].name));
    str qualifier = detail(pc, s, name, "_qualifier");
    int64_t number;
    if (number_parse(shown_fact(s, name), 1, INT64_MAX, &number) != OK)
        return;
    msg words = counted[i].plain;
    if (str_eq(qualifier, S("about")))
        words = counted[i].about;
    else if (str_eq(qualifier, S("more-than")))
        words = counted[i].more_than;
    add(pc, s, name,
        lang_text(pc->a, pc->frame.l, words, (const msg_arg[1]){msg_arg_of(number)}, 1), all, n);
}

static partner_facts facts_of(const page_context *pc, const shown *s)
{
    partner_fact *all = arena_array(pc->a, partner_fact, FACTS_MOST);
    size_t n = 0;
    str founded = shown_fact(s, S("fact_founded"));
    if (founded.n)
        add(pc, s, S("fact_founded"),
            lang_text(pc->a, pc->frame.l, MSG_PARTNER_FOUNDED,
                      (const msg_arg[MSG_PARTNER_FOUNDED__ARGS]){[MSG_PARTNER_FOUNDED__ARG_YEAR] =
                                                                     msg_arg_of(founded)},
                      MSG_PARTNER_FOUNDED__ARGS),
            all, &n);
    for (size_t i = 0; i < COUNTED; i++)
        add_counted(pc, s, i, all, &n);
    str since = shown_fact(s, S("since"));
    if (since.n)
        add(pc, s, S("since"),
            lang_text(pc->a, pc->frame.l, MSG_PARTNER_SINCE,
                      (const msg_arg[MSG_PARTNER_SINCE__ARGS]){[MSG_PARTNER_SINCE__ARG_YEAR] =
                                                                   msg_arg_of(since)},
                      MSG_PARTNER_SINCE__ARGS),
            all, &n);
    return (partner_facts){all, n};
}

const partner_type partner_types[PARTNER_TYPES] = {
    {STR_INIT("founder"), MSG_PARTNER_FOUNDER},
    {STR_INIT("supporter"), MSG_PARTNER_SUPPORTER},
    {STR_INIT("coordinator"), MSG_PARTNER_COORDINATOR},
    {STR_INIT("hub"), MSG_PARTNER_NATIONAL_HUB},
};

static str type_name(const page_context *pc, str code)
{
    for (size_t i = 0; i < PARTNER_TYPES; i++)
        if (str_eq(partner_types[i].code, code))
            return lang_text(pc->a, pc->frame.l, partner_types[i].name, NULL, 0);
    return (str){"", 0};
}

static str hub_title(const page_context *pc, str acronym)
{
    const declaration *d = pc->frame.main;
    msg sign = d && d->is_light ? MSG_SIGN_TITLE_LIGHT : MSG_SIGN_TITLE;
    str words = lang_text(pc->a, pc->frame.l, sign, NULL, 0);
    return arena_printf(pc->a, "%.*s: %.*s", STR_FMT(acronym), STR_FMT(words));
}

int64_t partner_count(const page_context *pc, const declaration *d, str slug)
{
    return log_source_count(edition_counts(pc->frame.ed, d)->sources, slug);
}

static int64_t count_all(const page_context *pc, str slug)
{
    declaration_list all = pc->frame.ed->al->declarations;
    int64_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        n += partner_count(pc, &all.at[i], slug);
    return n;
}

partner partner_of(const page_context *pc, const shown *s)
{
    const frame *f = &pc->frame;
    str host = shown_fact(s, S("website")), code = shown_fact(s, S("country"));
    str acronym = shown_header(s, S("acronym"));
    return (partner){
        .text = *s,
        .acronym = acronym.n ? acronym : s->title,
        .logo = shown_picture_of(pc->a, s, S("logo")),
        .type = type_name(pc, shown_fact(s, S("type"))),
        .country = lang_country_is_known(code) ? lang_country(f->l, code) : (str){"", 0},
        .website = host.n ? arena_printf(pc->a, "https://%.*s", STR_FMT(host)) : host,
        .host = host,
        .url = url_partner(pc->a, f->code, s->item->slug),
        .hub_url = url_hub(pc->a, f->code, s->item->slug),
        .hub_title = hub_title(pc, acronym.n ? acronym : s->title),
        .facts = facts_of(pc, s),
        .through = count_all(pc, s->item->slug),
    };
}

static const content_item *item_of(const page_context *pc, str slug)
{
    return slug.n ? alliance_item(pc->frame.ed->al, S("partner"), slug) : NULL;
}

str partner_title(const page_context *pc, str slug)
{
    const content_item *item = item_of(pc, slug);
    const content_text *text = item ? content_text_in(item, pc->frame.code) : NULL;
    return text ? fact_value(text->header, S("title")) : (str){"", 0};
}

str partner_with_news(const page_context *pc, str slug)
{
    const content_item *item = item_of(pc, slug);
    bool has_news = item && str_eq(fact_value(item->facts, S("newsletter")), S("yes"));
    return has_news ? partner_title(pc, slug) : (str){"", 0};
}
