/* SPDX-License-Identifier: EUPL-1.2 */
/* The own page from the mailed link to the erasure: looking changes nothing, a button changes one
 * thing, and a second press changes nothing more. */

#include "test_visit.h"

#include "core/opening.h"
#include "core/promise.h"
#include "core/retention.h"
#include "core/signer.h"

static str own(visit *v, str token, const char *below)
{
    return arena_printf(v->f.a, "/en/s/%.*s%s", STR_FMT(token), below);
}

static str pending(visit *v, const char *name, const char *mail)
{
    signing s = fixture_signing(name, mail);
    return fixture_submit(&v->f, v->f.main, &s).token;
}

static str standing(visit *v, const char *name, const char *mail)
{
    signing s = fixture_signing(name, mail);
    return fixture_sign(&v->f, v->f.main, &s);
}

static seen press(visit *v, const char *route_name, str token, const char *below)
{
    return visit_post(v, route_name, own(v, token, below), S(""));
}

static signer_view look(visit *v, str token)
{
    signer_view view;
    ASSERT_OK(signer_open(&v->f.c, v->f.a, token, v->f.now_ms, &view));
    return view;
}

static bool has_header(const seen *s, const char *line)
{
    return str_find_str(s->head, str_of(line)) < s->head.n;
}

static void looking_changes_nothing(void **state)
{
    visit *v = visit_open(state);
    str token = pending(v, "Ada", "ada@example.org");
    q_probe_counts_row before = fixture_counts(&v->f);
    static const char *const headers[] = {"", "Purpose: prefetch\r\n",
                                          "User-Agent: scanner\r\nCookie: a=b\r\n"};
    for (int i = 0; i < 100; i++) {
        v->headers = headers[i % 3];
        seen s = visit_get(v, own(v, token, ""));
        assert_int_equal(s.status, 200);
        assert_int_equal(seen_count(&s, "<button"), 1);
        assert_true(seen_has(&s, "method=\"post\""));
        assert_int_equal(visit_send(v, "HEAD", own(v, token, ""), NULL, S("")).status, 200);
        assert_int_equal(visit_get(v, own(v, token, "/confirm")).status, 405);
        assert_int_equal(visit_get(v, own(v, token, "/undo")).status, 405);
    }
    assert_int_equal(look(v, token).state, SIGNATURE_PENDING);
    q_probe_counts_row after = fixture_counts(&v->f);
    assert_memory_equal(&before, &after, sizeof before);
    visit_close(v);
}

static void pages_stay_private(void **state)
{
    visit *v = visit_open(state);
    const str tokens[] = {pending(v, "Ada", "ada@example.org"),
                          standing(v, "Bea", "bea@example.org")};
    for (size_t i = 0; i < 2; i++) {
        seen s = visit_get(v, own(v, tokens[i], ""));
        assert_true(has_header(&s, "Cache-Control: no-store"));
        assert_true(has_header(&s, "X-Robots-Tag: noindex"));
        assert_true(seen_has(&s, "<meta name=\"robots\" content=\"noindex\">"));
        assert_false(seen_has(&s, "rel=\"canonical\""));
        assert_false(seen_has(&s, "@example.org\"")); /* the address is shown in part */
        assert_false(seen_has(&s, "ada@example.org"));
        assert_false(seen_has(&s, "bea@example.org"));
        /* No address that leads elsewhere carries the token. */
        str rest = s.body;
        for (size_t at; (at = str_find_str(rest, S("href=\"http"))) < rest.n;) {
            rest = str_skip(rest, at + 6);
            str url = str_head(rest, str_find(rest, '"'));
            assert_int_equal(str_find_str(url, tokens[i]), url.n);
        }
    }
    visit_close(v);
}

