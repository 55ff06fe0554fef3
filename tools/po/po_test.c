/* SPDX-License-Identifier: EUPL-1.2 */
/* Catalogues: plural headers, reading and writing, bringing all files to en.po. What must be
 * refused is in tests/refuse/poc/. */

#include "set.h"
#include "source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 512 << 20 };

static void plural_headers_are_parsed(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        plural p, again;
        str code = plural_language(i);
        assert_int_equal(plural_parse(a, plural_header(code), &p), OK);
        assert_true(plural_same(&p, &p));
        for (size_t form = 0; form < p.n_forms; form++)
            assert_non_null(plural_category(code, form));
        assert_null(plural_category(code, p.n_forms));
        /* what we write in C is again a rule, and the same one */
        buf c = buf_in(a);
        buf_printf(&c, "nplurals=%zu; plural=", p.n_forms);
        plural_put_c(&c, &p);
        buf_put(&c, S(";"));
        buf plain = buf_in(a);
        for (size_t k = 0; k < c.n; k++) {
            if (c.at[k] != 'u' || k == 0 || c.at[k - 1] < '0' || c.at[k - 1] > '9')
                buf_put_char(&plain, c.at[k]);
        }
        assert_int_equal(plural_parse(a, buf_str(&plain), &again), OK);
        assert_true(plural_same(&p, &again));
    }
    arena_close(a);
}

static void plural_headers_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "nplurals=2",
        "nplurals=2; plural=;",
        "nplurals=0; plural=0;",
        "nplurals=7; plural=0;",
        "nplurals=2; plural=n;",
        "nplurals=2; plural=2;",
        "nplurals=1; plural=n != 1;",
        "nplurals=2; plural=n % 0;",
        "nplurals=2; plural=n % 3;",
        "nplurals=2; plural=n / 2;",
        "nplurals=2; plural=n + 1;",
        "nplurals=2; plural=-1;",
        "nplurals=2; plural=n = 1;",
        "nplurals=2; plural=(n != 1;",
        "nplurals=2; plural=n != 1);",
        "nplurals=2; plural=n != 1; x",
        "nplurals=2; plural=n > 1 ? 0;",
        "nplurals=2; plural=n > 1 ? 0 : 3;",
        "nplurals=2; plural=n == 9999999;",
        "nplurals=2; plural=system(n);",
    };
    arena *a = arena_open(ARENA_BYTES);
    plural p;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (plural_parse(a, str_of(bad[i]), &p) != ERR_INVALID)
            fail_msg("accepted '%s'", bad[i]);
    }
    buf deep = buf_in(a);
    buf_put(&deep, S("nplurals=2; plural="));
    for (int i = 0; i < 200; i++)
        buf_put_char(&deep, '(');
    assert_int_equal(plural_parse(a, buf_str(&deep), &p), ERR_INVALID);
    arena_close(a);
}

static void forms_for_one_number_are_known(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    plural p;
    assert_int_equal(plural_parse(a, plural_header(S("mt")), &p), OK);
    assert_int_equal(plural_only_number(&p, 0), 1);
    assert_int_equal(plural_only_number(&p, 1), 2);
    assert_int_equal(plural_only_number(&p, 2), -1);
    assert_int_equal(plural_parse(a, plural_header(S("fr")), &p), OK);
    assert_int_equal(plural_only_number(&p, 0), -1); /* 0 and 1 */
    assert_int_equal(plural_only_number(&p, 1), -1); /* all millions */
    assert_int_equal(plural_parse(a, plural_header(S("cs")), &p), OK);
    assert_int_equal(plural_only_number(&p, 2), -1); /* fractions only */
    arena_close(a);
}

#define HEADER(code)                                                                               \
    "msgid \"\"\nmsgstr \"\"\n\"Language: " code "\\n\"\n"                                         \
    "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"

static po_catalogue read_text(arena *a, const char *text)
{
    po_faults *faults = arena_new(a, po_faults);
    *faults = (po_faults){.home = a, .path = "test"};
    po_catalogue c;
    if (!po_read(a, str_of(text), faults, &c))
        fail_msg("%zu: %.*s", faults->at[0].line, STR_FMT(faults->at[0].text));
    return c;
}

