/* SPDX-License-Identifier: EUPL-1.2 */
/* Decisions about many signatures, on both engines. */

#include "core/decision.h"
#include "core/hold.h"
#include "core/listing.h"
#include "core/signer.h"

#include "test_core.h"

typedef struct person {
    str token;
    int64_t id;
} person;

static person sign(fixture *f, const char *mail, const char *country)
{
    signing s = fixture_signing("Ada Lovelace", mail);
    s.country = str_of(country);
    s.is_listed = true;
    str token = fixture_sign(f, f->main, &s);
    q_probe_signatures_rows all = fixture_signatures(f);
    return (person){token, all.at[all.n - 1].id};
}

static decision_terms terms_of(const fixture *f)
{
    return (decision_terms){.declaration = f->main->id, .country = S("")};
}

static decision_terms of_domain(const fixture *f, const char *name)
{
    decision_terms t = terms_of(f);
    t.has_domain = true;
    t.domain = watch_domain_tag(&f->c.keys, str_of(name));
    return t;
}

static int64_t apply(fixture *f, decision_verb verb, const decision_terms *t, int64_t expected)
{
    int64_t number, n;
    decision_note note = {S("eva"), S("--domain bad.example"), S("Made up by a script.")};
    ASSERT_OK(decision_apply(&f->c, verb, t, &note, f->now_ms, &number, &n));
    assert_int_equal(n, expected);
    return number;
}

static decision_preview look(fixture *f, decision_verb verb, const decision_terms *t)
{
    decision_preview p;
    ASSERT_OK(decision_look(&f->c, f->a, verb, t, &p));
    return p;
}

/* What an outsider counts. */
static int64_t outside_count(fixture *f)
{
    fixture_sequence(f, f->main);
    return fixture_recount(f, f->main).sum.total;
}

static bool log_has(fixture *f, const char *entry)
{
    str_list leaves = fixture_leaves(f, f->main);
    for (size_t i = 0; i < leaves.n; i++)
        if (str_eq(leaves.at[i], str_of(entry)))
            return true;
    return false;
}

static signer_view view_of(fixture *f, str token)
{
    signer_view v;
    ASSERT_OK(signer_open(&f->c, f->a, token, f->now_ms, &v));
    return v;
}

static int64_t shown(fixture *f)
{
    listing_page page;
    ASSERT_OK(listing_read(&f->c, f->a, f->main->id, &(listing_filter){0}, 100, &page));
    return (int64_t)page.n;
}

static void takes_out_and_brings_back(void **state)
{
    fixture f = fixture_open(state);
    person good = sign(&f, "ada@good.example", "DK");
    fixture_sequence(&f, f.main);
    person bad = sign(&f, "a1@mail.bad.example", "VA");
    sign(&f, "a2@bad.example", "VA");
    fixture_sequence(&f, f.main);
    person waits = sign(&f, "a3@bad.example", "VA"); /* still in the queue */
    decision_terms t = of_domain(&f, "bad.example");
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 3);
    assert_int_equal(outside_count(&f), 4);
    waits = sign(&f, "a4@bad.example", "VA");
    int64_t number = apply(&f, DECISION_INVALIDATE, &t, 4);
    assert_int_equal(outside_count(&f), 1);
    assert_true(log_has(&f, "sig1 sub 2 invalid\n") || log_has(&f, "sig1 sub 3 invalid\n"));
    assert_int_equal(shown(&f), 1);
    /* Again there is nothing to do, and no empty decision. */
    assert_int_equal(apply(&f, DECISION_INVALIDATE, &t, 0), 0);
    signer_view v = view_of(&f, bad.token);
    assert_int_equal(v.state, SIGNATURE_INVALID);
    assert_int_equal(v.decided_ms, f.now_ms);
    ASSERT_STR(v.decided_why, S("Made up by a script."));
    assert_int_equal(view_of(&f, waits.token).state, SIGNATURE_INVALID);
    assert_int_equal(view_of(&f, good.token).state, SIGNATURE_CONFIRMED);
    /* It cannot be withdrawn, corrected or signed again meanwhile. */
    assert_int_equal(signer_withdraw(&f.c, bad.token, f.now_ms), ERR_CONFLICT);
    signing again = fixture_signing("Ada Lovelace", "a1@mail.bad.example");
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.main, &again).token),
                     CONFIRM_ALREADY);
    int64_t n;
    f.now_ms += HOUR_MS;
    ASSERT_OK(decision_undo(&f.c, number, S("mia"), f.now_ms, &n));
    assert_int_equal(n, 4);
    assert_int_equal(outside_count(&f), 5);
    assert_int_equal(shown(&f), 5);
    assert_int_equal(view_of(&f, bad.token).state, SIGNATURE_CONFIRMED);
    assert_int_equal(decision_undo(&f.c, number, S("mia"), f.now_ms, &n), ERR_CONFLICT);
    assert_int_equal(decision_undo(&f.c, 77, S("mia"), f.now_ms, &n), ERR_NOT_FOUND);
    /* And once more, which the log takes as well. */
    apply(&f, DECISION_INVALIDATE, &t, 4);
    assert_int_equal(outside_count(&f), 1);
    fixture_close(&f);
}

