/* SPDX-License-Identifier: EUPL-1.2 */
/* The end of a log: when it is written, what waits for it, and what can follow. */

#include "core/decision.h"
#include "core/erasure.h"
#include "core/hold.h"
#include "core/signer.h"

#include "test_core.h"

#include "sql/q_watch.h"

/* Beyond the moment at which the log may close. */
static void pass_the_end(fixture *f)
{
    f->now_ms = f->main->closes_ms + LOG_CLOSE_AFTER_MS;
}

static str last_leaf(fixture *f)
{
    str_list leaves = fixture_leaves(f, f->main);
    return leaves.at[leaves.n - 1];
}

static bool is_closed(fixture *f)
{
    return fixture_recount(f, f->main).sum.is_closed;
}

static err release(db_tx *tx, arena *scratch, void *arg)
{
    const int64_t *id = arg;
    return hold_release(tx, scratch, *id);
}

static void a_close_ends_the_adds_and_nothing_else(void **state)
{
    fixture f = fixture_open(state);
    f.now_ms = f.main->closes_ms - DAY_MS;
    signing s = fixture_signing("Ada", "ada@example.org");
    str ada = fixture_sign(&f, f.main, &s);
    s = fixture_signing("Bea", "bea@example.org");
    str bea = fixture_sign(&f, f.main, &s);
    s = fixture_signing("Cai", "cai@example.org");
    f.now_ms = f.main->closes_ms - 1;
    str late = fixture_submit(&f, f.main, &s).token;
    s = fixture_signing("Dea", "dea@example.org");
    fixture_sign(&f, f.main, &s); /* in the last moment */
    fixture_sequence(&f, f.main);
    f.now_ms = f.main->closes_ms + LOG_CLOSE_AFTER_MS - 1;
    fixture_sequence(&f, f.main);
    assert_false(is_closed(&f));
    pass_the_end(&f);
    fixture_sequence(&f, f.main);
    assert_true(is_closed(&f));
    assert_true(str_starts(last_leaf(&f), S("sig1 close 3 ")));
    size_t n = fixture_leaves(&f, f.main).n;
    fixture_sequence(&f, f.main);
    f.now_ms += DAY_MS;
    fixture_sequence(&f, f.main);
    counted_log closed = fixture_recount(&f, f.main);
    assert_true(fixture_leaves(&f, f.main).n <= n + 1); /* a tally of the close at most */
    assert_int_equal(closed.sum.total, 3);
    /* No add, by whatever way: confirming, correcting, renewing. */
    assert_int_equal(fixture_confirm(&f, late), CONFIRM_CLOSED);
    correction fix = {.name = {S("Ada L.")}, .country = S("SE")};
    assert_int_equal(signer_correct(&f.c, f.a, f.main, ada, &fix, f.now_ms), ERR_DENIED);
    assert_int_equal(signer_renew(&f.c, f.a, f.main, ada, NULL, S("en"), f.now_ms), ERR_CONFLICT);
    /* What says nothing new to the log may still be put right. */
    fix = (correction){.name = {S("Ada")}, .country = S("DK"), .function = S("Mayor")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, ada, &fix, f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 0);
    /* Withdrawing, undoing and erasing go on, and are counted. */
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_OK(signer_undo(&f.c, ada, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, bea, f.now_ms));
    f.now_ms += LOG_TALLY_EVERY_MS;
    fixture_sequence(&f, f.main);
    closed = fixture_recount(&f, f.main);
    assert_int_equal(closed.sum.total, 2);
    assert_true(str_starts(last_leaf(&f), S("sig1 tally ")));
    fixture_close(&f);
}

static err hold(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const fixture *f = arg;
    int64_t changed;
    TRY(q_signature_hold(tx, 1, f->now_ms, &changed));
    assert_int_equal(changed, 1);
    return q_held_put(tx, 1, f->main->id, S("test"), f->now_ms, 0);
}

static err move(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const signature_state *way = arg;
    int64_t changed;
    return q_signature_move(tx, 1, way[0], way[1], &changed);
}

/* Who confirmed in time is not left outside because somebody still looks at it. */
static void a_close_waits_for_who_is_held(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &s);
    fixture_change(&f, hold, &f);
    pass_the_end(&f);
    fixture_sequence(&f, f.main);
    assert_false(is_closed(&f));
    int64_t id = 1;
    fixture_change(&f, release, &id);
    fixture_sequence(&f, f.main);
    assert_true(is_closed(&f));
    assert_int_equal(fixture_recount(&f, f.main).sum.total, 1);
    /* Behind the close nobody is let in any more. */
    signature_state to_held[] = {SIGNATURE_CONFIRMED, SIGNATURE_HELD};
    fixture_change(&f, move, to_held);
    assert_int_equal(db_write(f.c.db, release, &id), ERR_DENIED);
    assert_int_equal(fixture_queue(&f).n, 0);
    fixture_close(&f);
}

static void a_refused_one_delays_nothing(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_submit(&f, f.main, &s);
    fixture_change(&f, hold, &f);
    signature_state refused[] = {SIGNATURE_HELD, SIGNATURE_INVALID};
    fixture_change(&f, move, refused);
    pass_the_end(&f);
    fixture_sequence(&f, f.main);
    assert_true(is_closed(&f));
    assert_true(str_starts(last_leaf(&f), S("sig1 close 0 e3b0c442"))); /* of nothing */
    fixture_close(&f);
}

static err import_closing(fixture *f, const char *closes)
{
    content_report report;
    fixture_write(f, "declaration/main/declaration.ini",
                  arena_printf(f->a,
                               "version=1\nopens=2026-01-01\ncloses=%s\ngoal=1000\n"
                               "retain_until=2999-12-31\nper_mailbox=2\n"
                               "kinds=person organisation mandate\noriginal=en\n",
                               closes));
    err e = fixture_import(f, &report);
    fixture_reload(f);
    return e;
}

static void a_closed_log_is_not_opened_again(void **state)
{
    fixture f = fixture_open(state);
    ASSERT_OK(import_closing(&f, "2027-02-01")); /* while it is open, it may be longer */
    pass_the_end(&f);
    fixture_sequence(&f, f.main);
    assert_true(is_closed(&f));
    ASSERT_OK(import_closing(&f, "2027-02-01"));
    assert_int_equal(import_closing(&f, "2028-02-01"), ERR_CONFLICT);
    assert_true(f.now_ms > f.main->closes_ms);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(a_close_ends_the_adds_and_nothing_else),
        TEST_ON_BOTH(a_close_waits_for_who_is_held),
        TEST_ON_BOTH(a_refused_one_delays_nothing),
        TEST_ON_BOTH(a_closed_log_is_not_opened_again),
    };
    return cmocka_run_group_tests_name("close", tests, NULL, NULL);
}