static void one_button_confirms_once(void **state)
{
    visit *v = visit_open(state);
    str token = pending(v, "Ada Lovelace", "ada@example.org");
    for (int i = 0; i < 5; i++) {
        seen s = press(v, "own_confirm", token, "/confirm");
        assert_int_equal(s.status, 303);
        ASSERT_STR(s.location, own(v, token, ""));
    }
    assert_int_equal(fixture_counts(&v->f).queue, 1);
    assert_int_equal(fixture_counts(&v->f).mailboxes, 1);
    seen s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_THANKS)));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_COUNT_SOON)));
    assert_true(seen_has(&s, "Ada Lovelace"));
    assert_true(seen_has(&s, "class=\"share\""));
    visit_publish(v, v->f.main);
    s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, "Yours is the first signature."));
    assert_true(seen_has(&s, "data-live=\"/data/main/count.json\""));
    assert_true(seen_has(&s, "data-count=\"1\""));
    assert_true(seen_has(&s, "As line 1 of a log of 2 lines."));
    assert_true(seen_has(&s, "href=\"/log/main/checkpoint\""));
    visit_close(v);
}

/* Before the log has the signature, its signer holds a promise; after, receipt and opening. */
static void papers_are_given(void **state)
{
    visit *v = visit_open(state);
    arena *a = v->f.a;
    str waiting = pending(v, "Bea", "bea@example.org");
    assert_int_equal(visit_get(v, own(v, waiting, "/promise")).status, 303);
    str token = standing(v, "Ada", "ada@example.org");
    seen s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_PROMISE)));
    assert_false(seen_has(&s, visit_words(v, MSG_OWN_RECEIPT)));
    s = visit_get(v, own(v, token, "/promise"));
    assert_int_equal(s.status, 200);
    assert_true(str_find_str(s.head, S("filename=\"promise-main.txt\"")) < s.head.n);
    promise p;
    str vkey = promise_vkey(a, S("test.example/log/main"), promise_key(&v->f.c.keys).public_key);
    ASSERT_OK(promise_read(a, s.body, vkey, &p));
    signer_view view = look(v, token);
    assert_memory_equal(p.commitment.at, view.commitment.at, 32);
    assert_int_equal(p.before_s, (view.confirmed_ms + PROMISE_LIMIT_MS) / 1000);
    assert_int_equal(visit_get(v, own(v, token, "/receipt")).status, 303);
    assert_int_equal(visit_get(v, own(v, token, "/opening")).status, 303);
    visit_publish(v, v->f.main);
    s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_RECEIPT)));
    assert_true(seen_has(&s, "/receipt\" download"));
    assert_false(seen_has(&s, visit_words(v, MSG_OWN_PROMISE)));
    s = visit_get(v, own(v, token, "/opening"));
    assert_int_equal(s.status, 200);
    opening o;
    ASSERT_OK(opening_read(a, s.body, &o));
    assert_memory_equal(o.commitment.at, view.commitment.at, 32);
    visit_close(v);
}

static void forms_need_their_tokens(void **state)
{
    visit *v = visit_open(state);
    str waiting = pending(v, "Ada", "ada@example.org");
    str token = standing(v, "Bea", "bea@example.org");
    static const char *const below[] = {"/choices", "/correct", "/withdraw", "/undo", "/erase"};
    static const char type[] = "application/x-www-form-urlencoded";
    assert_int_equal(visit_send(v, "POST", own(v, waiting, "/confirm"), type, S("")).status, 403);
    assert_int_equal(press(v, "own_undo", waiting, "/confirm").status, 403);
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        assert_int_equal(visit_send(v, "POST", own(v, token, below[i]), type, S("")).status, 403);
        assert_int_equal(press(v, "own_confirm", token, below[i]).status, 403);
    }
    v->headers = "Origin: https://evil.example\r\n";
    assert_int_equal(press(v, "own_confirm", waiting, "/confirm").status, 403);
    assert_int_equal(press(v, "own_withdraw_post", token, "/withdraw").status, 403);
    v->headers = "";
    /* An old page brings its button again instead. */
    str body = arena_printf(v->f.a, "token=%.*s",
                            STR_FMT(visit_token(v, "own_confirm", 2 * (int64_t)DAY_MS)));
    seen s = visit_send(v, "POST", own(v, waiting, "/confirm"), type, body);
    assert_int_equal(s.status, 303);
    assert_int_equal(look(v, waiting).state, SIGNATURE_PENDING);
    assert_int_equal(look(v, token).state, SIGNATURE_CONFIRMED);
    visit_close(v);
}

