/* SPDX-License-Identifier: EUPL-1.2 */
/* Real papers in three scripts through the real program; locked, damaged and very long ones. */

#include "paper/paper.h"

#include "base/utf8.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static err read_paper(arena *a, const char *path, str *out_text)
{
    confinement offered = confine_offered();
    confine_level level = offered.has_files && offered.has_calls ? CONFINE_REQUIRE : CONFINE_TRY;
    return paper_text(a, str_of(path), level, out_text);
}

static void papers_are_read_in_three_scripts(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text;
    } papers[] = {
        /* "Regio-" stands at the end of a line, and "ffi" is one character. */
        {SAMPLES "/latin.pdf", "Der Fonds hilft den Regionen. Große Maßnahmen für Straßenbahnen, "
                               "Unterwasserarchäologie und e\uFB03ziente Netze."},
        {SAMPLES "/greek.pdf", "Η πολιτική συνοχής στηρίζει τα νησιά: θαλασσοπλοΐα και "
                               "ανεμογεννήτριες."},
        {SAMPLES "/cyrillic.pdf", "Кохезията помага на планинските общини: въжени линии и "
                                  "водоснабдяване."},
    };
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++) {
        arena *a = arena_open(8 << 20);
        str text;
        assert_int_equal(read_paper(a, papers[i].path, &text), OK);
        assert_string_equal(arena_cstr(a, text), papers[i].text);
        arena_close(a);
    }
}

/* A file of bytes in the temporary folder. */
static const char *file_of(arena *a, str bytes)
{
    char *path = arena_cstr(a, S("/tmp/paper-XXXXXX"));
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, bytes.at, bytes.n) == (ssize_t)bytes.n);
    close(fd);
    return path;
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    arena *a = arena_open(32 << 20);
    str text;
    assert_int_equal(read_paper(a, SAMPLES "/locked.pdf", &text), ERR_INVALID);
    static const str bad[] = {
        STR_INIT("%PDF-1.7\nand then nothing that a paper has"),
        STR_INIT("%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 1 0 R>>\nendobj\n"
                 "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
                 "trailer\n<</Root 1 0 R/Prev 9/Size 2>>\nstartxref\n9\n%%EOF\n"),
        STR_INIT("no paper"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *path = file_of(a, bad[i]);
        assert_int_equal(read_paper(a, path, &text), ERR_INVALID);
        unlink(path);
    }
    assert_int_equal(read_paper(a, "/tmp/no such paper", &text), ERR_INVALID);
    arena_close(a);
}

static void put_object(buf *b, buf *table, str object)
{
    buf_printf(table, "%010zu 00000 n \n", b->n);
    buf_printf(b, "%.*s\nendobj\n", STR_FMT(object));
}

/* Very many pages with the same words and a control on each. */
static str book(arena *a, size_t pages, size_t lines)
{
    buf b = buf_in(a), table = buf_in(a), kids = buf_in(a), drawn = buf_in(a);
    for (size_t i = 0; i < pages; i++)
        buf_printf(&kids, "%zu 0 R ", 4 + i);
    for (size_t i = 0; i < lines; i++)
        buf_printf(&drawn, "(cohesion\\001 for %zu) Tj T*\n", i);
    buf_put(&b, S("%PDF-1.4\n"));
    put_object(&b, &table, S("1 0 obj\n<</Type/Catalog/Pages 2 0 R>>"));
    put_object(&b, &table,
               arena_printf(a, "2 0 obj\n<</Type/Pages/Count %zu/Kids[%.*s]>>", pages,
                            STR_FMT(buf_str(&kids))));
    put_object(&b, &table,
               arena_printf(a,
                            "3 0 obj\n<</Length %zu>>\nstream\nBT /F 12 Tf 12 TL 9 %zu Td\n%.*sET\n"
                            "endstream",
                            drawn.n + 40, 12 * lines, STR_FMT(buf_str(&drawn))));
    for (size_t i = 0; i < pages; i++)
        put_object(
            &b, &table,
            arena_printf(a,
                         "%zu 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 %zu]/Contents "
                         "3 0 R/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont"
                         "/Helvetica>>>>>>>>",
                         4 + i, 12 * lines + 24));
    buf_printf(&b,
               "xref\n0 %zu\n0000000000 65535 f \n%.*strailer\n<</Root 1 0 R/Size %zu>>\n"
               "startxref\n%zu\n%%%%EOF\n",
               4 + pages, STR_FMT(buf_str(&table)), 4 + pages, b.n);
    return buf_str(&b);
}

static void no_more_is_kept_than_fits(void **state)
{
    (void)state;
    arena *a = arena_open(64 << 20);
    const char *path = file_of(a, book(a, 1000, 100));
    str text;
    assert_int_equal(read_paper(a, path, &text), OK);
    assert_in_range(text.n, PAPER_TEXT_BYTES_MOST * 9 / 10, PAPER_TEXT_BYTES_MOST);
    assert_true(utf8_is_valid(text) && !utf8_has_controls(text));
    assert_true(str_find_str(text, S("for 99")) < text.n);
    unlink(path);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(papers_are_read_in_three_scripts),
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(no_more_is_kept_than_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
