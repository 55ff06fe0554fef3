/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers, dates, countries and sorting, as each of the 24 writes them. The dates were read once
 * by eye; a new ICU that changes one must be looked at. */

#include "lang/lang.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARENA_BYTES = 8 << 20 };

#define GROUP "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"

/* 2026-11-22 16:58:03 UTC: winter in Brussels. */
static const int64_t moment = INT64_C(1795366683120);
static const int64_t minute = 60000, day = 86400000, month = INT64_C(2629746000);

static const struct {
    lang l;
    const char *date, *date_time, *minutes, *day, *now, *months;
} times[] = {
    {LANG_BG, "22 ноември 2026 г.", "22 ноември 2026 г. в 17:58 ч.", "преди 3 минути",
     "преди 1 ден", "сега", "преди 5 месеца"},
    {LANG_ES, "22 de noviembre de 2026", "22 de noviembre de 2026, 17:58", "hace 3 minutos",
     "hace 1 día", "ahora", "hace 5 meses"},
    {LANG_CS, "22. listopadu 2026", "22. listopadu 2026 v 17:58", "před 3 minutami", "před 1 dnem",
     "nyní", "před 5 měsíci"},
    {LANG_DA, "22. november 2026", "22. november 2026 kl. 17.58", "for 3 minutter siden",
     "for 1 dag siden", "nu", "for 5 måneder siden"},
    {LANG_DE, "22. November 2026", "22. November 2026 um 17:58", "vor 3 Minuten", "vor 1 Tag",
     "jetzt", "vor 5 Monaten"},
    {LANG_ET, "22. november 2026", "22. november 2026, kell 17:58", "3 minuti eest", "1 päeva eest",
     "nüüd", "5 kuu eest"},
    {LANG_EL, "22 Νοεμβρίου 2026", "22 Νοεμβρίου 2026 στις 17:58", "πριν από 3 λεπτά",
     "πριν από 1 ημέρα", "τώρα", "πριν από 5 μήνες"},
    {LANG_EN, "22 November 2026", "22 November 2026 at 17:58", "3 minutes ago", "1 day ago", "now",
     "5 months ago"},
    {LANG_FR, "22 novembre 2026", "22 novembre 2026 à 17:58", "il y a 3 minutes", "il y a 1 jour",
     "maintenant", "il y a 5 mois"},
    {LANG_GA, "22 Samhain 2026", "22 Samhain 2026 ag 17:58", "3 nóiméad ó shin", "1 lá ó shin",
     "anois", "5 mhí ó shin"},
    {LANG_HR, "22. studenoga 2026.", "22. studenoga 2026. u 17:58", "prije 3 minute", "prije 1 dan",
     "sad", "prije 5 mjeseci"},
    {LANG_IT, "22 novembre 2026", "22 novembre 2026 alle ore 17:58", "3 minuti fa", "1 giorno fa",
     "ora", "5 mesi fa"},
    {LANG_LV, "2026. gada 22. novembris", "2026. gada 22. novembris 17:58", "pirms 3 minūtēm",
     "pirms 1 dienas", "tagad", "pirms 5 mēnešiem"},
    {LANG_LT, "2026 m. lapkričio 22 d.", "2026 m. lapkričio 22 d. 17:58", "prieš 3 minutes",
     "prieš 1 dieną", "dabar", "prieš 5 mėnesius"},
    {LANG_HU, "2026. november 22.", "2026. november 22. 17:58", "3 perccel ezelőtt",
     "1 nappal ezelőtt", "most", "5 hónappal ezelőtt"},
    {LANG_MT, "22 ta’ Novembru 2026", "22 ta’ Novembru 2026 17:58", "3 minuti ilu", "ġurnata ilu",
     "issa", "5 xhur ilu"},
    {LANG_NL, "22 november 2026", "22 november 2026 om 17:58", "3 minuten geleden", "1 dag geleden",
     "nu", "5 maanden geleden"},
    {LANG_PL, "22 listopada 2026", "22 listopada 2026 17:58", "3 minuty temu", "1 dzień temu",
     "teraz", "5 miesięcy temu"},
    {LANG_PT, "22 de novembro de 2026", "22 de novembro de 2026 às 17:58", "há 3 minutos",
     "há 1 dia", "agora", "há 5 meses"},
    {LANG_RO, "22 noiembrie 2026", "22 noiembrie 2026 la 17:58", "acum 3 minute", "acum 1 zi",
     "acum", "acum 5 luni"},
    {LANG_SK, "22. novembra 2026", "22. novembra 2026 o 17:58", "pred 3 minútami", "pred 1 dňom",
     "teraz", "pred 5 mesiacmi"},
    {LANG_SL, "22. november 2026", "22. november 2026 ob 17:58", "pred 3 minutami", "pred 1 dnevom",
     "zdaj", "pred 5 meseci"},
    {LANG_FI, "22. marraskuuta 2026", "22. marraskuuta 2026 klo 17.58", "3 minuuttia sitten",
     "1 päivä sitten", "nyt", "5 kuukautta sitten"},
    {LANG_SV, "22 november 2026", "22 november 2026 kl. 17:58", "för 3 minuter sedan",
     "för 1 dag sedan", "nu", "för 5 månader sedan"},
};

