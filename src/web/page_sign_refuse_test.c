/* SPDX-License-Identifier: EUPL-1.2 */
/* What the sign form must not take: bad values, each with its words beside its field, and requests
 * that no page of ours makes. Nothing of it is stored. */

#include "http/token.h"
#include "test_visit.h"

static const char person_url[] = "/en/sign/main/person";

/* A value of 4 bytes and 12 in the form for each character. */
static const char *long_value(visit *v, int characters)
{
    buf b = buf_in(v->f.a);
    for (int i = 0; i < characters; i++)
        buf_put(&b, S("%C3%A9"));
    return arena_cstr(v->f.a, buf_str(&b));
}

static void check_refused(visit *v, const char *taker, const char *url, str fields,
                          const char *name, const char *expected)
{
    seen s = visit_post(v, taker, str_of(url), fields);
    if (s.status != 422)
        fail_msg("%s: %d for %.*s", url, s.status, STR_FMT(fields));
    /* In the list and beside the field, in the same words; the field says that it is wrong. */
    if (*expected)
        assert_true(seen_count(&s, expected) >= 2);
    assert_int_equal(seen_count(&s, arena_printf(v->f.a, "<a href=\"#%s\">", name).at), 1);
    assert_int_equal(seen_count(&s, arena_printf(v->f.a, "id=\"%s-error\"", name).at), 1);
    assert_true(seen_has(&s, arena_printf(v->f.a, "aria-describedby=\"%s-error", name).at));
    assert_int_equal(seen_count(&s, "aria-invalid=\"true\""), 1);
    assert_int_equal(seen_count(&s, "role=\"alert\""), 1);
    /* What was right is still there. */
    if (strcmp(name, "email") != 0)
        assert_true(seen_has(&s, "value=\"ada@example.org\""));
    if (strcmp(name, "consent") != 0)
        assert_true(seen_has(&s, "id=\"consent\" name=\"consent\" value=\"1\" "
                                 "aria-describedby=\"consent-hint\" checked"));
    assert_false(visit_has_stored(v));
}

