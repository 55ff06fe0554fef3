/* SPDX-License-Identifier: EUPL-1.2 */
/* The sign form as a visitor meets it: what it shows, what it takes, and everything that it must
 * not take, with nothing stored. */

#include "test_visit.h"

#include "base/log.h"
#include "http/token.h"
#include "lang/lang.h"
#include "sql/schema.h"
#include "web/page_sign.h"

#include <unistd.h>

static const char person_url[] = "/en/sign/main/person";

static const char form_type[] = "application/x-www-form-urlencoded";

static void shows_what_each_kind_needs(void **state)
{
    static const struct {
        const char *url;
        const char *fields[10];
        const char *absent[8];
    } cases[] = {
        {"/en/sign/main", {"name", "email", "country", "place", "reason"}, {"role", "type"}},
        {"/en/sign/main/person", {"name", "email", "country", "place"}, {"organisation"}},
        {"/el/sign/main/organisation",
         {"organisation", "type", "name", "role", "website", "authority", "email", "country",
          "place"},
         {"group"}},
        {"/da/sign/main/mandate",
         {"name", "role", "type", "organisation", "group", "email", "country"},
         {"authority", "website"}},
        {"/en/sign/plea", {"name", "email", "country"}, {"place", "reason", "role"}},
    };
    visit *v = visit_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = visit_get(v, str_of(cases[i].url));
        assert_int_equal(s.status, 200);
        assert_int_equal(seen_count(&s, "<h1"), 1);
        assert_int_equal(seen_count(&s, "\" checked"), 0);
        assert_int_equal(seen_count(&s, "type=\"checkbox\""), 3);
        assert_true(seen_has(&s, "method=\"post\""));
        assert_true(seen_has(&s, "name=\"version\" value=\"1\""));
        assert_true(str_find_str(s.head, S("Cache-Control: no-store")) < s.head.n);
        assert_false(seen_has(&s, "required")); /* S6 speaks, not the browser */
        assert_false(seen_has(&s, "placeholder"));
        for (size_t k = 0; k < 10 && cases[i].fields[k]; k++) {
            const char *name = cases[i].fields[k];
            assert_int_equal(seen_count(&s, arena_printf(v->f.a, " id=\"%s\"", name).at), 1);
            assert_int_equal(seen_count(&s, arena_printf(v->f.a, "<label for=\"%s\"", name).at), 1);
        }
        for (size_t k = 0; k < 8 && cases[i].absent[k]; k++)
            assert_false(seen_has(&s, arena_printf(v->f.a, " name=\"%s\"", cases[i].absent[k]).at));
    }
    /* Three kinds to choose from, or nothing to choose. */
    seen all = visit_get(v, S("/en/sign/main")), light = visit_get(v, S("/en/sign/plea"));
    assert_int_equal(seen_count(&all, "class=\"kind\""), 3);
    assert_int_equal(seen_count(&light, "class=\"kind\""), 0);
    visit_close(v);
}

static void shows_the_text_that_is_signed(void **state)
{
    visit *v = visit_open(state);
    seen own = visit_get(v, S("/da/sign/main")), machine = visit_get(v, S("/el/sign/main")),
         missing = visit_get(v, S("/fi/sign/main"));
    assert_true(seen_has(&own, "Vi beder om samhørighed."));
    assert_true(seen_has(&machine, "Ζητούμε συνοχή."));
    assert_true(seen_has(&missing, "We ask for cohesion."));
    assert_true(seen_has(&missing, "<div class=\"declaration prose\" lang=\"en\">"));
    assert_false(seen_has(&own, "class=\"declaration prose\" lang"));
    visit_close(v);
}

