/* SPDX-License-Identifier: EUPL-1.2 */
/* A new version of a text: what was signed before stays where it was signed. */

#include "core/erasure.h"
#include "core/holding.h"
#include "core/signer.h"

#include "test_core.h"

static str versions_now(fixture *f)
{
    log_state now;
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &now));
    return now.versions;
}

static void raise_version(fixture *f, int version)
{
    content_report report;
    fixture_write(f, "declaration/main/declaration.ini",
                  arena_printf(f->a,
                               "version=%d\nopens=2026-01-01\ncloses=2027-01-01\ngoal=1000\n"
                               "retain_until=2999-12-31\nper_mailbox=2\n"
                               "kinds=person organisation mandate\noriginal=en\n",
                               version));
    ASSERT_OK(fixture_import(f, &report));
    fixture_reload(f);
}

/* Each stands behind the version that was signed, whatever happens to the signature later. */
static void versions_are_counted_apart(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str ada = fixture_sign(&f, f.main, &s);
    s = fixture_signing("Bea", "bea@example.org");
    str bea = fixture_sign(&f, f.main, &s);
    fixture_sequence(&f, f.main);
    ASSERT_STR(versions_now(&f), S("1 2\n"));
    raise_version(&f, 2);
    ASSERT_STR(versions_now(&f), S("1 2\n")); /* nobody is carried over */
    s = fixture_signing("Cai", "cai@example.org");
    str cai = fixture_sign(&f, f.main, &s);
    ASSERT_STR(versions_now(&f), S("1 2\n"));
    fixture_sequence(&f, f.main);
    ASSERT_STR(versions_now(&f), S("1 2\n2 1\n"));
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    correction fix = {.name = {S("Beatrix")}, .country = S("SE")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, bea, &fix, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, cai, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(versions_now(&f), S("1 1\n"));
    ASSERT_OK(signer_undo(&f.c, ada, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(versions_now(&f), S("1 2\n"));
    /* What is published is what was counted at that size. */
    log_state now;
    published read;
    ASSERT_OK(log_state_now(&f.c, f.a, f.main->id, &now));
    published p = {.size = (int64_t)now.frontier.size,
                   .note = S("n"),
                   .breakdown = S(""),
                   .versions = now.versions};
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &read));
    ASSERT_STR(read.versions, S("1 2\n"));
    int64_t version, n;
    str rest = read.versions;
    assert_true(log_version_next(&rest, &version, &n));
    assert_int_equal(version, 1);
    assert_int_equal(n, 2);
    assert_false(log_version_next(&rest, &version, &n));
    fixture_close(&f);
}

static void fixture_raise(fixture *f)
{
    fixture_write(f, "declaration/main/en.md",
                  S("title: main en\nstate: original\nsummary: Short\n\nWe ask for more.\n"));
    raise_version(f, 2);
}

/* One button: a new leaf for the new text, the old one its duplicate, both consents kept. */
static void renewing_signs_the_new_text(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    s.lang = S("en");
    str token = fixture_sign(&f, f.main, &s);
    fixture_sequence(&f, f.main);
    ASSERT_OK(
        signer_renew(&f.c, f.a, f.main, token, NULL, S("en"), f.now_ms)); /* nothing to renew */
    assert_int_equal(fixture_queue(&f).n, 0);
    fixture_raise(&f);
    f.now_ms += 3 * (int64_t)DAY_MS;
    for (int press = 0; press < 3; press++)
        ASSERT_OK(signer_renew(&f.c, f.a, f.main, token, NULL, S("en"), f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 2);
    fixture_sequence(&f, f.main);
    ASSERT_STR(versions_now(&f), S("2 1\n"));
    str_list leaves = fixture_leaves(&f, f.main);
    assert_true(str_starts(leaves.at[2], S("sig1 add p DK ")));
    ASSERT_STR(leaves.at[3], S("sig1 sub 1 duplicate\n"));
    signer_view v;
    ASSERT_OK(signer_open(&f.c, f.a, token, f.now_ms, &v));
    assert_int_equal(v.text_version, 2);
    assert_int_equal(v.leaf, 2);
    ASSERT_STR(personal_text(v.record.name), S("Ada"));
    hash32 hash = declaration_text_in(f.main, 2, S("en"))->hash;
    ASSERT_STR(v.record.text_hash, hex_make(f.a, hash_str(&hash)));
    hash32 again = record_commitment(f.a, &v.record);
    assert_memory_equal(again.at, v.commitment.at, 32);
    holding h;
    ASSERT_OK(holding_open(&f.c, f.a, token, f.now_ms, &h));
    int64_t days[2], versions[2];
    size_t n = 0;
    for (size_t i = 0; i < h.consent_count; i++) {
        if (!str_eq(h.consents[i].what, S("sign")))
            continue;
        assert_true(n < 2);
        days[n] = h.consents[i].day;
        versions[n++] = h.consents[i].text_version;
    }
    assert_int_equal(n, 2);
    assert_int_equal(versions[0], 1);
    assert_int_equal(versions[1], 2);
    assert_int_equal(days[1] - days[0], 3);
    /* The same signer: the address still signs once. */
    signing twice = fixture_signing("Ada", "ada@example.org");
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.main, &twice).token),
                     CONFIRM_ALREADY);
    fixture_close(&f);
}

static void renewing_before_inclusion_leaves_one_line(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &s);
    fixture_raise(&f);
    ASSERT_OK(signer_renew(&f.c, f.a, f.main, token, NULL, S("da"), f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_STR(versions_now(&f), S("2 1\n"));
    assert_int_equal(fixture_leaves(&f, f.main).n, 2);
    fixture_close(&f);
}

static void only_who_counts_renews(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_submit(&f, f.main, &s).token;
    fixture_raise(&f);
    assert_int_equal(signer_renew(&f.c, f.a, f.main, token, NULL, S("en"), f.now_ms), ERR_CONFLICT);
    assert_int_equal(signer_renew(&f.c, f.a, f.main, S("x"), NULL, S("en"), f.now_ms),
                     ERR_NOT_FOUND);
    fixture_confirm(&f, token);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    assert_int_equal(signer_renew(&f.c, f.a, f.main, token, NULL, S("en"), f.now_ms), ERR_CONFLICT);
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    int64_t closed_ms = f.main->closes_ms;
    assert_int_equal(signer_renew(&f.c, f.a, f.main, token, NULL, S("en"), closed_ms),
                     ERR_CONFLICT);
    ASSERT_STR(fixture_signatures(&f).at[0].lang, S("da"));
    assert_int_equal(fixture_signatures(&f).at[0].text_version, 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(versions_are_counted_apart),
        TEST_ON_BOTH(renewing_signs_the_new_text),
        TEST_ON_BOTH(renewing_before_inclusion_leaves_one_line),
        TEST_ON_BOTH(only_who_counts_renews),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
