/* SPDX-License-Identifier: EUPL-1.2 */
/* The table is the classification of 2021 as the regulation counts it, and what people write finds
 * the region that they mean. */

#include "place/place.h"
#include "place/table.h"
#include "text/text.h"

#include <time.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 << 20 };

static void counts_of_the_regulation(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    assert_int_equal(place_level(a, 1).n, 92);
    assert_int_equal(place_level(a, 2).n, 242);
    assert_int_equal(place_level(a, 3).n, 1166);
    assert_int_equal(place_mosaic().n, 242);
    assert_int_equal(place_counts_n, 27);
    arena_close(a);
}

static void every_region_lies_in_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < place_regions; i++) {
        str code = str_of(place_rows[i].code);
        assert_ptr_equal(place_by_code(code), &place_rows[i]);
        if (place_rows[i].level > 1)
            assert_non_null(place_by_code(str_head(code, code.n - 1)));
        assert_true(place_people(place_country(code)) > 0);
    }
    for (size_t i = place_regions; i < place_rows_n; i++)
        if (place_rows[i].level == PLACE_TOWN)
            assert_non_null(place_by_code(str_of(place_rows[i].code)));
    assert_null(place_by_code(S("XX1")));
    assert_null(place_by_code(S("")));
}

static void no_two_tiles_in_one_cell(void **state)
{
    (void)state;
    place_tiles t = place_mosaic();
    for (size_t i = 0; i < t.n; i++)
        for (size_t j = i + 1; j < t.n; j++)
            assert_false(t.at[i].column == t.at[j].column && t.at[i].row == t.at[j].row);
}

static size_t shapes_of(const char *code, const place_shape **out_last)
{
    place_shapes s = place_outlines();
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (strcmp(s.at[i].code, code) == 0) {
            *out_last = &s.at[i];
            n++;
        }
    return n;
}

static void every_member_and_region_has_one_shape(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    const place_shape *s;
    for (size_t i = 0; i < place_counts_n; i++) {
        assert_int_equal(shapes_of(place_counts[i].code, &s), 1);
        assert_true(strlen(s->d) > 20 && !s->is_framed);
    }
    place_list regions = place_level(a, PLACE_REGION);
    size_t framed = 0;
    for (size_t i = 0; i < regions.n; i++) {
        assert_int_equal(shapes_of(regions.at[i]->code, &s), 1);
        assert_true(strlen(s->d) >= 12);
        framed += s->is_framed;
    }
    assert_int_equal(framed, 8);
    assert_int_equal(shapes_of("-", &s), 1);
    assert_int_equal(shapes_of("=", &s), 1);
    assert_int_equal(place_outlines().n, place_counts_n + regions.n + 2);
    arena_close(a);
}

typedef struct point {
    int x, y;
} point;

static int number_at(const char **at)
{
    char *end;
    int n = (int)strtol(*at, &end, 10);
    *at = end + (*end == ' ');
    return n;
}

/* Whether an odd number of sides lies to the right of a point: all rings of a path together. */
static bool encloses(const char *d, int x, int y)
{
    bool is_inside = false;
    point first = {0, 0}, now = {0, 0};
    char step = 'M';
    for (const char *at = d; *at;) {
        point next = now;
        if (*at == 'M' || *at == 'l') {
            step = *at++;
        } else if (*at == 'z') {
            next = first;
            at++;
        } else {
            int dx = number_at(&at), dy = number_at(&at);
            next = step == 'M' ? (point){dx, dy} : (point){now.x + dx, now.y + dy};
            if (step == 'M') {
                first = now = next;
                continue;
            }
        }
        if ((now.y > y) != (next.y > y) &&
            (double)x < (double)(next.x - now.x) * (y - now.y) / (next.y - now.y) + now.x)
            is_inside = !is_inside;
        now = next;
    }
    return is_inside;
}

/* A pin stands on its own region and on no other, and so on the country of that. */
static void pins_stand_inside(void **state)
{
    (void)state;
    place_shapes all = place_outlines();
    for (size_t i = 0; i < all.n; i++) {
        const place_shape *s = &all.at[i], *country;
        if (strlen(s->code) < 2)
            continue;
        if (!encloses(s->d, s->x, s->y))
            fail_msg("the pin of %s stands outside", s->code);
        if (strlen(s->code) == 2 || s->is_framed)
            continue;
        char two[3] = {s->code[0], s->code[1], '\0'};
        assert_int_equal(shapes_of(two, &country), 1);
        if (!encloses(country->d, s->x, s->y) && strncmp(s->code, "ES6", 3) != 0)
            fail_msg("%s lies outside its country", s->code);
        for (size_t k = 0; k < all.n; k++)
            if (k != i && strlen(all.at[k].code) == strlen(s->code) && !all.at[k].is_framed &&
                encloses(all.at[k].d, s->x, s->y))
                fail_msg("the pin of %s stands on %s", s->code, all.at[k].code);
    }
}

