/* SPDX-License-Identifier: EUPL-1.2 */
/* The union of territories: what is in another adds nothing, whatever the order. */

#include "core/territory.h"

#include "core/erasure.h"
#include "core/signer.h"
#include "place/place.h"

#include "test_core.h"

static territory of(const char *code, int64_t people)
{
    static int64_t number;
    return (territory){.signature = ++number,
                       .name = S("Authority"),
                       .code = str_of(code),
                       .people = people,
                       .source = S("Statistics office"),
                       .date = S("2024-01-01")};
}

static int64_t people_of(arena *a, const territory *all, size_t n)
{
    return territory_unite(a, all, n).people;
}

static void a_city_in_its_region_adds_nothing(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    const territory all[] = {of("AT221:60101", 300), of("AT22", 1200), of("AT221", 450),
                             of("AT130", 2000),      of("AT13", 1900), of("DE2", 13000)};
    territories t = territory_unite(a, all, 6);
    assert_int_equal(t.people, 1200 + 1900 + 13000);
    assert_int_equal(t.n, 6);
    size_t counted = 0;
    for (size_t i = 0; i < t.n; i++) {
        counted += t.at[i].covered_by < 0;
        if (t.at[i].covered_by >= 0) {
            const territory_step *by = &t.at[t.at[i].covered_by];
            assert_true(by->covered_by < 0);
            assert_true(territory_holds(by->of.code, t.at[i].of.code));
        }
    }
    assert_int_equal(counted, 3);
    arena_close(a);
}

static void the_newest_number_of_the_same_counts(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    territory all[] = {of("AT22", 1100), of("AT22", 1200), of("AT22", 1150)};
    all[0].date = S("2024");
    all[1].date = S("2019-05-01");
    all[2].date = S("2023-12-31");
    assert_int_equal(people_of(a, all, 3), 1100);
    arena_close(a);
}

static void a_municipality_holds_only_itself(void **state)
{
    (void)state;
    assert_false(territory_holds(S("AT221:6010"), S("AT221:60101")));
    assert_true(territory_holds(S("AT221:6010"), S("AT221:6010")));
    assert_true(territory_holds(S("AT"), S("AT221:6010")));
    assert_false(territory_holds(S("AT222"), S("AT221:6010")));
}

static void no_country_has_more_people_than_it_has(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    int64_t malta = place_people(S("MT"));
    const territory all[] = {of("MT001", malta), of("MT002", malta), of("AT22", 5)};
    assert_int_equal(people_of(a, all, 3), malta + 5);
    arena_close(a);
}

/* A small generator of our own, the same every time. */
static uint64_t draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static territory any(arena *a, uint64_t *seed)
{
    place_list all = place_level(a, (int)(draw(seed) % 3) + 1);
    const char *code = all.at[draw(seed) % all.n]->code;
    uint64_t kind = draw(seed) % 8;
    if (kind == 0)
        code = arena_printf(a, "%.2s", code).at;
    else if (kind < 4 && strlen(code) == 5)
        code = arena_printf(a, "%s:%llu", code, (unsigned long long)draw(seed) % 3).at;
    return of(code, (int64_t)(draw(seed) % 2000000) + 1);
}

/* In any order the same; the union with itself is itself; one more never makes it less in people
 * than all others' largest single one; never above what is there. */
static void a_union_is_a_union(void **state)
{
    (void)state;
    enum { ROUNDS = 300, MOST = 60 };
    uint64_t seed = 20260615;
    for (int round = 0; round < ROUNDS; round++) {
        arena *a = arena_open(64 << 20);
        size_t n = draw(&seed) % MOST;
        territory all[2 * MOST];
        int64_t plain = 0;
        for (size_t i = 0; i < n; i++) {
            all[i] = any(a, &seed);
            plain += all[i].people;
        }
        territories once = territory_unite(a, all, n);
        assert_true(once.people <= plain);
        assert_true(once.people <= place_people(S("EU")));
        for (size_t i = n; i > 1; i--) { /* shuffled */
            size_t k = draw(&seed) % i;
            territory kept = all[i - 1];
            all[i - 1] = all[k];
            all[k] = kept;
        }
        territories again = territory_unite(a, all, n);
        assert_int_equal(again.people, once.people);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(again.at[i].of.signature, once.at[i].of.signature);
            assert_int_equal(again.at[i].covered_by, once.at[i].covered_by);
        }
        memcpy(all + n, all, n * sizeof *all);
        assert_int_equal(people_of(a, all, 2 * n), once.people);
        /* No two that count share anybody. */
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                if (i != k && once.at[i].covered_by < 0 && once.at[k].covered_by < 0)
                    assert_false(territory_holds(once.at[i].of.code, once.at[k].of.code));
        arena_close(a);
    }
}

