/* SPDX-License-Identifier: EUPL-1.2 */
/* Kinds and types as one table each, so that a form and a list can never offer different ones. */

#include "web/kind.h"

static const struct {
    str code;
    msg one, many;
} kinds[] = {
    {STR_INIT("person"), MSG_KIND_PERSON, MSG_KIND_PERSONS},
    {STR_INIT("organisation"), MSG_KIND_ORGANISATION, MSG_KIND_ORGANISATIONS},
    {STR_INIT("mandate"), MSG_KIND_MANDATE, MSG_KIND_MANDATES},
};
_Static_assert(sizeof kinds / sizeof *kinds == SIGNER_KINDS, "one row for each kind");

const char *const organisation_types[] = {
    "local",  "regional",   "national", "sme",   "company", "association", "ngo",
    "school", "university", "culture",  "union", "other",   NULL,
};
static const msg organisation_messages[] = {
    MSG_TYPE_LOCAL,      MSG_TYPE_REGIONAL,    MSG_TYPE_NATIONAL, MSG_TYPE_SME,
    MSG_TYPE_COMPANY,    MSG_TYPE_ASSOCIATION, MSG_TYPE_NGO,      MSG_TYPE_SCHOOL,
    MSG_TYPE_UNIVERSITY, MSG_TYPE_CULTURE,     MSG_TYPE_UNION,    MSG_TYPE_OTHER,
};
_Static_assert(sizeof organisation_types / sizeof *organisation_types ==
                   sizeof organisation_messages / sizeof *organisation_messages + 1,
               "one name for each type");

const char *const mandate_levels[] = {"local", "regional", "national", "european", NULL};
static const msg level_messages[] = {MSG_LEVEL_LOCAL, MSG_LEVEL_REGIONAL, MSG_LEVEL_NATIONAL,
                                     MSG_LEVEL_EUROPEAN};
_Static_assert(sizeof mandate_levels / sizeof *mandate_levels ==
                   sizeof level_messages / sizeof *level_messages + 1,
               "one name for each level");

str kind_code(signer_kind kind)
{
    return kinds[kind - SIGNER_PERSON].code;
}

err kind_by_code(str code, signer_kind *out_kind)
{
    for (size_t i = 0; i < SIGNER_KINDS; i++) {
        if (str_eq(kinds[i].code, code)) {
            *out_kind = (signer_kind)(SIGNER_PERSON + i);
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

msg kind_message(signer_kind kind)
{
    return kinds[kind - SIGNER_PERSON].one;
}

msg kind_plural_message(signer_kind kind)
{
    return kinds[kind - SIGNER_PERSON].many;
}

static str name_of(arena *a, lang l, str code, const char *const *codes, const msg *names)
{
    for (size_t i = 0; codes[i]; i++)
        if (str_eq(str_of(codes[i]), code))
            return lang_text(a, l, names[i], NULL, 0);
    return (str){"", 0};
}

str kind_type_name(arena *a, lang l, signer_kind kind, str code)
{
    if (kind == SIGNER_ORGANISATION)
        return name_of(a, l, code, organisation_types, organisation_messages);
    if (kind == SIGNER_MANDATE)
        return name_of(a, l, code, mandate_levels, level_messages);
    return (str){"", 0};
}
