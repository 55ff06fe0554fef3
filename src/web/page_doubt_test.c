/* SPDX-License-Identifier: EUPL-1.2 */
/* When signatures look forged: what robots and signers get to see, and whose device computes. */

#include "test_visit.h"

#include "base/number.h"
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

/* --- Work --- */

static str between(str text, const char *before, char end)
{
    size_t at = str_find_str(text, str_of(before));
    assert_true(at < text.n);
    str rest = str_skip(text, at + strlen(before));
    return str_head(rest, str_find(rest, end));
}

/* The payload of a solved challenge, escaped for a form. */
static const char *solve(visit *v, str challenge)
{
    unsigned char password[20], salt[16], prefix[16], key[32];
    assert_int_equal(number_parse_hex(between(challenge, "\"nonce\":\"", '"'), password, 16), OK);
    assert_int_equal(number_parse_hex(between(challenge, "\"salt\":\"", '"'), salt, 16), OK);
    assert_int_equal(number_parse_hex(between(challenge, "\"keyPrefix\":\"", '"'), prefix, 16), OK);
    uint32_t counter = 0;
    do {
        for (size_t i = 0; i < 4; i++)
            password[16 + i] = (unsigned char)(counter >> (24 - 8 * i));
        key_stretch((str){(const char *)password, sizeof password},
                    (str){(const char *)salt, sizeof salt}, CHALLENGE_ROUNDS, key);
    } while (memcmp(key, prefix, sizeof prefix) != 0 && counter++ < 20000);
    buf json = buf_in(v->f.a), escaped = buf_in(v->f.a);
    buf_printf(&json, "{\"challenge\":%.*s,\"solution\":{\"counter\":%u,\"derivedKey\":\"",
               STR_FMT(challenge), counter);
    buf_put_hex(&json, key, sizeof key);
    buf_put(&json, S("\",\"time\":12.5}}"));
    str text = base64_make(v->f.a, buf_str(&json));
    for (size_t i = 0; i < text.n; i++)
        buf_printf(&escaped, text.at[i] == '+' || text.at[i] == '=' ? "%%%02X" : "%c", text.at[i]);
    return arena_cstr(v->f.a, buf_str(&escaped));
}

/* Signs by the page and confirms. */
static signature_state state_after(visit *v, const char *mail, const char *work)
{
    str fields = fields_with(v, PERSON_FIELDS, "email", mail);
    if (work)
        fields = fields_with(v, arena_cstr(v->f.a, fields), "work", work);
    seen s = visit_post(v, "sign_person", S("/en/sign/main/person"), fields);
    assert_int_equal(s.status, 303);
    letter_jobs jobs;
    letters mails;
    ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 10, &jobs));
    assert_int_equal(jobs.n, 1);
    ASSERT_OK(letter_prepare(&v->f.c, v->f.a, jobs.at, &v->f.al, v->f.now_ms, &mails));
    assert_int_equal(mails.n, 1);
    ASSERT_OK(letter_settle(&v->f.c, jobs.at, LETTER_REFUSED, 550, v->f.now_ms));
    assert_int_equal(fixture_confirm(&v->f, mails.at[0].token), CONFIRM_DONE);
    signer_view view;
    ASSERT_OK(signer_open(&v->f.c, v->f.a, mails.at[0].token, v->f.now_ms, &view));
    return view.state;
}

static seen ask(visit *v)
{
    return visit_get(v, S("/data/main/challenge"));
}

/* Below the soft limit nobody computes; above it who does counts at once, and who does not later.
 */
static void work_is_asked_of_the_busy(void **state)
{
    visit *v = open_watched(state);
    v->ap.proofs = challenge_keys_derive(&v->f.c.keys);
    v->ap.limits[RATE_SOFT] = (rate_limits){2, 100};
    assert_int_equal(ask(v).status, 204);
    assert_int_equal(state_after(v, "a1%40gmail.com", NULL), SIGNATURE_CONFIRMED);
    assert_int_equal(ask(v).status, 204);
    assert_int_equal(state_after(v, "a2%40gmail.com", NULL), SIGNATURE_CONFIRMED);
    seen challenge = ask(v);
    assert_int_equal(challenge.status, 200);
    assert_true(str_find_str(challenge.head, S("no-store")) < challenge.head.n);
    const char *work = solve(v, challenge.body);
    assert_int_equal(state_after(v, "a3%40gmail.com", work), SIGNATURE_CONFIRMED);
    /* The same proof again, none, and nonsense. */
    assert_int_equal(state_after(v, "a4%40gmail.com", work), SIGNATURE_HELD);
    assert_int_equal(state_after(v, "a5%40gmail.com", NULL), SIGNATURE_HELD);
    assert_int_equal(state_after(v, "a6%40gmail.com", "bm9uc2Vuc2U"), SIGNATURE_HELD);
    assert_int_equal(state_after(v, "a7%40gmail.com", solve(v, ask(v).body)), SIGNATURE_CONFIRMED);
    /* An hour later the busy time is over, and those count as well. */
    int64_t released;
    v->f.now_ms += WATCH_LOOK_MS;
    ASSERT_OK(hold_run(&v->f.c, v->f.now_ms, &released));
    assert_int_equal(released, 3);
    assert_int_equal(ask(v).status, 204);
    close_watched(v);
}

static void the_operator_decides_on_work(void **state)
{
    visit *v = open_watched(state);
    v->ap.proofs = challenge_keys_derive(&v->f.c.keys);
    v->ap.work = WORK_ALWAYS;
    assert_int_equal(ask(v).status, 200);
    assert_int_equal(state_after(v, "a1%40gmail.com", solve(v, ask(v).body)), SIGNATURE_CONFIRMED);
    assert_int_equal(state_after(v, "a2%40gmail.com", NULL), SIGNATURE_HELD);
    v->ap.work = WORK_NEVER;
    v->ap.limits[RATE_SOFT] = (rate_limits){0, 0};
    assert_int_equal(ask(v).status, 204);
    assert_int_equal(state_after(v, "a3%40gmail.com", NULL), SIGNATURE_CONFIRMED);
    assert_int_equal(visit_get(v, S("/data/nothing/challenge")).status, 404);
    /* Making them is limited, by client and for all together. */
    v->ap.work = WORK_ALWAYS;
    v->ap.limits[RATE_CHALLENGES] = (rate_limits){3, 3}; /* two were made */
    assert_int_equal(ask(v).status, 200);
    assert_int_equal(ask(v).status, 429);
    v->ap.limits[RATE_CHALLENGES] = (rate_limits){1000, 1000};
    v->ap.limits[RATE_CHALLENGE] = (rate_limits){1, 1};
    assert_int_equal(ask(v).status, 429);
    close_watched(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(a_held_signature_is_told_so), TEST_ON_BOTH(a_signature_taken_out_is_told_why),
        TEST_ON_SQLITE(the_trap_is_remembered),    TEST_ON_SQLITE(pages_say_how_they_were_sent),
        TEST_ON_BOTH(work_is_asked_of_the_busy),   TEST_ON_SQLITE(the_operator_decides_on_work),
    };
    return cmocka_run_group_tests_name("doubt", tests, NULL, NULL);
}
