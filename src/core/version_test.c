/* SPDX-License-Identifier: EUPL-1.2 */
/* A new version of a text: what was signed before stays where it was signed. */

#include "core/erasure.h"
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
    ASSERT_OK(signer_correct(&f.c, f.a, bea, &fix, f.now_ms));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(versions_are_counted_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
