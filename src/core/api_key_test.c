/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys of partners, and attempts that are made once. On both engines. */

#include "core/api_key.h"
#include "core/erasure.h"
#include "core/retention.h"

#include "test_core.h"

static str add(fixture *f, const char *name)
{
    str key;
    ASSERT_OK(api_key_add(&f->c, f->a, str_of(name), S("ccre"), f->now_ms, &key));
    return key;
}

static void keys_work_until_revoked(void **state)
{
    fixture f = fixture_open(state);
    int64_t id;
    str partner, one = add(&f, "First"), two = add(&f, "Second");
    api_keys all;
    assert_false(str_eq(one, two));
    assert_true(str_starts(one, S("us_")));
    ASSERT_OK(api_key_check(&f.c, f.a, one, &id, &partner));
    ASSERT_STR(partner, S("ccre"));
    ASSERT_OK(api_key_revoke(&f.c, id, f.now_ms));
    assert_int_equal(api_key_revoke(&f.c, id, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(api_key_revoke(&f.c, 99, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(api_key_check(&f.c, f.a, one, &id, &partner), ERR_DENIED);
    ASSERT_OK(api_key_check(&f.c, f.a, two, &id, &partner));
    static const char *const wrong[] = {"", "us_",
                                        "us_0123456789012345678901234567890123456789012"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(api_key_check(&f.c, f.a, str_of(wrong[i]), &id, &partner), ERR_DENIED);
    ASSERT_OK(api_key_list(&f.c, f.a, &all));
    assert_int_equal(all.n, 2);
    assert_int_equal(all.at[0].revoked_ms, f.now_ms);
    assert_int_equal(all.at[1].revoked_ms, 0);
    assert_int_equal(api_key_add(&f.c, f.a, S("  "), S(""), f.now_ms, &one), ERR_INVALID);
    assert_int_equal(api_key_add(&f.c, f.a, S("a\nb"), S(""), f.now_ms, &one), ERR_INVALID);
    fixture_close(&f);
}

typedef struct sent {
    err outcome;
    submitted done;
} sent;

static sent send(fixture *f, int64_t key, const char *name, const char *body)
{
    signing s = fixture_signing("Ada Sender", "ada@example.org");
    api_attempt attempt = api_attempt_of(&f->c.keys, key, str_of(name), str_of(body));
    sent x = {OK, {{"", 0}, {"", 0}}};
    s.attempt = &attempt;
    x.outcome = signature_submit(&f->c, f->a, f->main, &s, f->now_ms, &x.done);
    return x;
}

static void attempts_are_made_once(void **state)
{
    fixture f = fixture_open(state);
    retention_report r;
    assert_int_equal(send(&f, 1, "attempt", "body").outcome, OK);
    assert_int_equal(fixture_signatures(&f).n, 1);
    assert_int_equal(fixture_jobs(&f).n, 1);
    sent again = send(&f, 1, "attempt", "body");
    assert_int_equal(again.outcome, OK);
    assert_int_equal(again.done.token.n, 0);
    assert_int_equal(send(&f, 1, "attempt", "other body").outcome, ERR_CONFLICT);
    assert_int_equal(fixture_signatures(&f).n, 1);
    assert_int_equal(fixture_jobs(&f).n, 1);
    assert_int_equal(send(&f, 2, "attempt", "other body").outcome, OK); /* another key's name */
    assert_int_equal(send(&f, 1, "second", "body").outcome, OK);
    assert_int_equal(fixture_signatures(&f).n, 3);
    f.now_ms += (int64_t)(API_REQUEST_HOURS + 1) * HOUR_MS;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &r));
    assert_int_equal(r.attempts, 3);
    assert_int_equal(send(&f, 1, "attempt", "other body").outcome, OK);
    fixture_close(&f);
}

/* A submission that fails leaves no trace of its attempt. */
static void failed_attempts_may_be_made_again(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada Sender", "not an address");
    api_attempt attempt = api_attempt_of(&f.c.keys, 1, S("attempt"), S("body"));
    submitted done;
    s.attempt = &attempt;
    assert_int_equal(signature_submit(&f.c, f.a, f.main, &s, f.now_ms, &done), ERR_INVALID);
    assert_int_equal(send(&f, 1, "attempt", "corrected").outcome, OK);
    assert_int_equal(fixture_signatures(&f).n, 1);
    fixture_close(&f);
}

/* Nor does who never confirms: every checkpoint looks through those that may still count. */
static void unconfirmed_leave_no_key(void **state)
{
    fixture f = fixture_open(state);
    retention_report r;
    assert_int_equal(send(&f, 1, "attempt", "body").outcome, OK);
    assert_int_equal(fixture_counts(&f).from_sites, 1);
    f.now_ms += (int64_t)(PENDING_DAYS + 1) * DAY_MS;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &r));
    assert_int_equal(r.pending, 1);
    assert_int_equal(fixture_counts(&f).from_sites, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(keys_work_until_revoked),
        TEST_ON_BOTH(attempts_are_made_once),
        TEST_ON_BOTH(failed_attempts_may_be_made_again),
        TEST_ON_BOTH(unconfirmed_leave_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
