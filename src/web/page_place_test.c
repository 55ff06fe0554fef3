/* SPDX-License-Identifier: EUPL-1.2 */
/* The field "region or town" as who has no script meets it, and what a script asks. */

#include "test_visit.h"

#include "core/log.h"

static const char url[] = "/en/sign/main/person";

static bool is_listed = true;

static seen send_place(visit *v, const char *within, const char *place, const char *region)
{
    str fields = fields_with(v, PERSON_FIELDS, "country", within);
    fields = fields_with(v, arena_cstr(v->f.a, fields), "listed", is_listed ? "1" : "");
    fields = fields_with(v, arena_cstr(v->f.a, fields), "place", place);
    if (region)
        fields = fields_with(v, arena_cstr(v->f.a, fields), "region", region);
    return visit_post(v, "sign_person", str_of(url), fields);
}

/* The region of the last signature; confirmed by nobody, so read where it is kept. */
static void assert_region(visit *v, const char *nuts)
{
    q_probe_regions_rows rows = fixture_regions(&v->f);
    assert_true(rows.n > 0);
    ASSERT_STR(rows.at[rows.n - 1].nuts, str_of(nuts));
    assert_int_equal(rows.at[rows.n - 1].nuts_version, nuts[0] ? 2021 : 0);
}

static void a_place_that_is_one_is_taken(void **state)
{
    static const struct {
        const char *within, *place, *region, *nuts;
    } cases[] = {
        {"DE", "Bavaria", NULL, "DE2"},
        {"DE", "%D0%91%D0%B0%D0%B2%D0%B0%D1%80%D0%B8%D1%8F", "", "DE2"},
        {"GR", "Attiki", NULL, "EL30"},
        {"AT", "Graz", NULL, "AT221"},
        {"FR", "Lyon", NULL, "FRK26"},
        {"DE", "Munich", NULL, "DE212"},
        {"DE", "Deutschland", NULL, ""}, /* the country that is chosen already */
        {"FR", "A+hamlet+nobody+knows", NULL, ""},
        {"NO", "Oslo", NULL, ""},           /* no member: nothing is asked */
        {"DE", "Bayern", "DE212", "DE212"}, /* chosen while writing */
        {"DE", "Bayern", "FR10", "DE2"},    /* of another country: not believed */
        {"DE", "Bayern", "XYZ", "DE2"},
        {"DE", "M%C3%BCnchen", "none", ""}, /* none of those */
        {"DE", "", "DE2", ""},              /* a code alone is no place */
    };
    visit *v = visit_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = send_place(v, cases[i].within, cases[i].place, cases[i].region);
        if (s.status != 303)
            fail_msg("%s: %d", cases[i].place, s.status);
        assert_region(v, cases[i].nuts);
    }
    /* Of who is not listed no more is kept in clear than figures need. */
    is_listed = false;
    assert_int_equal(send_place(v, "DE", "Bayern", "DE212").status, 303);
    assert_region(v, "DE21");
    assert_int_equal(send_place(v, "DE", "Bavaria", NULL).status, 303);
    assert_region(v, "DE2");
    is_listed = true;
    visit_close(v);
}

static void a_place_that_may_be_several_is_asked_for(void **state)
{
    visit *v = visit_open(state);
    seen s = send_place(v, "DE", "M%C3%BCnchen", NULL);
    assert_int_equal(s.status, 422);
    assert_int_equal(fixture_counts(&v->f).signatures, 0);
    assert_true(seen_has(&s, "value=\"DE212\""));
    assert_true(seen_has(&s, "value=\"DE21H\""));
    assert_true(seen_has(&s, "value=\"München\"")); /* what was typed */
    assert_int_equal(seen_count(&s, "type=\"radio\""), 3);
    assert_int_equal(seen_count(&s, "type=\"hidden\" name=\"region\""), 0);
    assert_true(seen_has(&s, "href=\"#place\""));
    assert_int_equal(send_place(v, "DE", "M%C3%BCnchen", "DE21H").status, 303);
    assert_region(v, "DE21H");
    visit_close(v);
}

/* Another fault on the form must not lose what was chosen. */
static void a_choice_is_kept(void **state)
{
    visit *v = visit_open(state);
    str fields = fields_with(v, PERSON_FIELDS, "name", "");
    fields = fields_with(v, arena_cstr(v->f.a, fields), "country", "DE");
    fields = fields_with(v, arena_cstr(v->f.a, fields), "place", "Bayern");
    fields = fields_with(v, arena_cstr(v->f.a, fields), "region", "DE212");
    seen s = visit_post(v, "sign_person", str_of(url), fields);
    assert_int_equal(s.status, 422);
    assert_true(seen_has(&s, "type=\"hidden\" name=\"region\" value=\"DE212\""));
    visit_close(v);
}

static void scripts_ask_for_places(void **state)
{
    visit *v = visit_open(state);
    seen s = visit_get(v, S("/data/places.json?q=limburg"));
    assert_int_equal(s.status, 200);
    assert_true(str_find_str(s.head, S("Cache-Control: public, max-age=86400")) < s.head.n);
    assert_true(seen_has(&s, "{\"nuts\":2021,\"places\":["));
    assert_true(seen_has(&s, "\"code\":\"NL421\"") || seen_has(&s, "\"code\":\"NL42\""));
    s = visit_get(v, S("/data/places.json?q=limburg&country=BE"));
    assert_false(seen_has(&s, "\"country\":\"NL\""));
    assert_true(seen_has(&s, "\"country\":\"BE\""));
    s = visit_get(v, S("/data/places.json?q=%CE%91%CF%84%CF%84%CE%B9%CE%BA%CE%AE"));
    assert_true(seen_has(&s, "\"country\":\"GR\",\"name\":\"Aττική\""));
    s = visit_get(v, S("/data/places.json?q=deutschl"));
    assert_true(seen_has(&s, "{\"code\":\"DE\",\"country\":\"DE\",\"name\":\"Deutschland\","
                             "\"label\":\"Deutschland\"}"));
    s = visit_get(v, S("/data/places.json?q=gr%C3%A6kenland"));
    assert_true(seen_has(&s, "{\"code\":\"EL\",\"country\":\"GR\",\"name\":\"Ελλάδα\","
                             "\"label\":\"Ελλάδα (Greece)\"}"));
    s = visit_get(v, S("/data/places.json?q=deutschl&country=DE"));
    assert_true(seen_has(&s, "\"places\":[]"));
    assert_int_equal(visit_get(v, S("/data/places.json")).status, 200);
    assert_int_equal(visit_get(v, S("/data/places.json?q=%FF")).status, 400);
    assert_int_equal(visit_get(v, S("/data/places.json?q=a&country=DEU")).status, 400);
    char many[400] = "/data/places.json?q=";
    memset(many + strlen(many), 97, 300);
    assert_int_equal(visit_get(v, str_of(many)).status, 400);
    v->ap.limits[RATE_PLACES] = (rate_limits){1, 1};
    bool is_refused = false;
    for (int i = 0; i < 20 && !is_refused; i++)
        is_refused = visit_get(v, S("/data/places.json?q=limburg")).status == 429;
    assert_true(is_refused);
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(a_place_that_is_one_is_taken),
        TEST_ON_BOTH(a_place_that_may_be_several_is_asked_for),
        TEST_ON_BOTH(a_choice_is_kept),
        TEST_ON_BOTH(scripts_ask_for_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
