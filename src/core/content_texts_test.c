/* SPDX-License-Identifier: EUPL-1.2 */
/* What a folder is told: fields and references, links, languages, translations that lag behind, and
 * folders made to do harm. */

#include "test_core.h"

#include <sys/stat.h>
#include <unistd.h>

static bool says(str text, const char *words)
{
    return str_find_str(text, str_of(words)) < text.n;
}

static content_report read_report(fixture *f)
{
    content_folder *folder;
    content_report report;
    err e = content_read(f->a, f->folder, &folder, &report);
    assert_int_equal(e, report.errors ? ERR_INVALID : OK);
    return report;
}

/* The one problem of that file with these words; its severity and line. */
static const content_problem *find_problem(fixture *f, const content_report *report,
                                           const char *file, const char *words)
{
    str path = arena_printf(f->a, "%.*s/%s", STR_FMT(f->folder), file);
    for (size_t i = 0; i < report->problems.n; i++) {
        const content_problem *p = &report->problems.at[i];
        if (str_eq(p->file, path) && says(p->message, words))
            return p;
    }
    return NULL;
}

static void must_say(fixture *f, const char *file, const char *words, size_t line, bool is_warning)
{
    content_report report = read_report(f);
    const content_problem *p = find_problem(f, &report, file, words);
    if (!p) {
        for (size_t i = 0; i < report.problems.n; i++)
            print_message("%.*s:%zu %.*s\n", STR_FMT(report.problems.at[i].file),
                          report.problems.at[i].line, STR_FMT(report.problems.at[i].message));
        fail_msg("%s: nothing says \"%s\"", file, words);
    }
    assert_int_equal(p->line, line);
    assert_int_equal(p->is_warning, is_warning);
}

static void must_not_say(fixture *f, const char *file, const char *words)
{
    content_report report = read_report(f);
    assert_null(find_problem(f, &report, file, words));
}

/* --- fields --- */

static const struct {
    const char *path;
    const char *text;
    size_t line;
    const char *words; /* NULL: it is fine */
} fields[] = {
    {"partner/x/partner.ini", "position=1\nwebsite=x.eu\n", 0, NULL},
    {"partner/x/partner.ini", "position=1\nwebsiet=x.eu\n", 2,
     "websiet is no field here; known are: position since website"},
    {"partner/x/partner.ini", "position=first\n", 1, "position is not a number from 0"},
    {"partner/x/partner.ini", "website=https://x.eu/\n", 1, "website is not a host name"},
    {"partner/x/partner.ini", "newsletter=maybe\n", 1, "newsletter is none of: yes no"},
    {"partner/x/partner.ini", "fact_members=12\n", 1, "fact_members needs a source"},
    {"partner/x/partner.ini", "fact_members=12\nfact_members_source=x.eu\n", 1, "needs a source"},
    {"partner/x/partner.ini",
     "fact_members=12\nfact_members_source=x.eu\nfact_members_date=2026-02-30\n", 3,
     "fact_members_date is not a date"},
    {"partner/x/partner.ini",
     "fact_members=12\nfact_members_source=x.eu\nfact_members_date=2026-02\n"
     "fact_members_qualifier=roughly\n",
     4, "none of: about more-than"},
    {"partner/x/partner.ini", "website_date=2026\n", 1, "website_date is no field"},
    {"document/x/document.ini", "publisher=nobody\nkind=report\n", 1, "publisher names no partner"},
    {"document/x/document.ini", "publisher=aer\nkind=novel\n", 2, "kind is none of"},
    {"document/x/document.ini", "publisher=alliance\nlanguages=en xx\n", 2, "EU languages"},
    {"document/x/document.ini", "publisher=other\nurl=http://x.eu/\n", 2, "https://"},
    {"document/x/document.ini", "year=about 2017\n", 1, "not a number"},
    {"story/x/story.ini", "country=XX\n", 1, "not the code of a country"},
    {"story/x/story.ini", "country=EL\n", 1, "not the code of a country"},
    {"story/x/story.ini", "nuts=pl633\n", 1, "not a NUTS code"},
    {"story/x/story.ini", "source_date=2026-13\n", 1, "not a date"},
    {"story/x/story.ini", "picture=front.jpg\n", 1, "picture names no file that lies beside"},
    {"story/x/story.ini", "picture=paper.pdf\n", 1, "not the name of a picture"},
    {"story/x/story.ini", "picture=../front.jpg\n", 1, "not the name of a picture"},
    {"page/x/page.ini", "position=1\n", 0, "no known file"},
    {"partner/x/en.md", "title: T\nsumary: s\nstate: original\n\nx\n", 2, "sumary is no field"},
    {"action/x/en.md",
     "title: T\nbutton: a button with far more words than any button on any phone can show\n"
     "state: original\n\nx\n",
     2, "characters, at most 60 fit"},
    {"document/x/en.md", "title: T\nstate: original\n\nbody\n", 4, "no page shows of a document"},
    {"partner/x/en.md", "title: T\nstate: original\nsource: zz\n\nx\n", 3, "is not a stamp"},
};

