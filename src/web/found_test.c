/* SPDX-License-Identifier: EUPL-1.2 */
/* What readers and machines find: documents by what they ask for, search in their language, news,
 * feeds, old addresses, maps. */

#include "web/test_site.h"

#include "lang/lang.h"

static size_t count(str text, str part)
{
    size_t n = 0;
    for (size_t at; (at = str_find_str(text, part)) < text.n; n++)
        text = str_skip(text, at + part.n);
    return n;
}

static str get(site *s, const char *path)
{
    answer got = site_get(s, str_of(path));
    if (got.status != 200)
        fail_msg("%s: %d", path, got.status);
    return got.body;
}

#define ASSERT_LACKS(text, part)                                                                   \
    do {                                                                                           \
        str text_ = (text), part_ = (part);                                                        \
        if (str_find_str(text_, part_) < text_.n)                                                  \
            fail_msg("\"%.*s\" in:\n%.*s", STR_FMT(part_), STR_FMT(text_));                        \
    } while (0)

/* The documents of a list, in its order. */
static str slugs_in(site *s, str body)
{
    buf b = buf_in(s->a);
    str rest = str_skip(body, str_find_str(body, S("<ul class=\"ledger\">")));
    rest = str_head(rest, str_find_str(rest, S("</ul>")));
    for (size_t at; (at = str_find_str(rest, S("<li id=\""))) < rest.n;) {
        rest = str_skip(rest, at + 8);
        buf_printf(&b, "%s%.*s", b.n ? " " : "", STR_FMT(str_head(rest, str_find(rest, '"'))));
    }
    return buf_str(&b);
}

static void documents_by_what_is_asked(void **state)
{
    static const struct {
        const char *query, *slugs;
    } cases[] = {
        {"kind=opinion", "opinion-cohesion-report-2022 opinion-non-cohesion-2018 "
                         "opinion-beyond-2020"},
        {"kind=opinion&year=2018", "opinion-non-cohesion-2018"},
        {"publisher=cpmr", "cpmr-papers"},
        {"year=2016", "cpmr-papers"}, /* 2015 to 2018 */
        {"topic=budget&kind=reflection", "reflection-eu-finances-2017"},
        {"language=it&publisher=other", "reves-declaration-2017"},
        {"words=eurocities", "eurocities-position-2017"},
        {"words=mons&kind=declaration", "mons-declaration-2024"},
        {"words=52022IR0729", "opinion-cohesion-report-2022"},
        {"words=mons&kind=opinion", ""},
    };
    site *s = site_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str body = get(s, arena_printf(s->a, "/en/documents?%s", cases[i].query).at);
        str slugs = slugs_in(s, body);
        if (!str_eq(slugs, str_of(cases[i].slugs)))
            fail_msg("%s: %.*s", cases[i].query, STR_FMT(slugs));
        ASSERT_HAS(body, S("name=\"robots\" content=\"noindex\""));
        if (slugs.n == 0)
            ASSERT_HAS(body, S("<a href=\"/en/documents\">Show all documents</a>"));
    }
    str body = get(s, "/en/documents");
    ASSERT_HAS(body, S("<h2>16 documents</h2>"));
    ASSERT_HAS(body, S("<link rel=\"canonical\" href=\"https://site.example/en/documents\">"));
    /* The choice stands, in the form and behind the other languages. */
    body = get(s, "/lt/documents?kind=report&year=2017");
    ASSERT_HAS(body, S("<option value=\"report\" selected>"));
    ASSERT_HAS(body, S("<option value=\"2017\" selected>"));
    ASSERT_HAS(body, S("href=\"/da/documents?kind=report&amp;year=2017\""));
    static const char *const bad[] = {"kind=king",   "year=17",  "year=2017x", "language=xx",
                                      "language=DA", "page=0",   "page=-1",    "page=x",
                                      "words=%FF",   "page=1e9", "year=99999", "page=99999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(site_get(s, arena_printf(s->a, "/en/documents?%s", bad[i])).status, 400);
    assert_int_equal(site_get(s, S("/en/documents?page=2")).status, 404);
    assert_int_equal(site_get(s, S("/en/documents/nowhere")).status, 404);
    site_close(s);
}

