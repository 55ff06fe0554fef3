/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How a language writes numbers, dates, countries, and in what order it sorts. Included by lang.h.
 * All functions are safe from any thread; what ICU opens is opened once per language. */

/* Thousands apart by U+202F in every language, as the EU style guide asks: 1 234, 12 345 678. */
str lang_number(arena *a, lang l, int64_t n);
/* With 0 to 3 digits behind the comma (a point in en, ga, mt), rounded half up: 66.7 of 66667. */
str lang_decimal(arena *a, lang l, int64_t thousandths, int digits);

/* Days and hours are those of Europe/Brussels. */
str lang_date(arena *a, lang l, int64_t unix_ms);      /* 22 November 2026 */
str lang_date_time(arena *a, lang l, int64_t unix_ms); /* 22 November 2026 at 16:58 */
/* "today", "yesterday", "3 days ago", by the calendar and no finer; from a week on the date. A day
 * that is still to come is today. */
str lang_day(arena *a, lang l, int64_t then_ms, int64_t now_ms);
/* The same day for machines: 2026-11-22. */
str lang_day_code(arena *a, int64_t unix_ms);
/* "3 minutes ago", "1 day ago"; the largest whole unit up to years. A moment in the future is
 * taken as now. */
str lang_ago(arena *a, lang l, int64_t then_ms, int64_t now_ms);

/* ISO 3166 alpha-2 in upper case, and XK. EU texts write EL for Greece and UK for the United
 * Kingdom: taken as GR and GB everywhere. */
bool lang_country_is_known(str code);
/* The ISO code; empty when it is not known. */
str lang_country_code(str code);
/* The name in the language; the code itself when it is not known. */
str lang_country(lang l, str code);
/* The name of one language in another, with a capital: "Danish". Not the pseudo-language's. */
str lang_language(lang l, lang of);
typedef struct country {
    str code; /* ISO, upper case */
    str name;
} country;
typedef struct country_list {
    const country *at;
    size_t n, n_members;
} country_list;
/* The n_members (27) member states first, then all other countries, each part sorted. Built once
 * per language, constant, never freed. */
country_list lang_countries(lang l);

/* < 0, 0, > 0 as the language sorts; equal only for equal bytes. */
int lang_compare(lang l, str a, str b);
void lang_sort(lang l, str_list *names);