static void links_that_lead_nowhere_look_alike(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada", "ada@example.org");
    char *changed = arena_cstr(v->f.a, token);
    changed[3] = changed[3] == 'A' ? 'B' : 'A';
    const str wrong[] = {S("x"),
                         S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                         {changed, token.n},
                         str_head(token, token.n - 1),
                         arena_printf(v->f.a, "%.*s.", STR_FMT(token)),
                         arena_printf(v->f.a, "%.*s%%3D", STR_FMT(token)),
                         S("%3Cscript%3E"),
                         S("a%00b")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        seen s = visit_get(v, own(v, wrong[i], ""));
        if (i + 1 == sizeof wrong / sizeof *wrong) { /* NUL: not an address at all */
            assert_int_equal(s.status, 400);
            continue;
        }
        assert_int_equal(s.status, 404);
        assert_true(seen_has(&s, visit_words(v, MSG_OWN_UNKNOWN_TITLE)));
        assert_true(seen_has(&s, "href=\"/en/link\""));
        assert_false(seen_has(&s, "<script>"));
        assert_int_equal(press(v, "own_withdraw_post", wrong[i], "/withdraw").status, 404);
        assert_int_equal(press(v, "own_confirm", wrong[i], "/confirm").status, 404);
    }
    assert_int_equal(look(v, token).state, SIGNATURE_CONFIRMED);
    v->f.now_ms += 31 * (int64_t)DAY_MS; /* expired */
    seen s = visit_get(v, own(v, token, ""));
    assert_int_equal(s.status, 404);
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_UNKNOWN_TITLE)));
    visit_close(v);
}

static void says_why_it_cannot_count(void **state)
{
    visit *v = visit_open(state);
    standing(v, "Ada", "ada@example.org");
    str again = pending(v, "ada", "Ada@Example.org");
    seen s = press(v, "own_confirm", again, "/confirm");
    assert_int_equal(s.status, 409);
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_ALREADY_TITLE)));
    standing(v, "Bob", "ada@example.org");
    str third = pending(v, "Carl", "ada@example.org");
    s = press(v, "own_confirm", third, "/confirm");
    assert_int_equal(s.status, 409);
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_FULL_TITLE)));
    assert_int_equal(fixture_counts(&v->f).mailboxes, 2);
    v->f.now_ms = v->f.main->closes_ms - 1;
    str late = pending(v, "Dora", "dora@example.org");
    v->f.now_ms += 1000;
    s = visit_get(v, own(v, late, ""));
    assert_int_equal(s.status, 410);
    s = press(v, "own_confirm", late, "/confirm");
    assert_int_equal(s.status, 410);
    assert_true(seen_has(&s, visit_words(v, MSG_CLOSED_UNCONFIRMED)));
    assert_int_equal(fixture_counts(&v->f).mailboxes, 2);
    visit_close(v);
}

static void choices_change_and_leave_a_trace(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada", "ada@example.org");
    for (int i = 0; i < 2; i++) {
        seen s = visit_post(v, "own_choices", own(v, token, "/choices"), S("listed=1&news=1"));
        assert_int_equal(s.status, 303);
        s = visit_get(v, s.location);
        assert_true(seen_has(&s, visit_words(v, MSG_OWN_SAVED)));
        assert_int_equal(seen_count(&s, "\" checked"), 2);
    }
    assert_int_equal(fixture_counts(&v->f).consents, 2);
    assert_int_equal(fixture_counts(&v->f).listings, 1);
    visit_post(v, "own_choices", own(v, token, "/choices"), S(""));
    assert_false(look(v, token).is_listed);
    assert_int_equal(fixture_counts(&v->f).listings, 0);
    assert_int_equal(
        visit_post(v, "own_choices", own(v, token, "/choices"), S("listed=yes")).status, 400);
    visit_close(v);
}

