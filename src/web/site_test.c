/* SPDX-License-Identifier: EUPL-1.2 */
/* The public pages through the real server: every page in several languages, the ways in, errors,
 * figures, and that nothing leads nowhere. */

#include "web/test_site.h"

#include "base/clock.h"
#include "lang/lang.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const pages[] = {
    "",
    "/languages",
    "/declaration/2026",
    "/declaration/petition",
    "/signatories/2026",
    "/figures/2026",
    "/figures/petition",
    "/map/2026",
    "/map/2026?show=regions",
    "/map/2026?show=mosaic",
    "/map/petition",
    "/population/2026",
    "/population/petition",
    "/proof/2026",
    "/proof/petition",
    "/partners",
    "/documents",
    "/documents/declaration-2017",
    "/documents/opinion-cohesion-report-2022",
    "/news",
    "/news/handover-2018",
    "/search",
    "/stories",
    "/act",
    "/embed",
    "/act/video",
    "/act/petition",
    "/materials",
    "/act/video/interest",
    "/page/privacy",
    "/page/how-it-works",
};
enum { PAGES = sizeof pages / sizeof *pages };

static size_t count(str text, str part)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(text, part)) < text.n; n++)
        text = str_skip(text, at + part.n);
    return n;
}

static str title_of(str body)
{
    str rest = str_skip(body, str_find_str(body, S("<title>")) + 7);
    return str_head(rest, str_find(rest, '<'));
}

static void check_page(site *s, lang l, const char *below, str *out_title)
{
    str code = lang_code(l);
    str path = arena_printf(s->a, "/%.*s%s", STR_FMT(code), below);
    answer got = site_get(s, path);
    if (got.status != 200)
        fail_msg("%.*s: %d", STR_FMT(path), got.status);
    ASSERT_HAS(got.body, arena_printf(s->a, "<html lang=\"%.*s\">", STR_FMT(code)));
    assert_true(str_eq(answer_header(&got, "content-language"), code));
    assert_int_equal(count(got.body, S("<h1")), 1);
    *out_title = title_of(got.body);
    assert_true(out_title->n > 10);
    if (count(got.body, S("name=\"robots\""))) {
        assert_true(str_eq(answer_header(&got, "x-robots-tag"), S("noindex")));
        return;
    }
    assert_int_equal(count(got.body, S("rel=\"alternate\" hreflang=")), LANG_COUNT + 1);
    ASSERT_HAS(got.body,
               arena_printf(s->a, "<link rel=\"canonical\" href=\"https://site.example%.*s\">",
                            STR_FMT(path)));
    for (size_t i = 0; i < LANG_COUNT; i++) {
        str other = lang_code((lang)i);
        ASSERT_HAS(got.body,
                   arena_printf(s->a, "hreflang=\"%.*s\" href=\"https://site.example/%.*s%s\"",
                                STR_FMT(other), STR_FMT(other), below));
    }
}

static void pages_in_languages(void **state)
{
    static const lang some[] = {LANG_EN, LANG_DA, LANG_EL, LANG_BG, LANG_FI, LANG_GA};
    site *s = site_open(state);
    site_sign(s, SIGNER_PERSON, "Ada Lovelace", "IE");
    site_publish(s, 0);
    for (size_t l = 0; l < sizeof some / sizeof *some; l++) {
        str titles[PAGES];
        for (size_t i = 0; i < PAGES; i++) {
            check_page(s, some[l], pages[i], &titles[i]);
            for (size_t k = 0; k < i; k++)
                if (str_eq(titles[i], titles[k]) && strncmp(pages[i], "/figures", 8) != 0 &&
                    strncmp(pages[i], "/map", 4) != 0 &&
                    strncmp(pages[i], "/population", 11) != 0 &&
                    strncmp(pages[i], "/proof", 6) != 0)
                    fail_msg("%s and %s: the same title", pages[i], pages[k]);
        }
    }
    site_close(s);
}

/* Follows every address of this site that the body names; out: how many. */
static size_t follow_links(site *s, str body)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(body, S("=\"/"))) < body.n; n++) {
        body = str_skip(body, at + 2);
        str url = str_head(body, str_find(body, '"'));
        url = str_head(url, str_find(url, '#'));
        if (str_find_str(url, S("/sign/")) < url.n || str_ends(url, S("/link")))
            continue; /* their own tests follow these */
        answer got = site_get(s, url);
        if (got.status != 200)
            fail_msg("%.*s: %d", STR_FMT(url), got.status);
    }
    return n;
}

