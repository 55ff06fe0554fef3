/* SPDX-License-Identifier: EUPL-1.2 */
/* Who the 24 languages are, and which one a reader wants.
 *
 * A wish is matched by its primary subtag only ("pt-BR" gets Portuguese): within the 24 no
 * language comes in two variants. "*" is no wish: who accepts anything is shown the list. */

#include "lang/catalogue.h"

typedef struct language {
    const char *code;
    const char *locale;
    const char *native_name;
} language;

/* Lower case where the language writes the names of languages so, as EU sites list them. */
static const language languages[LANG_SLOTS] = {
    [LANG_BG] = {"bg", "bg", "български"},
    [LANG_ES] = {"es", "es", "español"},
    [LANG_CS] = {"cs", "cs", "čeština"},
    [LANG_DA] = {"da", "da", "dansk"},
    [LANG_DE] = {"de", "de", "Deutsch"},
    [LANG_ET] = {"et", "et", "eesti"},
    [LANG_EL] = {"el", "el", "ελληνικά"},
    [LANG_EN] = {"en", "en_IE", "English"},
    [LANG_FR] = {"fr", "fr", "français"},
    [LANG_GA] = {"ga", "ga", "Gaeilge"},
    [LANG_HR] = {"hr", "hr", "hrvatski"},
    [LANG_IT] = {"it", "it", "italiano"},
    [LANG_LV] = {"lv", "lv", "latviešu"},
    [LANG_LT] = {"lt", "lt", "lietuvių"},
    [LANG_HU] = {"hu", "hu", "magyar"},
    [LANG_MT] = {"mt", "mt", "Malti"},
    [LANG_NL] = {"nl", "nl", "Nederlands"},
    [LANG_PL] = {"pl", "pl", "polski"},
    [LANG_PT] = {"pt", "pt_PT", "português"},
    [LANG_RO] = {"ro", "ro", "română"},
    [LANG_SK] = {"sk", "sk", "slovenčina"},
    [LANG_SL] = {"sl", "sl", "slovenščina"},
    [LANG_FI] = {"fi", "fi", "suomi"},
    [LANG_SV] = {"sv", "sv", "svenska"},
    [LANG_PSEUDO] = {"xx-pseudo", "en_IE", "[Ƥšéúđó]"},
};

str lang_code(lang l)
{
    BUG_IF(l >= LANG_SLOTS);
    return str_of(languages[l].code);
}

str lang_native_name(lang l)
{
    BUG_IF(l >= LANG_SLOTS);
    return str_of(languages[l].native_name);
}

const char *lang_locale(lang l)
{
    BUG_IF(l >= LANG_SLOTS);
    return languages[l].locale;
}

err lang_by_code(str code, lang *out_lang)
{
    for (lang l = 0; l < LANG_SLOTS; l++) {
        if (str_eq(code, str_of(languages[l].code)) && catalogues[l].texts) {
            *out_lang = l;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

enum { HEADER_BYTES_MOST = 1000, RANGES_MOST = 50, QUALITY_FULL = 1000 };

/* "0.5" in thousandths; -1 when it is not 0 to 1 with at most three decimals. */
static int parse_quality(str s)
{
    if (s.n == 0 || s.n > 5 || (s.at[0] != '0' && s.at[0] != '1') || (s.n > 1 && s.at[1] != '.'))
        return -1;
    int quality = (s.at[0] - '0') * QUALITY_FULL;
    for (size_t i = 2, weight = 100; i < s.n; i++, weight /= 10) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return -1;
        quality += (s.at[i] - '0') * (int)weight;
    }
    return quality <= QUALITY_FULL ? quality : -1;
}

/* "pt-BR;q=0.8": the language of its first subtag, and how much it is wanted. */
static bool parse_range(str range, lang *out_lang, int *out_quality)
{
    str parameter;
    str tag = str_trim(str_cut(range, ';', &parameter));
    int quality = QUALITY_FULL;
    parameter = str_trim(parameter);
    if (parameter.n) {
        str value;
        str name = str_trim(str_cut(parameter, '=', &value));
        if (!str_eq_nocase(name, S("q")) || (quality = parse_quality(str_trim(value))) < 0)
            return false;
    }
    str rest;
    str primary = str_cut(tag, '-', &rest);
    for (lang l = 0; l < LANG_COUNT; l++) {
        if (str_eq_nocase(primary, str_of(languages[l].code))) {
            *out_lang = l;
            *out_quality = quality;
            return true;
        }
    }
    return false;
}

bool lang_negotiate(str accept_language, lang *out_lang)
{
    /* What was cut may be half a range: it is left out. */
    str rest = str_head(accept_language, HEADER_BYTES_MOST);
    while (rest.n && rest.n < accept_language.n && rest.at[rest.n - 1] != ',')
        rest.n--;
    int best = 0;
    for (int i = 0; rest.n && i < RANGES_MOST; i++) {
        str range = str_cut(rest, ',', &rest);
        lang found;
        int quality;
        if (parse_range(range, &found, &quality) && quality > best) {
            best = quality;
            *out_lang = found;
        }
    }
    return best > 0;
}