static void corrections_obey_the_same_rules(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada Lovlace", "ada@example.org");
    seen s = visit_get(v, own(v, token, "/correct"));
    assert_int_equal(s.status, 200);
    assert_true(seen_has(&s, "value=\"Ada Lovlace\""));
    assert_true(seen_has(&s, "<option value=\"DK\" selected>"));
    static const char *const bad[] = {
        "name=&country=DK",         "name=%3DA&country=DK", "name=A%3Cb&country=DK",
        "name=Ada&country=",        "name=Ada&country=XX",  "name=Ada&country=DK&place=%07",
        "name=A%0D%0AB&country=DK",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        s = visit_post(v, "own_correct_post", own(v, token, "/correct"), str_of(bad[i]));
        assert_int_equal(s.status, 422);
        assert_int_equal(seen_count(&s, "class=\"field-error\""), 1);
        assert_int_equal(seen_count(&s, "role=\"alert\""), 1);
    }
    static const char *const malformed[] = {"name=Ada&country=DK&email=x%40y.org",
                                            "name=Ada&name=Bob&country=DK", "name=%FF&country=DK"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        assert_int_equal(
            visit_post(v, "own_correct_post", own(v, token, "/correct"), str_of(malformed[i]))
                .status,
            400);
    assert_string_equal(arena_cstr(v->f.a, personal_text(look(v, token).record.name)),
                        "Ada Lovlace");
    s = visit_post(v, "own_correct_post", own(v, token, "/correct"),
                   S("name=Ada+Lovelace&country=SE&place=Lund&reason="));
    assert_int_equal(s.status, 303);
    s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, "Ada Lovelace"));
    assert_true(seen_has(&s, ">Lund (NUTS 2021: SE22"));
    assert_true(seen_has(&s, ">Sweden<"));
    /* Not into the name of somebody else on the mailbox. */
    standing(v, "Bob", "ada@example.org");
    s = visit_post(v, "own_correct_post", own(v, token, "/correct"), S("name=Bob&country=SE"));
    assert_int_equal(s.status, 409);
    assert_int_equal(seen_count(&s, visit_words(v, MSG_FAULT_TAKEN)), 2);
    visit_close(v);
}

static void kinds_correct_what_is_theirs(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Umbrella");
    s.type = S("ngo");
    s.function = S("President");
    str token = fixture_sign(&v->f, v->f.main, &s);
    seen page_seen = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&page_seen, "<p class=\"signed\" translate=\"no\">Umbrella</p>"));
    assert_true(seen_has(&page_seen, visit_words(v, MSG_TYPE_NGO)));
    page_seen = visit_get(v, own(v, token, "/correct"));
    assert_true(seen_has(&page_seen, "value=\"Umbrella\""));
    assert_true(seen_has(&page_seen, "value=\"President\""));
    assert_false(seen_has(&page_seen, "name=\"type\""));
    page_seen = visit_post(v, "own_correct_post", own(v, token, "/correct"),
                           S("name=Ada&country=DE&organisation=&role="));
    assert_int_equal(page_seen.status, 422);
    assert_int_equal(seen_count(&page_seen, "class=\"field-error\""), 2);
    page_seen = visit_post(v, "own_correct_post", own(v, token, "/correct"),
                           S("name=Ada&country=DE&organisation=Parasol&role=Chair"));
    assert_int_equal(page_seen.status, 303);
    ASSERT_STR(look(v, token).record.organisation, S("Parasol"));
    visit_close(v);
}

/* What kinds may add: seen, corrected and shown in the register, as a link that vouches for
 * nothing. */
