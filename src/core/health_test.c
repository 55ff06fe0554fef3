/* SPDX-License-Identifier: EUPL-1.2 */
/* What doctor reads. */

#include "core/health.h"
#include "core/lease.h"
#include "core/signer.h"

#include "test_core.h"

static health read_health(fixture *f)
{
    health h;
    ASSERT_OK(health_read(&f->c, f->a, f->now_ms, &h));
    return h;
}

static void tells_what_waits(void **state)
{
    fixture f = fixture_open(state);
    health h = read_health(&f);
    assert_int_equal(h.pending + h.withdrawn + h.counted + h.queue, 0);
    assert_int_equal(h.mail_waiting + h.mail_overdue + h.mail_oldest_ms, 0);
    assert_false(h.is_sealing);
    signing ada = fixture_signing("Ada", "ada@example.org");
    signing bob = fixture_signing("Bob", "bob@example.org");
    signing eve = fixture_signing("Eve", "eve@example.org");
    fixture_submit(&f, f.main, &ada);
    fixture_sign(&f, f.main, &bob);
    ASSERT_OK(signer_withdraw(&f.c, fixture_sign(&f, f.petition, &eve), f.now_ms));
    h = read_health(&f);
    assert_int_equal(h.pending, 1);
    assert_int_equal(h.withdrawn, 1);
    assert_int_equal(h.queue, 3);
    assert_int_equal(h.mail_waiting, 1);
    assert_int_equal(h.mail_overdue, 1);
    assert_int_equal(h.mail_oldest_ms, f.now_ms);
    fixture_sequence(&f, f.main);
    fixture_sequence(&f, f.petition);
    ASSERT_OK(lease_hold(&f.c, S("sealer"), S("a"), f.now_ms, f.now_ms + 5000));
    letter_jobs jobs;
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 1, &jobs));
    ASSERT_OK(letter_settle(&f.c, &jobs.at[0], LETTER_SENT, 250, f.now_ms));
    h = read_health(&f);
    assert_int_equal(h.counted, 1);
    assert_int_equal(h.queue, 0);
    assert_true(h.is_sealing);
    assert_int_equal(h.mail_sent, 1);
    assert_int_equal(h.mail_waiting, 0); /* a reminder is no arrear */
    f.now_ms += DAY_MS + 1;
    h = read_health(&f);
    assert_false(h.is_sealing);
    assert_int_equal(h.mail_sent, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST_ON_BOTH(tells_what_waits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
