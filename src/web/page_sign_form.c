/* SPDX-License-Identifier: EUPL-1.2 */
/* The declared forms of the three kinds, and their fields as views show them.
 *
 * Field and words of a kind stand in two tables of the same order, so that a field cannot be asked
 * for without saying what it is and what is wrong when it is empty. */

#include "web/page_sign.h"

#include "core/website.h"
#include "routes.h"
#include "web/kind.h"
#include "web/place_choice.h"

#define AT(member) offsetof(sign_form, member)
#define TRAP_FIELD                                                                                 \
    {                                                                                              \
        "subject", FIELD_PARAGRAPH, AT(trap), 0, 2000, false, NULL                                 \
    }
#define WORK_FIELD                                                                                 \
    {                                                                                              \
        "work", FIELD_TEXT, AT(work), 0, CHALLENGE_PAYLOAD_BYTES_MOST, false, NULL                 \
    }
#define BASE64_LETTERS(bytes) (((bytes) + 2) / 3 * 4)
/* Of records that the browser seals. */
#define OPENING_FIELD                                                                              \
    {                                                                                              \
        "opening", FIELD_TEXT, AT(opening), 0, BASE64_LETTERS(SEAL_OPENING_BYTES_MOST), false,     \
            NULL                                                                                   \
    }
#define SEALED_FIELD                                                                               \
    {                                                                                              \
        "sealed", FIELD_TEXT, AT(sealed), 0, BASE64_LETTERS(SEAL_FILE_BYTES_MOST), false, NULL     \
    }
#define RECIPIENTS_FIELD                                                                           \
    {                                                                                              \
        "recipients", FIELD_TEXT, AT(recipients), 0, 1000, false, NULL                             \
    }
#define LACKS_FIELD                                                                                \
    {                                                                                              \
        "lacks", FIELD_TEXT, AT(lacks), 0, 200, false, NULL                                        \
    }
#define COMMON_FIELDS                                                                              \
    {"email", FIELD_EMAIL, AT(email), 3, 254, true, NULL},                                         \
        {"country", FIELD_TEXT, AT(country), 2, 2, true, NULL},                                    \
        {"place", FIELD_TEXT, AT(place), 1, 120, false, NULL},                                     \
        {"region", FIELD_TEXT, AT(region), 1, PLACE_CODE_MOST, false, NULL},                       \
        {"reason", FIELD_PARAGRAPH, AT(reason), 1, SIGN_REASON_MOST, false, NULL},                 \
        {"consent", FIELD_CHECK, AT(is_consented), 0, 1, true, NULL},                              \
        {"listed", FIELD_CHECK, AT(is_listed), 0, 1, false, NULL},                                 \
        {"news", FIELD_CHECK, AT(wants_news), 0, 1, false, NULL},                                  \
        {"partner", FIELD_TEXT, AT(partner), 1, 64, false, NULL},                                  \
        {"partner_news", FIELD_CHECK, AT(wants_partner), 0, 1, false, NULL},                       \
        {"person", FIELD_INT, AT(person), 1, 100, false, NULL},                                    \
        {"version", FIELD_INT, AT(version), 1, INT32_MAX, true, NULL}, OPENING_FIELD,              \
        SEALED_FIELD, RECIPIENTS_FIELD, LACKS_FIELD, TRAP_FIELD, WORK_FIELD,                       \
    {                                                                                              \
        0                                                                                          \
    }

static const field person_fields[] = {
    {"name", FIELD_NAME, AT(name), 1, 255, true, NULL},
    COMMON_FIELDS,
};
static const field organisation_fields[] = {
    {"organisation", FIELD_TEXT, AT(organisation), 1, 255, true, NULL},
    {"type", FIELD_CHOICE, AT(type), 0, 0, true, organisation_types},
    {"name", FIELD_NAME, AT(name), 1, 255, true, NULL},
    {"role", FIELD_TEXT, AT(role), 1, 255, true, NULL},
    {"authority", FIELD_TEXT, AT(authority), 1, 500, false, NULL},
    {"website", FIELD_TEXT, AT(website), 1, 200, false, NULL},
    COMMON_FIELDS,
};
static const field mandate_fields[] = {
    {"name", FIELD_NAME, AT(name), 1, 255, true, NULL},
    {"role", FIELD_TEXT, AT(role), 1, 255, true, NULL},
    {"type", FIELD_CHOICE, AT(type), 0, 0, true, mandate_levels},
    {"organisation", FIELD_TEXT, AT(organisation), 1, 255, true, NULL},
    {"group", FIELD_TEXT, AT(group), 1, 255, false, NULL},
    COMMON_FIELDS,
};

