/* SPDX-License-Identifier: EUPL-1.2 */
/* Facts of partners as sentences, each with its source and date. A figure without a source never
 * got past the content reader; one of an unknown name is not shown. */

#include "web/page_content.h"

#include "base/number.h"

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

partner_list partners_shown(page_context *pc)
{
    shown_list items = shown_items(pc, S("partner"), SIZE_MAX);
    partner *all = arena_array(pc->a, partner, items.n);
    for (size_t i = 0; i < items.n; i++) {
        const shown *s = &items.at[i];
        str host = shown_fact(s, S("website"));
        all[i] = (partner){
            .text = *s,
            .website = host.n ? arena_printf(pc->a, "https://%.*s", STR_FMT(host)) : host,
            .host = host,
            .facts = facts_of(pc, s),
        };
    }
    return (partner_list){all, items.n};
}
