/* SPDX-License-Identifier: EUPL-1.2 */
/* Words of files: kept by the hash of the file as long as an item has it, and never half. */

#include "core/content_folder.h"
#include "core/file_text.h"

#include "test_core.h"

#define PAPER S("0123456789abcdef0123456789abcdef")
#define OTHER S("ffffffffffffffffffffffffffffffff")

static int64_t revision_of(fixture *f)
{
    int64_t revision;
    ASSERT_OK(alliance_revision(&f->c, &revision));
    return revision;
}

static bool is_there(fixture *f, str source)
{
    bool there;
    ASSERT_OK(file_text_is_there(&f->c, source, &there));
    return there;
}

/* The folder again; has_paper: with a file beside its partner aer. */
static void import(fixture *f, bool has_paper)
{
    content_folder *folder;
    content_report report;
    content_changes changes;
    sign_key key = fixture_log_key();
    content_write_options options = {
        .origin = S("https://test.example"), .log_public_key = key.public_key, .now_ms = f->now_ms};
    static const content_file paper = {.name = STR_INIT("paper.pdf"),
                                       .published = STR_INIT("paper.pdf"),
                                       .hash = STR_INIT("00112233445566778899aabbccddeeff"),
                                       .source = STR_INIT("0123456789abcdef0123456789abcdef"),
                                       .bytes = 9};
    ASSERT_OK(content_read(f->a, f->folder, &folder, &report));
    for (size_t i = 0; i < folder->n && has_paper; i++)
        if (str_eq(folder->items[i].slug, S("aer")))
            folder->items[i].files = (content_file_list){&paper, 1};
    ASSERT_OK(content_write(&f->c, f->a, folder, &options, &changes, &report));
}

static void words_live_as_long_as_their_file(void **state)
{
    fixture f = fixture_open(state);
    str words;
    assert_false(is_there(&f, PAPER));
    assert_int_equal(file_text_read(&f.c, f.a, PAPER, &words), ERR_NOT_FOUND);
    int64_t before = revision_of(&f);
    ASSERT_OK(file_text_put(&f.c, PAPER, S("συνοχή cohesion")));
    assert_int_equal(revision_of(&f), before); /* nobody has the file yet */
    import(&f, true);
    assert_true(is_there(&f, PAPER));
    ASSERT_OK(file_text_read(&f.c, f.a, PAPER, &words));
    ASSERT_STR(words, S("συνοχή cohesion"));
    /* What is read of a file that stands already reaches the readers. */
    before = revision_of(&f);
    ASSERT_OK(file_text_put(&f.c, PAPER, S("more")));
    assert_int_equal(revision_of(&f), before + 1);
    /* Nothing was read, which is not the same as not read. */
    ASSERT_OK(file_text_put(&f.c, PAPER, S("")));
    assert_true(is_there(&f, PAPER));
    ASSERT_OK(file_text_put(&f.c, OTHER, S("orphan")));
    import(&f, true);
    assert_true(is_there(&f, PAPER) && !is_there(&f, OTHER));
    import(&f, false);
    assert_false(is_there(&f, PAPER));
    fixture_close(&f);
}

static void what_no_database_takes_is_refused(void **state)
{
    fixture f = fixture_open(state);
    str longer = {arena_array(f.a, char, FILE_TEXT_BYTES_MOST + 1), FILE_TEXT_BYTES_MOST + 1};
    memset((char *)(uintptr_t)longer.at, 'a', longer.n);
    assert_int_equal(file_text_put(&f.c, PAPER, longer), ERR_INVALID);
    assert_int_equal(file_text_put(&f.c, PAPER, S("\xff")), ERR_INVALID);
    ASSERT_OK(file_text_put(&f.c, PAPER, str_skip(longer, 1)));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(words_live_as_long_as_their_file),
        TEST_ON_BOTH(what_no_database_takes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
