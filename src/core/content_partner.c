/* SPDX-License-Identifier: EUPL-1.2 */
/* What a partner's INI must say before a page may show it: a figure without source and date is
 * refused, and so is a kind that no page has a word for. */

#include "core/content_folder.h"

static const str types[] = {STR_INIT("founder"), STR_INIT("supporter"), STR_INIT("coordinator"),
                            STR_INIT("hub")};

static bool is_type(str value)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(value, types[i]))
            return true;
    return value.n == 0;
}

static bool is_country(str value)
{
    bool is_code = value.n == 2 && value.at[0] >= 'A' && value.at[0] <= 'Z' && value.at[1] >= 'A' &&
                   value.at[1] <= 'Z';
    return is_code || value.n == 0;
}

static bool is_detail(str key)
{
    return str_ends(key, S("_source")) || str_ends(key, S("_date")) ||
           str_ends(key, S("_qualifier"));
}

/* Whether another key says where a figure comes from, or when. */
static bool has_detail(fact_list facts, str key, const char *ending)
{
    size_t n = strlen(ending);
    for (size_t i = 0; i < facts.n; i++) {
        str other = facts.at[i].key;
        if (other.n == key.n + n && str_starts(other, key) && str_ends(other, str_of(ending)))
            return facts.at[i].value.n > 0;
    }
    return false;
}

err partner_rules_check(str slug, fact_list facts, str *out_key, const char **out_message)
{
    *out_key = S("");
    if (str_eq(slug, S("join"))) { /* the address of the page where partners ask to join */
        *out_message = "the name \"join\" is taken by a page of the site";
        return ERR_INVALID;
    }
    for (size_t i = 0; i < facts.n; i++) {
        const fact *f = &facts.at[i];
        *out_key = f->key;
        *out_message = "is none of founder, supporter, coordinator and hub";
        if (str_eq(f->key, S("type")) && !is_type(f->value))
            return ERR_INVALID;
        *out_message = "is no country code of two capital letters";
        if (str_eq(f->key, S("country")) && !is_country(f->value))
            return ERR_INVALID;
        bool is_figure = str_starts(f->key, S("fact_")) || str_eq(f->key, S("since"));
        *out_message = "is a figure without source and date";
        if (is_figure && !is_detail(f->key) && f->value.n &&
            (!has_detail(facts, f->key, "_source") || !has_detail(facts, f->key, "_date")))
            return ERR_INVALID;
    }
    return OK;
}