static void fields_are_declared(void **state)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        fixture f = fixture_open(state);
        str kind = str_of(fields[i].path);
        kind = str_head(kind, str_find(kind, '/'));
        fixture_write(&f, arena_printf(f.a, "%.*s/x/en.md", STR_FMT(kind)).at,
                      str_eq(kind, S("document")) ? S("title: T\nstate: original\n")
                                                  : S("title: T\nstate: original\n\nBody.\n"));
        fixture_write(&f, fields[i].path, str_of(fields[i].text));
        if (fields[i].words)
            must_say(&f, fields[i].path, fields[i].words, fields[i].line, false);
        else
            assert_int_equal(read_report(&f).errors, 0);
        fixture_close(&f);
    }
}

/* --- bodies --- */

static void links_lead_somewhere(void **state)
{
    static const struct {
        const char *body;
        const char *words; /* NULL: it is fine */
        bool is_warning;
    } cases[] = {
        {"[a](https://cor.europa.eu/en)", NULL, false},
        {"[a](mailto:me@x.eu?subject=Hi)", NULL, false},
        {"[a](partner/aer)", NULL, false},
        {"[a](declaration/main)", NULL, false},
        {"<https://x.eu>", NULL, false},
        {"`<b>` and 1 < 2", NULL, false},
        {"[a](http://x.eu/)", "is not https", true},
        {"[a](partner/nobody)", "leads to an item that is not there", false},
        {"[a](/en/page/privacy)", "leads nowhere", false},
        {"[a](../x)", "leads nowhere", false},
        {"[a](#top)", "leads nowhere", false},
        {"[a]()", "leads nowhere", false},
        {"[a](javascript:alert(1))", "has a scheme other", false},
        {"[a](JaVaScRiPt:alert(1))", "has a scheme other", false},
        {"[a](data:text/html,x)", "has a scheme other", false},
        {"[a](//evil.example/x)", "leads nowhere", false},
        {"[a](https://user@x.eu/)", "is not a proper address", false},
        {"[a](https://127.0.0.1/)", "is not a proper address", false},
        {"[a](mailto:nobody)", "is not a proper e-mail", false},
        {"[](https://x.eu/)", "has no words to press", false},
        {"![a](x.png)", "has a picture", false},
        {"A <b>b</b>", "holds raw HTML", false},
        {"<!-- c -->", "holds raw HTML", false},
        {"# Big", "heading with one #", false},
        {"> > > > > > > > > deep", "nests its parts too deeply", false},
        {"a\342\200\256b", "change of writing direction", false},
        {"a\033[31mb", "control character", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fixture f = fixture_open(state);
        fixture_write(
            &f, "page/x/en.md",
            arena_printf(f.a, "title: T\nstate: original\n\nFirst.\n\n%s\n", cases[i].body));
        if (cases[i].words) {
            must_say(&f, "page/x/en.md", cases[i].words, 6, cases[i].is_warning);
        } else {
            content_report report = read_report(&f);
            assert_int_equal(report.errors, 0);
        }
        fixture_close(&f);
    }
}

#define EN_BODY                                                                                    \
    "We ask for a **strong** cohesion policy in every region of the Union.\n\n- One [link]"        \
    "(https://x.eu/)\n- Two\n\n**[To be filled in by the organiser: name.]**\n"
#define DA_BODY                                                                                    \
    "Vi beder om en **stærk** samhørighedspolitik i alle Unionens regioner.\n\n- Et [link]"      \
    "(https://x.eu/)\n- To\n\n**[Udfyldes af arrangøren: navn.]**\n"

static void write_text(fixture *f, const char *lang, const char *head, const char *body)
{
    fixture_write(f, arena_printf(f->a, "page/x/%s.md", lang).at,
                  arena_printf(f->a, "%s\n\n%s", head, body));
}

#define EN_HEAD "title: Our request\nsummary: What we ask for\nstate: original"
#define DA_HEAD "title: Vores krav\nsummary: Det vi beder om\nstate: machine"

static void translations_keep_their_form(void **state)
{
    static const struct {
        const char *head, *body;
        const char *words;
        size_t line;
    } cases[] = {
        {DA_HEAD, "Vi beder om en **stærk** samhørighedspolitik i alle Unionens regioner.\n",
         "has 1 paragraphs, its original 2", 0},
        {DA_HEAD, "Vi beder om en stærk samhørighedspolitik i alle Unionens regioner.\n",
         "has 0 emphasised parts, its original 2", 0},
        {DA_HEAD, "Vi beder om en **stærk** samhørighedspolitik.\n", "has 0 list items", 0},
        {DA_HEAD, "Vi beder.\n\n- Et [link](https://y.eu/)\n- To\n\nSlut.\n",
         "lacks the link to https://x.eu/", 0},
        {DA_HEAD, "Vi beder.\n\n- Et [link](https://y.eu/)\n- To\n\nSlut.\n",
         "links to https://y.eu/, which its original does not", 7},
        {DA_HEAD, "Vi beder.\n\n- Et\n- To\n\n**Slut.**\n", "has 0 marks **[", 0},
        {"title: Vores krav\nstate: machine", DA_BODY, "has no summary", 0},
        {"title: Vores krav\nsummary: What we ask for\nstate: machine", DA_BODY,
         "summary is word for word that of its original", 2},
    };
    fixture f = fixture_open(state);
    write_text(&f, "en", EN_HEAD, EN_BODY);
    write_text(&f, "da", DA_HEAD, DA_BODY);
    must_not_say(&f, "page/x/da.md", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_text(&f, "da", cases[i].head, cases[i].body);
        must_say(&f, "page/x/da.md", cases[i].words, cases[i].line, true);
    }
    fixture_close(&f);
}

static void texts_are_in_their_language(void **state)
{
    fixture f = fixture_open(state);
    write_text(&f, "en", EN_HEAD, EN_BODY);
    write_text(
        &f, "da", DA_HEAD,
        "Vi beder om en **stærk** samhørighedspolitik i alle Unionens regioner.\n\nPřipojte se "
        "k nám a podpořte silnou politiku soudržnosti pro všechny regiony Evropské unie.\n");
    must_say(&f, "page/x/da.md", "is in another language than da: cs", 7, true);
    write_text(&f, "da", "title: Deltag Připojte se\nsummary: Det vi beder om\nstate: machine",
               DA_BODY);
    must_say(&f, "page/x/da.md", "\"Připojte\" has letters that da does not use", 1, true);
    write_text(&f, "da", DA_HEAD, DA_BODY);
    /* Two files that changed places. */
    write_text(
        &f, "el", "title: Искане\nsummary: Какво искаме\nstate: machine",
        "Призоваваме за силна политика на сближаване за всички региони на Европейския съюз.\n");
    write_text(&f, "bg", "title: Αίτημα\nsummary: Τι ζητούμε\nstate: machine",
               "Ζητούμε μια ισχυρή πολιτική συνοχής για όλες τις περιφέρειες της Ένωσης.\n");
    must_say(&f, "page/x/el.md", "is in another language than el: bg", 5, true);
    must_say(&f, "page/x/bg.md", "is in another language than bg: el", 5, true);
    must_say(&f, "page/x/el.md", "\"Искане\" has letters that el does not use", 1, true);
    must_not_say(&f, "page/x/da.md", "language");
    fixture_close(&f);
}

static void pictures_are_told_in_words(void **state)
{
    fixture f = fixture_open(state);
    fixture_write(&f, "story/x/story.ini", S("picture=front.jpg\n"));
    fixture_write(&f, "story/x/front.jpg", S("\xFF\xD8\xFF"));
    fixture_write(&f, "story/x/en.md", S("title: T\nstate: original\n\nBody.\n"));
    fixture_write(&f, "story/x/da.md", S("title: T\nstate: machine\n\nTekst.\n"));
    must_say(&f, "story/x/en.md", "has no picture_alt", 0, false);
    must_say(&f, "story/x/da.md", "has no picture_alt", 0, true);
    fixture_write(&f, "story/x/en.md",
                  S("title: T\npicture_alt: A tram\nstate: original\n\nBody.\n"));
    fixture_write(&f, "story/x/da.md",
                  S("title: T\npicture_alt: A tram\nstate: machine\n\nTekst.\n"));
    must_not_say(&f, "story/x/en.md", "");
    must_say(&f, "story/x/da.md", "picture_alt is word for word that of its original", 2, true);
    fixture_write(&f, "page/x/en.md", S("title: T\npicture_alt: A\nstate: original\n\nx\n"));
    must_say(&f, "page/x/en.md", "picture_alt is no field here", 2, false);
    fixture_close(&f);
}

/* --- states --- */

static content_state state_of(fixture *f, const char *lang)
{
    content_folder *folder;
    content_report report;
    ASSERT_OK(content_read(f->a, f->folder, &folder, &report));
    content_list items = content_items(folder);
    for (size_t i = 0; i < items.n; i++)
        if (str_eq(items.at[i].kind, S("page")))
            return content_state_in(&items.at[i], str_of(lang));
    fail_msg("no page");
    return CONTENT_MISSING;
}

static size_t stamp(fixture *f, str_list names, err wanted)
{
    content_folder *folder;
    content_report report;
    size_t n;
    ASSERT_OK(content_read(f->a, f->folder, &folder, &report));
    assert_int_equal(content_stamp_folder(f->a, folder, names, &n), wanted);
    return n;
}

static void stamps_tell_what_is_outdated(void **state)
{
    fixture f = fixture_open(state);
    str names[] = {S("page/x/da")};
    write_text(&f, "en", EN_HEAD, EN_BODY);
    write_text(&f, "da", DA_HEAD, DA_BODY);
    write_text(&f, "sv", "title: Krav\nsummary: Det vi ber om\nstate: reviewed", "Vi ber.\n");
    must_say(&f, "page/x", "2 translations do not say", 0, true);
    must_say(&f, "page/x", "lacks 21 of 24 languages: bg es cs de et el fr", 0, true);
    assert_true(stamp(&f, (str_list){NULL, 0}, OK) > 2); /* and the declarations' */
    must_not_say(&f, "page/x", "do not say");
    must_not_say(&f, "page/x/da.md", "outdated");
    assert_int_equal(state_of(&f, "da"), CONTENT_MACHINE);
    assert_int_equal(state_of(&f, "sv"), CONTENT_REVIEWED);
    assert_int_equal(state_of(&f, "fi"), CONTENT_MISSING);
    assert_int_equal(stamp(&f, (str_list){NULL, 0}, OK), 0);
    /* The English changes by a word. */
    write_text(&f, "en", EN_HEAD, "We ask for a **stronger** policy.\n");
    assert_int_equal(state_of(&f, "en"), CONTENT_ORIGINAL);
    assert_int_equal(state_of(&f, "da"), CONTENT_OUTDATED);
    must_say(&f, "page/x", "is outdated in 2 languages, en.md has changed since: da sv", 0, true);
    /* No general stamping makes it fresh; naming it does. */
    assert_int_equal(stamp(&f, (str_list){NULL, 0}, OK), 0);
    assert_int_equal(state_of(&f, "da"), CONTENT_OUTDATED);
    assert_int_equal(stamp(&f, (str_list){names, 1}, OK), 1);
    assert_int_equal(state_of(&f, "da"), CONTENT_MACHINE);
    assert_int_equal(state_of(&f, "sv"), CONTENT_OUTDATED);
    names[0] = S("page/y");
    assert_int_equal(stamp(&f, (str_list){names, 1}, ERR_NOT_FOUND), 0);
    /* What pages see. */
    content_report report;
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    ASSERT_STR(content_text_in(alliance_item(&f.al, S("page"), S("x")), S("sv"))->state,
               S("outdated"));
    fixture_close(&f);
}

/* --- harm --- */

static void link_to(fixture *f, const char *target, const char *name)
{
    char *path = arena_cstr(f->a, arena_printf(f->a, "%.*s/%s", STR_FMT(f->folder), name));
    assert_int_equal(symlink(target, path), 0);
}

static void nothing_outside_is_read(void **state)
{
    fixture f = fixture_open(state);
    content_report report = read_report(&f);
    assert_int_equal(report.errors, 0);
    fixture_write(&f, "page/x/en.md", S(EN_HEAD "\n\nBody.\n"));
    link_to(&f, "/etc/passwd", "page/x/da.md");
    must_say(&f, "page/x/da.md", "is a link", 0, false);
    link_to(&f, "/etc", "page/etc");
    must_say(&f, "page/etc", "a file or a link where a folder belongs", 0, false);
    link_to(&f, "/etc", "story");
    must_say(&f, "story", "a file or a link where a folder belongs", 0, false);
    assert_int_equal(mkfifo(arena_printf(f.a, "%.*s/page/x/fi.md", STR_FMT(f.folder)).at, 0600), 0);
    must_say(&f, "page/x/fi.md", "no plain file", 0, false); /* and does not wait for a writer */
    assert_int_equal(mkdir(arena_printf(f.a, "%.*s/page/x/sv.md", STR_FMT(f.folder)).at, 0700), 0);
    must_say(&f, "page/x/sv.md", "no plain file", 0, false);
    fixture_write(&f, "page/plain", S("x"));
    must_say(&f, "page/plain", "a file or a link where", 0, false);
    fixture_write(&f, "page/x/xx.md", S(EN_HEAD "\n\nBody.\n"));
    must_say(&f, "page/x/xx.md", "no known file", 0, false);
    fixture_write(&f, "pages/x/en.md", S(EN_HEAD "\n\nBody.\n"));
    must_say(&f, "pages", "is no kind of content", 0, false);
    fixture_write(&f, "README", S("x"));
    must_say(&f, "README", "belongs to no item", 0, true);
    fixture_close(&f);
}

static void bytes_that_are_no_text(void **state)
{
    fixture f = fixture_open(state);
    fixture_write(&f, "page/x/en.md", S("\xEF\xBB\xBFtitle: x\n"));
    must_say(&f, "page/x/en.md", "byte order mark", 1, false);
    fixture_write(&f, "page/x/en.md", S("t\0i\0t\0l\0e\0"));
    must_say(&f, "page/x/en.md", "NUL byte", 1, false);
    fixture_write(&f, "page/x/en.md", S("title: \xE9t\xE9\n")); /* Latin-1 */
    must_say(&f, "page/x/en.md", "is not UTF-8", 0, false);
    buf many = buf_in(f.a);
    for (int i = 0; i < 200000 / 8; i++)
        buf_printf(&many, "k%d: v\n", i);
    fixture_write(&f, "page/x/en.md", str_head(buf_str(&many), 200000));
    must_say(&f, "page/x/en.md", "one line too many before an empty line", 101, false);
    many.n = 0;
    buf_put(&many, S(EN_HEAD "\n\n"));
    for (int i = 0; i < 100000; i++)
        buf_put(&many, S("[["));
    fixture_write(&f, "page/x/en.md", buf_str(&many));
    assert_int_equal(read_report(&f).errors, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_SQLITE(fields_are_declared),          TEST_ON_SQLITE(links_lead_somewhere),
        TEST_ON_SQLITE(translations_keep_their_form), TEST_ON_SQLITE(texts_are_in_their_language),
        TEST_ON_SQLITE(pictures_are_told_in_words),   TEST_ON_SQLITE(stamps_tell_what_is_outdated),
        TEST_ON_SQLITE(nothing_outside_is_read),      TEST_ON_SQLITE(bytes_that_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