static void what_is_written_reads_the_same(void **state)
{
    (void)state;
    static const char text[] = HEADER("de") "\n"
                                            "# a remark\n"
                                            "# state: reviewed\n"
                                            "#. note: where it stands\n"
                                            "#, fuzzy\n"
                                            "#| msgid \"Old\"\n"
                                            "msgctxt \"a.b\"\n"
                                            "msgid \"\"\n"
                                            "\"One \\\"two\\\"\\n\"\n"
                                            "\"\\\\three\\n\"\n"
                                            "msgid_plural \"{count}\"\n"
                                            "msgstr[0] \"ä\"\n"
                                            "msgstr[1] \"\"\n"
                                            "\n"
                                            "msgctxt \"c\"\n"
                                            "msgid \"C\"\n"
                                            "msgstr \"\"\n";
    arena *a = arena_open(ARENA_BYTES);
    po_catalogue c = read_text(a, text);
    assert_int_equal(c.n, 2);
    assert_true(str_eq(po_header(&c, S("Language")), S("de")));
    assert_int_equal(po_header(&c, S("Plural-Forms")).n, 0);
    const po_entry *e = po_find(&c, S("a.b"));
    assert_true(str_eq(e->source, S("One \"two\"\n\\three\n")));
    assert_true(e->is_fuzzy && e->is_plural && !po_is_translated(e));
    assert_null(po_find(&c, S("a.c")));
    buf out = buf_in(a);
    po_put_header(&out, c.header);
    for (size_t i = 0; i < c.n; i++) {
        buf_put_char(&out, '\n');
        po_put_entry(&out, &c.at[i]);
    }
    assert_string_equal(arena_cstr(a, buf_str(&out)), text);
    arena_close(a);
}

/* A folder with an en.po of these entries; the other catalogues stay as they are. */
static void write_english(const char *folder, const char *entries)
{
    arena *a = arena_open(ARENA_BYTES);
    str text = arena_printf(a, HEADER("en") "\n%s", entries);
    source_write(arena_cstr(a, arena_printf(a, "%s/en.po", folder)), text);
    arena_close(a);
}

static char *read_german(arena *a, const char *folder)
{
    source s = source_read(a, arena_cstr(a, arena_printf(a, "%s/de.po", folder)));
    return arena_cstr(a, str_skip(s.text, str_find_str(s.text, S("\n\n")) + 2));
}

static void sync_twice(const char *folder, bool is_trivial)
{
    for (int i = 0; i < 2; i++) { /* the second run changes nothing: tests compare after it */
        arena *a = arena_open(ARENA_BYTES);
        assert_true(sync_folder(a, folder, is_trivial));
        arena_close(a);
    }
}

static void fill_german(const char *folder, const char *list)
{
    arena *a = arena_open(ARENA_BYTES);
    char *path = arena_cstr(a, arena_printf(a, "%s/list", folder));
    source_write(path, str_of(list));
    assert_true(fill_from_list(a, arena_cstr(a, arena_printf(a, "%s/de.po", folder)), path));
    arena_close(a);
}

static void expect_german(const char *folder, const char *wanted)
{
    arena *a = arena_open(ARENA_BYTES);
    assert_string_equal(read_german(a, folder), wanted);
    arena_close(a);
}