static void takes_each_kind(void **state)
{
    static const struct {
        const char *route, *url, *fields, *answer;
    } cases[] = {
        {"sign_person", "/da/sign/main/person", PERSON_FIELDS, "/da/sent/main/"},
        {"sign_organisation", "/de/sign/main/organisation", ORGANISATION_FIELDS, "/de/sent/main/"},
        {"sign_mandate", "/sv/sign/main/mandate", MANDATE_FIELDS, "/sv/sent/main/"},
        {"sign_person", "/bg/sign/plea/person", PERSON_FIELDS, "/bg/sent/plea/"},
    };
    visit *v = visit_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s = visit_post(v, cases[i].route, str_of(cases[i].url), str_of(cases[i].fields));
        assert_int_equal(s.status, 303);
        assert_true(str_starts(s.location, str_of(cases[i].answer)));
        assert_int_equal(fixture_counts(&v->f).signatures, i + 1);
        assert_int_equal(fixture_counts(&v->f).jobs, i + 1);
        seen sent = visit_get(v, s.location);
        assert_int_equal(sent.status, 200);
        assert_true(str_find_str(sent.head, S("X-Robots-Tag: noindex")) < sent.head.n);
        assert_true(str_find_str(sent.head, S("Cache-Control: no-store")) < sent.head.n);
    }
    /* What a light declaration does not ask for is not kept. */
    seen s = visit_post(v, "sign_person", S("/en/sign/plea/person"),
                        fields_with(v, PERSON_FIELDS, "reason", "because"));
    assert_int_equal(s.status, 303);
    q_probe_signatures_rows rows = fixture_signatures(&v->f);
    ASSERT_STR(rows.at[0].lang, S("da"));
    assert_false(rows.at[0].is_listed);
    assert_true(rows.at[1].is_listed);
    visit_close(v);
}

static void takes_websites_and_groups(void **state)
{
    visit *v = visit_open(state);
    str fields = fields_with(v, ORGANISATION_FIELDS, "website", "Www.Umbrella.example/om+os");
    assert_int_equal(
        visit_post(v, "sign_organisation", S("/en/sign/main/organisation"), fields).status, 303);
    fields = fields_with(v, MANDATE_FIELDS, "group", "The+Hills");
    fields = fields_with(v, arena_cstr(v->f.a, fields), "listed", "1");
    assert_int_equal(visit_post(v, "sign_mandate", S("/en/sign/main/mandate"), fields).status, 303);
    q_probe_listings_rows rows = fixture_listings(&v->f);
    assert_int_equal(rows.n, 2);
    ASSERT_STR(rows.at[0].website, S("https://www.umbrella.example/om%20os"));
    ASSERT_STR(rows.at[1].political_group, S("The Hills"));
    visit_close(v);
}

/* A partner through whose link a visitor comes, and who says that it has news, asks by name. */
static void names_the_partner_who_asks(void **state)
{
    visit *v = visit_open(state);
    static const char *const none[] = {"", "?src=reves", "?src=nobody", "?src=telegram"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        seen s = visit_get(v, arena_printf(v->f.a, "/en/sign/main%s", none[i]));
        assert_int_equal(seen_count(&s, "type=\"checkbox\""), 3);
    }
    seen s = visit_get(v, S("/en/sign/main?src=aer"));
    assert_int_equal(seen_count(&s, "type=\"checkbox\""), 4);
    assert_int_equal(seen_count(&s, "\" checked"), 0);
    assert_true(seen_has(&s, "Send me news from this partner as well: Regions</label>"));
    /* another kind keeps it, and so does another language */
    assert_int_equal(seen_count(&s, "?src=aer\""), 3 + LANG_COUNT);
    str asked = fields_with(v, PERSON_FIELDS, "partner", "aer");
    str ticked = fields_with(v, arena_cstr(v->f.a, asked), "partner_news", "1");
    str faulty = fields_with(v, arena_cstr(v->f.a, ticked), "name", "");
    s = visit_post(v, "sign_person", S("/en/sign/main/person"), faulty);
    assert_int_equal(s.status, 422);
    assert_true(seen_has(&s, "aria-describedby=\"partner-hint\" checked>"));
    str url = S("/en/sign/main/person");
    assert_int_equal(visit_post(v, "sign_person", url, asked).status, 303);
    str forged = fields_with(v, arena_cstr(v->f.a, ticked), "partner", "reves");
    assert_int_equal(visit_post(v, "sign_person", url, forged).status, 303);
    assert_int_equal(fixture_consents(&v->f).n, 0);
    assert_int_equal(visit_post(v, "sign_person", url, ticked).status, 303);
    q_probe_consents_rows rows = fixture_consents(&v->f);
    assert_int_equal(rows.n, 1);
    ASSERT_STR(rows.at[0].what, S("partner:aer"));
    assert_true(rows.at[0].is_given);
    ASSERT_STR(rows.at[0].lang, S("en"));
    assert_int_equal(rows.at[0].text_version, 1);
    assert_int_equal(rows.at[0].day, v->f.now_ms / DAY_MS);
    visit_close(v);
}