static void every_decision_is_on_record(void **state)
{
    fixture f = fixture_open(state);
    decisions all;
    int64_t n;
    sign(&f, "a1@bad.example", "VA");
    decision_terms t = of_domain(&f, "bad.example");
    int64_t number = apply(&f, DECISION_INVALIDATE, &t, 1);
    ASSERT_OK(decision_undo(&f.c, number, S("mia"), f.now_ms + 5, &n));
    ASSERT_OK(decision_list(&f.c, f.a, 10, &all));
    assert_int_equal(all.n, 1);
    const decision *d = all.at;
    assert_int_equal(d->number, number);
    assert_int_equal(d->verb, DECISION_INVALIDATE);
    assert_int_equal(d->n, 1);
    assert_int_equal(d->at_ms, f.now_ms);
    assert_int_equal(d->undone_ms, f.now_ms + 5);
    ASSERT_STR(d->who, S("eva"));
    ASSERT_STR(d->undone_by, S("mia"));
    ASSERT_STR(d->words, S("--domain bad.example"));
    ASSERT_OK(decision_public(&f.c, f.a, f.main->id, 10, &all));
    assert_int_equal(all.n, 1);
    ASSERT_STR(all.at[0].reason, S("Made up by a script."));
    assert_int_equal(all.at[0].who.n, 0);
    ASSERT_OK(decision_public(&f.c, f.a, f.petition->id, 10, &all));
    assert_int_equal(all.n, 0);
    fixture_close(&f);
}

static void terms_pick(void **state)
{
    fixture f = fixture_open(state);
    person first = sign(&f, "a1@one.example", "VA");
    f.now_ms += 3 * (int64_t)HOUR_MS;
    person second = sign(&f, "a2@one.example", "DK");
    sign(&f, "a3@two.example", "DK");
    decision_terms t = terms_of(&f);
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 3);
    t.country = S("DK");
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 2);
    t = of_domain(&f, "one.example");
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 2);
    t.country = S("DK");
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 1);
    t = terms_of(&f);
    t.first_ms = f.now_ms;
    t.before_ms = f.now_ms + 1;
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 2);
    t = terms_of(&f);
    t.number_first = first.id;
    t.number_last = second.id;
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 2);
    t.declaration = f.petition->id;
    assert_int_equal(look(&f, DECISION_INVALIDATE, &t).n, 0);
    /* Held ones are another matter. */
    t = terms_of(&f);
    assert_int_equal(look(&f, DECISION_REFUSE, &t).n, 0);
    fixture_close(&f);
}

static void previews_point_to_nobody(void **state)
{
    fixture f = fixture_open(state);
    char mail[64];
    for (int i = 0; i < 7; i++) {
        snprintf(mail, sizeof mail, "a%d@gmail.com", i);
        sign(&f, mail, "VA");
    }
    for (int i = 0; i < 5; i++) {
        snprintf(mail, sizeof mail, "b%d@unknown.example", i);
        sign(&f, mail, "DK");
    }
    sign(&f, "only@rare.example", "MT");
    decision_terms t = terms_of(&f);
    decision_preview p = look(&f, DECISION_INVALIDATE, &t);
    assert_int_equal(p.n, 13);
    assert_int_equal(p.domains.n, 3);
    ASSERT_STR(p.domains.at[0].label, S("gmail.com"));
    assert_int_equal(p.domains.at[0].n, 7);
    assert_int_equal(p.domains.at[1].label.n, 16); /* a tag, which can be named again */
    watch_tag tag;
    ASSERT_OK(watch_domain_read(&f.c.keys, f.a, p.domains.at[1].label, &tag));
    watch_tag same = watch_domain_tag(&f.c.keys, S("unknown.example"));
    assert_memory_equal(tag.at, same.at, sizeof tag.at);
    ASSERT_STR(p.domains.at[2].label, S("…"));
    assert_int_equal(p.domains.at[2].n, 1);
    assert_int_equal(p.countries.n, 3);
    ASSERT_STR(p.countries.at[2].label, S("…"));
    assert_int_equal(p.hours.n, 1);
    ASSERT_STR(p.hours.at[0].label, S("2026-06-15T12"));
    fixture_close(&f);
}

