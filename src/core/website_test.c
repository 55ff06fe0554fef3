/* SPDX-License-Identifier: EUPL-1.2 */
/* What people write as a website, what a register links to, and how it is called there. */

#include "core/website.h"

#include "test_core.h"

enum { ARENA_BYTES = 1 << 20 };

static void people_write_it_in_many_ways(void **state)
{
    (void)state;
    static const struct {
        const char *written, *website, *host;
    } good[] = {
        {"", "", ""},
        {"  ", "", ""},
        {"example.org", "https://example.org", "example.org"},
        {" www.Example.org ", "https://www.example.org", "example.org"},
        {"http://example.org/", "http://example.org/", "example.org"},
        {"HTTPS://Example.ORG/Om os", "https://example.org/Om%20os", "example.org"},
        {"https://example.org:8443/a?b=c&d#e", "https://example.org:8443/a?b=c&d#e", "example.org"},
        {"example.org/?q=\"><script>", "https://example.org/?q=%22%3E%3Cscript%3E", "example.org"},
        {"bürger.example", "https://xn--brger-kva.example", "bürger.example"},
        {"παράδειγμα.ελ/σ", "https://xn--hxajbheg2az3al.xn--qxam/%CF%83", "παράδειγμα.ελ"},
        {"www.eu", "https://www.eu", "www.eu"},
        {"https://example.org#top", "https://example.org#top", "example.org"},
        {"example.org/@name", "https://example.org/@name", "example.org"},
        /* a Greek letter among Latin ones: shown as what it is */
        {"exοmple.org", "https://xn--exmple-j0e.org", "xn--exmple-j0e.org"},
    };
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        str website, again;
        ASSERT_OK(website_normal(a, str_of(good[i].written), &website));
        ASSERT_STR(website, str_of(good[i].website));
        ASSERT_STR(website_host(a, website), str_of(good[i].host));
        ASSERT_OK(website_normal(a, website, &again));
        ASSERT_STR(again, website);
    }
    arena_close(a);
}

static void what_is_no_website_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "mailto:ada@example.org",
        "https://user@example.org",
        "https://a:b@example.org",
        "//example.org",
        "https://",
        "https:///path",
        "localhost",
        "http://127.0.0.1/",
        "http://[::1]/",
        "example",
        "example.org:0",
        "example.org:65536",
        "example.org:x",
        "example.org:",
        "exa mple.org",
        "https://exa\nmple.org",
        "https:\\\\example.org",
        "https://example.org\\@evil.example",
        "we have none",
        "-",
        "\xff.org",
        "http://http://example.org",
    };
    arena *a = arena_open(ARENA_BYTES);
    str website;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (website_normal(a, str_of(bad[i]), &website) != ERR_INVALID)
            fail_msg("\"%s\" gives \"%.*s\"", bad[i], STR_FMT(website));
    arena_close(a);
}

static void long_ones_are_refused(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    buf b = buf_in(a);
    str website;
    buf_put(&b, S("example.org/"));
    while (b.n < WEBSITE_BYTES_MOST - 8)
        buf_put_char(&b, 'a');
    ASSERT_OK(website_normal(a, buf_str(&b), &website));
    assert_int_equal(website.n, WEBSITE_BYTES_MOST);
    buf_put_char(&b, 'a');
    assert_int_equal(website_normal(a, buf_str(&b), &website), ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_write_it_in_many_ways),
        cmocka_unit_test(what_is_no_website_is_refused),
        cmocka_unit_test(long_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