/* By day and source, known sources only; nothing is written for a single visit. */
static void visits_are_counted_by_source(void **state)
{
    visit *v = visit_open(state);
    v->ap.visits = sources_open(&v->f.c);
    static const struct {
        const char *query;
        int times;
    } visits[] = {{"?src=telegram", 7},     {"?src=aer", 5},      {"?src=qr", 2},
                  {"?src=%3Cscript%3E", 9}, {"?src=somebody", 9}, {"", 9}};
    visit_report r;
    for (size_t i = 0; i < sizeof visits / sizeof *visits; i++)
        for (int k = 0; k < visits[i].times; k++)
            visit_get(v, arena_printf(v->f.a, "/en/sign/main%s", visits[i].query));
    visit_get(v, S("/en/sign/main/mandate?src=aer")); /* the same visitor chooses a kind */
    ASSERT_OK(visit_read(&v->f.c, v->f.a, 0, &r));
    assert_int_equal(r.n + (size_t)r.others, 0);
    sources_flush(v->ap.visits);
    ASSERT_OK(visit_read(&v->f.c, v->f.a, v->f.now_ms / DAY_MS, &r));
    assert_int_equal(r.n, 2);
    ASSERT_STR(r.at[0].source, S("telegram"));
    assert_int_equal(r.at[0].n, 7);
    ASSERT_STR(r.at[1].source, S("aer"));
    assert_int_equal(r.at[1].n, 5);
    assert_int_equal(r.others, 2);
    visit_get(v, S("/en/sign/main?src=telegram"));
    sources_close(v->ap.visits); /* hands over the rest */
    v->ap.visits = NULL;
    ASSERT_OK(visit_read(&v->f.c, v->f.a, 0, &r));
    assert_int_equal(r.at[0].n, 8);
    visit_close(v);
}

static void speaks_the_readers_language(void **state)
{
    visit *v = visit_open(state);
    for (lang l = 0; l < LANG_COUNT; l++) {
        str url = arena_printf(v->f.a, "/%.*s/sign/main/person", STR_FMT(lang_code(l)));
        seen s = visit_post(v, "sign_person", url, fields_with(v, PERSON_FIELDS, "name", ""));
        assert_int_equal(s.status, 422);
        buf expected = buf_in(v->f.a);
        html_out o = {&expected};
        html_text(&o, lang_text(v->f.a, l, MSG_FAULT_NAME, NULL, 0));
        assert_int_equal(seen_count(&s, arena_cstr(v->f.a, buf_str(&expected))), 2);
    }
    visit_close(v);
}