/* A correction asks for less, but for what never changes where the record cannot be opened; what
 * its kind needs is checked by the page. */
static const field correct_fields[] = {
    {"name", FIELD_NAME, AT(name), 1, 255, true, NULL},
    {"organisation", FIELD_TEXT, AT(organisation), 1, 255, false, NULL},
    {"role", FIELD_TEXT, AT(role), 1, 255, false, NULL},
    {"type", FIELD_TEXT, AT(type), 1, 40, false, NULL}, /* a code of the kind */
    {"authority", FIELD_TEXT, AT(authority), 1, 500, false, NULL},
    {"website", FIELD_TEXT, AT(website), 1, 200, false, NULL},
    {"group", FIELD_TEXT, AT(group), 1, 255, false, NULL},
    {"country", FIELD_TEXT, AT(country), 2, 2, true, NULL},
    {"place", FIELD_TEXT, AT(place), 1, 120, false, NULL},
    {"region", FIELD_TEXT, AT(region), 1, PLACE_CODE_MOST, false, NULL},
    {"reason", FIELD_PARAGRAPH, AT(reason), 1, SIGN_REASON_MOST, false, NULL},
    {"listed", FIELD_CHECK, AT(is_listed), 0, 1, false, NULL}, /* asked where the browser seals */
    OPENING_FIELD,
    SEALED_FIELD,
    RECIPIENTS_FIELD,
    LACKS_FIELD,
    {"renew", FIELD_CHECK, AT(is_renewed), 0, 1, false, NULL},
    {0},
};

const form sign_person_form = {"sign_person", person_fields, sizeof(sign_form)};
const form sign_organisation_form = {"sign_organisation", organisation_fields, sizeof(sign_form)};
const form sign_mandate_form = {"sign_mandate", mandate_fields, sizeof(sign_form)};
const form own_correct_form = {"own_correct", correct_fields, sizeof(sign_form)};

/* What a field is called, what to say when it is empty, and where the view finds it. */
typedef struct words {
    const char *name;
    msg label, missing;
    const char *autocomplete;
    bool has_hint;
    size_t slot; /* in sign_fields */
} words;

#define SLOT(member) offsetof(sign_fields, member)

static const words all_words[] = {
    {"name", MSG_SIGN_NAME, MSG_FAULT_NAME, "name", true, SLOT(name)},
    {"organisation", MSG_SIGN_ORGANISATION, MSG_FAULT_ORGANISATION, "organization", false,
     SLOT(organisation)},
    {"type", MSG_SIGN_TYPE, MSG_FAULT_TYPE, "off", false, SLOT(type)},
    {"role", MSG_SIGN_ROLE, MSG_FAULT_ROLE, "organization-title", true, SLOT(role)},
    {"authority", MSG_SIGN_AUTHORITY, MSG_SIGN_AUTHORITY, "off", true, SLOT(authority)},
    {"website", MSG_SIGN_WEBSITE, MSG_SIGN_WEBSITE, "url", true, SLOT(website)},
    {"group", MSG_SIGN_GROUP, MSG_SIGN_GROUP, "off", true, SLOT(group)},
    {"email", MSG_SIGN_EMAIL, MSG_FAULT_EMAIL, "email", true, SLOT(email)},
    {"country", MSG_SIGN_COUNTRY, MSG_FAULT_COUNTRY, "country", false, SLOT(country)},
    {"place", MSG_SIGN_PLACE, MSG_SIGN_PLACE_WHICH, "address-level2", true, SLOT(place)},
    {"reason", MSG_SIGN_REASON, MSG_SIGN_REASON, "off", true, SLOT(reason)},
    {"consent", MSG_SIGN_CONSENT, MSG_FAULT_CONSENT, "off", true, SLOT(consent)},
    /* of a request to join */
    {"message", MSG_JOIN_MESSAGE, MSG_JOIN_MESSAGE, "off", true, SLOT(reason)},
    {"agree", MSG_JOIN_CONSENT, MSG_FAULT_JOIN_CONSENT, "off", true, SLOT(consent)},
};
static const words contact_words = {"name", MSG_SIGN_CONTACT, MSG_FAULT_NAME, "name",
                                    true,   SLOT(name)};