/* --- In the database --- */

static int64_t organisation(fixture *f, const char *name, bool is_listed, str *out_token)
{
    signing s = fixture_signing("Ada", arena_printf(f->a, "%s@example.org", name).at);
    s.kind = SIGNER_ORGANISATION;
    s.organisation = str_of(name);
    s.type = S("regional");
    s.country = S("AT");
    s.is_listed = is_listed;
    *out_token = fixture_sign(f, f->main, &s);
    q_probe_signatures_rows rows = fixture_signatures(f);
    return rows.at[rows.n - 1].id;
}

static int64_t people_now(fixture *f)
{
    territories t;
    ASSERT_OK(territory_read(&f->c, f->a, f->main->id, &t));
    return t.people;
}

static void entered_for_who_stands_in_the_register(void **state)
{
    fixture f = fixture_open(state);
    str styria, graz, hidden;
    territory t = {.code = S("AT22"), .people = 1200, .source = S("Office"), .date = S("2024")};
    t.signature = organisation(&f, "styria", true, &styria);
    ASSERT_OK(territory_enter(&f.c, &t, f.now_ms));
    t.people = 1250; /* replaces */
    ASSERT_OK(territory_enter(&f.c, &t, f.now_ms));
    assert_int_equal(people_now(&f), 1250);
    t = (territory){
        .code = S("AT221:60101"), .people = 300, .source = S("City"), .date = S("2024")};
    t.signature = organisation(&f, "graz", true, &graz);
    ASSERT_OK(territory_enter(&f.c, &t, f.now_ms));
    assert_int_equal(people_now(&f), 1250);
    t.signature = organisation(&f, "hidden", false, &hidden);
    assert_int_equal(territory_enter(&f.c, &t, f.now_ms), ERR_NOT_FOUND);
    t.signature = 999;
    assert_int_equal(territory_enter(&f.c, &t, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(territory_drop(&f.c, 999, S("AT22")), ERR_NOT_FOUND);
    /* The region goes, and the city stands for itself; back again. */
    ASSERT_OK(signer_withdraw(&f.c, styria, f.now_ms));
    assert_int_equal(people_now(&f), 300);
    ASSERT_OK(signer_undo(&f.c, styria, f.now_ms));
    assert_int_equal(people_now(&f), 1250);
    ASSERT_OK(erasure_by_link(&f.c, styria, f.now_ms));
    assert_int_equal(people_now(&f), 300);
    ASSERT_OK(erasure_by_link(&f.c, graz, f.now_ms));
    assert_int_equal(people_now(&f), 0);
    fixture_close(&f);
}

static void what_is_unsound_is_refused(void **state)
{
    fixture f = fixture_open(state);
    str token;
    int64_t number = organisation(&f, "styria", true, &token);
    static const struct {
        const char *code;
        int64_t people;
        const char *source, *date;
    } cases[] = {
        {"AT99", 5, "Office", "2024"},         {"", 5, "Office", "2024"},
        {"GR", 5, "Office", "2024"},           {"NO", 5, "Office", "2024"},
        {"AT22:1", 5, "Office", "2024"},       {"AT221:", 5, "Office", "2024"},
        {"AT221:a b", 5, "Office", "2024"},    {"AT22", 0, "Office", "2024"},
        {"AT22", 99000000, "Office", "2024"},  {"AT22", 5, "", "2024"},
        {"AT22", 5, "Office", "yesterday"},    {"AT22", 5, "Office", "2024-1"},
        {"AT22", 5, "Office", "2024-01-01T0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        territory t = {.signature = number,
                       .code = str_of(cases[i].code),
                       .people = cases[i].people,
                       .source = str_of(cases[i].source),
                       .date = str_of(cases[i].date)};
        if (territory_enter(&f.c, &t, f.now_ms) != ERR_INVALID)
            fail_msg("case %zu was taken", i);
    }
    assert_int_equal(people_now(&f), 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_city_in_its_region_adds_nothing),
        cmocka_unit_test(the_newest_number_of_the_same_counts),
        cmocka_unit_test(a_municipality_holds_only_itself),
        cmocka_unit_test(no_country_has_more_people_than_it_has),
        cmocka_unit_test(a_union_is_a_union),
        TEST_ON_BOTH(entered_for_who_stands_in_the_register),
        TEST_ON_BOTH(what_is_unsound_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