static void a_document_says_all_of_itself(void **state)
{
    site *s = site_open(state);
    str body = get(s, "/en/documents/opinion-cohesion-report-2022");
    static const char *const parts[] = {
        "<dd>Opinion</dd>",
        "OJ C 498, 30.12.2022; 52022IR0729",
        "<a href=\"/en/documents?topic=state\">State of regions and cities</a>",
        "?uri=CELEX:52022IR0729\" lang=\"mt\" hreflang=\"mt\">Malti <small>mt</small></a>",
        "\"@type\":\"DigitalDocument\"",
        "\"@type\":\"BreadcrumbList\"",
        "https://site.example/en/documents/opinion-cohesion-report-2022</span>",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ASSERT_HAS(body, str_of(parts[i]));
    assert_int_equal(count(body, S("hreflang=\"")), 24 + 1 + 24 + 24);
    body = get(s, "/de/documents/declaration-2017");
    ASSERT_HAS(body, S("Ersetzt durch: <a href=\"/de/documents/declaration-2020\">"));
    body = get(s, "/de/documents/declaration-2020");
    ASSERT_HAS(body, S("<a href=\"/de/documents/declaration-2017\">Erste Erklärung"));
    site_close(s);
}

/* Found in the reader's language, whatever the accents, the case and the script of the question. */
static void search_in_the_readers_language(void **state)
{
    static const struct {
        const char *path, *hit;
    } cases[] = {
        {"/el/search?words=%CF%83%CF%85%CE%BD%CE%BF%CF%87%CE%B7%CF%83", "/el/documents/"},
        {"/el/search?words=synoches", "/el/documents/"},
        {"/bg/search?words=kohezia+politika", ""},
        {"/bg/search?words=%D0%A1%D0%91%D0%9B%D0%98%D0%96%D0%90%D0%92%D0%90%D0%9D%D0%95",
         "/bg/documents/"},
        {"/bg/search?words=sblizavane", "/bg/documents/"},
        {"/fi/search?words=allianssi", "/fi/news/new-alliance-2023"},
        {"/da/search?words=overrakt", "/da/news/handover-2018"},
        {"/de/search?words=ubergeben", "/de/news/handover-2018"},
        {"/mt/search?words=ghall-koezjoni", "/mt\""},
        {"/hu/search?words=kohezios", "/hu/documents/"},
        {"/cs/search?words=soudrznosti", "/cs/documents/"},
        {"/en/search?words=lasers", "/en/stories/eli-np-magurele"},
        {"/en/search?words=magurele", "/en/stories/eli-np-magurele"},
        {"/en/search?words=cpmr&kind=partner", "/en/partners#cpmr"},
        {"/en/search?words=privacy", "/en/page/privacy"},
        {"/en/search?words=cohesion&kind=declaration", "/en/declaration/"},
        {"/en/search?words=minute&kind=action", "/en/act/"},
    };
    site *s = site_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str body = get(s, cases[i].path);
        str list = str_skip(body, str_find_str(body, S("<ul class=\"ledger\">")));
        str hit = arena_printf(s->a, "<a href=\"%s", cases[i].hit);
        if (*cases[i].hit && str_find_str(list, hit) == list.n)
            fail_msg("%s: no %.*s in %.*s", cases[i].path, STR_FMT(hit), STR_FMT(list));
        if (*cases[i].hit)
            ASSERT_HAS(list, S("<mark>"));
    }
    /* In another language only when nothing is found in this one, and then said so. */
    str body = get(s, "/da/search?words=underskrifter");
    str notice = S("<p class=\"notice\">");
    ASSERT_LACKS(body, notice);
    body = get(s, "/da/search?words=Kommissionsmitglieder");
    ASSERT_HAS(body, notice);
    ASSERT_HAS(body, S("<div lang=\"de\">"));
    ASSERT_HAS(body, S("href=\"/da/news/handover-2018\""));
    site_close(s);
}