static const words mandate_words[] = {
    {"organisation", MSG_SIGN_INSTITUTION, MSG_FAULT_INSTITUTION, "organization", false,
     SLOT(organisation)},
    {"type", MSG_SIGN_LEVEL, MSG_FAULT_LEVEL, "off", false, SLOT(type)},
    {"role", MSG_SIGN_MANDATE, MSG_FAULT_MANDATE, "organization-title", true, SLOT(role)},
};

const form *sign_form_of(signer_kind kind)
{
    switch (kind) {
    case SIGNER_ORGANISATION:
        return &sign_organisation_form;
    case SIGNER_MANDATE:
        return &sign_mandate_form;
    case SIGNER_PERSON:
        break;
    }
    return &sign_person_form;
}

static const words *find_words(const words *at, size_t n, str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(str_of(at[i].name), name))
            return &at[i];
    return NULL;
}

/* NULL: a field that has no words, because people cannot fill it in wrongly. */
static const words *words_of(signer_kind kind, str name)
{
    const words *own = NULL;
    if (kind == SIGNER_ORGANISATION)
        own = find_words(&contact_words, 1, name);
    else if (kind == SIGNER_MANDATE)
        own = find_words(mandate_words, sizeof mandate_words / sizeof *mandate_words, name);
    return own ? own : find_words(all_words, sizeof all_words / sizeof *all_words, name);
}

static str counted(arena *a, lang l, msg m, int64_t count)
{
    return lang_text(a, l, m, (const msg_arg[]){msg_arg_of_int(count)}, 1);
}

/* The second half of the sentence: what to do. */
static str remedy(arena *a, lang l, const field *f, fault_kind fault)
{
    _Static_assert(MSG_FAULT_TOO_SHORT__ARGS == 1 && MSG_FAULT_TOO_LONG__ARGS == 1, "a count");
    switch (fault) {
    case FAULT_TOO_SHORT:
        return counted(a, l, MSG_FAULT_TOO_SHORT, f->least);
    case FAULT_TOO_LONG:
        return counted(a, l, MSG_FAULT_TOO_LONG, f->most);
    case FAULT_HAS_CONTROLS:
        return lang_text(a, l, MSG_FAULT_CONTROLS, NULL, 0);
    case FAULT_HAS_MARKUP:
        return lang_text(a, l, MSG_FAULT_MARKUP, NULL, 0);
    case FAULT_LOOKS_LIKE_FORMULA:
        return lang_text(a, l, MSG_FAULT_FORMULA, NULL, 0);
    case FAULT_HAS_LINK:
        return lang_text(a, l, MSG_FAULT_LINK, NULL, 0);
    case FAULT_NOT_A_WEBSITE:
        return lang_text(a, l, MSG_FAULT_NOT_A_WEBSITE, NULL, 0);
    case FAULT_NONE:
    case FAULT_MISSING:
    case FAULT_NOT_EMAIL:
    case FAULT_NOT_A_CHOICE:
    case FAULT_NOT_A_NUMBER:
    case FAULT_RULE:
        break;
    }
    return lang_text(a, l, MSG_FAULT_NOT_A_CHOICE, NULL, 0);
}

static str fault_words(arena *a, lang l, const words *w, const field *f, fault_kind fault)
{
    if (fault == FAULT_NONE)
        return S("");
    if (fault == FAULT_MISSING)
        return lang_text(a, l, w->missing, NULL, 0);
    if (fault == FAULT_NOT_EMAIL)
        return lang_text(a, l, MSG_FAULT_NOT_EMAIL, NULL, 0);
    if (fault == FAULT_RULE)
        return lang_text(a, l, MSG_FAULT_TAKEN, NULL, 0);
    msg_arg args[MSG_FAULT_OF__ARGS] = {
        [MSG_FAULT_OF__ARG_FIELD] = msg_arg_of_str(lang_text(a, l, w->label, NULL, 0)),
        [MSG_FAULT_OF__ARG_FAULT] = msg_arg_of_str(remedy(a, l, f, fault)),
    };
    return lang_text(a, l, MSG_FAULT_OF, args, MSG_FAULT_OF__ARGS);
}

