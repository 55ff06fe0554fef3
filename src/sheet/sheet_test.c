/* SPDX-License-Identifier: EUPL-1.2 */
/* What stands in the files, formulas in front of all. */

#include "sheet/sheet.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const str columns[] = {{"name", 4}, {"reason", 6}};

static char path[] = "/tmp/sheet-test-XXXXXX/file";

static str read_file(arena *a)
{
    char *bytes = arena_alloc(a, 100000);
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, bytes, 100000);
    close(fd);
    assert_true(n >= 0);
    return (str){bytes, (size_t)n};
}

static sheet *create(arena *a, sheet_format format)
{
    sheet *s;
    unlink(path);
    assert_int_equal(sheet_create(a, path, format, columns, 2, &s), OK);
    return s;
}

static void row(sheet *s, str name, str reason)
{
    assert_int_equal(sheet_row(s, (const str[]){name, reason}), OK);
}

static void csv_is_plain_and_guarded(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    sheet *s = create(a, SHEET_CSV);
    row(s, S("Zoë \"Zed\" Ä"), S("two\nlines, and more"));
    row(s, S("=HYPERLINK(\"x\")"), S("+1"));
    row(s, S("@a"), S("-b"));
    row(s, S(""), S("semi;colon"));
    assert_int_equal(sheet_finish(s), OK);
    assert_true(str_eq(read_file(a), S("name,reason\r\n"
                                       "\"Zoë \"\"Zed\"\" Ä\",\"two\nlines, and more\"\r\n"
                                       "\"'=HYPERLINK(\"\"x\"\")\",'+1\r\n"
                                       "'@a,'-b\r\n"
                                       ",\"semi;colon\"\r\n")));
    arena_close(a);
}

static void json_is_one_object_a_line(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    sheet *s = create(a, SHEET_JSON);
    row(s, S("=1"), S("a\n\"b\""));
    row(s, S(""), S("č"));
    assert_int_equal(sheet_finish(s), OK);
    assert_true(str_eq(read_file(a), S("{\"name\":\"=1\",\"reason\":\"a\\u000a\\\"b\\\"\"}\n"
                                       "{\"name\":\"\",\"reason\":\"č\"}\n")));
    arena_close(a);
}

static void goes_on_where_it_was(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    int64_t bytes;
    sheet *s = create(a, SHEET_CSV);
    row(s, S("one"), S("1"));
    assert_int_equal(sheet_sync(s, &bytes), OK);
    row(s, S("lost"), S("half a ro"));
    assert_int_equal(sheet_finish(s), OK);
    assert_int_equal(sheet_resume(a, path, SHEET_XLSX, columns, 2, bytes, &s), ERR_INVALID);
    assert_int_equal(sheet_resume(a, path, SHEET_CSV, columns, 2, bytes, &s), OK);
    row(s, S("two"), S("2"));
    assert_int_equal(sheet_finish(s), OK);
    assert_true(str_eq(read_file(a), S("name,reason\r\none,1\r\ntwo,2\r\n")));
    arena_close(a);
}

static void xlsx_holds_texts(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    sheet *s = create(a, SHEET_XLSX);
    row(s, S("=1+1"), S("Ω"));
    assert_int_equal(sheet_finish(s), OK);
    static const char look[] =
        "import sys, zipfile; "
        "page = zipfile.ZipFile(sys.argv[1]).read('xl/worksheets/sheet1.xml').decode(); "
        "sys.exit(not ('=1+1' in page and 'Ω' in page and '<f>' not in page))";
    pid_t pid = fork();
    if (pid == 0) {
        execlp("python3", "python3", "-c", look, path, NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    arena_close(a);
}

static void refuses_to_overwrite(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    sheet *s = create(a, SHEET_CSV);
    assert_int_equal(sheet_finish(s), OK);
    assert_int_equal(sheet_create(a, path, SHEET_CSV, columns, 2, &s), ERR_CONFLICT);
    sheet_format format;
    assert_int_equal(sheet_format_of(S("a.xlsx"), &format), OK);
    assert_int_equal(format, SHEET_XLSX);
    assert_int_equal(sheet_format_of(S("a.ods"), &format), ERR_INVALID);
    arena_close(a);
}

static int make_folder(void **state)
{
    (void)state;
    char *end = strrchr(path, '/');
    *end = '\0';
    bool is_made = mkdtemp(path) != NULL;
    *end = '/';
    return is_made ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    *strrchr(path, '/') = '\0';
    return rmdir(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_is_plain_and_guarded), cmocka_unit_test(json_is_one_object_a_line),
        cmocka_unit_test(goes_on_where_it_was),     cmocka_unit_test(xlsx_holds_texts),
        cmocka_unit_test(refuses_to_overwrite),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
