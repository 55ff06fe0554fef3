/* SPDX-License-Identifier: EUPL-1.2 */
/* Wall and steady time. The date formula is the civil-from-days algorithm on the proleptic
 * Gregorian calendar with eras of 400 years (146,097 days), the year starting in March. */

#include "base/clock.h"

#include "base/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static int64_t read_ms(clockid_t which)
{
    struct timespec t = {0};
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_steady_ms(void)
{
    return read_ms(CLOCK_BOOTTIME);
}

bool clock_wait(pthread_cond_t *signal, pthread_mutex_t *lock, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    if (ms > 0) {
        until.tv_nsec += (long)(ms % 1000) * 1000000;
        until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
    }
    return pthread_cond_clockwait(signal, lock, CLOCK_MONOTONIC, &until) == 0;
}

void clock_iso8601(int64_t unix_ms, char out_text[static 32])
{
    int64_t day = clock_day(unix_ms);
    int64_t rest = unix_ms - day * 86400000;
    int64_t shifted = day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    snprintf(out_text, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)(year % 10000), (int)month,
             (int)(day_of_year - (153 * march_month + 2) / 5 + 1), (int)(rest / 3600000),
             (int)(rest / 60000 % 60), (int)(rest / 1000 % 60), (int)(rest % 1000));
}

err clock_read_day(str text, int64_t *out_ms)
{
    int64_t year, month, day;
    if (text.n != 10 || text.at[4] != '-' || text.at[7] != '-' ||
        number_parse(str_head(text, 4), 1970, 9999, &year) != OK ||
        number_parse(str_head(str_skip(text, 5), 2), 1, 12, &month) != OK ||
        number_parse(str_skip(text, 8), 1, 31, &day) != OK)
        return ERR_INVALID;
    struct tm date = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};
    time_t start = timegm(&date);
    if (date.tm_mday != (int)day) /* the 30th of February comes back as another day */
        return ERR_INVALID;
    *out_ms = (int64_t)start * 1000;
    return OK;
}