static void links_lead_somewhere(void **state)
{
    site *s = site_open(state);
    for (size_t i = 0; i < PAGES; i++) {
        answer got = site_get(s, arena_printf(s->a, "/mt%s", pages[i]));
        assert_true(follow_links(s, got.body) > 30);
    }
    site_close(s);
}

/* Frames and picture show the same number as the pages. */
static void embeds_have_the_count(void **state)
{
    static const char *const paths[] = {"/embed/de/2026/count", "/embed/de/2026/sign",
                                        "/embed/de/2026/count.svg?accent=0a5c4a"};
    site *s = site_open(state);
    site_sign(s, SIGNER_PERSON, "Ada Lovelace", "IE");
    site_sign(s, SIGNER_PERSON, "Grace Hopper", "DK");
    site_publish(s, 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        answer got = site_get(s, str_of(paths[i]));
        assert_int_equal(got.status, 200);
        ASSERT_HAS(got.body, S(">2</"));
        ASSERT_HAS(answer_header(&got, "content-security-policy"), S("frame-ancestors *;"));
    }
    answer got = site_get(s, S("/embed/de/2026/latest?src=cemr"));
    ASSERT_HAS(got.body, S("Grace Hopper"));
    ASSERT_HAS(got.body, S("/de/sign/2026?src=cemr"));
    got = site_get(s, S("/embed/de/2026/latest?src=nobody"));
    assert_int_equal(count(got.body, S("nobody")), 0);
    got = site_get(s, S("/embed/colours.css?theme=dark&accent=000000"));
    ASSERT_HAS(answer_header(&got, "content-type"), S("text/css"));
    ASSERT_HAS(got.body, S("--accent:#000000"));
    assert_int_equal(count(got.body, S("--accent-text:#000000")), 0); /* it would not be read */
    got = site_get(s, S("/embed/embed.js"));
    ASSERT_HAS(answer_header(&got, "cross-origin-resource-policy"), S("cross-origin"));
    assert_int_equal(site_get(s, S("/embed/de/none/count")).status, 404);
    assert_int_equal(site_get(s, S("/embed/xx/2026/count")).status, 404);
    site_close(s);
}

static void front_door(void **state)
{
    site *s = site_open(state);
    answer got = site_ask(s, "GET", S("/"), "Accept-Language: pt-BR, en;q=0.5\r\n", NULL);
    assert_int_equal(got.status, 302);
    assert_true(str_eq(answer_header(&got, "location"), S("/pt")));
    assert_true(str_eq(answer_header(&got, "vary"), S("Accept-Language")));
    got = site_ask(s, "GET", S("/"), "Accept-Language: ja, *;q=0.1\r\n", NULL);
    assert_int_equal(got.status, 200);
    assert_int_equal(count(got.body, S("<li><a href=\"/")) >= LANG_COUNT, true);
    ASSERT_HAS(got.body, S("lang=\"mt\" hreflang=\"mt\">Malti"));
    got = site_get(s, S("/da/?x=1"));
    assert_int_equal(got.status, 301);
    assert_true(str_eq(answer_header(&got, "location"), S("/da?x=1")));
    lang pseudo;
    if (lang_by_code(S("xx-pseudo"), &pseudo) == OK) { /* not in a release build */
        got = site_get(s, S("/xx-pseudo"));
        ASSERT_HAS(got.body, S("<html lang=\"xx-pseudo\">"));
        ASSERT_HAS(got.body, S("lang=\"en\">Together for a Europe"));
    }
    /* A language in the path is never second-guessed. */
    got = site_ask(s, "GET", S("/fi"), "Accept-Language: de\r\n", NULL);
    assert_int_equal(got.status, 200);
    ASSERT_HAS(got.body, S("<html lang=\"fi\">"));
    site_close(s);
}

