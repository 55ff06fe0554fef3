/* SPDX-License-Identifier: EUPL-1.2 */
/* Loading the alliance, and looking things up in it. */

#include "test_core.h"

static void loads_everything(void **state)
{
    fixture f = fixture_open(state);
    const alliance *al = &f.al;
    assert_int_equal(al->revision, 1);
    ASSERT_STR(al->origin, S("https://test.example"));
    assert_int_equal(al->declarations.n, 4);
    /* Light ones behind the others. */
    ASSERT_STR(al->declarations.at[3].slug, S("plea"));
    assert_true(al->declarations.at[3].is_light);
    assert_false(f.main->is_light);
    assert_int_equal(f.main->per_mailbox, 2);
    assert_int_equal(f.main->kinds, 7);
    assert_int_equal(f.main->goal, 1000);
    assert_int_equal(f.main->version, 1);
    assert_int_equal(f.main->text_count, 3);
    ASSERT_STR(f.main->original_lang, S("en"));
    assert_null(alliance_declaration(al, S("none")));
    assert_null(alliance_item(al, S("partner"), S("none")));
    assert_null(alliance_item(al, S("none"), S("aer")));
    assert_int_equal(alliance_items(al, S("story")).n, 0);
    const content_item *partner = alliance_item(al, S("partner"), S("aer"));
    assert_non_null(partner);
    assert_int_equal(partner->position, 1);
    ASSERT_STR(fact_value(partner->facts, S("website")), S("aer.example"));
    assert_int_equal(fact_value(partner->facts, S("none")).n, 0);
    assert_int_equal(partner->text_count, 1);
    ASSERT_STR(fact_value(partner->texts[0].header, S("title")), S("Regions"));
    ASSERT_STR(partner->texts[0].body, S("One."));
    int64_t revision;
    ASSERT_OK(alliance_revision(&f.c, &revision));
    assert_int_equal(revision, 1);
    fixture_close(&f);
}

static void items_keep_their_own_texts(void **state)
{
    fixture f = fixture_open(state);
    static const char *const slugs[] = {"b", "a", "ab", "b-c", "0"};
    static const char *const languages[] = {"en", "da", "mt"};
    for (int i = 0; i < 5; i++) {
        fixture_write(&f, arena_printf(f.a, "story/%s/story.ini", slugs[i]).at,
                      arena_printf(f.a, "position=%d\n", 5 - i));
        for (int k = 0; k < 3; k++)
            fixture_write(&f, arena_printf(f.a, "story/%s/%s.md", slugs[i], languages[k]).at,
                          arena_printf(f.a, "title: %s: %s\nstate: original\n\nA: b\n\nc = d\n",
                                       slugs[i], languages[k]));
    }
    content_report report;
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    content_list stories = alliance_items(&f.al, S("story"));
    assert_int_equal(stories.n, 5);
    for (int i = 0; i < 5; i++) {
        const content_item *item = &stories.at[i];
        ASSERT_STR(item->slug, str_of(slugs[4 - i])); /* by position */
        assert_int_equal(item->text_count, 3);
        ASSERT_STR(item->texts[0].lang, S("da"));
        for (size_t k = 0; k < 3; k++) {
            ASSERT_STR(
                fact_value(item->texts[k].header, S("title")),
                arena_printf(f.a, "%.*s: %.*s", STR_FMT(item->slug), STR_FMT(item->texts[k].lang)));
            ASSERT_STR(item->texts[k].body, S("A: b\n\nc = d"));
        }
    }
    fixture_close(&f);
}

static void languages_fall_back(void **state)
{
    fixture f = fixture_open(state);
    ASSERT_STR(declaration_text_in(f.main, 1, S("el"))->lang, S("el"));
    ASSERT_STR(declaration_text_in(f.main, 1, S("fi"))->lang, S("en"));
    assert_null(declaration_text_in(f.main, 2, S("en")));
    const content_item *partner = alliance_item(&f.al, S("partner"), S("aer"));
    ASSERT_STR(content_text_in(partner, S("fi"))->lang, S("en"));
    assert_null(content_text_in(&(content_item){.text_count = 0}, S("fi")));
    fixture_close(&f);
}

static void opens_and_closes(void **state)
{
    (void)state;
    const declaration d = {.opens_ms = 1000, .closes_ms = 2000, .kinds = 5};
    assert_false(declaration_is_open(&d, 999));
    assert_true(declaration_is_open(&d, 1000));
    assert_true(declaration_is_open(&d, 1999));
    assert_false(declaration_is_open(&d, 2000));
    assert_true(declaration_takes(&d, SIGNER_PERSON));
    assert_false(declaration_takes(&d, SIGNER_ORGANISATION));
    assert_true(declaration_takes(&d, SIGNER_MANDATE));
    assert_false(declaration_takes(&d, (signer_kind)0));
    assert_false(declaration_takes(&d, (signer_kind)4));
}

static void goals_climb(void **state)
{
    (void)state;
    static const int64_t ladder[][3] = {
        {1000, 0, 1000},      {1000, 999, 1000},         {1000, 1000, 2000}, {1000, 1999, 2000},
        {1000, 2000, 5000},   {1000, 5000, 10000},       {0, 0, 100},        {0, 100, 200},
        {150, 100, 150},      {150, 150, 200},           {50, 60, 100},      {7, 499999, 500000},
        {7, 500000, 1000000}, {7, 999999999, 1000000000}};
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        const declaration d = {.goal = ladder[i][0]};
        assert_int_equal(declaration_next_goal(&d, ladder[i][1]), ladder[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(loads_everything),    TEST_ON_BOTH(items_keep_their_own_texts),
        TEST_ON_BOTH(languages_fall_back), cmocka_unit_test(opens_and_closes),
        cmocka_unit_test(goals_climb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