static void frames_stand_apart(void **state)
{
    (void)state;
    place_shapes all = place_outlines();
    for (size_t i = 0; i < all.n; i++)
        for (size_t k = 0; k < i; k++)
            if (all.at[i].is_framed && all.at[k].is_framed)
                assert_true(abs(all.at[i].frame_x - all.at[k].frame_x) >= PLACE_FRAME ||
                            abs(all.at[i].frame_y - all.at[k].frame_y) >= PLACE_FRAME);
}

static place_answers search(arena *a, const char *words, const char *country)
{
    place_answers all;
    assert_int_equal(place_search(a, str_of(words), str_of(country), 8, &all), OK);
    return all;
}

/* The first answer; "" when there is none. */
static const char *first(arena *a, const char *words, const char *country)
{
    place_answers all = search(a, words, country);
    return all.n ? all.at[0].place->code : "";
}

static void names_in_any_script(void **state)
{
    (void)state;
    static const struct {
        const char *words, *country, *code;
    } cases[] = {
        {"Bayern", "", "DE2"},           {"bavaria", "", "DE2"},
        {"Бавария", "", "DE2"},          {"Βαυαρία", "", "DE2"},
        {"Bajorország", "DE", "DE2"},    {"An Bhaváir", "", "DE2"},
        {"Andalucía", "", "ES61"},       {"andalousie", "", "ES61"},
        {"león", "ES", "ES413"},         {"castilla y l", "ES", "ES41"},
        {"Пловдив", "", "BG421"},        {"plovdiv", "BG", "BG421"},
        {"attiki", "GR", "EL30"},        {"Αττική", "EL", "EL30"},
        {"München", "DE", "DE212"},      {"MUNICH", "DE", "DE212"},
        {"Мюнхен", "", "DE212"},         {"Μόναχο", "DE", "DE212"},
        {"Lyon", "FR", "FRK26"},         {"Λυών", "FR", "FRK26"},
        {"Saint-Denis", "FR", "FRY40"},  {"Versailles", "FR", "FR103"},
        {"Ajaccio", "FR", "FRM01"},      {"Cayenne", "", "FRY30"},
        {"Rosenheim", "DE", "DE213"},    {"Marburg", "DE", "DE724"},
        {"Oeiras", "PT", "PT170"},       {"Pruszków", "PL", "PL91"},
        {"Île-de-France", "FR", "FR10"}, {"Барселона", "ES", "ES511"},
        {"Århus", "DK", "DK04"},         {"Bozen", "IT", "ITH10"},
        {"Eesti", "EE", "EE00"},         {"Luxembourg", "LU", "LU000"},
        {"Kraków", "", "PL21"},          {"  Łódź ", "PL", "PL71"},
    };
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *code = first(a, cases[i].words, cases[i].country);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("'%s' in '%s': %s, not %s", cases[i].words, cases[i].country, code,
                     cases[i].code);
    }
    arena_close(a);
}

/* Countries are found by any name, but not within a country. */
static void countries_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *words, *code;
    } cases[] = {
        {"Deutschland", "DE"}, {"Германия", "DE"},  {"tyskl", "DE"},         {"Saksa", "DE"},
        {"Ellada", "EL"},      {"Ελλάδα", "EL"},    {"Grækenland", "EL"},    {"belgique", "BE"},
        {"an Ghréig", "EL"},   {"Ċipru", "CY"},     {"Tšekki", "CZ"},        {"Éire", "IE"},
        {"Suomi", "FI"},       {"luxemburg", "LU"}, {"Nederländerna", "NL"}, {"Ungaria", "HU"},
    };
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        place_answers all = search(a, cases[i].words, "");
        if (all.n == 0 || strcmp(all.at[0].place->code, cases[i].code) != 0)
            fail_msg("'%s': %s, not %s", cases[i].words, all.n ? all.at[0].place->code : "none",
                     cases[i].code);
        assert_int_equal(all.at[0].place->level, PLACE_COUNTRY);
    }
    assert_int_equal(search(a, "Deutschland", "DE").n, 0);
    size_t n = 0;
    for (size_t i = place_regions; i < place_rows_n; i++)
        if (place_rows[i].level == PLACE_COUNTRY) {
            assert_true(place_people(str_of(place_rows[i].code)) > 0);
            n++;
        }
    assert_int_equal(n, place_counts_n);
    arena_close(a);
}