static void hostile_questions(void **state)
{
    site *s = site_open(state);
    str body = get(s, "/en/search?words=%3Cscript%3Ealert(1)%3C/script%3E%22%27");
    ASSERT_LACKS(body, S("<script>alert"));
    ASSERT_HAS(body, S("value=\"&lt;script&gt;alert(1)&lt;/script&gt;"));
    static const char *const empty[] = {"%25", "_", "*", "%25%25", "%CC%81", "%F0%9F%98%80", "--"};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        ASSERT_HAS(get(s, arena_printf(s->a, "/en/search?words=%s", empty[i]).at),
                   S("<h2>0 results</h2>"));
    ASSERT_LACKS(get(s, "/en/search"), S("<h2>0 results"));
    buf b = buf_in(s->a);
    buf_put(&b, S("/en/search?words="));
    for (int i = 0; i < 1000; i++)
        buf_put(&b, S("cohesion+"));
    int status = site_get(s, buf_str(&b)).status;
    assert_true(status == 400 || status == 414);
    static const char *const bad[] = {"words=%FF", "kind=king", "page=0", "words=x&page=x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(site_get(s, arena_printf(s->a, "/en/search?%s", bad[i])).status, 400);
    assert_int_equal(site_get(s, S("/en/search?words=cohesion&page=99")).status, 404);
    /* Marked words in a text with marks of its own. */
    ASSERT_HAS(get(s, "/en/search?words=controller"), S("<mark>controller</mark>"));
    site_close(s);
}

static void pages_of_hits_follow_each_other(void **state)
{
    site *s = site_open(state);
    str body = get(s, "/en/search?words=the");
    ASSERT_HAS(body, S("<a href=\"/en/search?words=the&amp;page=2\" rel=\"next\">"));
    ASSERT_HAS(body, S("Page 1 of "));
    assert_int_equal(count(body, S("<span class=\"tag\">")), 20);
    str next = get(s, "/en/search?words=the&page=2");
    ASSERT_HAS(next, S("<a href=\"/en/search?words=the\" rel=\"prev\">"));
    site_close(s);
}

/* The wall by what is asked, and each story with links to pass it on. */
static void stories_are_narrowed_down_and_shared(void **state)
{
    static const struct {
        const char *query, *slug;
        size_t n;
    } cases[] = {
        {"", "metro-line-3-sofia", 3},
        {"?country=RO", "eli-np-magurele", 1},
        {"?country=DK", "", 0},
        {"?fund=ERDF&country=BG", "metro-line-3-sofia", 1},
        {"?fund=JTF", "", 0},
        {"?words=LASERS", "eli-np-magurele", 1},
        {"?words=lasers&country=BG", "", 0},
        {"?words=zzzz", "", 0},
    };
    site *s = site_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str body = get(s, arena_printf(s->a, "/en/stories%s", cases[i].query).at);
        if (count(body, S("<li class=\"card\"")) != cases[i].n)
            fail_msg("%s: %zu", cases[i].query, count(body, S("<li class=\"card\"")));
        ASSERT_HAS(body, arena_printf(s->a, cases[i].n ? "id=\"%s\"" : "Nothing was found.%s",
                                      cases[i].slug));
        bool is_made = str_find_str(body, S("content=\"noindex\"")) < body.n;
        assert_int_equal(is_made, i > 0);
    }
    str body = get(s, "/da/stories?country=PL");
    ASSERT_HAS(body, S("<option value=\"PL\" selected>Polen</option>"));
    ASSERT_HAS(body, S("href=\"/fr/stories?country=PL\""));
    ASSERT_LACKS(body, S("id=\"fund\"")); /* one fund alone is no choice */
    static const char *const bad[] = {"country=QQ", "country=dk", "fund=EFRE", "page=0",
                                      "words=%FF"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(site_get(s, arena_printf(s->a, "/en/stories?%s", bad[i])).status, 400);
    assert_int_equal(site_get(s, S("/en/stories?page=2")).status, 404);
    body = get(s, "/da/stories/eli-np-magurele");
    ASSERT_HAS(body, S("data-share-url=\"https://site.example/da/stories/eli-np-magurele\""));
    ASSERT_HAS(body, S("https://www.facebook.com/sharer/"
                       "sharer.php?u=https%3A%2F%2Fsite.example%2Fda%2Fstories%2F"));
    ASSERT_LACKS(body, S("src=telegram"));
    site_close(s);
}

static void news_and_feeds(void **state)
{
    site *s = site_open(state);
    str body = get(s, "/fi/news");
    size_t first = str_find_str(body, S("/fi/news/new-alliance-2023"));
    size_t last = str_find_str(body, S("/fi/news/handover-2018"));
    assert_true(first < last && last < body.n);
    body = get(s, "/fi/news/handover-2018");
    ASSERT_HAS(body, S("<time datetime=\"2018-03-22\">22. maaliskuuta 2018</time>"));
    ASSERT_HAS(body, S("<meta property=\"article:published_time\" content=\"2018-03-22\">"));
    ASSERT_HAS(body, S("\"@type\":\"NewsArticle\""));
    ASSERT_HAS(body, S("<a href=\"https://cor.europa.eu/en/news/Pages/"));
    static const char *const feeds[] = {"/el/news.atom", "/el/documents.atom"};
    static const size_t entries[] = {3, 16};
    for (size_t i = 0; i < 2; i++) {
        answer got = site_get(s, str_of(feeds[i]));
        assert_int_equal(got.status, 200);
        assert_true(
            str_eq(answer_header(&got, "content-type"), S("application/atom+xml; charset=utf-8")));
        ASSERT_HAS(got.body, S("xml:lang=\"el\""));
        assert_int_equal(count(got.body, S("<entry>")), entries[i]);
    }
    ASSERT_HAS(get(s, "/el/news"), S("<link rel=\"alternate\" type=\"application/atom+xml\" "
                                     "href=\"/el/news.atom\""));
    site_close(s);
}

static void old_addresses_lead_on(void **state)
{
    static const struct {
        const char *path, *to;
    } cases[] = {
        {"/en/takepart/Pages/cohesion-alliance.aspx", "/en"},
        {"/EN/TAKEPART/pages/Cohesion-Alliance.aspx", "/en"},
        {"/en/engage/Pages/cohesion-alliance.aspx?_cldee=c2VjcmV0&esid=1", "/en/declaration/2026"},
        {"/en/engage/Pages/cohesion-alliance-old.aspx", "/en/declaration/2026"},
        {"/el/engage/Pages/cohesion-alliance.aspx/", "/el/declaration/2026"},
    };
    site *s = site_open(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer got = site_get(s, str_of(cases[i].path));
        assert_int_equal(got.status, 301);
        assert_true(str_eq(answer_header(&got, "location"), str_of(cases[i].to)));
        assert_int_equal(site_get(s, str_of(cases[i].to)).status, 200);
    }
    answer got = site_ask(s, "POST", S("/en/takepart/Pages/cohesion-alliance.aspx"),
                          "Content-Type: application/x-www-form-urlencoded\r\n", "a=b");
    assert_int_equal(got.status, 308);
    assert_int_equal(site_get(s, S("/en/takepart/Pages/cohesion-alliance.asp")).status, 404);
    assert_int_equal(site_get(s, S("//evil.example/en/takepart")).status, 400);
    site_close(s);
}

static void maps_and_what_machines_read(void **state)
{
    site *s = site_open(state);
    str index = get(s, "/sitemap.xml");
    ASSERT_HAS(index, S("<sitemap><loc>https://site.example/sitemap/1</loc></sitemap>"));
    assert_int_equal(count(index, S("<sitemap>")), 1);
    str map = get(s, "/sitemap/1");
    ASSERT_HAS(map, S("<loc>https://site.example/sv/documents/mons-declaration-2024</loc>"));
    ASSERT_HAS(map, S("<lastmod>2018-03-22</lastmod>"));
    assert_int_equal(site_get(s, S("/sitemap/0")).status, 404);
    assert_int_equal(site_get(s, S("/sitemap/2")).status, 404);
    str home = get(s, "/ga");
    ASSERT_HAS(home, S("\"urlTemplate\":\"https://site.example/ga/search?words="
                       "{search_term_string}\""));
    ASSERT_HAS(home, S("<meta property=\"og:locale\" content=\"ga_IE\">"));
    assert_int_equal(count(home, S("og:locale:alternate")), LANG_COUNT - 1);
    ASSERT_LACKS(get(s, "/ga/search?words=x"), S("ld+json"));
    site_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(documents_by_what_is_asked),
        TEST_ON_SQLITE(a_document_says_all_of_itself),
        TEST_ON_SQLITE(search_in_the_readers_language),
        TEST_ON_SQLITE(hostile_questions),
        TEST_ON_SQLITE(pages_of_hits_follow_each_other),
        TEST_ON_SQLITE(stories_are_narrowed_down_and_shared),
        TEST_ON_SQLITE(news_and_feeds),
        TEST_ON_SQLITE(old_addresses_lead_on),
        TEST_ON_SQLITE(maps_and_what_machines_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