static void asks_again_when_too_early_or_late(void **state)
{
    visit *v = visit_open(state);
    static const struct {
        int64_t age_ms;
        msg words;
    } cases[] = {{100, MSG_FAULT_EARLY}, {2999, MSG_FAULT_EARLY}, {90000000, MSG_FAULT_STALE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str body =
            arena_printf(v->f.a, "token=%.*s&%s",
                         STR_FMT(visit_token(v, "sign_person", cases[i].age_ms)), PERSON_FIELDS);
        seen s = visit_send(v, "POST", str_of(person_url), form_type, body);
        assert_int_equal(s.status, 422);
        assert_true(seen_has(&s, visit_words(v, cases[i].words)));
        assert_true(seen_has(&s, "value=\"Ada Lovelace\""));
        assert_false(visit_has_stored(v));
    }
    /* Three seconds are enough. */
    str body = arena_printf(v->f.a, "token=%.*s&%s", STR_FMT(visit_token(v, "sign_person", 3000)),
                            PERSON_FIELDS);
    assert_int_equal(visit_send(v, "POST", str_of(person_url), form_type, body).status, 303);
    visit_close(v);
}

static void asks_to_read_a_new_version(void **state)
{
    visit *v = visit_open(state);
    static const char *const versions[] = {"2", "0", "x", "", NULL};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        seen s = visit_post(v, "sign_person", str_of(person_url),
                            fields_with(v, PERSON_FIELDS, "version", versions[i]));
        assert_int_equal(s.status, 409);
        assert_true(seen_has(&s, visit_words(v, MSG_FAULT_CHANGED)));
        assert_true(seen_has(&s, "value=\"Ada Lovelace\""));
        assert_false(visit_has_stored(v));
    }
    visit_close(v);
}

/* --- The same answer, whatever is behind it --- */

/* The page without its receipt, token and request id. */
static str plain_page(visit *v, seen s, str url)
{
    str receipt = url;
    for (size_t at; (at = str_find(receipt, '/')) < receipt.n;)
        receipt = str_skip(receipt, at + 1);
    buf b = buf_in(v->f.a);
    str rest = s.body;
    for (size_t at; (at = str_find_str(rest, receipt)) < rest.n;) {
        buf_put(&b, str_head(rest, at));
        rest = str_skip(rest, at + receipt.n);
    }
    buf_put(&b, rest);
    str plain = buf_str(&b);
    size_t at = str_find_str(plain, S("name=\"token\" value=\""));
    return arena_printf(v->f.a, "%.*s%.*s", (int)at, plain.at,
                        STR_FMT(str_skip(plain, at + 20 + 32)));
}

static void answers_robots_and_known_addresses_alike(void **state)
{
    visit *v = visit_open(state);
    seen first = visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS));
    str plain = plain_page(v, visit_get(v, first.location), first.location);
    signing known = fixture_signing("Ada Lovelace", "bea@example.org");
    fixture_sign(&v->f, v->f.main, &known);
    seen again = visit_post(v, "sign_person", str_of(person_url),
                            fields_with(v, PERSON_FIELDS, "email", "bea%40example.org"));
    ASSERT_STR(plain_page(v, visit_get(v, again.location), again.location), plain);
    assert_int_equal(again.location.n, first.location.n);
    /* The trap stores nothing, and nobody can tell. */
    q_probe_counts_row before = fixture_counts(&v->f);
    static const char *const baits[] = {"x", "http%3A%2F%2Fx.example", "%3Cb%3E", "a%0D%0Ab"};
    for (size_t i = 0; i < sizeof baits / sizeof *baits; i++) {
        seen robot = visit_post(v, "sign_person", str_of(person_url),
                                fields_with(v, PERSON_FIELDS, "subject", baits[i]));
        assert_int_equal(robot.status, 303);
        ASSERT_STR(plain_page(v, visit_get(v, robot.location), robot.location), plain);
        seen resent = visit_post(v, "sent_again", robot.location, S(""));
        assert_int_equal(resent.status, 303);
    }
    q_probe_counts_row after = fixture_counts(&v->f);
    assert_int_equal(after.signatures, before.signatures);
    assert_int_equal(after.jobs, before.jobs);
    visit_close(v);
}

static void sends_the_mail_again(void **state)
{
    visit *v = visit_open(state);
    seen s = visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS));
    assert_int_equal(fixture_counts(&v->f).jobs, 1);
    letter_jobs jobs;
    ASSERT_OK(letter_claim(&v->f.c, v->f.a, v->f.now_ms, 16, &jobs));
    ASSERT_OK(letter_settle(&v->f.c, &jobs.at[0], LETTER_SENT, 250, v->f.now_ms));
    seen again = visit_post(v, "sent_again", s.location, S(""));
    assert_int_equal(again.status, 303);
    assert_int_equal(fixture_counts(&v->f).jobs, 2);
    assert_true(seen_has(&(seen){.body = visit_get(v, again.location).body}, "role=\"status\""));
    /* While one waits there is no second one. */
    visit_post(v, "sent_again", s.location, S(""));
    assert_int_equal(fixture_counts(&v->f).jobs, 2);
    /* No token, no mail. */
    assert_int_equal(visit_send(v, "POST", s.location, form_type, S("token=x")).status, 403);
    visit_close(v);
}

