/* SPDX-License-Identifier: EUPL-1.2 */
/* Two ways of looking: statistics over sentences, which need some length, and the letters of single
 * words, which find a forgotten button. */

#include "prose/language.h"

#include "base/utf8.h"

#include <pthread.h>
#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/ulocdata.h>
#include <unicode/uset.h>

/* CLD2 is a C++ library, but the function that we need takes and gives plain C types. Bound by its
 * name in the object file, it asks for no C++ compiler; language_test.c would notice another one.
 * See <cld2/public/compact_lang_det.h>, ExtDetectLanguageSummaryCheckUTF8, and ADR 0024. */
struct cld_hints {
    const char *content_language, *top_domain;
    int encoding;
    int language;
};

extern int cld_detect(const char *text, int bytes, bool is_plain, const struct cld_hints *hints,
                      int flags, int languages[3], int percents[3], double scores[3], void *chunks,
                      int *text_bytes, bool *is_reliable,
                      int *valid_bytes) __asm__("_ZN4CLD233ExtDetectLanguageSummaryCheckUTF8EPKcibP"
                                                "KNS_8CLDHintsEiPNS_8LanguageEPiPd"
                                                "PSt6vectorINS_11ResultChunkESaISA_EES7_PbS7_");
extern int cld_language(const char *code) __asm__("_ZN4CLD219GetLanguageFromNameEPKc");
extern const char *cld_code(int language) __asm__("_ZN4CLD212LanguageCodeENS_8LanguageE");

enum {
    CLD_UNKNOWN = 26,
    CLD_ENCODING_UNKNOWN = 23,
    SHARE_LEAST = 20,     /* percent of a text that make it a mixed one */
    STRANGER_LEAST = 200, /* bytes from which a language outside the table counts */
};

/* The languages of content, and those that CLD2 takes for them. */
typedef struct known_language {
    const char *code;
    const char *relatives;
    const char *locale; /* whose letters CLDR knows */
} known_language;

static const known_language known[] = {
    {"bg", "mk sr", "bg"}, {"es", "gl ca", "es"}, {"cs", "", "cs"},      {"da", "no nn", "da"},
    {"de", "lb", "de"},    {"et", "", "et"},      {"el", "", "el"},      {"en", "sco", "en"},
    {"fr", "oc", "fr"},    {"ga", "gd", "ga"},    {"hr", "bs sr", "hr"}, {"it", "co", "it"},
    {"lv", "", "lv"},      {"lt", "", "lt"},      {"hu", "", "hu"},      {"mt", "", "mt"},
    {"nl", "af", "nl"},    {"pl", "", "pl"},      {"pt", "gl", "pt"},    {"ro", "", "ro"},
    {"sk", "", "sk"},      {"sl", "bs sr", "sl"}, {"fi", "", "fi"},      {"sv", "no nn", "sv"},
};
enum { KNOWN = sizeof known / sizeof *known };

static const known_language *find_known(str code)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (str_eq(code, str_of(known[i].code)))
            return &known[i];
    return NULL;
}

static bool is_relative(const known_language *claimed, str code)
{
    str rest = str_of(claimed->relatives);
    while (rest.n)
        if (str_eq(str_cut(rest, ' ', &rest), code))
            return true;
    return false;
}

/* Whether so many bytes in that language are worth a word. */
static bool counts(const known_language *claimed, str code, int bytes)
{
    if (str_eq(code, str_of(claimed->code)) || is_relative(claimed, code) || str_eq(code, S("un")))
        return false;
    return bytes >= (find_known(code) ? LANGUAGE_BYTES_LEAST : STRANGER_LEAST);
}

/* What CLD2 says, the claimed language hinted at. */
typedef struct finding {
    int main;
    int languages[3], percents[3];
    int bytes; /* of letters, that were looked at */
    int own_share;
    bool is_reliable;
} finding;

static finding look_into(const known_language *claimed, str text)
{
    const struct cld_hints hints = {NULL, NULL, CLD_ENCODING_UNKNOWN, cld_language(claimed->code)};
    finding f = {.languages = {CLD_UNKNOWN, CLD_UNKNOWN, CLD_UNKNOWN}};
    double scores[3];
    int valid = 0;
    f.main = cld_detect(text.at, (int)text.n, true, &hints, 0, f.languages, f.percents, scores,
                        NULL, &f.bytes, &f.is_reliable, &valid);
    for (size_t i = 0; i < 3; i++)
        if (f.languages[i] == hints.language)
            f.own_share = f.percents[i];
    return f;
}

