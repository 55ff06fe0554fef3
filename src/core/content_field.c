/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables, and the values that each type takes. */

#include "core/content_field.h"

#include "base/number.h"
#include "base/utf8.h"
#include "core/website.h"
#include "text/text.h"

#include <time.h>

enum { NAME_BYTES_MOST = 64, STAMP_DIGITS = 12 };

const char *const content_languages[CONTENT_LANGUAGES] = {
    "bg", "es", "cs", "da", "de", "et", "el", "en", "fr", "ga", "hr", "it",
    "lv", "lt", "hu", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "fi", "sv"};

const content_kind content_kinds[] = {
    {"alliance", .is_single = true, .has_facts = true, .has_body = true},
    {"declaration", .has_facts = true, .has_body = true},
    {"partner", .has_facts = true, .has_body = true},
    {"document", .has_facts = true},
    {"story", .has_facts = true, .has_body = true},
    {"action", .has_facts = true, .has_body = true},
    {"page", .has_body = true},
    {"news", .has_facts = true, .has_body = true},
    {"topic", .has_facts = true},
    {.name = NULL},
};

static const content_field fields[] = {
    /* every kind */
    {NULL, IN_HEADER, "title", TYPE_TEXT, FLAG_NEEDED | FLAG_PROSE, NULL, 200},
    {NULL, IN_HEADER, "state", TYPE_WORD, FLAG_NEEDED, "original machine reviewed", 0},
    {NULL, IN_HEADER, "source", TYPE_STAMP, 0, NULL, 0},

    {"alliance", IN_FACTS, "slug", TYPE_NAME, 0, NULL, 0},
    {"alliance", IN_FACTS, "hashtag", TYPE_TEXT, 0, NULL, 60},
    {"alliance", IN_FACTS, "contact", TYPE_MAIL, 0, NULL, 0},
    {"alliance", IN_FACTS, "website", TYPE_HOST, 0, NULL, 0},
    {"alliance", IN_FACTS, "founded", TYPE_DATE, FLAG_SOURCED, NULL, 0},
    {"alliance", IN_HEADER, "short", TYPE_TEXT, FLAG_PROSE, NULL, 90},
    {"alliance", IN_HEADER, "who", TYPE_TEXT, FLAG_PROSE, NULL, 600},

    {"declaration", IN_FACTS, "version", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "opens", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "closes", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "retain_until", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "goal", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "per_mailbox", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "kinds", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "light", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "original", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "records", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_FACTS, "recipients", TYPE_RULE, 0, NULL, 0},
    {"declaration", IN_HEADER, "summary", TYPE_TEXT, FLAG_PROSE, NULL, 400},

    {"partner", IN_FACTS, "position", TYPE_NUMBER, 0, NULL, 1000000},
    {"partner", IN_FACTS, "since", TYPE_DATE, FLAG_SOURCED, NULL, 0},
    {"partner", IN_FACTS, "website", TYPE_HOST, 0, NULL, 0},
    {"partner", IN_FACTS, "newsletter", TYPE_WORD, 0, "yes no", 0},
    {"partner", IN_FACTS, "logo", TYPE_PICTURE, 0, NULL, 0},
    {"partner", IN_FACTS, "type", TYPE_WORD, 0, "founder supporter coordinator hub", 0},
    {"partner", IN_FACTS, "country", TYPE_COUNTRY, 0, NULL, 0},
    {"partner", IN_FACTS, "fact_founded", TYPE_DATE, FLAG_SOURCED, NULL, 0},
    {"partner", IN_FACTS, "fact_members", TYPE_NUMBER, FLAG_SOURCED | FLAG_QUALIFIED, NULL,
     1000000000},
    {"partner", IN_FACTS, "fact_associations", TYPE_NUMBER, FLAG_SOURCED | FLAG_QUALIFIED, NULL,
     1000000000},
    {"partner", IN_FACTS, "fact_countries", TYPE_NUMBER, FLAG_SOURCED | FLAG_QUALIFIED, NULL, 300},
    {"partner", IN_HEADER, "acronym", TYPE_TEXT, 0, NULL, 40},
    {"partner", IN_HEADER, "hub", TYPE_TEXT, FLAG_PROSE, NULL, 600},

    {"document", IN_FACTS, "kind", TYPE_WORD, 0, "opinion report reflection position declaration",
     0},
    {"document", IN_FACTS, "publisher", TYPE_ITEM, 0, "partner alliance other", 0},
    {"document", IN_FACTS, "year", TYPE_NUMBER, FLAG_QUALIFIED, NULL, 2999},
    {"document", IN_FACTS, "year_end", TYPE_NUMBER, 0, NULL, 2999},
    {"document", IN_FACTS, "frequency", TYPE_WORD, 0, "yearly", 0},
    {"document", IN_FACTS, "languages", TYPE_LANGUAGES, 0, "all several", 0},
    {"document", IN_FACTS, "position", TYPE_NUMBER, 0, NULL, 1000000},
    {"document", IN_FACTS, "reference", TYPE_TEXT, 0, NULL, 200},
    {"document", IN_FACTS, "topics", TYPE_TEXT, 0, NULL, 400}, /* content_check.c */
    {"document", IN_FACTS, "added", TYPE_DATE, 0, NULL, 0},
    {"document", IN_FACTS, "replaced_by", TYPE_TEXT, 0, NULL, 64}, /* likewise */
    {"document", IN_FACTS, "url", TYPE_URL, FLAG_BY_LANGUAGE, NULL, 0},
    {"document", IN_FACTS, "file", TYPE_FILE, FLAG_BY_LANGUAGE, NULL, 0},
    {"document", IN_FACTS, "size", TYPE_NUMBER, FLAG_BY_LANGUAGE, NULL, 1000000000000},
    {"document", IN_FACTS, "sha256", TYPE_TEXT, FLAG_BY_LANGUAGE, NULL, 64},
    {"document", IN_HEADER, "summary", TYPE_TEXT, FLAG_PROSE, NULL, 400},
    {"document", IN_HEADER, "publisher", TYPE_TEXT, 0, NULL, 200},

    {"story", IN_FACTS, "position", TYPE_NUMBER, 0, NULL, 1000000},
    {"story", IN_FACTS, "place", TYPE_TEXT, 0, NULL, 100},
    {"story", IN_FACTS, "country", TYPE_COUNTRY, 0, NULL, 0},
    {"story", IN_FACTS, "nuts", TYPE_NUTS, 0, NULL, 0},
    {"story", IN_FACTS, "nuts_version", TYPE_WORD, 0, "2010 2013 2016 2021 2024", 0},
    {"story", IN_FACTS, "fund", TYPE_WORD, 0, "ERDF ESF ESF+ YEI CF JTF EAFRD EMFF EMFAF FEAD", 0},
    {"story", IN_FACTS, "source", TYPE_TEXT, 0, NULL, 400},
    {"story", IN_FACTS, "source_date", TYPE_DATE, 0, NULL, 0},
    {"story", IN_FACTS, "picture", TYPE_PICTURE, 0, NULL, 0},
    {"story", IN_FACTS, "picture_credit", TYPE_TEXT, 0, NULL, 200},
    {"story", IN_FACTS, "film", TYPE_FILE, 0, NULL, 0},
    {"story", IN_FACTS, "programme", TYPE_TEXT, 0, NULL, 300},
    {"story", IN_FACTS, "beneficiary", TYPE_TEXT, 0, NULL, 300},
    {"story", IN_FACTS, "total", TYPE_NUMBER, 0, NULL, 1000000000000},
    {"story", IN_FACTS, "eu", TYPE_NUMBER, 0, NULL, 1000000000000},
    {"story", IN_FACTS, "start", TYPE_DATE, 0, NULL, 0},
    {"story", IN_FACTS, "end", TYPE_DATE, 0, NULL, 0},
    {"story", IN_FACTS, "kohesio", TYPE_TEXT, 0, NULL, 40},
    {"story", IN_HEADER, "summary", TYPE_TEXT, FLAG_PROSE, NULL, 400},
    {"story", IN_HEADER, "place", TYPE_TEXT, 0, NULL, 100},
    {"story", IN_HEADER, "introducer", TYPE_TEXT, 0, NULL, 300},

    {"action", IN_FACTS, "position", TYPE_NUMBER, 0, NULL, 1000000},
    {"action", IN_FACTS, "minutes", TYPE_NUMBER, 0, NULL, 10000},
    {"action", IN_HEADER, "summary", TYPE_TEXT, FLAG_PROSE, NULL, 400},
    {"action", IN_HEADER, "button", TYPE_TEXT, FLAG_PROSE, NULL, 60},
    {"action", IN_HEADER, "time", TYPE_TEXT, FLAG_PROSE, NULL, 60},

    {"page", IN_HEADER, "summary", TYPE_TEXT, FLAG_PROSE, NULL, 400},

    {"news", IN_FACTS, "date", TYPE_DATE, FLAG_NEEDED, NULL, 0},
    {"news", IN_FACTS, "source", TYPE_TEXT, 0, NULL, 400},
    {"news", IN_FACTS, "url", TYPE_URL, 0, NULL, 0},
    {"news", IN_HEADER, "summary", TYPE_TEXT, FLAG_PROSE, NULL, 400},

    {"topic", IN_FACTS, "position", TYPE_NUMBER, 0, NULL, 1000000},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const content_field suffix_source = {NULL, IN_FACTS, "source", TYPE_TEXT, 0, NULL, 400};
static const content_field suffix_alt = {NULL, IN_HEADER, "alt", TYPE_TEXT, FLAG_PROSE, NULL, 300};
static const content_field suffix_date = {NULL, IN_FACTS, "date", TYPE_DATE, 0, NULL, 0};
static const content_field suffix_qualifier = {
    NULL, IN_FACTS, "qualifier", TYPE_WORD, 0, "about more-than", 0};

const content_kind *content_kind_of(str name)
{
    for (const content_kind *kind = content_kinds; kind->name; kind++)
        if (str_eq(name, str_of(kind->name)))
            return kind;
    return NULL;
}

const content_field *content_field_next(str kind, content_place place, size_t *at)
{
    while (*at < FIELDS) {
        const content_field *field = &fields[(*at)++];
        if (field->place == place && (!field->kind || str_eq(kind, str_of(field->kind))))
            return field;
    }
    return NULL;
}

static const content_field *find(str kind, content_place place, str key)
{
    const content_field *field;
    for (size_t at = 0; (field = content_field_next(kind, place, &at));)
        if (str_eq(key, str_of(field->key)))
            return field;
    return NULL;
}

const content_field *content_field_of(str kind, content_place place, str key)
{
    const content_field *field = find(kind, place, key);
    size_t end = key.n;
    while (end > 0 && key.at[end - 1] != '_')
        end--;
    if (field || end < 2)
        return field;
    const content_field *base = find(kind, place, str_head(key, end - 1));
    str suffix = str_skip(key, end);
    if (place == IN_HEADER && str_eq(suffix, S("alt"))) {
        const content_field *picture = find(kind, IN_FACTS, str_head(key, end - 1));
        return picture && picture->type == TYPE_PICTURE ? &suffix_alt : NULL;
    }
    if (!base)
        return NULL;
    for (size_t i = 0; (base->flags & FLAG_BY_LANGUAGE) && i < CONTENT_LANGUAGES; i++)
        if (str_eq(suffix, str_of(content_languages[i])))
            return base;
    if ((base->flags & FLAG_SOURCED) && str_eq(suffix, S("source")))
        return &suffix_source;
    if ((base->flags & FLAG_SOURCED) && str_eq(suffix, S("date")))
        return &suffix_date;
    if ((base->flags & FLAG_QUALIFIED) && str_eq(suffix, S("qualifier")))
        return &suffix_qualifier;
    return NULL;
}

/* --- values --- */

static bool is_word_of(const char *words, str value)
{
    str rest = str_of(words);
    while (rest.n)
        if (str_eq(str_cut(rest, ' ', &rest), value))
            return true;
    return false;
}

/* Every part that is given is real: no 31st of April. */
static bool is_date(str text)
{
    int64_t year = 0, month = 1, day = 1;
    bool has_form = text.n == 4 || (text.n >= 7 && text.at[4] == '-' &&
                                    (text.n == 7 || (text.n == 10 && text.at[7] == '-')));
    if (!has_form || number_parse(str_head(text, 4), 1000, 9999, &year) != OK ||
        (text.n >= 7 && number_parse((str){text.at + 5, 2}, 1, 12, &month) != OK) ||
        (text.n == 10 && number_parse((str){text.at + 8, 2}, 1, 31, &day) != OK))
        return false;
    struct tm date = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    timegm(&date);
    return date.tm_mday == (int)day;
}

static bool is_mail(arena *a, str value)
{
    str host, ascii;
    str local = str_cut(value, '@', &host);
    return local.n > 0 && text_host_ascii(a, host, &ascii) == OK && str_find(value, ' ') == value.n;
}

static bool is_upper(str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < 'A' || text.at[i] > 'Z')
            return false;
    return true;
}

