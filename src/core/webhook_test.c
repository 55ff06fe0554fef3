/* SPDX-License-Identifier: EUPL-1.2 */
/* What is told to whom, once, and what becomes of what does not arrive. On both engines. */

#include "core/erasure.h"
#include "core/webhook.h"

#include "test_core.h"

#define URL S("https://hooks.example/in")

static int64_t add(fixture *f, const char *events)
{
    int64_t id;
    ASSERT_OK(webhook_add(&f->c, f->a, URL, str_of(events), f->now_ms, &id));
    return id;
}

static void publish(fixture *f, int64_t size, int64_t persons)
{
    published p = {.size = size,
                   .counts = {.of = {persons}},
                   .note = S("note"),
                   .breakdown = S(""),
                   .versions = S(""),
                   .at_ms = f->now_ms};
    ASSERT_OK(log_publish(&f->c, f->main->id, &p));
}

static webhook_jobs claim(fixture *f)
{
    webhook_jobs jobs;
    ASSERT_OK(webhook_claim(&f->c, f->a, f->now_ms, 10, &jobs));
    return jobs;
}

static webhook only(fixture *f)
{
    webhooks all;
    ASSERT_OK(webhook_list(&f->c, f->a, &all));
    assert_int_equal(all.n, 1);
    return all.at[0];
}

static void what_is_not_understood_is_refused(void **state)
{
    fixture f = fixture_open(state);
    static const char *const urls[] = {"",  "ftp://x.example/",     "https://u:p@x.example/",
                                       "x", "https://x.example/#a", "https://x.example/ b"};
    static const char *const events[] = {"", ",", "count", "count.reached,other"};
    int64_t id;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        assert_int_equal(webhook_add(&f.c, f.a, str_of(urls[i]), S("count.reached"), f.now_ms, &id),
                         ERR_INVALID);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        assert_int_equal(webhook_add(&f.c, f.a, URL, str_of(events[i]), f.now_ms, &id),
                         ERR_INVALID);
    ASSERT_OK(webhook_add(&f.c, f.a, URL, S("partner.signed, count.reached"), f.now_ms, &id));
    ASSERT_STR(only(&f).events, S("partner.signed count.reached"));
    assert_int_equal(webhook_remove(&f.c, id + 1), ERR_NOT_FOUND);
    ASSERT_OK(webhook_remove(&f.c, id));
    assert_int_equal(webhook_remove(&f.c, id), ERR_NOT_FOUND);
    fixture_close(&f);
}

/* Steps are told once, the highest alone when several are passed at once. */
static void steps_are_told_once(void **state)
{
    fixture f = fixture_open(state);
    int64_t goal = declaration_next_goal(f.main, 0);
    add(&f, "count.reached");
    add(&f, "partner.signed");
    publish(&f, 10, goal - 1);
    assert_int_equal(claim(&f).n, 0);
    publish(&f, 11, goal);
    webhook_jobs jobs = claim(&f);
    assert_int_equal(jobs.n, 1);
    str step = arena_printf(f.a, "\"step\":%lld,\"count\":%lld,\"size\":11}}", (long long)goal,
                            (long long)goal);
    assert_true(str_ends(jobs.at[0].body, step));
    assert_true(
        str_starts(jobs.at[0].body, S("{\"type\":\"count.reached\",\"timestamp\":\"2026-")));
    assert_int_equal(claim(&f).n, 0); /* leased */
    ASSERT_OK(webhook_settle(&f.c, &jobs.at[0], WEBHOOK_ARRIVED, f.now_ms));
    publish(&f, 12, goal - 1); /* somebody withdrew */
    publish(&f, 13, 100000);
    jobs = claim(&f);
    assert_int_equal(jobs.n, 1);
    assert_true(str_ends(jobs.at[0].body, S("\"step\":100000,\"count\":100000,\"size\":13}}")));
    fixture_close(&f);
}

