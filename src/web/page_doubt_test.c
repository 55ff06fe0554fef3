/* SPDX-License-Identifier: EUPL-1.2 */
/* When signatures look forged: what robots and signers get to see. */

#include "test_visit.h"

#include "core/decision.h"
#include "core/hold.h"
#include "core/signer.h"

static visit *open_watched(void **state)
{
    visit *v = visit_open(state);
    v->ap.core.watch = v->f.c.watch = watch_open(&v->f.c.keys, 0);
    return v;
}

static void close_watched(visit *v)
{
    watch_close(v->f.c.watch);
    visit_close(v);
}

static str own(visit *v, str token, const char *below)
{
    return arena_printf(v->f.a, "/en/s/%.*s%s", STR_FMT(token), below);
}

static str said(visit *v, msg m)
{
    return str_of(visit_words(v, m));
}

static bool shows(visit *v, const seen *s, msg m)
{
    return seen_has(s, arena_cstr(v->f.a, said(v, m)));
}

static str held_token(visit *v)
{
    signing s = fixture_signing("Ada Lovelace", "ada@example.org");
    sending how = {.is_workless = true};
    s.how = &how;
    return fixture_submit(&v->f, v->f.main, &s).token;
}

static void a_held_signature_is_told_so(void **state)
{
    visit *v = open_watched(state);
    str token = held_token(v);
    seen s = visit_post(v, "own_confirm", own(v, token, "/confirm"), S(""));
    assert_int_equal(s.status, 303); /* as ever */
    s = visit_get(v, own(v, token, ""));
    assert_int_equal(s.status, 200);
    assert_true(shows(v, &s, MSG_HELD_TITLE));
    assert_true(shows(v, &s, MSG_HELD_STEP));
    assert_true(seen_has(
        &s, arena_cstr(v->f.a, lang_date_time(v->f.a, LANG_EN, v->f.now_ms + WATCH_LOOK_MS))));
    assert_false(shows(v, &s, MSG_OWN_THANKS));
    assert_int_equal(visit_get(v, own(v, token, "/correct")).status, 303);
    s = visit_get(v, own(v, token, "/data"));
    assert_true(seen_has(&s, "\"state\": \"being checked\""));
    assert_true(seen_has(&s, "\"checked_until\""));
    assert_true(seen_has(&s, "\"network_tag\": \""));
    /* It can be withdrawn, and it counts when the hour is over. */
    assert_int_equal(visit_get(v, own(v, token, "/withdraw")).status, 200);
    int64_t released;
    v->f.now_ms += WATCH_LOOK_MS;
    ASSERT_OK(hold_run(&v->f.c, v->f.now_ms, &released));
    assert_int_equal(released, 1);
    s = visit_get(v, own(v, token, ""));
    assert_true(shows(v, &s, MSG_OWN_THANKS));
    close_watched(v);
}

static void a_signature_taken_out_is_told_why(void **state)
{
    visit *v = open_watched(state);
    signing ada = fixture_signing("Ada Lovelace", "ada@example.org");
    str token = fixture_sign(&v->f, v->f.main, &ada);
    seen s = visit_get(v, S("/en/figures/main"));
    assert_false(shows(v, &s, MSG_TAKEN_HEADING));
    decision_terms all = {.declaration = v->f.main->id, .country = S("")};
    decision_note note = {S("eva"), S(""), S("Made up <by> a script.")};
    int64_t number, n;
    ASSERT_OK(decision_apply(&v->f.c, DECISION_INVALIDATE, &all, &note, v->f.now_ms, &number, &n));
    visit_publish(v, v->f.main);
    s = visit_get(v, own(v, token, ""));
    assert_int_equal(s.status, 200);
    assert_true(shows(v, &s, MSG_TAKEN_TITLE));
    assert_true(seen_has(&s, "Made up &lt;by&gt; a script."));
    assert_true(seen_has(&s, "/en/page/imprint"));
    s = visit_get(v, own(v, token, "/data"));
    assert_true(seen_has(&s, "\"state\": \"taken out\""));
    assert_true(seen_has(&s, "\"taken_out_because\": \"Made up <by> a script.\""));
    s = visit_get(v, S("/en/figures/main"));
    assert_true(shows(v, &s, MSG_TAKEN_HEADING));
    assert_true(seen_has(&s, "Made up &lt;by&gt; a script."));
    assert_false(seen_has(&s, "eva"));
    s = visit_post(v, "own_withdraw_post", own(v, token, "/withdraw"), S(""));
    assert_int_equal(s.status, 303); /* and nothing happens */
    s = visit_get(v, own(v, token, ""));
    assert_true(shows(v, &s, MSG_TAKEN_TITLE));
    ASSERT_OK(decision_undo(&v->f.c, number, S("eva"), v->f.now_ms, &n));
    visit_publish(v, v->f.main);
    s = visit_get(v, own(v, token, ""));
    assert_true(shows(v, &s, MSG_OWN_THANKS));
    close_watched(v);
}

/* Whether enough was sent in that way from the visitor's network for the rule to speak. */
static bool is_counted_as(visit *v, sending how, const char *rule)
{
    how.client = (client_ip){{[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 7}};
    ASSERT_OK(watch_look(v->f.c.watch, v->f.c.db, v->f.now_ms));
    trace t =
        watch_trace(v->f.c.watch, &v->f.c.keys, v->f.main->id, S("gmail.com"), &how, v->f.now_ms);
    judgement j = watch_judge(v->f.c.watch, &t, false, v->f.now_ms);
    return j.rule && strcmp(j.rule, rule) == 0;
}

/* Who fills in what people do not see gets the usual answer, nothing is written, and what comes
 * from there afterwards is looked at. */
static void the_trap_is_remembered(void **state)
{
    visit *v = open_watched(state);
    v->ap.limits[RATE_TRAP] = (rate_limits){3, 12};
    str filled = fields_with(v, PERSON_FIELDS, "subject", "hello");
    for (int i = 0; i < 3; i++) {
        seen s = visit_post(v, "sign_person", S("/en/sign/main/person"), filled);
        assert_int_equal(s.status, 303);
        assert_false(visit_has_stored(v));
    }
    assert_false(is_counted_as(v, (sending){.is_trapped = true}, "trap"));
    seen s = visit_post(v, "sign_person", S("/en/sign/main/person"), S(PERSON_FIELDS));
    assert_int_equal(s.status, 303);
    assert_true(visit_has_stored(v));
    assert_true(is_counted_as(v, (sending){.is_trapped = true}, "trap"));
    close_watched(v);
}

/* The flags that reach the trace, by the page that was really sent. */
static void pages_say_how_they_were_sent(void **state)
{
    visit *v = open_watched(state);
    char fields[256];
    for (int i = 0; i < 21; i++) {
        snprintf(fields, sizeof fields, "token=%.*s&%s",
                 STR_FMT(visit_token(v, "sign_person", 4000)), PERSON_FIELDS);
        seen s = visit_send(v, "POST", S("/en/sign/main/person"),
                            "application/x-www-form-urlencoded", str_of(fields));
        assert_int_equal(s.status, 303);
    }
    assert_true(is_counted_as(v, (sending){.is_hurried = true}, "hurried"));
    close_watched(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(a_held_signature_is_told_so),
        TEST_ON_BOTH(a_signature_taken_out_is_told_why),
        TEST_ON_SQLITE(the_trap_is_remembered),
        TEST_ON_SQLITE(pages_say_how_they_were_sent),
    };
    return cmocka_run_group_tests_name("doubt", tests, NULL, NULL);
}