/* --- Trouble --- */

static void says_honestly_that_nothing_was_saved(void **state)
{
    visit *v = visit_open(state);
    test_db empty = test_db_make(state); /* without tables: every statement fails */
    const db_options options = {.url = empty.url, .schema = &schema_all, .sessions = 2};
    db *good = v->ap.core.db;
    ASSERT_OK(db_open(&options, &empty.d));
    log_set_level(LOG_ERROR + 1);
    v->ap.core.db = empty.d;
    seen s = visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS));
    v->ap.core.db = good;
    log_set_level(LOG_INFO);
    assert_int_equal(s.status, 503);
    assert_true(str_find_str(s.head, S("Retry-After: ")) < s.head.n);
    assert_true(seen_has(&s, visit_words(v, MSG_SIGN_TROUBLE)));
    assert_true(seen_has(&s, "value=\"Ada Lovelace\""));
    assert_true(seen_has(&s, "value=\"ada@example.org\""));
    assert_true(seen_has(&s, "<option value=\"DK\" selected>"));
    assert_false(visit_has_stored(v));
    test_db_close(&empty);
    visit_close(v);
}

static void limits_each_network(void **state)
{
    visit *v = visit_open(state);
    v->ap.limits[RATE_SIGN] = (rate_limits){1, 100};
    assert_int_equal(visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS)).status,
                     303);
    seen s = visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS));
    assert_int_equal(s.status, 429);
    assert_true(str_find_str(s.head, S("Retry-After: ")) < s.head.n);
    assert_int_equal(fixture_counts(&v->f).signatures, 1);
    visit_close(v);
}

/* Before the button, and in the privacy notice. */
static void the_day_of_erasure_is_told(void **state)
{
    visit *v = visit_open(state);
    seen s = visit_get(v, S("/en/sign/main/person"));
    assert_true(seen_has(&s, "On 31 December 2999 your data are erased"));
    fixture_write(&v->f, "page/privacy/en.md", S("title: Privacy\nstate: original\n\nWhat.\n"));
    content_report report;
    ASSERT_OK(fixture_import(&v->f, &report));
    for (int i = 0; i < 100; i++) {
        s = visit_get(v, S("/en/page/privacy"));
        if (s.status == 200)
            break;
        nanosleep(&(struct timespec){0, 50000000}, NULL);
    }
    assert_int_equal(s.status, 200);
    assert_true(seen_has(&s, "main en: all personal data are erased on <b>31 December 2999</b>."));
    assert_true(seen_has(&s, "plea en: all personal data are erased on <b>1 July 2027</b>."));
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(the_day_of_erasure_is_told),
        TEST_ON_BOTH(takes_each_kind),
        TEST_ON_BOTH(takes_websites_and_groups),
        TEST_ON_BOTH(names_the_partner_who_asks),
        TEST_ON_BOTH(visits_are_counted_by_source),
        TEST_ON_BOTH(sends_the_mail_again),
        TEST_ON_BOTH(says_honestly_that_nothing_was_saved),
        TEST_ON_SQLITE(shows_what_each_kind_needs),
        TEST_ON_SQLITE(shows_the_text_that_is_signed),
        TEST_ON_SQLITE(speaks_the_readers_language),
        TEST_ON_SQLITE(asks_again_when_too_early_or_late),
        TEST_ON_SQLITE(asks_to_read_a_new_version),
        TEST_ON_SQLITE(answers_robots_and_known_addresses_alike),
        TEST_ON_SQLITE(limits_each_network),
    };
    return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