static void dates_are_written_in_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        arena *a = arena_open(ARENA_BYTES);
        lang l = times[i].l;
        assert_string_equal(arena_cstr(a, lang_date(a, l, moment)), times[i].date);
        assert_string_equal(arena_cstr(a, lang_date_time(a, l, moment)), times[i].date_time);
        assert_string_equal(arena_cstr(a, lang_ago(a, l, moment - 3 * minute, moment)),
                            times[i].minutes);
        assert_string_equal(arena_cstr(a, lang_ago(a, l, moment - day, moment)), times[i].day);
        assert_string_equal(arena_cstr(a, lang_ago(a, l, moment, moment)), times[i].now);
        assert_string_equal(arena_cstr(a, lang_ago(a, l, moment - 5 * month, moment)),
                            times[i].months);
        arena_close(a);
    }
}

static void days_follow_the_calendar(void **state)
{
    (void)state;
    /* 22 November 2026, 17:58 in Brussels; midnight is at 23:00 UTC. */
    static const struct {
        lang l;
        int64_t back; /* minutes */
        const char *wanted, *code;
    } cases[] = {
        {LANG_EN, 0, "today", "2026-11-22"},
        {LANG_EN, -60, "today", "2026-11-22"},
        {LANG_EN, 17 * 60 + 58, "today", "2026-11-22"},
        {LANG_EN, 17 * 60 + 59, "yesterday", "2026-11-21"},
        {LANG_EN, 3 * 1440, "3 days ago", "2026-11-19"},
        {LANG_EN, 6 * 1440 + 900, "6 days ago", "2026-11-16"},
        {LANG_EN, 7 * 1440, "15 November 2026", "2026-11-15"},
        {LANG_DA, 1440, "i går", "2026-11-21"},
        {LANG_EL, 1440, "χθες", "2026-11-21"},
        {LANG_BG, 0, "днес", "2026-11-22"},
        {LANG_PL, 3 * 1440, "3 dni temu", "2026-11-19"},
        {LANG_FI, 1440, "eilen", "2026-11-21"},
        {LANG_MT, 0, "illum", "2026-11-22"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena *a = arena_open(ARENA_BYTES);
        int64_t then = moment - cases[i].back * minute;
        assert_string_equal(arena_cstr(a, lang_day(a, cases[i].l, then, moment)), cases[i].wanted);
        if (cases[i].back >= 0)
            assert_string_equal(arena_cstr(a, lang_day_code(a, then)), cases[i].code);
        arena_close(a);
    }
}

static void time_is_that_of_brussels(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    static const struct {
        int64_t at;
        const char *wanted;
    } cases[] = {
        {INT64_C(1782864000000), "1 July 2026 at 02:00"},      /* 2026-07-01 00:00 UTC */
        {INT64_C(1798757999000), "31 December 2026 at 23:59"}, /* 22:59:59 UTC */
        {INT64_C(1798758000000), "1 January 2027 at 00:00"},
        {0, "1 January 1970 at 01:00"},
        {-1000, "1 January 1970 at 00:59"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(arena_cstr(a, lang_date_time(a, LANG_EN, cases[i].at)),
                            cases[i].wanted);
    arena_close(a);
}

static void spans_take_the_largest_whole_unit(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *wanted;
    } cases[] = {
        {-100, "now"},
        {0, "now"},
        {59, "now"},
        {60, "1 minute ago"},
        {3599, "59 minutes ago"},
        {3600, "1 hour ago"},
        {86399, "23 hours ago"},
        {86400, "1 day ago"},
        {604799, "6 days ago"},
        {604800, "1 week ago"},
        {2629745, "4 weeks ago"},
        {2629746, "1 month ago"},
        {31556952, "1 year ago"},
        {INT64_C(315569520), "10 years ago"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena *a = arena_open(ARENA_BYTES);
        str ago = lang_ago(a, LANG_EN, moment - cases[i].seconds * 1000, moment);
        assert_string_equal(arena_cstr(a, ago), cases[i].wanted);
        arena_close(a);
    }
}

static void numbers_are_grouped(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        const char *wanted;
    } cases[] = {
        {0, "0"},
        {999, "999"},
        {1000, "1" GROUP "000"},
        {12345, "12" GROUP "345"},
        {999999, "999" GROUP "999"},
        {1000000, "1" GROUP "000" GROUP "000"},
        {-1234, MINUS "1" GROUP "234"},
        {INT64_MAX, "9" GROUP "223" GROUP "372" GROUP "036" GROUP "854" GROUP "775" GROUP "807"},
        {INT64_MIN,
         MINUS "9" GROUP "223" GROUP "372" GROUP "036" GROUP "854" GROUP "775" GROUP "808"},
    };
    for (lang l = 0; l < LANG_COUNT; l++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            arena *a = arena_open(ARENA_BYTES);
            assert_string_equal(arena_cstr(a, lang_number(a, l, cases[i].n)), cases[i].wanted);
            arena_close(a);
        }
    }
}

static void decimals_follow_the_language(void **state)
{
    (void)state;
    static const struct {
        lang l;
        int64_t thousandths;
        int digits;
        const char *wanted;
    } cases[] = {
        {LANG_DE, 66667, 1, "66,7"},      {LANG_EN, 66667, 1, "66.7"},
        {LANG_GA, 66667, 2, "66.67"},     {LANG_MT, 1234567, 3, "1" GROUP "234.567"},
        {LANG_FR, 1999, 0, "2"},          {LANG_FR, 999950, 1, "1" GROUP "000,0"},
        {LANG_SV, -1250, 1, MINUS "1,3"}, {LANG_SV, -4, 1, "0,0"},
        {LANG_PL, 5, 3, "0,005"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena *a = arena_open(ARENA_BYTES);
        str text = lang_decimal(a, cases[i].l, cases[i].thousandths, cases[i].digits);
        assert_string_equal(arena_cstr(a, text), cases[i].wanted);
        arena_close(a);
    }
}

static void expect_order(lang l, const char *wanted)
{
    arena *a = arena_open(ARENA_BYTES);
    str_list names = {arena_array(a, str, 40), 0};
    str rest = str_of(wanted);
    while (rest.n)
        names.at[names.n++] = str_cut(rest, ' ', &rest);
    /* backwards, so that nothing is in place */
    for (size_t i = 0; i < names.n / 2; i++) {
        str swapped = names.at[i];
        names.at[i] = names.at[names.n - 1 - i];
        names.at[names.n - 1 - i] = swapped;
    }
    lang_sort(l, &names);
    buf found = buf_in(a);
    for (size_t i = 0; i < names.n; i++)
        buf_printf(&found, "%s%.*s", i ? " " : "", STR_FMT(names.at[i]));
    assert_string_equal(arena_cstr(a, buf_str(&found)), wanted);
    arena_close(a);
}

static void sorting_follows_the_language(void **state)
{
    (void)state;
    expect_order(LANG_SV, "adam oskar zorn åsa ägg örn");
    expect_order(LANG_DE, "Adam Ägg Åsa Örn Oskar Zorn");
    expect_order(LANG_ET, "sibul šokk zoo žanr tamm vares õun äike öö ülle");
    expect_order(LANG_CS, "cukr čaj dům hora chata jablko řeka slon škola");
    expect_order(LANG_LT, "iena ypata jonas suo šuo zebras žuvis");
    expect_order(LANG_ES, "nube ñandú oro");
    expect_order(LANG_BG, "Албена Варна Русе София Щръклево");
    expect_order(LANG_EL, "Αθήνα Ήπειρος Θεσσαλία Ωρωπός");
    expect_order(LANG_DA, "Zoo Ærø Østrig Aarhus");
    str_list none = {NULL, 0};
    lang_sort(LANG_EN, &none);
    assert_int_equal(lang_compare(LANG_EN, S("a"), S("a")), 0);
    assert_int_not_equal(lang_compare(LANG_EN, S("\xC3\xA9"), S("e\xCC\x81")), 0);
    /* not UTF-8, yet in some order */
    assert_int_not_equal(lang_compare(LANG_EN, S("\xFF"), S("\xFE")), 0);
}

static void countries_are_listed(void **state)
{
    (void)state;
    for (lang l = 0; l < LANG_COUNT; l++) {
        country_list c = lang_countries(l);
        assert_int_equal(c.n_members, 27);
        assert_in_range(c.n, 230, 250);
        assert_ptr_equal(lang_countries(l).at, c.at);
        for (size_t i = 0; i < c.n; i++) {
            assert_int_equal(c.at[i].code.n, 2);
            assert_true(c.at[i].name.n > 2);
            assert_true(str_eq(lang_country(l, c.at[i].code), c.at[i].name));
        }
    }
    country_list cs = lang_countries(LANG_CS);
    assert_string_equal(cs.at[0].code.at, "BE");
    assert_string_equal(cs.at[cs.n_members - 1].code.at, "SE"); /* Švédsko */
    country_list mt = lang_countries(LANG_MT);
    assert_true(str_eq(mt.at[0].name, S("l-Awstrija")));
    assert_true(str_eq(lang_countries(LANG_GA).at[0].name, S("an Bheilg")));
}

static void country_codes_are_known(void **state)
{
    (void)state;
    assert_true(str_eq(lang_country(LANG_EL, S("EL")), S("Ελλάδα")));
    assert_true(str_eq(lang_country(LANG_DE, S("GR")), S("Griechenland")));
    assert_true(str_eq(lang_country_code(S("EL")), S("GR")));
    assert_true(str_eq(lang_country_code(S("UK")), S("GB")));
    assert_true(str_eq(lang_country(LANG_PL, S("NL")), S("Niderlandy")));
    assert_true(lang_country_is_known(S("XK")));
    static const char *const unknown[] = {"", "D", "de", "DEU", "ZZ", "IC", "A1", "\xC3\x84"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        str code = str_of(unknown[i]);
        assert_false(lang_country_is_known(code));
        assert_int_equal(lang_country_code(code).n, 0);
        assert_true(str_eq(lang_country(LANG_DE, code), code));
    }
}

static void *format_often(void *thing)
{
    (void)thing;
    for (int i = 0; i < 300; i++) {
        arena *a = arena_open(ARENA_BYTES);
        size_t at = (size_t)i % (sizeof times / sizeof *times);
        lang l = times[at].l;
        bool is_right = str_eq(lang_date(a, l, moment), str_of(times[at].date)) &&
                        str_eq(lang_ago(a, l, moment - day, moment), str_of(times[at].day)) &&
                        lang_compare(l, S("a"), S("b")) < 0 && lang_countries(l).n_members == 27;
        arena_close(a);
        if (!is_right)
            return (void *)1;
    }
    return NULL;
}

/* Runs first, so that the threads race for opening each language. */
static void threads_may_share(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, format_often, NULL), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_may_share),
        cmocka_unit_test(dates_are_written_in_words),
        cmocka_unit_test(days_follow_the_calendar),
        cmocka_unit_test(time_is_that_of_brussels),
        cmocka_unit_test(spans_take_the_largest_whole_unit),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(decimals_follow_the_language),
        cmocka_unit_test(sorting_follows_the_language),
        cmocka_unit_test(countries_are_listed),
        cmocka_unit_test(country_codes_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
