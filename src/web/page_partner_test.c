/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of partners, their pages and hubs, and asking to become one. */

#include "test_visit.h"

#include "base/clock.h"
#include "core/joining.h"
#include "core/listing.h"
#include "core/signer.h"

#include <time.h>

/* Imports the folder again and waits until readers see it. */
static void import(visit *v)
{
    content_report report;
    ASSERT_OK(fixture_import(&v->f, &report));
    fixture_reload(&v->f);
    for (int tries = 0; tries < 500; tries++) {
        arena *look = arena_open(1 << 20);
        bool is_seen = newsroom_read(v->ap.news, look)->al->revision == v->f.al.revision;
        arena_close(look);
        if (is_seen)
            return;
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    fail_msg("the newsroom does not see what was imported");
}

static visit *open_with_partners(void **state)
{
    visit *v = visit_open(state);
    fixture_write(&v->f, "partner/aer/partner.ini",
                  S("position=1\nwebsite=aer.example\nnewsletter=yes\ntype=founder\n"
                    "fact_members=150\nfact_members_qualifier=about\n"
                    "fact_members_source=aer.example/about\nfact_members_date=2026-03-01\n"));
    fixture_write(&v->f, "partner/aer/en.md",
                  S("title: Assembly of Regions\nacronym: AER\nhub: Regions, sign here!\n"
                    "state: original\n\nRegions together.\n"));
    fixture_write(&v->f, "partner/aer/members", S("Region Ærø\n"));
    fixture_write(&v->f, "partner/dk/partner.ini", S("position=3\ntype=hub\ncountry=DK\n"));
    fixture_write(&v->f, "partner/dk/en.md",
                  S("title: Danish hub\nstate: original\n\nFor Denmark.\n"));
    fixture_write(&v->f, "document/paper/document.ini",
                  S("kind=position\npublisher=aer\nyear=2017\n"));
    fixture_write(&v->f, "document/paper/en.md", S("title: Our paper\nstate: original\n\n"));
    import(v);
    return v;
}

static void the_list_can_be_filtered(void **state)
{
    visit *v = open_with_partners(state);
    static const struct {
        const char *query;
        bool has_aer, has_reves, has_dk;
    } cases[] = {
        {"", true, true, true},
        {"?kind=founder", true, false, false},
        {"?kind=hub&country=DK", false, false, true},
        {"?country=DK&words=", false, false, true},
        {"?words=REG%C3%ADons+together", true, false, false},
        {"?words=cities", false, true, false},
        {"?kind=founder&words=hub", false, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = visit_get(v, arena_printf(v->f.a, "/en/partners%s", cases[i].query));
        assert_int_equal(s.status, 200);
        assert_int_equal(seen_has(&s, "href=\"/en/partners/aer\""), cases[i].has_aer);
        assert_int_equal(seen_has(&s, "href=\"/en/partners/reves\""), cases[i].has_reves);
        assert_int_equal(seen_has(&s, "href=\"/en/partners/dk\""), cases[i].has_dk);
        assert_int_equal(seen_has(&s, "noindex"), cases[i].query[0] != '\0');
    }
    seen s = visit_get(v, S("/en/partners?kind=hub&words=nobody"));
    assert_true(seen_has(&s, "<option value=\"hub\" selected>National hub</option>"));
    assert_true(seen_has(&s, "value=\"nobody\""));
    assert_true(seen_has(&s, "Nothing was found."));
    s = visit_get(v, S("/en/partners"));
    assert_true(seen_has(&s, "3 partners"));
    assert_true(seen_has(&s, "<option value=\"DK\">Denmark</option>"));
    assert_int_equal(seen_count(&s, "<option value=\"supporter\""), 0); /* there is none */
    static const char *const bad[] = {"kind=friend", "country=Denmark", "country=QQ"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(visit_get(v, arena_printf(v->f.a, "/en/partners?%s", bad[i])).status, 400);
    visit_close(v);
}

static void a_page_says_what_is_known(void **state)
{
    visit *v = open_with_partners(state);
    seen s = visit_get(v, S("/en/partners/aer"));
    assert_int_equal(s.status, 200);
    assert_true(seen_has(&s, "<h1>Assembly of Regions</h1>"));
    assert_true(seen_has(&s, "<span class=\"tag\">Founder</span>"));
    assert_true(seen_has(&s, "about 150 members (source: aer.example/about, 1 March 2026)"));
    assert_true(seen_has(&s, "href=\"https://aer.example\""));
    assert_true(seen_has(&s, "Our paper"));
    assert_true(seen_has(&s, "href=\"/en/with/aer\""));
    assert_true(seen_has(&s, "rel=\"canonical\" href=\"https://sign.example/en/partners/aer\""));
    s = visit_get(v, S("/en/partners/dk"));
    assert_true(seen_has(&s, "Denmark"));
    assert_false(seen_has(&s, "Our paper"));
    s = visit_get(v, S("/el/partners/aer")); /* there is no Greek text */
    assert_true(seen_has(&s, "<h1 lang=\"en\">Assembly of Regions</h1>"));
    assert_int_equal(visit_get(v, S("/en/partners/nobody")).status, 404);
    assert_int_equal(visit_get(v, S("/en/with/nobody")).status, 404);
    visit_close(v);
}

/* From the hub to the form, through its mistakes, to the count on the hub. */
static void a_hub_counts_who_came_through_it(void **state)
{
    visit *v = open_with_partners(state);
    seen s = visit_get(v, S("/en/with/aer"));
    assert_int_equal(s.status, 200);
    assert_true(seen_has(&s, "<h1>AER: Sign the declaration</h1>"));
    assert_true(seen_has(&s, "Regions, sign here!"));
    assert_true(seen_has(&s, "Be the first to sign through this link"));
    assert_true(seen_has(&s, "class=\"button large wide\" href=\"/en/sign/main?src=aer\""));
    assert_true(seen_has(&s, "<code>https://sign.example/en/sign/main?src=aer</code>"));
    assert_true(seen_has(&s, "<svg class=\"qr\""));
    assert_int_equal(seen_count(&s, "src=telegram"), 0); /* all of them are the partner's */
    s = visit_get(v, S("/en/sign/main?src=aer"));
    assert_true(seen_has(&s, "name=\"partner\" value=\"aer\""));
    assert_true(seen_has(&s, "You came here through this partner: Assembly of Regions."));
    assert_true(seen_has(&s, "<a href=\"/en/sign/main\">Sign without this</a>"));
    s = visit_get(v, S("/en/sign/main/person"));
    assert_false(seen_has(&s, "name=\"partner\""));
    str through = fields_with(v, PERSON_FIELDS, "partner", "aer");
    str faulty = fields_with(v, arena_cstr(v->f.a, through), "name", "");
    s = visit_post(v, "sign_person", S("/en/sign/main/person"), faulty);
    assert_int_equal(s.status, 422);
    assert_true(seen_has(&s, "name=\"partner\" value=\"aer\"")); /* kept */
    assert_int_equal(visit_post(v, "sign_person", S("/en/sign/main/person"), through).status, 303);
    str unknown = fields_with(v, PERSON_FIELDS, "partner", "telegram");
    assert_int_equal(visit_post(v, "sign_person", S("/en/sign/main/person"), unknown).status, 303);
    assert_int_equal(visit_post(v, "sign_person", S("/en/sign/plea/person"), through).status, 303);
    letter_jobs jobs;
    letters out;
    ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 10, &jobs));
    assert_int_equal(jobs.n, 3);
    for (size_t i = 0; i < jobs.n; i++) {
        ASSERT_OK(letter_prepare(&v->f.c, v->f.a, &jobs.at[i], &v->f.al, v->f.now_ms, &out));
        signer_view view;
        ASSERT_OK(signer_open(&v->f.c, v->f.a, out.at[0].token, v->f.now_ms, &view));
        if (view.source.n == 0)
            continue;
        fixture_confirm(&v->f, out.at[0].token);
        s = visit_get(v, arena_printf(v->f.a, "/en/s/%.*s", STR_FMT(out.at[0].token)));
        assert_true(seen_has(&s, "<dt>Came through</dt><dd translate=\"no\">Assembly of Regions"));
        s = visit_get(v, arena_printf(v->f.a, "/en/s/%.*s/data", STR_FMT(out.at[0].token)));
        assert_true(seen_has(&s, "\"came_through_partner\": \"aer\""));
    }
    visit_publish(v, v->f.main);
    visit_publish(v, v->f.petition);
    s = visit_get(v, S("/en/with/aer")); /* leads to one declaration, and counts this one */
    assert_true(seen_has(&s, "<b class=\"count-number\">1</b>"));
    assert_true(seen_has(&s, "1 signature in all"));
    s = visit_get(v, S("/en/partners/aer")); /* tells of all */
    assert_true(seen_has(&s, "2 signatures through its link"));
    s = visit_get(v, S("/en/partners"));
    assert_true(seen_has(&s, "2 signatures through its link"));
    s = visit_get(v, S("/en/with/dk"));
    assert_true(seen_has(&s, "Be the first to sign through this link"));
    visit_close(v);
}

static void members_stand_on_the_hub(void **state)
{
    visit *v = open_with_partners(state);
    signing s = fixture_signing("Contact", "o@example.org");
    s.kind = SIGNER_ORGANISATION;
    s.type = S("regional");
    s.organisation = S("Region Aero");
    s.is_listed = true;
    fixture_sign(&v->f, v->f.main, &s);
    int64_t sorted;
    ASSERT_OK(listing_sort(&v->f.c, &sorted));
    seen hub = visit_get(v, S("/en/with/aer"));
    assert_true(seen_has(&hub, "Members that have signed"));
    assert_true(seen_has(&hub, "<b translate=\"no\">Region Aero</b>"));
    assert_false(seen_has(&hub, "noindex"));
    hub = visit_get(v, S("/en/with/aer?before=1"));
    assert_true(seen_has(&hub, "noindex"));
    assert_false(seen_has(&hub, "Region Aero"));
    assert_int_equal(visit_get(v, S("/en/with/aer?before=x")).status, 400);
    hub = visit_get(v, S("/en/with/dk"));
    assert_false(seen_has(&hub, "Members that have signed"));
    visit_close(v);
}

#define JOIN_FIELDS                                                                                \
    "organisation=Network+of+Hills&country=DK&website=hills.example&name=Solveig+N%C3%A6s&"        \
    "role=Chair&email=solveig%40example.org&message=We+carry+it.&agree=1&subject="

static str join_token_of(visit *v)
{
    letter_jobs jobs;
    letters out;
    ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 10, &jobs));
    assert_int_equal(jobs.n, 1);
    ASSERT_OK(letter_prepare(&v->f.c, v->f.a, &jobs.at[0], &v->f.al, v->f.now_ms, &out));
    assert_int_equal(out.n, 1);
    ASSERT_OK(letter_settle(&v->f.c, &jobs.at[0], LETTER_SENT, 250, v->f.now_ms));
    return out.at[0].token;
}