static bool is_nuts(str value)
{
    if (value.n < 2 || value.n > 5 || !is_upper(str_head(value, 2)))
        return false;
    for (size_t i = 2; i < value.n; i++)
        if (!is_upper((str){value.at + i, 1}) && (value.at[i] < '0' || value.at[i] > '9'))
            return false;
    return true;
}

static bool are_languages(str value)
{
    while (value.n) {
        str code = str_cut(value, ' ', &value);
        bool is_known = false;
        for (size_t i = 0; i < CONTENT_LANGUAGES && !is_known; i++)
            is_known = str_eq(code, str_of(content_languages[i]));
        if (!is_known)
            return false;
    }
    return true;
}

static bool is_stamp(str value)
{
    if (value.n != STAMP_DIGITS)
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (number_hex_digit(value.at[i]) < 0)
            return false;
    return true;
}

static bool is_picture(str name)
{
    const file_type *type = file_type_of(name);
    return type && type->nature != FILE_PLAIN;
}

bool content_name_is_good(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return name.n > 0 && name.n <= NAME_BYTES_MOST;
}

static const char *unless(bool is_good, const char *fault)
{
    return is_good ? NULL : fault;
}

static const char *one_of(arena *a, const content_field *field, str value)
{
    return is_word_of(field->words, value) ? NULL
                                           : arena_printf(a, "is none of: %s", field->words).at;
}