static void websites_and_groups_are_shown(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Umbrella");
    s.type = S("ngo");
    s.function = S("President");
    s.website = S("umbrella.example");
    s.is_listed = true;
    str token = fixture_sign(&v->f, v->f.main, &s);
    seen own_page = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&own_page, ">https://umbrella.example</dd>"));
    own_page = visit_get(v, own(v, token, "/correct"));
    assert_true(seen_has(&own_page, "value=\"https://umbrella.example\""));
    own_page = visit_post(v, "own_correct_post", own(v, token, "/correct"),
                          S("name=Ada&country=DE&organisation=Umbrella&role=Chair&website=x"));
    assert_int_equal(own_page.status, 422);
    own_page = visit_post(v, "own_correct_post", own(v, token, "/correct"),
                          S("name=Ada&country=DE&organisation=Umbrella&role=Chair&group=X&"
                            "website=http%3A%2F%2Fwww.umbrella.example%2F%3Fa%22b"));
    assert_int_equal(own_page.status, 303);
    ASSERT_STR(look(v, token).record.group, S(""));
    s = fixture_signing("Eve", "eve@example.org");
    s.kind = SIGNER_MANDATE;
    s.organisation = S("Town of X");
    s.type = S("local");
    s.function = S("Mayor");
    s.group = S("The Hills");
    s.is_listed = true;
    fixture_sign(&v->f, v->f.main, &s);
    seen list = visit_get(v, S("/en/signatories/main"));
    assert_true(seen_has(&list, "<a href=\"http://www.umbrella.example/?a%22b\" rel=\"nofollow "
                                "noopener noreferrer ugc\" translate=\"no\">umbrella.example"
                                "</a>"));
    assert_true(seen_has(&list, ">Mayor, Town of X, The Hills</span>"));
    assert_true(seen_has(&list, ">Ada, Chair</span>")); /* as the box says */
    visit_close(v);
}

static void sealed_records_are_said_anew(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Umbrella");
    s.type = S("ngo");
    s.function = S("President");
    str first = fixture_sign(&v->f, v->f.main, &s);
    str later = fixture_later_link(&v->f, "ada@example.org");
    /* The first letter's link shows everything, a later one what the server can read, and why. */
    seen page_seen = visit_get(v, own(v, first, ""));
    assert_true(seen_has(&page_seen, "Umbrella"));
    assert_false(seen_has(&page_seen, visit_words(v, MSG_OWN_SEALED)));
    page_seen = visit_get(v, own(v, later, ""));
    assert_int_equal(page_seen.status, 200);
    assert_false(seen_has(&page_seen, "Umbrella"));
    assert_true(seen_has(&page_seen, visit_words(v, MSG_OWN_SEALED)));
    assert_false(seen_has(&page_seen, "name=\"listed\""));
    assert_true(seen_has(&page_seen, "name=\"news\""));
    assert_int_equal(visit_post(v, "own_choices", own(v, later, "/choices"), S("listed=1")).status,
                     303);
    assert_false(look(v, later).is_listed);
    page_seen = visit_get(v, own(v, later, "/data"));
    assert_true(seen_has(&page_seen, "\"record\": \"sealed: "));
    assert_false(seen_has(&page_seen, "commitment_seed"));
    /* Correcting asks for everything, even for what otherwise stays. */
    page_seen = visit_get(v, own(v, later, "/correct"));
    assert_true(seen_has(&page_seen, visit_words(v, MSG_OWN_CORRECT_SEALED)));
    assert_true(seen_has(&page_seen, "name=\"type\""));
    assert_true(seen_has(&page_seen, "name=\"authority\""));
    assert_false(seen_has(&page_seen, "Umbrella"));
    static const char *const without[] = {"", "&type=x", "&type=european"};
    for (size_t i = 0; i < 3; i++) {
        str fields = arena_printf(v->f.a, "name=Ada&country=DK&organisation=Parasol&role=Chair%s",
                                  without[i]);
        page_seen = visit_post(v, "own_correct_post", own(v, later, "/correct"), fields);
        assert_int_equal(page_seen.status, 422);
        assert_int_equal(seen_count(&page_seen, "class=\"field-error\""), 1);
    }
    page_seen = visit_post(v, "own_correct_post", own(v, later, "/correct"),
                           S("name=Ada&country=DK&organisation=Parasol&role=Chair&type=sme"
                             "&authority=Decision+8"));
    assert_int_equal(page_seen.status, 303);
    page_seen = visit_get(v, own(v, later, ""));
    assert_true(seen_has(&page_seen, "Parasol"));
    assert_true(seen_has(&page_seen, "Decision 8"));
    assert_false(seen_has(&page_seen, visit_words(v, MSG_OWN_SEALED)));
    page_seen = visit_get(v, own(v, first, ""));
    assert_true(seen_has(&page_seen, visit_words(v, MSG_OWN_SEALED)));
    visit_close(v);
}

