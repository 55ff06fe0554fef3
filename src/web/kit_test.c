/* SPDX-License-Identifier: EUPL-1.2 */
/* Materials through the real server: all languages with all their letters, forms and names of the
 * files, partners' links, and the picture in the head of pages. */

#include "web/test_site.h"

#include "lang/lang.h"
#include "web/kit.h"

static str path_of(site *s, const char *code, const char *file)
{
    return arena_printf(s->a, "/%s/kit/2026/%s", code, file);
}

static void every_language_has_all_its_letters(void **state)
{
    site *s = site_open(state);
    site_sign(s, SIGNER_PERSON, "Ada Lovelace", "IE");
    site_publish(s, 0);
    for (lang l = 0; l < LANG_COUNT; l++) {
        const char *code = arena_cstr(s->a, lang_code(l));
        static const char *const drawn_files[] = {"poster-a4.pdf", "slides.pdf",
                                                  "share-1200x630.png", "logo.svg"};
        for (size_t i = 0; i < sizeof drawn_files / sizeof *drawn_files; i++)
            assert_int_equal(site_get(s, path_of(s, code, drawn_files[i])).status, 200);
        answer texts = site_get(s, path_of(s, code, "texts.txt"));
        assert_int_equal(texts.status, 200);
        ASSERT_HAS(texts.body, arena_printf(s->a, "https://site.example/%s/sign/2026?src=x", code));
        ASSERT_HAS(texts.body, S("#CohesionAlliance"));
        int64_t missing = drawings_letters_missing(s->app.drawings);
        if (missing)
            fail_msg("%s: %lld letters are missing", code, (long long)missing);
    }
    site_close(s);
}

static void files_are_what_they_say(void **state)
{
    site *s = site_open(state);
    kit_file_list all = kit_files();
    assert_true(all.n > 10);
    for (size_t i = 0; i < all.n; i++) {
        const kit_file *f = &all.at[i];
        answer got = site_get(s, path_of(s, "da", f->name));
        assert_int_equal(got.status, 200);
        assert_true(str_eq(answer_header(&got, "content-type"), str_of(f->type)));
        assert_true(str_eq(answer_header(&got, "x-robots-tag"), S("noindex")));
        ASSERT_HAS(answer_header(&got, "content-disposition"), S("filename=\"2026-"));
        str begins = f->section == KIT_WHOLE        ? S("PK\x03\x04")
                     : strstr(f->type, "pdf")       ? S("%PDF-")
                     : strstr(f->type, "png")       ? S("\x89PNG")
                     : strstr(f->type, "svg")       ? S("<?xml")
                     : strstr(f->type, "text/html") ? S("<!doctype html>")
                                                    : S("");
        assert_true(str_starts(got.body, begins));
        assert_true(got.body.n > 100);
    }
    assert_int_equal(site_get(s, S("/da/kit/2026/poster-a5.pdf")).status, 404);
    assert_int_equal(site_get(s, S("/da/kit/2026/kit.zip/x")).status, 404);
    assert_int_equal(site_get(s, S("/da/kit/1999/poster-a4.pdf")).status, 404);
    assert_int_equal(site_get(s, S("/da/kit/petition/share-1200x630.png")).status, 200);
    site_close(s);
}

static void a_partner_stands_in_every_link(void **state)
{
    site *s = site_open(state);
    answer own = site_get(s, S("/en/kit/2026/texts.txt?src=aer"));
    ASSERT_HAS(own.body, S("/en/sign/2026?src=aer"));
    assert_true(str_find_str(own.body, S("src=x")) == own.body.n);
    answer poster = site_get(s, S("/en/kit/2026/poster-a4.pdf?src=aer"));
    answer usual = site_get(s, S("/en/kit/2026/poster-a4.pdf"));
    assert_false(str_eq(poster.body, usual.body));
    /* Whatever else stands there is nobody. */
    answer nobody = site_get(s, S("/en/kit/2026/poster-a4.pdf?src=%22%3E%3Cscript%3E"));
    assert_true(str_eq(nobody.body, usual.body));
    answer shown_page = site_get(s, S("/en/materials?src=aer"));
    ASSERT_HAS(shown_page.body, S("/en/kit/2026/kit.zip?src=aer"));
    ASSERT_HAS(shown_page.body, S("/en/kit/2026/logo.svg\"")); /* the same for everybody */
    ASSERT_HAS(shown_page.body, S("<option value=\"aer\" selected>"));
    site_close(s);
}

static void pages_name_their_picture(void **state)
{
    static const struct {
        const char *page, *picture;
    } known[] = {
        {"/el", "/el/kit/2026/share-1200x630.png"},
        {"/el/declaration/2026", "/el/kit/2026/share-1200x630.png"},
        {"/el/declaration/petition", "/el/kit/petition/share-1200x630.png"},
        {"/el/sign/petition", "/el/kit/petition/share-1200x630.png"},
        {"/el/act/petition", "/el/kit/petition/share-1200x630.png"},
        {"/el/act/video", "/el/kit/2026/share-1200x630.png"},
        {"/el/materials", "/el/kit/2026/share-1200x630.png"},
    };
    site *s = site_open(state);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        answer got = site_get(s, str_of(known[i].page));
        assert_int_equal(got.status, 200);
        ASSERT_HAS(got.body, arena_printf(s->a,
                                          "<meta property=\"og:image\" "
                                          "content=\"https://site.example%s\">",
                                          known[i].picture));
        ASSERT_HAS(got.body, S("content=\"summary_large_image\""));
        assert_int_equal(site_get(s, str_of(known[i].picture)).status, 200);
    }
    answer own = site_get(s, S("/el/link/sent"));
    assert_true(str_find_str(own.body, S("og:image")) == own.body.n);
    site_close(s);
}

/* The words of the page, and those of the file, are those of the count. */
static void the_count_stands_in_the_materials(void **state)
{
    site *s = site_open(state);
    answer before = site_get(s, S("/en/kit/petition/share-1200x630.png"));
    site_sign(s, SIGNER_PERSON, "Ada Lovelace", "IE");
    site_publish(s, 0);
    answer first = site_get(s, S("/en/kit/2026/share-1200x630.png"));
    assert_int_equal(first.status, 200);
    assert_false(str_eq(first.body, before.body));
    site_sign(s, SIGNER_PERSON, "Bob", "IE");
    site_publish(s, 0);
    answer soon = site_get(s, S("/en/kit/2026/share-1200x630.png"));
    assert_true(str_eq(first.body, soon.body)); /* one drawing in DRAWINGS_PACE_MS */
    answer poster = site_get(s, S("/en/kit/2026/poster-a4.pdf"));
    assert_int_equal(poster.status, 200);
    site_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(every_language_has_all_its_letters),
        TEST_ON_SQLITE(files_are_what_they_say),
        TEST_ON_SQLITE(a_partner_stands_in_every_link),
        TEST_ON_SQLITE(pages_name_their_picture),
        TEST_ON_SQLITE(the_count_stands_in_the_materials),
    };
    return cmocka_run_group_tests_name("kit", tests, NULL, NULL);
}
