/* SPDX-License-Identifier: EUPL-1.2 */
/* Old addresses: how they are matched, and every trick to lead readers astray. */

#include "core/redirect.h"

#include "test_core.h"

static str find(arena *a, const char *table, const char *path)
{
    redirect_list all;
    redirect_fault fault = {0};
    if (redirects_read(a, str_of(table), &all, &fault) != OK)
        fail_msg("%zu: %s", fault.line, fault.what);
    return redirects_find(all, str_of(path));
}

static void old_addresses_lead_on(void **state)
{
    (void)state;
    static const char table[] = "# from the first site\n"
                                "/en/Pages/cohesion-alliance.aspx   /en\n"
                                "\n"
                                "/el/%CE%BD%CE%AD%CE%B1/ /el/news#top\n"
                                "/a%20b /en/search?words=a+b\n"
                                "/one /two\n/two /three/\n/three /en/documents?page=2\n";
    static const struct {
        const char *path, *to;
    } cases[] = {
        {"/en/Pages/cohesion-alliance.aspx", "/en"},
        {"/EN/pages/Cohesion-Alliance.ASPX/", "/en"},
        {"/el/νέα", "/el/news#top"},
        {"/a b", "/en/search?words=a+b"},
        {"/one", "/en/documents?page=2"},
        {"/two/", "/en/documents?page=2"},
        {"/three", "/en/documents?page=2"},
        {"/", ""},
        {"/nowhere", ""},
        {"/on", ""},
        {"/onee", ""},
        {"", ""},
    };
    arena *a = arena_open(1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str to = find(a, table, cases[i].path);
        if (!str_eq(to, str_of(cases[i].to)))
            fail_msg("%s: %.*s", cases[i].path, STR_FMT(to));
    }
    assert_int_equal(find(a, "", "/x").n, 0);
    arena_close(a);
}

static void tricks_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *table, *what;
        size_t line;
    } cases[] = {
        {"/a https://evil.example/\n", "on this site", 1},
        {"/a //evil.example/\n", "on this site", 1},
        {"/a evil.example\n", "on this site", 1},
        {"/a /\\evil.example\n", "percent-encoded", 1},
        {"/a /\t/evil.example\n", "percent-encoded", 1},
        {"/a /b\r/c\n", "percent-encoded", 1},
        {"/a /\xCE\xBD\n", "percent-encoded", 1},
        {"/a /b\"><script>\n", "percent-encoded", 1},
        {"/a /b /c\n", "two addresses", 1},
        {"/a\n", "two addresses", 1},
        {"a /b\n", "old path", 1},
        {"https://old.example/a /b\n", "old path", 1},
        {"/a?x=1 /b\n", "query", 1},
        {"/a#x /b\n", "query", 1},
        {"/a%2 /b\n", "escape", 1},
        {"/a%zz /b\n", "escape", 1},
        {"/a%2Fb /b\n", "hides", 1},
        {"/a%5cb /b\n", "hides", 1},
        {"/a%00b /b\n", "hides", 1},
        {"/a%0Ab /b\n", "readable", 1},
        {"/a%FF /b\n", "readable", 1},
        {"/a /a\n", "circle", 1},
        {"/a /A/\n", "circle", 1},
        {"/a /%61?x#y\n", "circle", 1},
        {"/x /y\n/a /b\n/b /c\n/c /a\n", "circle", 2},
        {"/a /b\n# x\n/A/ /c\n", "twice", 3},
    };
    arena *a = arena_open(1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        redirect_list all;
        redirect_fault fault = {0};
        if (redirects_read(a, str_of(cases[i].table), &all, &fault) != ERR_INVALID)
            fail_msg("case %zu passed: %s", i, cases[i].table);
        if (fault.line != cases[i].line || !strstr(fault.what, cases[i].what))
            fail_msg("case %zu: %zu %s", i, fault.line, fault.what);
    }
    arena_close(a);
}

static void tables_have_bounds(void **state)
{
    (void)state;
    arena *a = arena_open(64 << 20);
    redirect_list all;
    redirect_fault fault = {0};
    buf b = buf_in(a);
    for (int i = 0; i < REDIRECTS_MOST; i++)
        buf_printf(&b, "/old/%d /en\n", i);
    assert_int_equal(redirects_read(a, buf_str(&b), &all, &fault), OK);
    assert_int_equal(all.n, REDIRECTS_MOST);
    assert_true(str_eq(redirects_find(all, S("/old/9999")), S("/en")));
    buf_put(&b, S("/one/more /en\n"));
    assert_int_equal(redirects_read(a, buf_str(&b), &all, &fault), ERR_INVALID);
    assert_int_equal(fault.line, REDIRECTS_MOST + 1);
    b = buf_in(a);
    for (int i = 0; i <= REDIRECT_STEPS_MOST; i++)
        buf_printf(&b, "/%d /%d\n", i, i + 1);
    assert_int_equal(redirects_read(a, buf_str(&b), &all, &fault), ERR_INVALID);
    b = buf_in(a);
    buf_put_char(&b, '/');
    for (int i = 0; i < REDIRECT_BYTES_MOST; i++)
        buf_put_char(&b, 'a');
    buf_put(&b, S(" /en\n"));
    assert_int_equal(redirects_read(a, buf_str(&b), &all, &fault), ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_addresses_lead_on),
        cmocka_unit_test(tricks_are_refused),
        cmocka_unit_test(tables_have_bounds),
    };
    return cmocka_run_group_tests_name("redirect", tests, NULL, NULL);
}