static str join_path(visit *v, str token, const char *act)
{
    return arena_printf(v->f.a, "/en/partners/join/%.*s%s", STR_FMT(token), act);
}

static joining_state state_of(visit *v, str token)
{
    joining j;
    ASSERT_OK(joining_open(&v->f.c, v->f.a, token, &j));
    return j.state;
}

static void asking_to_join(void **state)
{
    visit *v = visit_open(state);
    str url = S("/en/partners/join");
    seen s = visit_get(v, url);
    assert_int_equal(s.status, 200);
    assert_true(seen_has(&s, "erased 90 days after the decision"));
    s = visit_post(v, "join_post", url, S(JOIN_FIELDS));
    assert_int_equal(s.status, 303);
    ASSERT_STR(s.location, S("/en/partners/join/sent"));
    assert_int_equal(visit_get(v, s.location).status, 200);
    str token = join_token_of(v);
    for (int i = 0; i < 2; i++) { /* looking confirms nothing */
        s = visit_get(v, join_path(v, token, ""));
        assert_int_equal(s.status, 200);
        assert_true(seen_has(&s, "<h1>Confirm your request</h1>"));
        assert_true(seen_has(&s, "Network of Hills"));
        assert_true(seen_has(&s, "noindex"));
        assert_int_equal(state_of(v, token), JOINING_SENT);
    }
    for (int press = 0; press < 2; press++) {
        s = visit_post(v, "join_confirm", join_path(v, token, "/confirm"), S(""));
        assert_int_equal(s.status, 303);
        ASSERT_STR(s.location, join_path(v, token, ""));
    }
    s = visit_get(v, join_path(v, token, ""));
    assert_true(seen_has(&s, "<h1>The alliance has your request</h1>"));
    ASSERT_OK(joining_decide(&v->f.c, v->f.a, 1, true, S("Welcome <b>"), v->f.now_ms));
    s = visit_get(v, join_path(v, token, ""));
    assert_true(seen_has(&s, "<h1>Your request was accepted</h1>"));
    assert_true(seen_has(&s, "Welcome &lt;b&gt;"));
    s = visit_post(v, "join_take_back", join_path(v, token, "/back"), S(""));
    ASSERT_STR(s.location, S("/en/partners/join/gone"));
    assert_int_equal(visit_get(v, s.location).status, 200);
    assert_int_equal(visit_get(v, join_path(v, token, "")).status, 404);
    assert_int_equal(visit_get(v, S("/en/partners/join/nothing-of-ours")).status, 404);
    visit_close(v);
}