static str value_of(const field *f, const sign_form *values)
{
    str value = {"", 0};
    if (values && f->kind != FIELD_CHECK && f->kind != FIELD_INT)
        memcpy(&value, (const char *)values + f->offset, sizeof value);
    return value;
}

static sign_field field_shown(arena *a, const field *f, const words *w, str value, str fault)
{
    buf described = buf_in(a);
    if (fault.n)
        buf_printf(&described, "%s-error", f->name);
    if (w->has_hint)
        buf_printf(&described, "%s%s-hint", fault.n ? " " : "", f->name);
    return (sign_field){.id = f->name,
                        .autocomplete = w->autocomplete,
                        .value = value,
                        .most = f->most,
                        .fault = fault,
                        .described = buf_str(&described)};
}

static sign_option_list options_of(arena *a, lang l, signer_kind kind, str chosen)
{
    const char *const *codes = kind == SIGNER_ORGANISATION ? organisation_types : mandate_levels;
    size_t n = 0;
    while (codes[n])
        n++;
    sign_option *all = arena_array(a, sign_option, n);
    for (size_t i = 0; i < n; i++) {
        str code = str_of(codes[i]);
        all[i] = (sign_option){code, kind_type_name(a, l, kind, code), str_eq(code, chosen)};
    }
    return (sign_option_list){all, n};
}

static void fill_countries(arena *a, lang l, str chosen, sign_fields *out)
{
    country_list all = lang_countries(l);
    sign_option *options = arena_array(a, sign_option, all.n);
    for (size_t i = 0; i < all.n; i++)
        options[i] = (sign_option){all.at[i].code, all.at[i].name, str_eq(all.at[i].code, chosen)};
    out->members = (sign_option_list){options, all.n_members};
    out->others = (sign_option_list){options + all.n_members, all.n - all.n_members};
}

void sign_fields_fill(arena *a, lang l, signer_kind kind, const form *f, const sign_form *values,
                      const form_faults *faults, sign_fields *out_fields)
{
    sign_fields *out = out_fields;
    *out = (sign_fields){.faults = {arena_array(a, sign_fault, FORM_FIELDS_MOST), 0}};
    for (size_t i = 0; f->fields[i].name; i++) {
        const field *declared = &f->fields[i];
        const words *w = words_of(kind, str_of(declared->name));
        if (!w)
            continue;
        str fault = faults ? fault_words(a, l, w, declared, faults->at[i]) : (str){"", 0};
        sign_field shown = field_shown(a, declared, w, value_of(declared, values), fault);
        memcpy((char *)out + w->slot, &shown, sizeof shown);
        if (fault.n)
            out->faults.at[out->faults.n++] =
                (sign_fault){arena_printf(a, "#%s", declared->name), fault};
    }
    if (kind != SIGNER_PERSON)
        out->types = options_of(a, l, kind, out->type.value);
    fill_countries(a, l, out->country.value, out);
    if (values) {
        out->regions = sign_place_offered(a, values);
        out->region = values->region;
        out->person = values->person;
        out->is_consented = values->is_consented;
        out->is_listed = values->is_listed;
        out->wants_news = values->wants_news;
        out->wants_partner = values->wants_partner;
    }
}

static bool has_field(const form *f, const char *name)
{
    size_t i = 0;
    while (f->fields[i].name && strcmp(f->fields[i].name, name) != 0)
        i++;
    return f->fields[i].name != NULL;
}

void sign_fields_check(arena *a, const form *f, const sign_form *values, form_faults *faults)
{
    str website;
    if (has_field(f, "website") && form_fault(f, faults, S("website")) == FAULT_NONE &&
        website_normal(a, values->website, &website) != OK)
        form_fault_set(f, faults, S("website"), FAULT_NOT_A_WEBSITE);
    if (form_fault(f, faults, S("country")) != FAULT_NONE) {
        if (values->country.n)
            form_fault_set(f, faults, S("country"), FAULT_NOT_A_CHOICE);
    } else if (!lang_country_is_known(values->country)) {
        form_fault_set(f, faults, S("country"), FAULT_NOT_A_CHOICE);
    }
    str code;
    if (has_field(f, "place") && form_fault(f, faults, S("place")) == FAULT_NONE &&
        !sign_place_settle(a, values, &code))
        form_fault_set(f, faults, S("place"), FAULT_MISSING);
}