/* Three that are held for lack of work, from two networks. */
static void hold_some(fixture *f, str tokens[static 3])
{
    static const char *const mails[] = {"a1@one.example", "a2@two.example", "a3@two.example"};
    f->c.watch = watch_open(&f->c.keys, 0);
    for (size_t i = 0; i < 3; i++) {
        signing s = fixture_signing("Ada Lovelace", mails[i]);
        sending how = {.client = {{[10] = 0xFF, [11] = 0xFF, [12] = 9, [15] = i > 0}},
                       .is_workless = true};
        s.how = &how;
        s.is_listed = true;
        tokens[i] = fixture_submit(f, f->main, &s).token;
        assert_int_equal(fixture_confirm(f, tokens[i]), CONFIRM_DONE);
        assert_int_equal(view_of(f, tokens[i]).state, SIGNATURE_HELD);
    }
}

static void held_are_released_or_refused(void **state)
{
    fixture f = fixture_open(state);
    str tokens[3];
    int64_t n;
    hold_some(&f, tokens);
    decision_terms one = of_domain(&f, "one.example"), two = of_domain(&f, "two.example");
    assert_int_equal(outside_count(&f), 0);
    assert_int_equal(shown(&f), 0);
    int64_t release = apply(&f, DECISION_RELEASE, &one, 1);
    assert_int_equal(outside_count(&f), 1);
    assert_int_equal(shown(&f), 1);
    assert_int_equal(decision_undo(&f.c, release, S("mia"), f.now_ms, &n), ERR_CONFLICT);
    int64_t refusal = apply(&f, DECISION_REFUSE, &two, 2);
    assert_int_equal(view_of(&f, tokens[1]).state, SIGNATURE_INVALID);
    ASSERT_STR(view_of(&f, tokens[1]).decided_why, S("Made up by a script."));
    assert_int_equal(outside_count(&f), 1);
    /* Never counted, so the log has no word of them. */
    assert_int_equal(fixture_leaves(&f, f.main).n, 2);
    /* The hour does not let go what was refused. */
    f.now_ms += 2 * (int64_t)HOUR_MS;
    ASSERT_OK(hold_run(&f.c, f.now_ms, &n));
    assert_int_equal(n, 0);
    ASSERT_OK(decision_undo(&f.c, refusal, S("mia"), f.now_ms, &n));
    assert_int_equal(n, 2);
    assert_int_equal(view_of(&f, tokens[1]).state, SIGNATURE_HELD);
    assert_int_equal(view_of(&f, tokens[1]).held_until_ms, 0);
    apply(&f, DECISION_RELEASE, &two, 2);
    assert_int_equal(outside_count(&f), 3);
    decisions all;
    ASSERT_OK(decision_public(&f.c, f.a, f.main->id, 10, &all));
    assert_int_equal(all.n, 1); /* letting go is nothing to publish */
    watch_close(f.c.watch);
    fixture_close(&f);
}

static void networks_are_known_by_tag(void **state)
{
    fixture f = fixture_open(state);
    str tokens[3];
    hold_some(&f, tokens);
    decision_terms t = terms_of(&f);
    sending how = {.client = {{[10] = 0xFF, [11] = 0xFF, [12] = 9, [15] = 1}}};
    trace tr = watch_trace(NULL, &f.c.keys, f.main->id, S("x.example"), &how, f.now_ms);
    t.has_network = true;
    t.network = tr.narrow;
    assert_int_equal(look(&f, DECISION_RELEASE, &t).n, 2);
    t.network = tr.wide;
    assert_int_equal(look(&f, DECISION_RELEASE, &t).n, 0);
    watch_close(f.c.watch);
    fixture_close(&f);
}

/* More than one transaction holds, and a signer who withdraws is left alone. */
static void many_at_once(void **state)
{
    fixture f = fixture_open(state);
    enum { N = 450 };
    char mail[64];
    str first = {0};
    for (int i = 0; i < N; i++) {
        snprintf(mail, sizeof mail, "a%d@bad.example", i);
        signing s = fixture_signing("Ada Lovelace", mail);
        str token = fixture_sign(&f, f.main, &s);
        if (i == 0)
            first = token;
    }
    ASSERT_OK(signer_withdraw(&f.c, first, f.now_ms));
    decision_terms t = of_domain(&f, "bad.example");
    int64_t number = apply(&f, DECISION_INVALIDATE, &t, N - 1);
    assert_int_equal(outside_count(&f), 0);
    ASSERT_OK(signer_undo(&f.c, first, f.now_ms));
    assert_int_equal(outside_count(&f), 1);
    int64_t n;
    ASSERT_OK(decision_undo(&f.c, number, S("mia"), f.now_ms, &n));
    assert_int_equal(n, N - 1);
    assert_int_equal(outside_count(&f), N);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(takes_out_and_brings_back),
        TEST_ON_BOTH(every_decision_is_on_record),
        TEST_ON_BOTH(terms_pick),
        TEST_ON_BOTH(previews_point_to_nobody),
        TEST_ON_BOTH(held_are_released_or_refused),
        TEST_ON_BOTH(networks_are_known_by_tag),
        TEST_ON_BOTH(many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
