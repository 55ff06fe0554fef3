/* SPDX-License-Identifier: EUPL-1.2 */
/* Names of countries and languages, and lists of countries in the order of a language. A list is
 * built once per language and never changes; finding a name in it is one step. */

#include "lang/locale.h"

#include "base/utf8.h"

#include <stdatomic.h>
#include <unicode/uchar.h>
#include <unicode/uldnames.h>
#include <unicode/uloc.h>

static const char *const members[] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                      "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                      "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};
/* In ICU's list, but nobody lives there to sign, or part of a country that is listed anyway. */
static const char *const left_out[] = {"AQ", "BV", "HM", "TF", "UM", "GS",
                                       "AC", "CP", "DG", "EA", "IC", "TA"};
/* Where CLDR 42 has an older name than EU texts. */
static const struct {
    lang l;
    const char *code, *name;
} corrections[] = {
    {LANG_ET, "NL", "Madalmaad"}, {LANG_MT, "CZ", "iċ-Ċekja"}, {LANG_PL, "NL", "Niderlandy"}};

enum { MEMBERS = sizeof members / sizeof *members, LETTERS = 26, COUNTRIES_MOST = 300 };
enum { LIST_BYTES = 256 << 10, NAME_UNITS = 200 };

typedef struct atlas {
    arena *home;
    country_list list;
    uint16_t place[LETTERS * LETTERS]; /* in the list, plus one */
    str languages[LANG_COUNT];
} atlas;

static _Atomic(atlas *) built[LANG_SLOTS];
static pthread_mutex_t building = PTHREAD_MUTEX_INITIALIZER;

static bool is_among(const char *code, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(code, codes[i]) == 0)
            return true;
    }
    return false;
}

/* The slot of a code; -1 when it is not two ASCII letters in upper case. */
static int slot_of(str code)
{
    if (str_eq(code, S("EL")))
        code = S("GR");
    if (str_eq(code, S("UK")))
        code = S("GB");
    if (code.n != 2 || code.at[0] < 'A' || code.at[0] > 'Z' || code.at[1] < 'A' || code.at[1] > 'Z')
        return -1;
    return (code.at[0] - 'A') * LETTERS + code.at[1] - 'A';
}

/* From the first capital letter: Irish and Maltese names begin with articles ("an tSeicia",
 * "il-Ġermanja"), which nobody looks for. Names in other languages begin with a capital. */
static str without_article(str name)
{
    str rest = name;
    for (str here = rest; here.n; here = rest) {
        if (u_isupper(utf8_next(&rest)))
            return here;
    }
    return name;
}

static int by_name(const void *left, const void *right, void *l)
{
    const country *a = left, *b = right;
    return lang_compare(*(const lang *)l, without_article(a->name), without_article(b->name));
}

static str name_of(arena *home, const ULocaleDisplayNames *names, lang l, const char *code)
{
    for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++) {
        if (corrections[i].l == l && strcmp(corrections[i].code, code) == 0)
            return str_of(corrections[i].name);
    }
    UChar name[NAME_UNITS];
    UErrorCode status = U_ZERO_ERROR;
    int32_t units = uldn_regionDisplayName(names, code, name, NAME_UNITS, &status);
    ICU_MUST(status);
    return locale_str(home, name, units);
}

/* With a capital, as what stands alone begins. */
static void name_languages(arena *home, lang l, str out_names[static LANG_COUNT])
{
    UDisplayContext how[] = {UDISPCTX_STANDARD_NAMES,
                             UDISPCTX_CAPITALIZATION_FOR_BEGINNING_OF_SENTENCE};
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names =
        uldn_openForContext(lang_locale(l), how, sizeof how / sizeof *how, &status);
    ICU_MUST(status);
    for (lang of = 0; of < LANG_COUNT; of++) {
        UChar name[NAME_UNITS];
        int32_t units = uldn_localeDisplayName(names, lang_code(of).at, name, NAME_UNITS, &status);
        ICU_MUST(status);
        out_names[of] = locale_str(home, name, units);
    }
    uldn_close(names);
}

static atlas *build(lang l)
{
    arena *home = arena_open(LIST_BYTES); /* never closed */
    atlas *made = arena_new(home, atlas);
    country *at = arena_array(home, country, COUNTRIES_MOST);
    UErrorCode status = U_ZERO_ERROR;
    ULocaleDisplayNames *names = uldn_open(lang_locale(l), ULDN_STANDARD_NAMES, &status);
    ICU_MUST(status);
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t first = n;
        for (const char *const *code = uloc_getISOCountries(); *code; code++) {
            if (is_among(*code, members, MEMBERS) != (pass == 0) ||
                is_among(*code, left_out, sizeof left_out / sizeof *left_out))
                continue;
            BUG_IF(n == COUNTRIES_MOST);
            at[n++] = (country){str_of(*code), name_of(home, names, l, *code)};
        }
        qsort_r(at + first, n - first, sizeof *at, by_name, &l);
    }
    uldn_close(names);
    name_languages(home, l, made->languages);
    for (size_t i = 0; i < n; i++)
        made->place[slot_of(at[i].code)] = (uint16_t)(i + 1);
    made->home = home;
    made->list = (country_list){at, n, MEMBERS};
    return made;
}

static const atlas *atlas_of(lang l)
{
    BUG_IF(l >= LANG_SLOTS);
    atlas *found = atomic_load_explicit(&built[l], memory_order_acquire);
    if (found)
        return found;
    pthread_mutex_lock(&building);
    found = atomic_load_explicit(&built[l], memory_order_relaxed);
    if (!found) {
        found = build(l);
        atomic_store_explicit(&built[l], found, memory_order_release);
    }
    pthread_mutex_unlock(&building);
    return found;
}

str lang_language(lang l, lang of)
{
    BUG_IF(of >= LANG_COUNT);
    return atlas_of(l)->languages[of];
}

country_list lang_countries(lang l)
{
    return atlas_of(l)->list;
}

static const country *find(lang l, str code)
{
    int slot = slot_of(code);
    const atlas *of = atlas_of(l);
    return slot >= 0 && of->place[slot] ? &of->list.at[of->place[slot] - 1] : NULL;
}

bool lang_country_is_known(str code)
{
    return find(LANG_EN, code) != NULL;
}

str lang_country_code(str code)
{
    const country *found = find(LANG_EN, code);
    return found ? found->code : (str){"", 0};
}

str lang_country(lang l, str code)
{
    const country *found = find(l, code);
    return found ? found->name : code;
}