static void short_addresses_lead_to_the_main_declaration(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"/da/declaration", "/da/declaration/2026"},
        {"/el/signatories", "/el/signatories/2026"},
        {"/da/figures", "/da/figures/2026"},
        {"/da/map", "/da/map/2026"},
        {"/da/population", "/da/population/2026"},
        {"/da/proof", "/da/proof/2026"},
        {"/da/sign", "/da/sign/2026"},
        {"/da/sign?src=mail", "/da/sign/2026?src=mail"},
        {"/da/sign?src=nobody", "/da/sign/2026"},
    };
    site *s = site_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer got = site_get(s, str_of(cases[i].from));
        assert_int_equal(got.status, 303);
        assert_true(str_eq(answer_header(&got, "location"), str_of(cases[i].to)));
    }
    site_close(s);
}

static void errors_in_the_readers_language(void **state)
{
    site *s = site_open(state);
    answer got = site_ask(s, "GET", S("/bg/nowhere"), "Accept-Language: de\r\n", NULL);
    assert_int_equal(got.status, 404);
    ASSERT_HAS(got.body, S("<html lang=\"bg\">"));
    got = site_ask(s, "GET", S("/nowhere"), "Accept-Language: de\r\n", NULL);
    assert_int_equal(got.status, 404);
    ASSERT_HAS(got.body, S("<html lang=\"de\">"));
    assert_int_equal(count(got.body, S("<h1")), 1);
    got = site_get(s, S("/xx/act"));
    assert_int_equal(got.status, 404);
    got = site_ask(s, "POST", S("/el/act"), "Content-Type: application/x-www-form-urlencoded\r\n",
                   "a=b");
    assert_int_equal(got.status, 405);
    ASSERT_HAS(got.body, S("<html lang=\"el\">"));
    ASSERT_HAS(answer_header(&got, "allow"), S("GET"));
    static const char *const bad[] = {
        "/en/signatories/2026?kind=king", "/en/signatories/2026?country=Denmark",
        "/en/signatories/2026?before=-1", "/en/signatories/2026?before=x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(site_get(s, str_of(bad[i])).status, 400);
    static const char *const missing[] = {"/en/declaration/1999", "/en/act/nap",
                                          "/en/page/secret",      "/data/1999/count.json",
                                          "/static/site.css",     "/log/2026/checkpoint"};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_int_equal(site_get(s, str_of(missing[i])).status, 404);
    site_close(s);
}

static void count_moves_everywhere(void **state)
{
    site *s = site_open(state);
    answer got = site_get(s, S("/en"));
    ASSERT_HAS(got.body, S("count-words"));
    assert_int_equal(count(got.body, S("data-count")), 0);
    ASSERT_HAS(site_get(s, S("/data/2026/count.json")).body, S("\"count\":0,\"goal\":1000"));
    site_sign(s, SIGNER_PERSON, "Ada Lovelace", "IE");
    site_sign(s, SIGNER_ORGANISATION, "Comune di Matera", "IT");
    site_sign(s, SIGNER_MANDATE, "Γιώργος Παπαδόπουλος", "GR");
    site_publish(s, 0);
    str languages[] = {S("/en"), S("/de"), S("/lv"), S("/fi/declaration/2026"),
                       S("/hu/figures/2026")};
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        ASSERT_HAS(site_get(s, languages[i]).body, S("data-count=\"3\" data-group=\""));
    ASSERT_HAS(site_get(s, S("/data/2026/count.json")).body,
               S("\"count\":3,\"goal\":1000,\"persons\":1,\"organisations\":1,\"mandates\":1,"));
    got = site_get(s, S("/data/2026/figures.csv"));
    ASSERT_HAS(got.body, S("kind,country,signatures,as_of,log_size\r\nperson,IE,1,20"));
    ASSERT_HAS(got.body, S("\r\nmandate,GR,1,"));
    assert_true(str_eq(answer_header(&got, "access-control-allow-origin"), S("*")));
    ASSERT_HAS(site_get(s, S("/data/2026/figures.json")).body,
               S("{\"country\":\"IT\",\"persons\":0,\"organisations\":1,\"mandates\":0,"
                 "\"count\":1}"));
    got = site_get(s, S("/el/figures/2026"));
    ASSERT_HAS(got.body, S("<th scope=\"row\">Ελλάδα</th>"));
    ASSERT_HAS(site_get(s, S("/en")).body, S("Comune di Matera"));
    site_close(s);
}

static void growth_is_shown_day_by_day(void **state)
{
    site *s = site_open(state);
    int64_t now_ms = clock_now_ms();
    site_sign(s, SIGNER_PERSON, "Ada Lovelace", "IE");
    site_publish_at(s, 0, now_ms - (int64_t)4 * 86400000);
    str early = site_get(s, S("/en/figures/2026")).body;
    assert_int_equal(count(early, S("growth-line")), 0); /* one day is no curve */
    site_sign(s, SIGNER_PERSON, "Bob", "IT");
    site_sign(s, SIGNER_PERSON, "Eva", "DE");
    site_publish_at(s, 0, now_ms);
    str later = site_get(s, S("/en/figures/2026")).body;
    ASSERT_HAS(later, S("<path class=\"growth-line\" d=\"M0 202H1000V6\""));
    ASSERT_HAS(later, S("<td class=\"num\">3</td><td class=\"num\">2</td></tr>"));
    ASSERT_HAS(later, S("<td class=\"num\">1</td><td class=\"num\">1</td></tr>"));
    ASSERT_HAS(later, S("aria-label=\"Curve: from 1 on "));
    site_close(s);
}

static void register_filters_and_pages(void **state)
{
    site *s = site_open(state);
    str empty = site_get(s, S("/en/signatories/2026")).body;
    ASSERT_HAS(empty, S("Nobody is listed yet."));
    assert_int_equal(count(empty, S("<form")), 0);
    for (int i = 0; i < 52; i++)
        site_sign(s, SIGNER_PERSON, arena_cstr(s->a, arena_printf(s->a, "Signer %d", i)), "DK");
    site_sign(s, SIGNER_ORGANISATION, "Città di Matera", "IT");
    site_publish(s, 0);
    answer got = site_get(s, S("/en/signatories/2026"));
    assert_int_equal(count(got.body, S("<b translate=\"no\">")), 50);
    assert_true(str_eq(answer_header(&got, "x-robots-tag"), S("noindex")));
    assert_int_equal(count(got.body, S(">today</time>")), 50);
    assert_int_equal(count(got.body, S("<time datetime=\"20")), 50);
    str next = str_skip(got.body, str_find_str(got.body, S("/en/signatories/2026?before=")));
    next = str_head(next, str_find(next, '"'));
    got = site_get(s, next);
    assert_int_equal(got.status, 200);
    assert_int_equal(count(got.body, S("<b translate=\"no\">")), 3);
    got = site_get(s, S("/en/signatories/2026?order=name"));
    ASSERT_HAS(got.body, S("<option value=\"name\" selected>By name"));
    ASSERT_HAS(got.body, S("53 of 53 confirmed signatures"));
    size_t city = str_find_str(got.body, S("Città di Matera"));
    assert_true(city < str_find_str(got.body, S(">Signer 0<")));
    next =
        str_skip(got.body, str_find_str(got.body, S("/en/signatories/2026?order=name&amp;after=")));
    next = str_head(next, str_find(next, '"'));
    size_t amp = str_find_str(next, S("&amp;"));
    got = site_get(
        s, arena_printf(s->a, "%.*s%.*s", (int)amp + 1, next.at, STR_FMT(str_skip(next, amp + 5))));
    assert_int_equal(got.status, 200);
    assert_int_equal(count(got.body, S("<b translate=\"no\">")), 3);
    ASSERT_HAS(got.body, S(">Signer 9<"));
    assert_int_equal(site_get(s, S("/en/signatories/2026?order=name&after=%3C")).status, 400);
    assert_int_equal(site_get(s, S("/en/signatories/2026?order=age")).status, 400);
    got = site_get(s, S("/en/signatories/2026?words=citta&kind=organisation&country=IT"));
    assert_int_equal(count(got.body, S("<b translate=\"no\">")), 1);
    ASSERT_HAS(got.body, S("<option value=\"organisation\" selected>"));
    ASSERT_HAS(got.body, S("<option value=\"IT\" selected>Italy"));
    ASSERT_HAS(got.body, S("value=\"citta\""));
    got = site_get(s, S("/en/signatories/2026?words=%3Cb%3E%22"));
    assert_int_equal(got.status, 200);
    ASSERT_HAS(got.body, S("value=\"&lt;b&gt;"));
    ASSERT_HAS(got.body, S("Nothing was found."));
    site_close(s);
}

static void conditional_and_static(void **state)
{
    site *s = site_open(state);
    answer got = site_get(s, S("/sl"));
    str etag = answer_header(&got, "etag");
    assert_true(etag.n > 4);
    str with = arena_printf(s->a, "If-None-Match: %.*s\r\n", STR_FMT(etag));
    assert_int_equal(site_ask(s, "GET", S("/sl"), arena_cstr(s->a, with), NULL).status, 304);
    str css = str_skip(got.body, str_find_str(got.body, S("/static/site.")));
    css = str_head(css, str_find(css, '"'));
    got = site_ask(s, "GET", css, "Accept-Encoding: br\r\n", NULL);
    assert_int_equal(got.status, 200);
    assert_true(str_eq(answer_header(&got, "content-encoding"), S("br")));
    ASSERT_HAS(answer_header(&got, "cache-control"), S("immutable"));
    got = site_ask(s, "HEAD", S("/sl"), "", NULL);
    assert_int_equal(got.status, 200);
    assert_int_equal(got.body.n, 0);
    assert_true(str_eq(site_get(s, S("/health")).body, S("ok\n")));
    ASSERT_HAS(site_get(s, S("/robots.txt")).body, S("Sitemap: https://site.example/sitemap.xml"));
    got = site_get(s, S("/sitemap/1"));
    ASSERT_HAS(got.body, S("<loc>https://site.example/sv/act/video</loc>"));
    ASSERT_HAS(got.body, S("hreflang=\"ga\" href=\"https://site.example/ga/page/privacy\"/>"));
    got = site_ask(s, "GET", S("/office"), "Accept-Language: nl\r\n", NULL);
    ASSERT_HAS(got.body, S("<html lang=\"nl\">"));
    site_close(s);
}

static void write_file(int folder, const char *path, const char *text)
{
    int fd = openat(folder, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void log_files(void **state)
{
    site *s = site_open(state);
    int folder = s->app.log_directory_fd;
    assert_int_equal(mkdirat(folder, "2026", 0755), 0);
    assert_int_equal(mkdirat(folder, "2026/tile", 0755), 0);
    assert_int_equal(mkdirat(folder, "2026/tile/0", 0755), 0);
    assert_int_equal(mkdirat(folder, "2026/tile/0/000.p", 0755), 0);
    write_file(folder, "2026/checkpoint", "a checkpoint\n");
    write_file(folder, "2026/.checkpoint.new", "half");
    write_file(folder, "2026/tile/0/000", "full");
    write_file(folder, "2026/tile/0/000.p/3", "part");
    write_file(folder, "secret", "not in the log of a declaration");
    answer got = site_get(s, S("/log/2026/checkpoint"));
    assert_int_equal(got.status, 200);
    assert_true(str_eq(got.body, S("a checkpoint\n")));
    assert_true(str_eq(answer_header(&got, "cache-control"), S("no-cache")));
    assert_true(str_eq(answer_header(&got, "access-control-allow-origin"), S("*")));
    got = site_get(s, S("/log/2026/tile/0/000"));
    ASSERT_HAS(answer_header(&got, "cache-control"), S("immutable"));
    got = site_get(s, S("/log/2026/tile/0/000.p/3"));
    assert_true(str_eq(answer_header(&got, "cache-control"), S("public, max-age=60")));
    static const char *const closed[] = {"/log/2026/.checkpoint.new",
                                         "/log/2026/tile",
                                         "/log/2026/tile/0/001",
                                         "/log/2026/secret",
                                         "/log/2026/tile/0/../../../secret",
                                         "/log/secret"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        got = site_get(s, str_of(closed[i]));
        if (got.status != 404 && got.status != 400)
            fail_msg("%s: %d", closed[i], got.status);
    }
    site_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(pages_in_languages),
        TEST_ON_SQLITE(links_lead_somewhere),
        TEST_ON_SQLITE(embeds_have_the_count),
        TEST_ON_SQLITE(front_door),
        TEST_ON_SQLITE(short_addresses_lead_to_the_main_declaration),
        TEST_ON_SQLITE(errors_in_the_readers_language),
        TEST_ON_SQLITE(count_moves_everywhere),
        TEST_ON_SQLITE(growth_is_shown_day_by_day),
        TEST_ON_SQLITE(register_filters_and_pages),
        TEST_ON_SQLITE(conditional_and_static),
        TEST_ON_SQLITE(log_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
