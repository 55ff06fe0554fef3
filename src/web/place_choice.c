/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/place_choice.h"

enum { OFFERED_MOST = 8 };

static str country_of(const sign_form *sent)
{
    return place_country(sent->country);
}

/* All that may be meant: whole names alone when there are such, else what begins so. */
static place_answers meant(arena *a, const sign_form *sent)
{
    place_answers all = {NULL, 0};
    bool is_asked = sent->place.n > 0 && sent->country.n > 0 &&
                    place_people(country_of(sent)) > 0 &&
                    place_search(a, sent->place, country_of(sent), OFFERED_MOST, &all) == OK;
    size_t exact = 0;
    while (is_asked && exact < all.n && all.at[exact].is_exact)
        exact++;
    if (exact > 0)
        all.n = exact;
    return is_asked ? all : (place_answers){NULL, 0};
}

static bool is_chosen(const sign_form *sent)
{
    const place *p = place_by_code(sent->region);
    return str_eq(sent->region, S(PLACE_NONE_OF_THEM)) ||
           (p && str_eq(place_country(str_of(p->code)), country_of(sent)));
}

bool sign_place_settle(arena *a, const sign_form *sent, str *out_code)
{
    *out_code = S("");
    if (sent->place.n == 0)
        return true;
    if (is_chosen(sent)) {
        if (!str_eq(sent->region, S(PLACE_NONE_OF_THEM)))
            *out_code = sent->region;
        return true;
    }
    place_answers all = meant(a, sent);
    if (all.n == 1 && all.at[0].is_exact)
        *out_code = str_of(all.at[0].place->code);
    return all.n == 0 || out_code->n > 0;
}

str place_choice_label(arena *a, const place *p)
{
    str code = str_of(p->code);
    const place *around = p->level == PLACE_TOWN     ? place_by_code(code)
                          : p->level == PLACE_FINEST ? place_by_code(place_cut(code, PLACE_REGION))
                                                     : NULL;
    bool is_named_alike = around && strcmp(around->name, p->name) == 0;
    return around && !is_named_alike ? arena_printf(a, "%.*s, %.*s", STR_FMT(place_label(a, p)),
                                                    STR_FMT(place_label(a, around)))
                                     : place_label(a, p);
}

sign_option_list sign_place_offered(arena *a, const sign_form *sent)
{
    place_answers all = meant(a, sent);
    str code;
    if (sign_place_settle(a, sent, &code) && !str_eq(sent->region, S(PLACE_NONE_OF_THEM)))
        return (sign_option_list){NULL, 0};
    sign_option *options = arena_array(a, sign_option, all.n);
    for (size_t i = 0; i < all.n; i++)
        options[i] = (sign_option){str_of(all.at[i].place->code),
                                   place_choice_label(a, all.at[i].place), false};
    return (sign_option_list){options, all.n};
}
