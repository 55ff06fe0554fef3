/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates and spans of time, in words, as CLDR has them. The clock on the wall is Brussels', for
 * one page is cached for all its readers. */

#include "lang/locale.h"

#include <unicode/ucal.h>

enum { UNITS_MOST = 200, DAYS_TOLD = 7 };

static str format_date(arena *a, lang l, int64_t unix_ms, bool with_time)
{
    locale *of = locale_of(l);
    UChar text[UNITS_MOST];
    UErrorCode status = U_ZERO_ERROR;
    pthread_mutex_lock(&of->turn);
    int32_t n = udat_format(with_time ? of->date_time : of->date, (UDate)unix_ms, text, UNITS_MOST,
                            NULL, &status);
    pthread_mutex_unlock(&of->turn);
    ICU_MUST(status);
    return locale_str(a, text, n);
}

str lang_date(arena *a, lang l, int64_t unix_ms)
{
    return format_date(a, l, unix_ms, false);
}

str lang_date_time(arena *a, lang l, int64_t unix_ms)
{
    return format_date(a, l, unix_ms, true);
}

str lang_ago(arena *a, lang l, int64_t then_ms, int64_t now_ms)
{
    static const struct {
        URelativeDateTimeUnit unit;
        int64_t seconds;
    } units[] = {{UDAT_REL_UNIT_YEAR, 31556952}, {UDAT_REL_UNIT_MONTH, 2629746},
                 {UDAT_REL_UNIT_WEEK, 604800},   {UDAT_REL_UNIT_DAY, 86400},
                 {UDAT_REL_UNIT_HOUR, 3600},     {UDAT_REL_UNIT_MINUTE, 60}};
    int64_t seconds = then_ms < now_ms ? (now_ms - then_ms) / 1000 : 0;
    size_t i = 0;
    while (i < sizeof units / sizeof *units && seconds < units[i].seconds)
        i++;
    bool is_now = i == sizeof units / sizeof *units;
    locale *of = locale_of(l);
    UChar text[UNITS_MOST];
    UErrorCode status = U_ZERO_ERROR;
    int32_t n;
    pthread_mutex_lock(&of->turn);
    /* "now" is a word; all else is counted ("1 day ago"), for "yesterday" would depend on the
     * calendar and not on the span. */
    if (is_now)
        n = ureldatefmt_format(of->ago, 0, UDAT_REL_UNIT_SECOND, text, UNITS_MOST, &status);
    else
        n = ureldatefmt_formatNumeric(of->ago, -(double)(seconds / units[i].seconds), units[i].unit,
                                      text, UNITS_MOST, &status);
    pthread_mutex_unlock(&of->turn);
    ICU_MUST(status);
    return locale_str(a, text, n);
}

/* --- Days of the calendar --- */

static pthread_once_t calendar_opened = PTHREAD_ONCE_INIT;
static UCalendar *brussels; /* never used itself: each caller takes a copy */

static void open_calendar(void)
{
    static const UChar zone[] = u"Europe/Brussels";
    UErrorCode status = U_ZERO_ERROR;
    brussels = ucal_open(zone, -1, "en_IE", UCAL_GREGORIAN, &status);
    ICU_MUST(status);
}

typedef struct day {
    int32_t number, year, month, of_month; /* number: one more each day */
} day;

static day day_of(int64_t unix_ms)
{
    UErrorCode status = U_ZERO_ERROR;
    pthread_once(&calendar_opened, open_calendar);
    UCalendar *at = ucal_clone(brussels, &status);
    ucal_setMillis(at, (UDate)unix_ms, &status);
    day d = {.number = ucal_get(at, UCAL_JULIAN_DAY, &status),
             .year = ucal_get(at, UCAL_YEAR, &status),
             .month = ucal_get(at, UCAL_MONTH, &status) + 1,
             .of_month = ucal_get(at, UCAL_DAY_OF_MONTH, &status)};
    ucal_close(at);
    ICU_MUST(status);
    return d;
}

str lang_day(arena *a, lang l, int64_t then_ms, int64_t now_ms)
{
    int32_t days = day_of(now_ms).number - day_of(then_ms).number;
    if (days >= DAYS_TOLD)
        return lang_date(a, l, then_ms);
    locale *of = locale_of(l);
    UChar text[UNITS_MOST];
    UErrorCode status = U_ZERO_ERROR;
    pthread_mutex_lock(&of->turn);
    int32_t n = ureldatefmt_format(of->ago, days > 0 ? -(double)days : 0.0, UDAT_REL_UNIT_DAY, text,
                                   UNITS_MOST, &status);
    pthread_mutex_unlock(&of->turn);
    ICU_MUST(status);
    return locale_str(a, text, n);
}

str lang_day_code(arena *a, int64_t unix_ms)
{
    day d = day_of(unix_ms);
    return arena_printf(a, "%04d-%02d-%02d", (int)d.year, (int)d.month, (int)d.of_month);
}