static void partners_are_told_of_theirs(void **state)
{
    fixture f = fixture_open(state);
    str key, partner, tokens[3];
    int64_t id;
    add(&f, "partner.signed");
    ASSERT_OK(api_key_add(&f.c, f.a, S("Site \"A\""), S(""), f.now_ms, &key));
    ASSERT_OK(api_key_check(&f.c, f.a, key, &id, &partner));
    for (size_t i = 0; i < 3; i++) {
        const char *mail = arena_printf(f.a, "m%zu@example.org", i).at;
        signing s = fixture_signing("Ada Sender", mail);
        api_attempt attempt = api_attempt_of(&f.c.keys, id, str_of(mail), S("body"));
        submitted done;
        s.attempt = &attempt;
        ASSERT_OK(signature_submit(&f.c, f.a, f.main, &s, f.now_ms, &done));
        tokens[i] = done.token;
    }
    assert_int_equal(fixture_confirm(&f, tokens[0]), CONFIRM_DONE);
    assert_int_equal(fixture_confirm(&f, tokens[1]), CONFIRM_DONE);
    signing other = fixture_signing("Ada Visitor", "visitor@example.org");
    fixture_sign(&f, f.main, &other);
    publish(&f, 1, 0); /* they are not in the log yet */
    assert_int_equal(claim(&f).n, 0);
    fixture_sequence(&f, f.main);
    publish(&f, 4, 3);
    webhook_jobs jobs = claim(&f);
    assert_int_equal(jobs.n, 1);
    assert_true(str_ends(jobs.at[0].body, S("\"partner\":\"Site \\\"A\\\"\",\"signatures\":2,"
                                            "\"total\":2,\"size\":4}}")));
    ASSERT_OK(webhook_settle(&f.c, &jobs.at[0], WEBHOOK_ARRIVED, f.now_ms));
    assert_int_equal(fixture_confirm(&f, tokens[2]), CONFIRM_DONE);
    fixture_sequence(&f, f.main);
    publish(&f, 5, 4);
    jobs = claim(&f);
    assert_int_equal(jobs.n, 1);
    assert_true(str_ends(jobs.at[0].body, S("\"signatures\":1,\"total\":3,\"size\":5}}")));
    api_keys all;
    ASSERT_OK(api_key_list(&f.c, f.a, &all));
    assert_int_equal(all.at[0].counted, 3);
    fixture_close(&f);
}

/* Later and later, and off after days of silence. */
static void silence_ends_in_off(void **state)
{
    fixture f = fixture_open(state);
    int64_t id = add(&f, "count.reached"), tries = 0;
    ASSERT_OK(webhook_ping(&f.c, id, f.now_ms));
    int64_t begun = f.now_ms;
    for (; f.now_ms < begun + (int64_t)9 * DAY_MS; f.now_ms += MINUTE_MS) {
        webhook_jobs jobs = claim(&f);
        for (size_t i = 0; i < jobs.n; i++, tries++) {
            assert_int_equal(jobs.at[i].attempts, tries);
            ASSERT_OK(webhook_settle(&f.c, &jobs.at[i], WEBHOOK_LATER, f.now_ms));
        }
    }
    assert_int_equal(tries, 10);
    assert_int_equal(only(&f).waiting, 0);
    assert_int_equal(only(&f).failing_ms, begun);
    assert_false(only(&f).is_off);
    ASSERT_OK(webhook_ping(&f.c, id, f.now_ms));
    webhook_jobs jobs = claim(&f);
    ASSERT_OK(webhook_settle(&f.c, &jobs.at[0], WEBHOOK_LATER, f.now_ms));
    assert_true(only(&f).is_off);
    ASSERT_OK(webhook_ping(&f.c, id, f.now_ms));
    assert_int_equal(claim(&f).n, 0);
    assert_int_equal(only(&f).waiting, 0);
    ASSERT_OK(webhook_on(&f.c, id));
    ASSERT_OK(webhook_ping(&f.c, id, f.now_ms));
    jobs = claim(&f);
    assert_int_equal(jobs.n, 1);
    ASSERT_OK(webhook_settle(&f.c, &jobs.at[0], WEBHOOK_GONE, f.now_ms));
    assert_true(only(&f).is_off);
    fixture_close(&f);
}

/* A worker that dies after it took a message costs a delay. */
static void leases_end(void **state)
{
    fixture f = fixture_open(state);
    int64_t id = add(&f, "count.reached");
    ASSERT_OK(webhook_ping(&f.c, id, f.now_ms));
    webhook_jobs first = claim(&f);
    assert_int_equal(first.n, 1);
    f.now_ms += WEBHOOK_LEASE_MS;
    webhook_jobs second = claim(&f);
    assert_int_equal(second.n, 1);
    ASSERT_STR(first.at[0].message_id, second.at[0].message_id);
    ASSERT_OK(webhook_settle(&f.c, &first.at[0], WEBHOOK_LATER, f.now_ms)); /* changes nothing */
    ASSERT_OK(webhook_settle(&f.c, &second.at[0], WEBHOOK_ARRIVED, f.now_ms));
    assert_int_equal(only(&f).waiting, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(what_is_not_understood_is_refused),
        TEST_ON_BOTH(steps_are_told_once),
        TEST_ON_BOTH(partners_are_told_of_theirs),
        TEST_ON_BOTH(silence_ends_in_off),
        TEST_ON_BOTH(leases_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