static void refuses_what_is_no_website(void **state)
{
    visit *v = visit_open(state);
    static const char *const values[] = {"javascript:alert(1)", "ftp%3A%2F%2Fexample.org", "none",
                                         "https%3A%2F%2Fa%3Ab%40example.org",
                                         "http%3A%2F%2F127.0.0.1%2F"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        check_refused(v, "sign_organisation", "/en/sign/main/organisation",
                      fields_with(v, ORGANISATION_FIELDS, "website", values[i]), "website",
                      visit_words(v, MSG_FAULT_NOT_A_WEBSITE));
    visit_close(v);
}

static void refuses_bad_values(void **state)
{
    visit *v = visit_open(state);
    static const struct {
        const char *route, *url, *fields;
        const char *texts[8]; /* fields that people write in */
    } forms[] = {
        {"sign_person", "/en/sign/main/person", PERSON_FIELDS, {"name", "place", "reason"}},
        {"sign_organisation",
         "/en/sign/main/organisation",
         ORGANISATION_FIELDS,
         {"organisation", "name", "role", "website", "authority", "place", "reason"}},
        {"sign_mandate",
         "/en/sign/main/mandate",
         MANDATE_FIELDS,
         {"name", "role", "organisation", "group", "place", "reason"}},
    };
    static const char *const values[] = {
        "a%07b",       "a%1Bb",     "a%7Fb",       "a%C2%85b",
        "a%E2%80%AEb", "%3Cb%3Ehi", "x%3C%2Fp%3E", "x%3Cscript%3Ealert(1)",
        "x%3C!--",
    };
    static const char *const lines[] = {"a%0D%0ABcc:+b", "a%0Ab", "%3D1%2B1",
                                        "%2BSUM(A1)",    "-1",    "@SUM(1)"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        for (size_t t = 0; t < 8 && forms[i].texts[t]; t++) {
            const char *name = forms[i].texts[t];
            for (size_t k = 0; k < sizeof values / sizeof *values; k++)
                check_refused(v, forms[i].route, forms[i].url,
                              fields_with(v, forms[i].fields, name, values[k]), name, "");
            bool is_paragraph = strcmp(name, "reason") == 0;
            for (size_t k = 0; !is_paragraph && k < sizeof lines / sizeof *lines; k++)
                check_refused(v, forms[i].route, forms[i].url,
                              fields_with(v, forms[i].fields, name, lines[k]), name, "");
            check_refused(v, forms[i].route, forms[i].url,
                          fields_with(v, forms[i].fields, name, long_value(v, 501)), name, "");
        }
    }
    visit_close(v);
}

static void says_what_is_missing(void **state)
{
    visit *v = visit_open(state);
    static const struct {
        const char *route, *url, *fields, *name;
        msg expected;
    } cases[] = {
        {"sign_person", person_url, PERSON_FIELDS, "name", MSG_FAULT_NAME},
        {"sign_person", person_url, PERSON_FIELDS, "email", MSG_FAULT_EMAIL},
        {"sign_person", person_url, PERSON_FIELDS, "country", MSG_FAULT_COUNTRY},
        {"sign_person", person_url, PERSON_FIELDS, "consent", MSG_FAULT_CONSENT},
        {"sign_organisation", "/en/sign/main/organisation", ORGANISATION_FIELDS, "organisation",
         MSG_FAULT_ORGANISATION},
        {"sign_organisation", "/en/sign/main/organisation", ORGANISATION_FIELDS, "type",
         MSG_FAULT_TYPE},
        {"sign_organisation", "/en/sign/main/organisation", ORGANISATION_FIELDS, "name",
         MSG_FAULT_NAME},
        {"sign_organisation", "/en/sign/main/organisation", ORGANISATION_FIELDS, "role",
         MSG_FAULT_ROLE},
        {"sign_mandate", "/en/sign/main/mandate", MANDATE_FIELDS, "role", MSG_FAULT_MANDATE},
        {"sign_mandate", "/en/sign/main/mandate", MANDATE_FIELDS, "type", MSG_FAULT_LEVEL},
        {"sign_mandate", "/en/sign/main/mandate", MANDATE_FIELDS, "organisation",
         MSG_FAULT_INSTITUTION},
    };
    static const char *const empty[] = {NULL, "", "++", "%C2%A0"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is_choice =
            strcmp(cases[i].name, "type") == 0 || strcmp(cases[i].name, "consent") == 0;
        for (size_t k = 0; k < (is_choice ? 2 : sizeof empty / sizeof *empty); k++)
            check_refused(v, cases[i].route, cases[i].url,
                          fields_with(v, cases[i].fields, cases[i].name, empty[k]), cases[i].name,
                          visit_words(v, cases[i].expected));
    }
    visit_close(v);
}

static void refuses_bad_addresses_and_choices(void **state)
{
    visit *v = visit_open(state);
    static const char *const addresses[] = {
        "ada",
        "ada%40",
        "%40example.org",
        "ada%40example",
        "ada%40%40example.org",
        "a+da%40example.org",
        "ada%40example..org",
        "ada%40-example.org",
        "ada%40127.0.0.1",
        "ada%40[127.0.0.1]",
        "%22ada%22%40example.org",
        "ada%40example.org%2Cbob%40example.org",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        check_refused(v, "sign_person", person_url,
                      fields_with(v, PERSON_FIELDS, "email", addresses[i]), "email",
                      visit_words(v, MSG_FAULT_NOT_EMAIL));
    /* What a header could be split with is a control character before it is anything else. */
    check_refused(v, "sign_person", person_url,
                  fields_with(v, PERSON_FIELDS, "email", "ada%40example.org%0D%0ABcc:x%40y.org"),
                  "email", "");
    static const char *const countries[] = {"D", "DKK", "XX", "dk", "1+", "%3Cb"};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        check_refused(v, "sign_person", person_url,
                      fields_with(v, PERSON_FIELDS, "country", countries[i]), "country", "");
    check_refused(v, "sign_organisation", "/en/sign/main/organisation",
                  fields_with(v, ORGANISATION_FIELDS, "type", "party"), "type", "");
    check_refused(v, "sign_person", person_url,
                  fields_with(v, PERSON_FIELDS, "name", "Visit+http%3A%2F%2Fx.example"), "name",
                  "");
    visit_close(v);
}

static void shows_typed_markup_as_text(void **state)
{
    visit *v = visit_open(state);
    seen s = visit_post(
        v, "sign_person", str_of(person_url),
        fields_with(v, PERSON_FIELDS, "name", "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"));
    assert_int_equal(s.status, 422);
    assert_false(seen_has(&s, "<script>alert"));
    assert_true(seen_has(&s, "value=\"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""));
    s = visit_post(v, "sign_person", str_of(person_url),
                   fields_with(v, PERSON_FIELDS, "reason", "%3C%2Ftextarea%3E%3Cimg+src%3Dx%3E"));
    assert_int_equal(s.status, 422);
    assert_true(seen_has(&s, "&lt;/textarea&gt;&lt;img src=x&gt;</textarea>"));
    visit_close(v);
}

/* --- Requests that no page of ours makes --- */

static void check_status(visit *v, const char *what, seen s, int status)
{
    if (s.status != status)
        fail_msg("%s: %d, not %d", what, s.status, status);
    assert_false(visit_has_stored(v));
    assert_true(seen_has(&s, "<h1>")); /* a page, not a bare line */
}

static const char form_type[] = "application/x-www-form-urlencoded";

static void refuses_malformed_bodies(void **state)
{
    visit *v = visit_open(state);
    static const struct {
        const char *what, *name, *value;
    } cases[] = {
        {"wrong UTF-8", "name", "%FF%FE"},
        {"overlong", "name", "%C0%AF"},
        {"half a character", "name", "%C3"},
        {"NUL", "name", "a%00b"},
        {"surrogate", "name", "%ED%A0%80"},
        {"unknown field", "admin", "1"},
        {"box", "listed", "yes"},
        {"NUL in the address", "email", "a%00%40b.org"},
        {"broken escape", "name", "%4"},
        {"broken escape", "name", "%zz"},
        {"unknown field", "organisation", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_status(v, cases[i].what,
                     visit_post(v, "sign_person", str_of(person_url),
                                fields_with(v, PERSON_FIELDS, cases[i].name, cases[i].value)),
                     400);
    check_status(v, "repeated field",
                 visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS "&name=Bob")),
                 400);
    check_status(v, "repeated box",
                 visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS "&consent=1")),
                 400);
    str body = arena_printf(v->f.a, "token=%.*s&%s", STR_FMT(visit_token(v, "sign_person", 60000)),
                            PERSON_FIELDS);
    static const char *const types[] = {"application/json", "text/plain", "multipart/form-data",
                                        "application/x-www-form-urlencoded; charset=latin1", NULL};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        check_status(v, "type", visit_send(v, "POST", str_of(person_url), types[i], body), 415);
    str large = arena_printf(v->f.a, "%.*s&reason=%s", STR_FMT(body), long_value(v, 12000));
    check_status(v, "too large", visit_send(v, "POST", str_of(person_url), form_type, large), 413);
    visit_close(v);
}

static void refuses_foreign_tokens_and_origins(void **state)
{
    visit *v = visit_open(state);
    arena *a = v->f.a;
    str good = visit_token(v, "sign_person", 60000);
    char *forged = arena_cstr(a, good);
    forged[good.n - 1] = forged[good.n - 1] == 'A' ? 'B' : 'A';
    key32 other = {.at = {42}};
    const str tokens[] = {S(""),
                          S("x"),
                          {forged, good.n},
                          visit_token(v, "sign_mandate", 60000),
                          form_token_make(a, &other, S("sign_person"), v->f.now_ms - 60000)};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        check_status(
            v, "token",
            visit_send(v, "POST", str_of(person_url), form_type,
                       arena_printf(a, "token=%.*s&%s", STR_FMT(tokens[i]), PERSON_FIELDS)),
            403);
    check_status(v, "no token",
                 visit_send(v, "POST", str_of(person_url), form_type, S(PERSON_FIELDS)), 403);
    static const char *const origins[] = {
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Origin: http://sign.example\r\n",
        "Origin: https://sign.example.evil.example\r\n",
        "Origin: https://sign.example\r\nSec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Referer: https://evil.example/en/sign/main/person\r\n",
    };
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        v->headers = origins[i];
        check_status(v, origins[i],
                     visit_post(v, "sign_person", str_of(person_url), S(PERSON_FIELDS)), 403);
    }
    visit_close(v);
}

static void refuses_what_is_not_there(void **state)
{
    visit *v = visit_open(state);
    static const char *const nowhere[] = {
        "/xx/sign/main",       "/en/sign/none",
        "/en/sign/main/robot", "/en/sign/plea/organisation",
        "/EN/sign/main",       "/en/sign/main/person/x",
    };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        check_status(v, nowhere[i], visit_get(v, str_of(nowhere[i])), 404);
    check_status(
        v, "kind",
        visit_post(v, "sign_organisation", S("/en/sign/plea/organisation"), S(ORGANISATION_FIELDS)),
        404);
    check_status(v, "declaration",
                 visit_post(v, "sign_person", S("/en/sign/none/person"), S(PERSON_FIELDS)), 404);
    static const char *const closed[] = {"past", "future"};
    for (size_t i = 0; i < 2; i++) {
        str url = arena_printf(v->f.a, "/da/sign/%s/person", closed[i]);
        check_status(v, closed[i], visit_get(v, url), 410);
        check_status(v, closed[i], visit_post(v, "sign_person", url, S(PERSON_FIELDS)), 410);
    }
    visit_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(refuses_bad_values),
        TEST_ON_SQLITE(refuses_what_is_no_website),
        TEST_ON_SQLITE(says_what_is_missing),
        TEST_ON_SQLITE(refuses_bad_addresses_and_choices),
        TEST_ON_SQLITE(shows_typed_markup_as_text),
        TEST_ON_SQLITE(refuses_malformed_bodies),
        TEST_ON_SQLITE(refuses_foreign_tokens_and_origins),
        TEST_ON_SQLITE(refuses_what_is_not_there),
    };
    return cmocka_run_group_tests_name("sign refuses", tests, NULL, NULL);
}