static void withdrawing_asks_once_and_can_be_undone(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada", "ada@example.org");
    fixture_sequence(&v->f, v->f.main);
    seen s = visit_get(v, own(v, token, "/withdraw"));
    assert_int_equal(seen_count(&s, "<button"), 1);
    assert_int_equal(look(v, token).state, SIGNATURE_CONFIRMED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(press(v, "own_withdraw_post", token, "/withdraw").status, 303);
    s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_WITHDRAWN)));
    assert_int_equal(seen_count(&s, "<button"), 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(press(v, "own_undo", token, "/undo").status, 303);
    assert_int_equal(look(v, token).state, SIGNATURE_CONFIRMED);
    press(v, "own_withdraw_post", token, "/withdraw");
    v->f.now_ms += 25 * (int64_t)HOUR_MS;
    assert_int_equal(press(v, "own_undo", token, "/undo").status, 303);
    s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_UNDO_OVER)));
    assert_int_equal(seen_count(&s, "<button"), 0);
    retention_report report;
    ASSERT_OK(retention_run(&v->f.c, v->f.now_ms, &report));
    s = visit_get(v, own(v, token, ""));
    assert_int_equal(s.status, 404);
    assert_true(seen_has(&s, "href=\"/en/link\""));
    visit_close(v);
}

static void pending_ones_have_nothing_to_change(void **state)
{
    visit *v = visit_open(state);
    str token = pending(v, "Ada", "ada@example.org");
    static const char *const gets[] = {"/correct", "/withdraw"};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(visit_get(v, own(v, token, gets[i])).status, 303);
    assert_int_equal(press(v, "own_withdraw_post", token, "/withdraw").status, 303);
    assert_int_equal(press(v, "own_undo", token, "/undo").status, 303);
    visit_post(v, "own_choices", own(v, token, "/choices"), S("listed=1"));
    visit_post(v, "own_correct_post", own(v, token, "/correct"), S("name=X&country=SE"));
    signer_view view = look(v, token);
    assert_int_equal(view.state, SIGNATURE_PENDING);
    assert_false(view.is_listed);
    visit_close(v);
}

/* One file with everything, the whole address included, for whoever has the link. */
static void all_that_is_held_is_one_file(void **state)
{
    visit *v = visit_open(state);
    signing s = fixture_signing("Ada \"Quote\" Ł", "ada@example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Byen\tøst");
    s.is_listed = true;
    str token = fixture_sign(&v->f, v->f.main, &s);
    q_probe_counts_row before = fixture_counts(&v->f);
    seen got = visit_get(v, own(v, token, "/data"));
    assert_int_equal(got.status, 200);
    assert_true(has_header(&got, "Content-Type: application/json"));
    assert_true(
        has_header(&got, "Content-Disposition: attachment; filename=\"signature-main.json\""));
    assert_true(has_header(&got, "Cache-Control: no-store"));
    static const char *const parts[] = {
        "\"name\": \"Ada \\\"Quote\\\" Ł\"",
        "\"organisation\": \"Byen\\u0009øst\"",
        "\"email\": \"ada@example.org\"",
        "\"kind\": \"organisation\"",
        "\"text_version\": 1",
        "\"state\": \"counts\"",
        "\"to\": \"sign\", \"given\": true, \"day\": \"2026-06-15\", \"text_version\": 1",
        "\"to\": \"list\", \"given\": true",
        "\"to\": \"news\", \"given\": false"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!seen_has(&got, parts[i]))
            fail_msg("no %s in %.*s", parts[i], STR_FMT(got.body));
    q_probe_counts_row after = fixture_counts(&v->f);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(visit_get(v, own(v, token, "x/data")).status, 404);
    seen with_link = visit_get(v, own(v, token, ""));
    assert_true(seen_has(
        &with_link, arena_printf(v->f.a, "%.*s\" download", STR_FMT(own(v, token, "/data"))).at));
    visit_close(v);
}

