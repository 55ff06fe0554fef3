/* SPDX-License-Identifier: EUPL-1.2 */
/* Dates by integer arithmetic: no time zone, no locale, no hidden state. */

#include "http/date.h"

#include "base/number.h"

static const char day_names[] = "SunMonTueWedThuFriSat";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Days since 1970-01-01 of a Gregorian date; March is the first month of the counted year. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static char *put(char *to, const char *text, size_t n)
{
    memcpy(to, text, n);
    return to + n;
}

static char *put_digits(char *to, int number, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        to[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return to + digits;
}

void date_write(int64_t unix_s, char out_text[static DATE_BYTES + 1])
{
    struct tm t = {0};
    time_t when = (time_t)unix_s;
    gmtime_r(&when, &t);
    char *to = put(out_text, day_names + (size_t)t.tm_wday * 3, 3);
    to = put_digits(put(to, ", ", 2), t.tm_mday, 2);
    to = put(put(put(to, " ", 1), month_names + (size_t)t.tm_mon * 3, 3), " ", 1);
    to = put_digits(put(put_digits(to, t.tm_year + 1900, 4), " ", 1), t.tm_hour, 2);
    to = put_digits(put(to, ":", 1), t.tm_min, 2);
    to = put_digits(put(to, ":", 1), t.tm_sec, 2);
    put(to, " GMT", 5);
}

static err two_digits(str text, size_t at, int64_t most, int *out_number)
{
    int64_t number = 0;
    if (number_parse((str){text.at + at, 2}, 0, most, &number) != OK)
        return ERR_INVALID;
    *out_number = (int)number;
    return OK;
}

err date_read(str text, int64_t *out_unix_s)
{
    static const char shape[] = "aaa, 00 aaa 0000 00:00:00 GMT";
    if (text.n != DATE_BYTES)
        return ERR_INVALID;
    for (size_t i = 0; i < DATE_BYTES; i++) {
        bool is_digit = text.at[i] >= '0' && text.at[i] <= '9';
        if (shape[i] == '0' ? !is_digit : shape[i] != 'a' && shape[i] != text.at[i])
            return ERR_INVALID;
    }
    int month = 0;
    while (month < 12 && memcmp(month_names + (size_t)month * 3, text.at + 8, 3) != 0)
        month++;
    if (month == 12)
        return ERR_INVALID;
    int64_t year = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (number_parse((str){text.at + 12, 4}, 1970, 9999, &year) != OK)
        return ERR_INVALID;
    TRY(two_digits(text, 5, 31, &day));
    TRY(two_digits(text, 17, 23, &hour));
    TRY(two_digits(text, 20, 59, &minute));
    TRY(two_digits(text, 23, 60, &second));
    *out_unix_s = days_of(year, month + 1, day) * 86400 + hour * 3600 + minute * 60 + second;
    return OK;
}