static void ambiguous_names_are_several(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    place_answers all = search(a, "Limburg", "");
    assert_true(all.n >= 2);
    assert_true(all.at[0].is_exact && all.at[1].is_exact);
    assert_int_equal(search(a, "Limburg", "NL").at[1].is_exact, 0);
    assert_true(search(a, "Sofia", "BG").at[1].is_exact); /* the city and the land around it */
    assert_int_equal(search(a, "Atlantis", "").n, 0);
    assert_int_equal(search(a, "", "").n, 0);
    assert_int_equal(search(a, " -- ", "").n, 0);
    assert_int_equal(search(a, "Bayern", "FR").n, 0);
    arena_close(a);
}

static void every_name_finds_its_region(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < place_regions; i++) {
        const place *p = &place_rows[i];
        if (p->level == PLACE_FINEST) {
            place_answers all;
            str country = str_head(str_of(p->code), 2);
            assert_int_equal(place_search(a, str_of(p->name), country, PLACE_ANSWERS_MOST, &all),
                             OK);
            size_t k = 0;
            while (k < all.n && !place_holds(str_of(all.at[k].place->code), str_of(p->code)))
                k++;
            /* "A / B" is found by its halves. */
            if (k == all.n && !strstr(p->name, " / "))
                fail_msg("%s %s", p->code, p->name);
        }
        arena_reset(a);
    }
    arena_close(a);
}

static void hostile_words(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    place_answers all;
    assert_int_equal(place_search(a, S("\xff\xfe"), S(""), 8, &all), ERR_INVALID);
    char long_words[PLACE_WORDS_BYTES_MOST + 1];
    memset(long_words, 'a', sizeof long_words);
    assert_int_equal(place_search(a, (str){long_words, sizeof long_words}, S(""), 8, &all),
                     ERR_LIMIT);
    assert_int_equal(place_search(a, S("a"), S(""), 1000, &all), OK);
    assert_int_equal(all.n, PLACE_ANSWERS_MOST);
    for (size_t i = 0; i < all.n; i++)
        for (size_t j = i + 1; j < all.n; j++)
            assert_ptr_not_equal(all.at[i].place, all.at[j].place);
    arena_close(a);
}

static void codes_nest(void **state)
{
    (void)state;
    assert_true(place_holds(S("DE"), S("DE212")));
    assert_true(place_holds(S("DE2"), S("DE2")));
    assert_false(place_holds(S("DE21"), S("DE2")));
    assert_false(place_holds(S(""), S("DE2")));
    assert_true(str_eq(place_cut(S("DE212"), PLACE_REGION), S("DE21")));
    assert_true(str_eq(place_cut(S("DE2"), PLACE_REGION), S("DE2")));
    assert_true(str_eq(place_country(S("EL30")), S("GR")));
    assert_int_equal(place_people(S("GR")), place_people(S("EL")));
    assert_int_equal(place_people(S("NO")), 0);
    assert_true(place_people(S("EU")) > 440000000 && place_people(S("EU")) < 460000000);
}

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Printed, not judged: a machine may be busy. All beginnings of all towns, one letter to five. */
static void is_quick(void **state)
{
    (void)state;
    enum { MOST = 20000 };
    arena *a = arena_open(ARENA_BYTES);
    double *took = calloc(MOST, sizeof *took);
    assert_non_null(took);
    size_t n = 0;
    for (size_t i = place_regions; i < place_rows_n && n + 5 < MOST; i++)
        for (size_t letters = 1; letters <= 5; letters++) {
            struct timespec begun, ended;
            place_answers all;
            clock_gettime(CLOCK_MONOTONIC, &begun);
            err e = place_search(a, str_head(str_of(place_rows[i].name), letters), S(""), 8, &all);
            clock_gettime(CLOCK_MONOTONIC, &ended);
            if (e == OK)
                took[n++] = (double)(ended.tv_sec - begun.tv_sec) * 1e3 +
                            (double)(ended.tv_nsec - begun.tv_nsec) / 1e6;
            arena_reset(a);
        }
    qsort(took, n, sizeof *took, by_value);
    print_message("%zu searches over %zu keys: p50 %.3f ms, p99 %.3f ms, most %.3f ms\n", n,
                  place_keys_n, took[n / 2], took[n * 99 / 100], took[n - 1]);
    free(took);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_the_regulation),
        cmocka_unit_test(every_region_lies_in_another),
        cmocka_unit_test(no_two_tiles_in_one_cell),
        cmocka_unit_test(every_member_and_region_has_one_shape),
        cmocka_unit_test(pins_stand_inside),
        cmocka_unit_test(frames_stand_apart),
        cmocka_unit_test(names_in_any_script),
        cmocka_unit_test(countries_by_name),
        cmocka_unit_test(ambiguous_names_are_several),
        cmocka_unit_test(every_name_finds_its_region),
        cmocka_unit_test(hostile_words),
        cmocka_unit_test(codes_nest),
        cmocka_unit_test(is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