language_verdict language_judge(str text, str claimed_code, str *out_other)
{
    const known_language *claimed = find_known(claimed_code);
    if (!claimed || text.n < LANGUAGE_BYTES_LEAST || text.n > INT32_MAX)
        return LANGUAGE_FITS;
    finding f = look_into(claimed, text);
    str code = str_of(cld_code(f.main));
    if (f.is_reliable && counts(claimed, code, f.bytes)) {
        *out_other = code;
        return f.own_share >= SHARE_LEAST ? LANGUAGE_MIXED : LANGUAGE_WRONG;
    }
    for (size_t i = 0; i < 3; i++) {
        code = str_of(cld_code(f.languages[i]));
        if (f.percents[i] >= SHARE_LEAST && counts(claimed, code, f.bytes * f.percents[i] / 100)) {
            *out_other = code;
            return LANGUAGE_MIXED;
        }
    }
    return LANGUAGE_FITS;
}

bool language_is_pure(str text, str claimed_code)
{
    const known_language *claimed = find_known(claimed_code);
    if (!claimed || text.n < LANGUAGE_BYTES_LEAST || text.n > LANGUAGE_PURE_BYTES_MOST)
        return false;
    finding f = look_into(claimed, text);
    bool is_pure = f.is_reliable;
    for (size_t i = 0; i < 3; i++)
        is_pure = is_pure && (f.percents[i] == 0 || f.languages[i] == CLD_UNKNOWN ||
                              str_eq(str_of(cld_code(f.languages[i])), claimed_code));
    return is_pure;
}

/* --- letters --- */

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static USet *letters[KNOWN];

static void open_letters(void)
{
    for (size_t i = 0; i < KNOWN; i++) {
        UErrorCode status = U_ZERO_ERROR;
        ULocaleData *data = ulocdata_open(known[i].locale, &status);
        letters[i] = uset_openEmpty();
        USet *part = uset_openEmpty();
        static const ULocaleDataExemplarSetType parts[] = {ULOCDATA_ES_STANDARD,
                                                           ULOCDATA_ES_AUXILIARY};
        for (size_t p = 0; p < 2; p++) {
            ulocdata_getExemplarSet(data, part, USET_CASE_INSENSITIVE, parts[p], &status);
            uset_addAll(letters[i], part);
        }
        uset_freeze(letters[i]);
        uset_close(part);
        ulocdata_close(data);
        BUG_IF(U_FAILURE(status));
    }
}

static bool is_own_letter(size_t language, int32_t code)
{
    return code < 0x80 || uset_contains(letters[language], code) ||
           uset_contains(letters[language], u_tolower(code));
}

/* The next run of letters; false at the end. */
static bool next_word(str *rest, str *out_word)
{
    const char *start = NULL;
    while (rest->n) {
        str before = *rest;
        int32_t code = utf8_next(rest);
        int8_t sort = u_charType(code < 0 ? 0 : code);
        bool is_letter = code >= 0 && (u_isalpha(code) || sort == U_NON_SPACING_MARK) &&
                         sort != U_MODIFIER_LETTER; /* XIVᵉ */
        if (is_letter && !start)
            start = before.at;
        if (!is_letter && start) {
            *out_word = (str){start, (size_t)(before.at - start)};
            return true;
        }
    }
    if (start)
        *out_word = (str){start, (size_t)(rest->at - start)};
    return start != NULL;
}

/* In a sentence a capital makes a name. Elsewhere what leads to the letter must stand in the
 * original, since a name may be inflected, whatever the case of its first letter. */
static bool is_name(bool is_sentence, str word, str through, str original)
{
    str rest = through;
    if (u_isupper(utf8_next(&rest)) && is_sentence)
        return true;
    str part = rest.n > 2 ? rest : through.n > 2 ? through : word;
    return str_find_str(original, part) < original.n;
}

bool language_stray_word(str text, str claimed, str original, str *out_word)
{
    const known_language *language = find_known(claimed);
    if (!language)
        return false;
    pthread_once(&opened, open_letters);
    bool is_sentence = text.n >= LANGUAGE_BYTES_LEAST;
    str word;
    while (next_word(&text, &word)) {
        bool is_own = true;
        str left = word;
        while (left.n && is_own)
            is_own = is_own_letter((size_t)(language - known), utf8_next(&left));
        if (!is_own && !is_name(is_sentence, word, str_head(word, word.n - left.n), original)) {
            *out_word = word;
            return true;
        }
    }
    return false;
}