static const char *text_fault(arena *a, const content_field *field, str value)
{
    size_t n = utf8_length(value);
    if (utf8_has_controls(value))
        return "holds a control character";
    return n <= (size_t)field->most
               ? NULL
               : arena_printf(a, "has %zu characters, at most %lld fit", n, (long long)field->most)
                     .at;
}

const char *content_value_fault(arena *a, const content_field *field, str value)
{
    int64_t n;
    str clean;
    if (value.n == 0)
        return NULL;
    switch (field->type) {
    case TYPE_TEXT:
        return text_fault(a, field, value);
    case TYPE_NUMBER:
        return number_parse(value, 0, field->most, &n) == OK
                   ? NULL
                   : arena_printf(a, "is not a number from 0 to %lld", (long long)field->most).at;
    case TYPE_DATE:
        return unless(is_date(value), "is not a date like 2026-01-15, 2026-01 or 2026");
    case TYPE_HOST:
        return unless(text_host_ascii(a, value, &clean) == OK,
                      "is not a host name like cor.europa.eu");
    case TYPE_URL:
        return unless(str_starts(value, S("https://")) && website_normal(a, value, &clean) == OK,
                      "is not an address like https://cor.europa.eu/x");
    case TYPE_MAIL:
        return unless(is_mail(a, value), "is not an e-mail address");
    case TYPE_NAME:
        return unless(content_name_is_good(value), "is not a name of a-z, 0-9 and -");
    case TYPE_COUNTRY:
        return unless(text_is_country(value), "is not the code of a country (ISO 3166-1)");
    case TYPE_NUTS:
        return unless(is_nuts(value), "is not a NUTS code like PL633");
    case TYPE_WORD:
        return one_of(a, field, value);
    case TYPE_LANGUAGES:
        return unless(is_word_of(field->words, value) || are_languages(value),
                      "is not a list of EU languages, all or several");
    case TYPE_ITEM:
        return unless(content_name_is_good(value), "is not the name of an item");
    case TYPE_FILE:
        return unless(file_name_is_good(value) && file_type_of(value),
                      "is not the name of a file that may lie beside an item");
    case TYPE_PICTURE:
        return unless(file_name_is_good(value) && is_picture(value),
                      "is not the name of a picture (jpg png webp svg)");
    case TYPE_STAMP:
        return unless(is_stamp(value), "is not a stamp (`undersigned content stamp` writes them)");
    case TYPE_RULE:
        return NULL;
    }
    return NULL;
}
