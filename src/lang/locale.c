/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening ICU for a language: once, by whichever thread comes first. */

#include "lang/locale.h"

#include <stdatomic.h>
#include <unicode/ustring.h>

enum { PATTERN_UNITS = 200 };

static _Atomic(locale *) opened[LANG_SLOTS];
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

/* 24 hours as EU texts have them, where the language would count to 12: "h:mm a" at the end of the
 * pattern becomes "HH:mm". */
static void set_24_hours(UDateFormat *format)
{
    UChar pattern[PATTERN_UNITS];
    UErrorCode status = U_ZERO_ERROR;
    udat_toPattern(format, false, pattern, PATTERN_UNITS, &status);
    ICU_MUST(status);
    UChar *hours = u_strstr(pattern, u"h:mm");
    if (!hours)
        return;
    u_strcpy(hours, u"HH:mm");
    udat_applyPattern(format, false, pattern, -1);
}

static locale *open_locale(lang l)
{
    static const UChar zone[] = u"Europe/Brussels";
    const char *name = lang_locale(l);
    UErrorCode status = U_ZERO_ERROR;
    locale *made = calloc(1, sizeof *made);
    BUG_IF(!made);
    BUG_IF(pthread_mutex_init(&made->turn, NULL) != 0);
    made->collator = ucol_open(name, &status);
    made->date = udat_open(UDAT_NONE, UDAT_LONG, name, zone, -1, NULL, 0, &status);
    made->date_time = udat_open(UDAT_SHORT, UDAT_LONG, name, zone, -1, NULL, 0, &status);
    made->ago =
        ureldatefmt_open(name, NULL, UDAT_STYLE_LONG, UDISPCTX_CAPITALIZATION_NONE, &status);
    ICU_MUST(status);
    set_24_hours(made->date_time);
    return made;
}

locale *locale_of(lang l)
{
    BUG_IF(l >= LANG_SLOTS);
    locale *found = atomic_load_explicit(&opened[l], memory_order_acquire);
    if (found)
        return found;
    pthread_mutex_lock(&opening);
    found = atomic_load_explicit(&opened[l], memory_order_relaxed);
    if (!found) {
        found = open_locale(l);
        atomic_store_explicit(&opened[l], found, memory_order_release);
    }
    pthread_mutex_unlock(&opening);
    return found;
}

str locale_str(arena *a, const UChar *text, int32_t n)
{
    int32_t room = 3 * n + 1, bytes = 0;
    char *at = arena_alloc(a, (size_t)room);
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8(at, room, &bytes, text, n, &status);
    ICU_MUST(status);
    return (str){at, (size_t)bytes};
}
