/* SPDX-License-Identifier: EUPL-1.2 */
/* Sheets as other programs read them: zbarimg, pdftotext, pdffonts. */

#include "draw/key_sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/draw-test-XXXXXX";

static const key_sheet sample = {
    .title = {"Key of the first custodian, Ωραία", 38},
    .made = {"2026-11-26", 10},
    .recipient = {"age1lwvneq8gnuwmx08jklr2hqgkpaswhletf8y8xdqj9w0ldr6re3aq4e7jcn", 62},
    .secret = {"AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX", 74},
};

static const char *in_folder(arena *a, const char *name)
{
    return arena_printf(a, "%s/%s", folder, name).at;
}

/* What a shell command prints. */
static str said(arena *a, const char *command)
{
    char *text = arena_alloc(a, 20000);
    FILE *from = popen(command, "r");
    assert_non_null(from);
    size_t n = fread(text, 1, 20000, from);
    assert_int_equal(pclose(from), 0);
    return (str){text, n};
}

static bool holds(str text, str part)
{
    return str_find_str(text, part) < text.n;
}

static void a_sheet_holds_the_key_twice(void **state)
{
    (void)state;
    arena *a = arena_open(4 << 20);
    const char *pdf = in_folder(a, "sheet.pdf"), *png = in_folder(a, "sheet");
    struct stat info;
    assert_int_equal(key_sheet_write(a, pdf, &sample), OK);
    assert_int_equal(stat(pdf, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    str text = said(a, arena_printf(a, "pdftotext -layout %s -", pdf).at);
    assert_true(holds(text, sample.title));
    assert_true(holds(text, sample.recipient));
    assert_true(holds(text, S("AGE-SE CRET-K EY-1GF")));
    assert_true(holds(said(a, arena_printf(a, "pdfinfo %s", pdf).at), S("Pages:           1")));
    str fonts =
        said(a, arena_printf(a, "pdffonts %s | tail -n +3 | grep -vc 'yes yes yes' || :", pdf).at);
    assert_true(str_eq(str_trim(fonts), S("0"))); /* all embedded */
    str read =
        said(a, arena_printf(a, "pdftoppm -r 150 -png %s %s && zbarimg --nodbus -q --raw %s-1.png",
                             pdf, png, png)
                    .at);
    assert_true(str_eq(str_trim(read), sample.secret));
    assert_int_equal(key_sheet_write(a, pdf, &sample), ERR_CONFLICT);
    arena_close(a);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    said(a, arena_printf(a, "rm -rf %s", folder).at);
    arena_close(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_holds_the_key_twice),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