static void erasing_asks_once_and_is_for_good(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada", "ada@example.org");
    seen s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, "<b>Hide:</b>"));
    assert_true(seen_has(&s, "<b>Erase:</b>"));
    s = visit_get(v, own(v, token, "/erase"));
    assert_int_equal(s.status, 200);
    assert_int_equal(seen_count(&s, "<button"), 1);
    assert_int_equal(look(v, token).state, SIGNATURE_CONFIRMED); /* looking changes nothing */
    s = press(v, "own_erase_post", token, "/erase");
    assert_int_equal(s.status, 303);
    ASSERT_STR(s.location, S("/en/erased"));
    s = visit_get(v, s.location);
    assert_int_equal(s.status, 200);
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_ERASED)));
    static const char *const gone[] = {"", "/data", "/erase", "/correct", "/withdraw"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        s = visit_get(v, own(v, token, gone[i]));
        assert_int_equal(s.status, 404);
        assert_true(seen_has(&s, visit_words(v, MSG_OWN_UNKNOWN_TITLE)));
    }
    assert_int_equal(press(v, "own_erase_post", token, "/erase").status, 404);
    q_probe_counts_row n = fixture_counts(&v->f);
    assert_int_equal(n.records + n.links + n.mailboxes + n.listings, 0);
    /* Who has not confirmed, or was signed in by somebody else, can erase as well. */
    token = pending(v, "Bea", "bea@example.org");
    s = visit_get(v, own(v, token, ""));
    assert_true(seen_has(&s, visit_words(v, MSG_OWN_ERASE_NOW)));
    assert_int_equal(press(v, "own_erase_post", token, "/erase").status, 303);
    n = fixture_counts(&v->f);
    assert_int_equal(n.records + n.links + n.jobs, 0);
    visit_close(v);
}

/* Withdrawing and undoing write a line of the public log each. */
static void changes_are_limited(void **state)
{
    visit *v = visit_open(state);
    str token = standing(v, "Ada", "ada@example.org");
    v->ap.limits[RATE_CHANGE] = (rate_limits){2, 100};
    assert_int_equal(press(v, "own_withdraw_post", token, "/withdraw").status, 303);
    assert_int_equal(press(v, "own_undo", token, "/undo").status, 303);
    assert_int_equal(press(v, "own_withdraw_post", token, "/withdraw").status, 429);
    assert_int_equal(look(v, token).state, SIGNATURE_CONFIRMED);
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(one_button_confirms_once),
        TEST_ON_BOTH(withdrawing_asks_once_and_can_be_undone),
        TEST_ON_BOTH(choices_change_and_leave_a_trace),
        TEST_ON_BOTH(erasing_asks_once_and_is_for_good),
        TEST_ON_BOTH(all_that_is_held_is_one_file),
        TEST_ON_BOTH(corrections_obey_the_same_rules),
        TEST_ON_BOTH(sealed_records_are_said_anew),
        TEST_ON_SQLITE(looking_changes_nothing),
        TEST_ON_SQLITE(pages_stay_private),
        TEST_ON_BOTH(papers_are_given),
        TEST_ON_SQLITE(forms_need_their_tokens),
        TEST_ON_SQLITE(links_that_lead_nowhere_look_alike),
        TEST_ON_SQLITE(says_why_it_cannot_count),
        TEST_ON_SQLITE(kinds_correct_what_is_theirs),
        TEST_ON_BOTH(websites_and_groups_are_shown),
        TEST_ON_SQLITE(pending_ones_have_nothing_to_change),
        TEST_ON_SQLITE(changes_are_limited),
    };
    return cmocka_run_group_tests_name("own", tests, NULL, NULL);
}