static void catalogues_follow_the_source(void **state)
{
    (void)state;
    char folder[] = "/tmp/po_testXXXXXX";
    assert_non_null(mkdtemp(folder));
    /* New files, sections brought together. */
    write_english(folder, "msgctxt \"a.x\"\nmsgid \"X\"\nmsgstr \"\"\n\n"
                          "msgctxt \"b.x\"\nmsgid \"{count} B\"\nmsgid_plural \"{count} Bs\"\n"
                          "msgstr[0] \"\"\nmsgstr[1] \"\"\n\n"
                          "#. note: n\nmsgctxt \"a.y\"\nmsgid \"Y\"\nmsgstr \"\"\n");
    sync_twice(folder, false);
    expect_german(folder, "msgctxt \"a.x\"\nmsgid \"X\"\nmsgstr \"\"\n\n"
                          "#. note: n\nmsgctxt \"a.y\"\nmsgid \"Y\"\nmsgstr \"\"\n\n"
                          "#. forms: [0] one: 1; [1] other: 0 2 3 4 …\n"
                          "msgctxt \"b.x\"\nmsgid \"{count} B\"\nmsgid_plural \"{count} Bs\"\n"
                          "msgstr[0] \"\"\nmsgstr[1] \"\"\n");
    fill_german(folder, "# remark\n\na.x = Ä\\nx\na.y = Ü = ü\nb.x[0] = {count} b\nb.x[1] = bs\n");
    /* A changed source, a removed message, a new key for the same text. */
    write_english(folder, "msgctxt \"a.x\"\nmsgid \"New X\"\nmsgstr \"\"\n\n"
                          "msgctxt \"a.renamed\"\nmsgid \"Y\"\nmsgstr \"\"\n");
    sync_twice(folder, false);
    expect_german(folder,
                  "#, fuzzy\n#| msgid \"X\"\nmsgctxt \"a.x\"\nmsgid \"New X\"\nmsgstr \"\"\n"
                  "\"Ä\\n\"\n\"x\"\n\n"
                  "msgctxt \"a.renamed\"\nmsgid \"Y\"\nmsgstr \"Ü = ü\"\n");
    fill_german(folder, "a.x = Neu\n");
    expect_german(folder, "msgctxt \"a.x\"\nmsgid \"New X\"\nmsgstr \"Neu\"\n\n"
                          "msgctxt \"a.renamed\"\nmsgid \"Y\"\nmsgstr \"Ü = ü\"\n");
    /* A slip in the English. */
    write_english(folder, "msgctxt \"a.x\"\nmsgid \"New x\"\nmsgstr \"\"\n");
    sync_twice(folder, true);
    expect_german(folder, "msgctxt \"a.x\"\nmsgid \"New x\"\nmsgstr \"Neu\"\n");
    for (size_t i = 0; i <= PLURAL_LANGUAGES; i++) {
        char path[100];
        str code = i < PLURAL_LANGUAGES ? plural_language(i) : S("list");
        snprintf(path, sizeof path, "%s/%.*s%s", folder, STR_FMT(code),
                 i < PLURAL_LANGUAGES ? ".po" : "");
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void put_file(const char *folder, const char *name, const char *text)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    source_write(path, str_of(text));
}

static void unused_messages_are_found(void **state)
{
    (void)state;
    static const char *const names[] = {"page.c", "views.keys", "page_test.c", "notes.txt"};
    char folder[] = "/tmp/po_testXXXXXX";
    assert_non_null(mkdtemp(folder));
    char *folders[] = {folder};
    arena *a = arena_open(ARENA_BYTES);
    po_catalogue c = read_text(a, HEADER("en") "\n"
                                               "msgctxt \"a.x_y\"\nmsgid \"1\"\nmsgstr \"\"\n\n"
                                               "msgctxt \"b.x\"\nmsgid \"2\"\nmsgstr \"\"\n\n"
                                               "msgctxt \"c\"\nmsgid \"3\"\nmsgstr \"\"\n");
    put_file(folder, names[0], "f(MSG_A_X_Y__ARGS); g(MSG_B_XX, MSG_CC, XMSG_);\n");
    put_file(folder, names[1], "b.x\nother.key\n");
    put_file(folder, names[2], "MSG_C\n");
    put_file(folder, names[3], "MSG_C\n");
    assert_false(usage_check(a, &c, folders, 1)); /* c */
    put_file(folder, names[0], "MSG_A_X_Y MSG_C\n");
    assert_true(usage_check(a, &c, folders, 1));
    put_file(folder, names[1], "b\n");
    assert_false(usage_check(a, &c, folders, 1)); /* b.x */
    for (size_t i = 0; i < 4; i++) {
        char path[100];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
    arena_close(a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(plural_headers_are_parsed),
        cmocka_unit_test(plural_headers_are_refused),
        cmocka_unit_test(forms_for_one_number_are_known),
        cmocka_unit_test(what_is_written_reads_the_same),
        cmocka_unit_test(catalogues_follow_the_source),
        cmocka_unit_test(unused_messages_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