static void nothing_half_asked(void **state)
{
    visit *v = visit_open(state);
    str url = S("/en/partners/join");
    static const struct {
        const char *name, *value, *target;
    } bad[] = {
        {"organisation", "", "#organisation"},
        {"country", "", "#country"},
        {"country", "QQ", "#country"},
        {"website", "javascript%3Ax", "#website"},
        {"name", "", "#name"},
        {"role", "", "#role"},
        {"email", "nobody", "#email"},
        {"agree", NULL, "#agree"},
        {"message", "%3Cscript%3E", "#message"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        seen s =
            visit_post(v, "join_post", url, fields_with(v, JOIN_FIELDS, bad[i].name, bad[i].value));
        assert_int_equal(s.status, 422);
        assert_int_equal(seen_count(&s, "class=\"field-error\""), 1);
        assert_true(seen_has(&s, arena_printf(v->f.a, "<li><a href=\"%s\">", bad[i].target).at));
        if (i > 0)
            assert_true(seen_has(&s, "value=\"Network of Hills\"")); /* kept */
    }
    /* A robot gets the usual answer, and a form opened a moment ago comes back. */
    seen s = visit_post(v, "join_post", url, fields_with(v, JOIN_FIELDS, "subject", "buy"));
    ASSERT_STR(s.location, S("/en/partners/join/sent"));
    str early = arena_printf(v->f.a, "%s&token=%.*s", JOIN_FIELDS,
                             STR_FMT(visit_token(v, "join_post", 100)));
    s = visit_send(v, "POST", url, "application/x-www-form-urlencoded", early);
    assert_int_equal(s.status, 422);
    assert_true(seen_has(&s, "That was very quick."));
    assert_int_equal(fixture_counts(&v->f).jobs, 0);
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(the_list_can_be_filtered),
        TEST_ON_SQLITE(a_page_says_what_is_known),
        TEST_ON_BOTH(a_hub_counts_who_came_through_it),
        TEST_ON_BOTH(members_stand_on_the_hub),
        TEST_ON_BOTH(asking_to_join),
        TEST_ON_BOTH(nothing_half_asked),
    };
    return cmocka_run_group_tests_name("partner pages", tests, NULL, NULL);
}
