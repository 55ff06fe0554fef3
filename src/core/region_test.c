/* SPDX-License-Identifier: EUPL-1.2 */
/* The region of who named one: kept with the signature, counted where the log counts, and gone with
 * what was erased. */

#include "core/erasure.h"
#include "core/listing.h"
#include "core/signer.h"

#include "test_core.h"

static str regions_now(fixture *f)
{
    log_state now;
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &now));
    return now.regions;
}

static str sign_from(fixture *f, const char *name, const char *country, const char *nuts)
{
    signing s = fixture_signing(name, arena_printf(f->a, "%s@example.org", name).at);
    s.country = str_of(country);
    s.nuts = str_of(nuts);
    s.region = S("as typed");
    s.is_listed = true;
    return fixture_sign(f, f->main, &s);
}

/* Whatever becomes of a signature, its region is taken back from where it was counted. */
static void regions_are_counted_with_the_log(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign_from(&f, "Ada", "AT", "AT22"), bea = sign_from(&f, "Bea", "AT", "AT221");
    str cai = sign_from(&f, "Cai", "GR", "EL30");
    sign_from(&f, "Dan", "DK", "");
    ASSERT_STR(regions_now(&f), S(""));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S("2021 AT22 2\n2021 EL30 1\n"));
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    correction fix = {
        .name = {S("Bea")}, .country = S("DE"), .region = S("Bayern"), .nuts = S("DE2")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, bea, &fix, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, cai, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S("2021 DE2 1\n"));
    ASSERT_OK(signer_undo(&f.c, ada, f.now_ms));
    fix = (correction){.name = {S("Bea")}, .country = S("DE"), .region = S("")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, bea, &fix, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S("2021 AT22 1\n"));
    signer_view view;
    ASSERT_OK(signer_open(&f.c, f.a, ada, f.now_ms, &view));
    ASSERT_STR(view.nuts, S("AT22"));
    ASSERT_STR(view.record.region, S("as typed"));
    fixture_close(&f);
}

/* Corrected before the log has seen it: counted once, where it was corrected to. */
static void a_waiting_region_changes_where_it_waits(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign_from(&f, "Ada", "AT", "AT22");
    correction fix = {
        .name = {S("Ada")}, .country = S("AT"), .region = S("Wien"), .nuts = S("AT130")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, ada, &fix, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S("2021 AT13 1\n"));
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S(""));
    fixture_close(&f);
}

/* Two places of one name: nothing that is committed to changes, but where it is counted does. */
static void a_region_alone_can_be_corrected(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign_from(&f, "Ada", "AT", "AT22");
    fixture_sequence(&f, f.main);
    correction fix = {
        .name = {S("Ada")}, .country = S("AT"), .region = S("as typed"), .nuts = S("AT130")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, ada, &fix, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S("2021 AT13 1\n"));
    size_t leaves = fixture_leaves(&f, f.main).n;
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, ada, &fix, f.now_ms)); /* says nothing new */
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, leaves);
    fixture_close(&f);
}

/* The finer place is forgotten with the name, and the count stays as it is. */
static void who_hides_is_of_a_region_only(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign_from(&f, "Ada", "AT", "AT221"), bea = sign_from(&f, "Bea", "AT", "AT221");
    signer_view view;
    ASSERT_OK(signer_set_consents(&f.c, f.a, bea, false, false, S("en"), f.now_ms)); /* it waits */
    fixture_sequence(&f, f.main);
    ASSERT_OK(signer_open(&f.c, f.a, ada, f.now_ms, &view));
    ASSERT_STR(view.nuts, S("AT221"));
    ASSERT_OK(signer_set_consents(&f.c, f.a, ada, false, false, S("en"), f.now_ms));
    ASSERT_OK(signer_open(&f.c, f.a, ada, f.now_ms, &view));
    ASSERT_STR(view.nuts, S("AT22"));
    ASSERT_OK(signer_open(&f.c, f.a, bea, f.now_ms, &view));
    ASSERT_STR(view.nuts, S("AT22"));
    ASSERT_STR(regions_now(&f), S("2021 AT22 2\n"));
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, bea, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S(""));
    fixture_close(&f);
}

static void a_region_of_another_country_is_none(void **state)
{
    fixture f = fixture_open(state);
    sign_from(&f, "Ada", "DK", "AT22");
    sign_from(&f, "Bea", "DK", "DK99");
    sign_from(&f, "Cai", "DK", "DK'; --");
    fixture_sequence(&f, f.main);
    ASSERT_STR(regions_now(&f), S(""));
    ASSERT_STR(signature_region(S("EL303"), S("GR"), true), S("EL303"));
    ASSERT_STR(signature_region(S("EL303"), S("EL"), false), S("EL30"));
    ASSERT_STR(signature_region(S(""), S("AT"), true), S(""));
    fixture_close(&f);
}

static void what_is_published_reads_back(void **state)
{
    fixture f = fixture_open(state);
    published p = {
        .size = 1, .note = S("n"), .breakdown = S(""), .regions = S("2021 AT22 7\n2024 DE2 3\n")};
    published read;
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &read));
    str rest = read.regions, code;
    int64_t version, n;
    assert_true(log_region_next(&rest, &version, &code, &n));
    assert_int_equal(version, 2021);
    ASSERT_STR(code, S("AT22"));
    assert_int_equal(n, 7);
    assert_true(log_region_next(&rest, &version, &code, &n));
    assert_int_equal(version, 2024);
    assert_false(log_region_next(&rest, &version, &code, &n));
    fixture_close(&f);
}

static size_t listed_in(fixture *f, const char *nuts, bool is_by_name)
{
    listing_filter filter = {.country = S(""), .words = S(""), .nuts = str_of(nuts)};
    listing_page page;
    int64_t sorted;
    ASSERT_OK(listing_sort(&f->c, &sorted));
    if (is_by_name)
        ASSERT_OK(
            listing_read_by_name(&f->c, f->a, f->main->id, &filter, S("en"), S(""), 10, &page));
    else
        ASSERT_OK(listing_read(&f->c, f->a, f->main->id, &filter, 10, &page));
    return page.n;
}

static void the_register_is_filtered_by_region(void **state)
{
    fixture f = fixture_open(state);
    sign_from(&f, "Ada", "AT", "AT22");
    sign_from(&f, "Bea", "AT", "AT221");
    sign_from(&f, "Cai", "AT", "AT130");
    sign_from(&f, "Dan", "AT", "");
    for (int is_by_name = 0; is_by_name <= 1; is_by_name++) {
        assert_int_equal(listed_in(&f, "", is_by_name), 4);
        assert_int_equal(listed_in(&f, "AT", is_by_name), 3);
        assert_int_equal(listed_in(&f, "AT2", is_by_name), 2);
        assert_int_equal(listed_in(&f, "AT221", is_by_name), 1);
        assert_int_equal(listed_in(&f, "AT31", is_by_name), 0);
    }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(regions_are_counted_with_the_log),
        TEST_ON_BOTH(a_waiting_region_changes_where_it_waits),
        TEST_ON_BOTH(a_region_alone_can_be_corrected),
        TEST_ON_BOTH(who_hides_is_of_a_region_only),
        TEST_ON_BOTH(a_region_of_another_country_is_none),
        TEST_ON_BOTH(what_is_published_reads_back),
        TEST_ON_BOTH(the_register_is_filtered_by_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
