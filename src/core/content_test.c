/* SPDX-License-Identifier: EUPL-1.2 */
/* Content folders: the demo, everything that is refused, and what an import may change. */

#include "crypto/note.h"

#include "core/promise.h"

#include "test_core.h"

static void demo_loads(void **state)
{
    fixture f = fixture_open(state);
    f.folder = S(CONTENT_FOLDER);
    content_report report;
    err e = fixture_import(&f, &report);
    /* Not even a warning: `undersigned content stamp content/cohesion` after a change of English.
     */
    assert_int_equal(report.warnings, 0);
    for (size_t i = 0; i < report.problems.n; i++)
        print_message("%.*s:%zu: %.*s\n", STR_FMT(report.problems.at[i].file),
                      report.problems.at[i].line, STR_FMT(report.problems.at[i].message));
    assert_int_equal(e, OK);
    assert_true(report.declarations_opened >= 2);
    assert_true(report.items > 20);
    ASSERT_OK(alliance_load(&f.c, f.a, &f.al));
    for (size_t i = 0; i < f.al.items.n; i++)
        assert_int_equal(f.al.items.at[i].text_count, 24);
    f.folder = S("/tmp/undersigned-nowhere");
    fixture_close(&f);
}

/* --- what is refused --- */

typedef struct bad_file {
    const char *path;
    const char *text;
    size_t line;
    const char *message;
} bad_file;

#define SOME_KEY "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define OTHER_KEY "age1a2anl0r6c6xuamh2h38pxhyvgzp54pns0mqjkam6y79e2jpgvujs35yyre"

#define RULES(changed)                                                                             \
    "# rules\nversion=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n"           \
    "kinds=person\noriginal=en\n" changed

static const bad_file bad_files[] = {
    {"partner/aer/en.md", "title: A\nno colon\nstate: original\n\nx\n", 2, "not a key"},
    {"partner/aer/en.md", "title: A\n: x\nstate: original\n\nx\n", 2, "not a key"},
    {"partner/aer/en.md", "title: A\ntitle: B\nstate: original\n\nx\n", 2, "twice"},
    {"partner/aer/en.md", "state: original\n\nx\n", 0, "no title"},
    {"partner/aer/en.md", "title:\nstate: original\n\nx\n", 0, "no title"},
    {"partner/aer/en.md", "title: A\n\nx\n", 0, "no state"},
    {"partner/aer/en.md", "title: A\nstate: perfect\n\nx\n", 2, "none of: original machine"},
    {"partner/aer/en.md", "title: A\nstate: original\n\nx\ny\r\nz\n", 5, "CR"},
    {"partner/aer/en.md", "title: A\nstate: original\n\n\xff\n", 0, "UTF-8"},
    {"partner/aer/en.txt", "x", 0, "no known file"},
    {"partner/aer/english.md", "x", 0, "no known file"},
    {"partner/aer/EN.md", "x", 0, "no known file"},
    {"partner/aer/partner.ini", "position=1\nwebsite\n", 2, "not a key"},
    {"partner/aer/partner.ini", "position=1\n\n# note\nposition=2\n", 4, "twice"},
    {"partner/empty/partner.ini", "position=1\n", 0, "no text in any"},
    {"partner/Upper/en.md", "title: A\nstate: original\n\nx\n", 0, "other characters"},
    {"partner/join/en.md", "title: A\nstate: original\n\nx\n", 0, "taken by a page"},
    {"partner/aer/partner.ini", "position=1\ntype=friend\n", 2, "none of: founder"},
    {"partner/aer/partner.ini", "country=Denmark\n", 1, "not the code of a country"},
    {"partner/aer/partner.ini", "position=1\nfact_members=3\nfact_members_source=a\n", 2,
     "needs a source and its date"},
    {"partner/aer/partner.ini", "since=2017\nsince_source=\nsince_date=2017\n", 1,
     "needs a source and its date"},
    {"partner/aer/members", "# ours\n\nCity of Lund\n!!\n", 4, "neither a name"},
    {"partner/a_b/en.md", "title: A\nstate: original\n\nx\n", 0, "other characters"},
    {"declaration/main/declaration.ini", RULES("kinds=x\n"), 8, "twice"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-02-30\ncloses=2027-01-01\nretain_until=2999-12-31\n"
     "kinds=person\noriginal=en\n",
     2, "not a date"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026\ncloses=2027-01-01\nretain_until=2999-12-31\nkinds=person\noriginal="
     "en\n",
     2, "not a date"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-02\ncloses=2026-01-01\nkinds=person\noriginal=en\n", 3,
     "before the day"},
    {"declaration/main/declaration.ini", "version=1\nopens=2026-01-01\nkinds=person\noriginal=en\n",
     0, "not a date"},
    {"declaration/main/declaration.ini",
     "opens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\nkinds=person\noriginal=en\n", 0,
     "not a number"},
    {"declaration/main/declaration.ini",
     "version=0\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n"
     "kinds=person\noriginal=en\n",
     1, "not a number"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nkinds=person\noriginal=en\n", 0,
     "must name the day on which all personal data are erased"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=soon\nkinds=person\noriginal="
     "en\n",
     4, "not a date"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2027-01-01\nkinds=person\n"
     "original=en\n",
     4, "not after the last day"},
    {"declaration/main/declaration.ini", RULES("per_mailbox=0\n"), 8, "not a number"},
    {"declaration/main/declaration.ini", RULES("per_mailbox=101\n"), 8, "not a number"},
    {"declaration/main/declaration.ini", RULES("goal=many\n"), 8, "not a number"},
    {"declaration/main/declaration.ini", RULES("records=open\n"), 8, "neither sealed"},
    {"declaration/main/declaration.ini", RULES("recipients=age1x age1y\n"), 8, "not a list"},
    {"declaration/main/declaration.ini", RULES("recipients=" SOME_KEY "\n"), 8, "one key alone"},
    {"declaration/main/declaration.ini", RULES("recipients=" SOME_KEY " " SOME_KEY "\n"), 8,
     "different keys"},
    {"declaration/main/declaration.ini", RULES("recipients=" SOME_KEY "  " OTHER_KEY "\n"), 8,
     "not a list"},
    {"declaration/main/declaration.ini", RULES("light=maybe\n"), 8, "neither"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\nkinds=person "
     "robot\noriginal=en\n",
     5, "list of"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\noriginal=en\n", 0,
     "list of"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\nkinds="
     "mandate\nlight=yes\noriginal=en\n",
     5, "only be person"},
    {"declaration/main/declaration.ini",
     "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n"
     "kinds=person\noriginal=fi\n",
     6, "original names"},
    {"document/a/document.ini", "year=17\n", 1, "year is not a year"},
    {"document/a/document.ini", "position=1\nadded=2026-02-30\n", 2, "added is not a date"},
    {"document/a/document.ini", "topics=nowhere\n", 1, "topic that is not there"},
    {"document/a/document.ini", "replaced_by=b\n", 1, "document that is not there"},
    {"document/a/document.ini", "replaced_by=a\n", 1, "in a circle"},
    {"document/a/document.ini", "url_da=javascript:alert(1)\n", 1, "url_da is not an address"},
    {"document/a/document.ini", "url=https://a.example/ b\n", 1, "url is not an address"},
    {"document/a/document.ini", "size_da=-1\n", 1, "size_da is not a number"},
    {"document/a/document.ini", "file_da=a.pdf\n", 1, "file_da names a file that does not lie"},
    {"document/a/document.ini", "sha256_da=00ff\n", 1, "sha256_da is not a SHA-256"},
    {"news/a/news.ini", "date=2026-1-15\n", 1, "date is not a date"},
    {"news/a/news.ini", "date=2026-01-15\nurl=//a.example\n", 2, "url is not an address"},
    {"redirects", "# old\n/a /b\n/c https://evil.example/\n", 3, "on this site"},
};

static bool says(str text, const char *words)
{
    return str_find_str(text, str_of(words)) < text.n;
}

static void problems_name_their_place(void **state)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        const bad_file *bad = &bad_files[i];
        fixture f = fixture_open(state);
        content_report report;
        fixture_write(&f, bad->path, str_of(bad->text));
        assert_int_equal(fixture_import(&f, &report), ERR_INVALID);
        bool is_found = false;
        for (size_t p = 0; p < report.problems.n; p++) {
            const content_problem *problem = &report.problems.at[p];
            is_found =
                is_found ||
                (says(problem->message, bad->message) && problem->line == bad->line &&
                 str_starts(str_of(arena_printf(f.a, "%.*s/%s", STR_FMT(f.folder), bad->path).at),
                            problem->file));
        }
        if (!is_found)
            fail_msg("case %zu (%s): %zu problems, first %zu %.*s", i, bad->message,
                     report.problems.n, report.problems.at[0].line,
                     STR_FMT(report.problems.at[0].message));
        int64_t revision;
        ASSERT_OK(alliance_revision(&f.c, &revision));
        assert_int_equal(revision, 1);
        fixture_close(&f);
    }
}

static void all_problems_at_once(void **state)
{
    fixture f = fixture_open(state);
    content_report report;
    fixture_write(&f, "partner/aer/en.md", S("title: A\nstate: original\n\nx\0y\n"));
    str big = {arena_array(f.a, char, CONTENT_FILE_BYTES_MOST + 1), CONTENT_FILE_BYTES_MOST + 1};
    memset((char *)(uintptr_t)big.at, 'x', big.n);
    fixture_write(&f, "partner/aer/da.md", big);
    fixture_write(&f, "story/x/fi.md", S("title: A\nstate: no\n\nx\n"));
    assert_int_equal(fixture_import(&f, &report), ERR_INVALID);
    assert_int_equal(report.errors, 4);
    static const char *const wanted[] = {"no text in any", "larger", "NUL", "state"};
    size_t seen = 0;
    for (size_t i = 0; i < report.problems.n; i++)
        if (!report.problems.at[i].is_warning)
            assert_true(says(report.problems.at[i].message, wanted[seen++]));
    assert_int_equal(seen, 4);
    f.folder = S("/tmp/undersigned-nowhere");
    assert_int_equal(fixture_import(&f, &report), ERR_NOT_FOUND);
    fixture_close(&f);
}

/* --- importing again --- */

static int64_t revision_of(fixture *f)
{
    int64_t revision;
    ASSERT_OK(alliance_revision(&f->c, &revision));
    return revision;
}

static void imports_repeat(void **state)
{
    fixture f = fixture_open(state);
    content_report report;
    int64_t leaves = fixture_counts(&f).leaves;
    str manifest = f.main->manifest;
    ASSERT_OK(fixture_import(&f, &report));
    assert_int_equal(report.declarations_opened, 0);
    assert_int_equal(revision_of(&f), 1);
    assert_int_equal(fixture_counts(&f).leaves, leaves);
    size_t items = f.al.items.n;
    fixture_reload(&f);
    assert_int_equal(f.al.items.n, items);
    ASSERT_STR(f.main->manifest, manifest);
    /* What is not in the folder any more is gone, but declarations stay. */
    fixture_remove(&f, "partner/aer/partner.ini");
    fixture_remove(&f, "partner/aer/en.md");
    fixture_remove(&f, "partner/aer");
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    assert_int_equal(alliance_items(&f.al, S("partner")).n, 1);
    fixture_close(&f);
}

static void signed_texts_do_not_change(void **state)
{
    fixture f = fixture_open(state);
    content_report report;
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.main, &s);
    str changed = S("title: main en\nstate: original\nsummary: Short\n\nWe ask for more.\n");
    fixture_write(&f, "declaration/main/en.md", changed);
    fixture_write(&f, "partner/aer/en.md", S("title: New\nstate: original\n\nx\n"));
    assert_int_equal(fixture_import(&f, &report), ERR_CONFLICT);
    assert_int_equal(report.problems.n, 1);
    ASSERT_STR(report.problems.at[0].file, S("declaration/main/en.md"));
    assert_true(says(report.problems.at[0].message, "raise version"));
    assert_int_equal(revision_of(&f), 1);
    fixture_reload(&f);
    const content_item *partner = alliance_item(&f.al, S("partner"), S("aer"));
    ASSERT_STR(fact_value(partner->texts[0].header, S("title")), S("Regions")); /* nothing at all */
    /* As a new version it is fine; the old text stays, and so does what was signed. */
    fixture_write(&f, "declaration/main/declaration.ini",
                  S("version=2\nopens=2026-01-01\ncloses=2027-02-01\nretain_until=2999-12-31\n"
                    "goal=2000\nper_mailbox=2\n"
                    "kinds=person organisation mandate\noriginal=en\n"));
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    assert_int_equal(f.main->version, 2);
    assert_int_equal(f.main->goal, 2000);
    ASSERT_STR(declaration_text_in(f.main, 1, S("en"))->body, S("We ask for cohesion."));
    ASSERT_STR(declaration_text_in(f.main, 2, S("en"))->body, S("We ask for more."));
    s = fixture_signing("Bob", "bob@example.org");
    fixture_sign(&f, f.main, &s);
    q_probe_signatures_rows rows = fixture_signatures(&f);
    assert_int_equal(rows.at[0].text_version, 1);
    assert_int_equal(rows.at[1].text_version, 2);
    /* Another state of the same words, and a language more, need no new version. */
    fixture_write(&f, "declaration/main/el.md",
                  S("title: main el\nstate: reviewed\nsummary: Short\n\nΖητούμε συνοχή.\n"));
    fixture_write(&f, "declaration/main/fi.md", S("title: fi\nstate: machine\n\nPyydämme.\n"));
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    ASSERT_STR(declaration_text_in(f.main, 2, S("el"))->state, S("reviewed"));
    ASSERT_STR(declaration_text_in(f.main, 2, S("fi"))->lang, S("fi"));
    fixture_close(&f);
}

static void opened_rules_do_not_change(void **state)
{
    static const char *const changes[] = {
        "per_mailbox=3\nkinds=person organisation mandate\noriginal=en\n",
        "per_mailbox=2\nkinds=person organisation\noriginal=en\n",
        "per_mailbox=2\nkinds=person organisation mandate\noriginal=da\n",
        "per_mailbox=2\nkinds=person\nlight=yes\noriginal=en\n",
        "per_mailbox=2\nkinds=person organisation mandate\noriginal=en\nrecords=server\n",
        "per_mailbox=2\nkinds=person organisation mandate\noriginal=en\nrecipients=" SOME_KEY
        " " OTHER_KEY "\n"};
    fixture f = fixture_open(state);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        content_report report;
        fixture_write(
            &f, "declaration/main/declaration.ini",
            arena_printf(
                f.a, "version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n%s",
                changes[i]));
        assert_int_equal(fixture_import(&f, &report), ERR_CONFLICT);
        assert_int_equal(report.problems.n, 1);
        ASSERT_STR(report.problems.at[0].file, S("declaration/main/declaration.ini"));
        assert_int_equal(revision_of(&f), 1);
    }
    fixture_close(&f);
}

/* Who signed was told the day. */
static void the_day_of_erasure_only_comes_nearer(void **state)
{
    fixture f = fixture_open(state);
    static const struct {
        const char *day;
        err outcome;
    } days[] = {{"3000-01-01", ERR_CONFLICT},
                {"2028-01-01", OK},
                {"2028-01-02", ERR_CONFLICT},
                {"2027-01-02", OK}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        content_report report;
        fixture_write(&f, "declaration/main/declaration.ini",
                      arena_printf(f.a,
                                   "version=1\nopens=2026-01-01\ncloses=2027-01-01\ngoal=1000\n"
                                   "per_mailbox=2\nkinds=person organisation mandate\noriginal=en\n"
                                   "retain_until=%s\n",
                                   days[i].day));
        assert_int_equal(fixture_import(&f, &report), days[i].outcome);
    }
    fixture_reload(&f);
    assert_int_equal(f.main->retain_ms, f.main->closes_ms);
    fixture_close(&f);
}

static void records_need_somebody_to_open_them(void **state)
{
    fixture f = fixture_open(state);
    content_folder *read;
    content_report report;
    fixture_write(&f, "declaration/new/declaration.ini", S(RULES("")));
    fixture_write(&f, "declaration/new/en.md", S("title: New\nstate: original\nsummary: s\n\nx\n"));
    ASSERT_OK(content_read(f.a, f.folder, &read, &report));
    assert_true(content_lacks_recipients(read));
    sign_key log_key = fixture_log_key();
    content_changes changes;
    content_write_options options = {.origin = S("https://test.example"),
                                     .log_public_key = log_key.public_key,
                                     .now_ms = f.now_ms};
    assert_int_equal(content_write(&f.c, f.a, read, &options, &changes, &report), ERR_CONFLICT);
    assert_int_equal(content_compare(&f.c, f.a, read, &options, &changes, &report), ERR_CONFLICT);
    assert_true(says(report.problems.at[0].message, "names no recipients"));
    fixture_write(&f, "declaration/new/declaration.ini",
                  S(RULES("recipients=" SOME_KEY " " OTHER_KEY "\n")));
    fixture_prove(&f.c, S(SOME_KEY));
    assert_int_equal(fixture_import(&f, &report), ERR_CONFLICT);
    assert_true(says(report.problems.at[0].message, OTHER_KEY " was not shown to work"));
    fixture_prove(&f.c, S(OTHER_KEY));
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    const declaration *made = alliance_declaration(&f.al, S("new"));
    assert_int_equal(made->records, RECORDS_SEALED);
    assert_int_equal(made->recipients.n, 2);
    ASSERT_STR(age_recipient_text(f.a, &made->recipients.at[1]), S(OTHER_KEY));
    fixture_close(&f);
}

static void manifests_state_the_rules(void **state)
{
    fixture f = fixture_open(state);
    str vkey = note_vkey(f.a, S("test.example/log/main"), fixture_log_key().public_key);
    str promises = promise_vkey(f.a, S("test.example/log/main"), promise_key(&f.c.keys).public_key);
    str start = arena_printf(
        f.a,
        "sig1 manifest\ndeclaration main\nversion 1\nopens 2026-01-01T00:00:00.000Z\n"
        "closes 2027-01-02T00:00:00.000Z\nkinds p o m\nsigners-per-mailbox 2\n"
        "pending-days 14\nundo-hours 24\nretain-until 2999-12-31T00:00:00.000Z\nrecords sealed\n"
        "recipient %.*s\nrecipient %.*s\nerased stops-counting\nbreakdown kind country\nlog-key "
        "%.*s\npromise-key %.*s\ntext da ",
        STR_FMT(fixture_recipient(&f, 0)), STR_FMT(fixture_recipient(&f, 1)), STR_FMT(vkey),
        STR_FMT(promises));
    ASSERT_STR(str_head(f.main->manifest, start.n), start);
    hash32 hash = hash_sha256(S("main en\nShort\nWe ask for cohesion."));
    str line = arena_printf(f.a, "text en %.*s\n", STR_FMT(hex_make(f.a, hash_str(&hash))));
    assert_true(str_ends(f.main->manifest, line));
    assert_true(str_find_str(f.petition->manifest, S("\nrecords server\nerased ")) <
                f.petition->manifest.n);
    assert_memory_equal(declaration_text_in(f.main, 1, S("en"))->hash.at, hash.at, 32);
    fixture_close(&f);
}

/* Nobody can say later that milder witnesses were chosen; they may still be replaced in the open.
 */
static void manifests_name_the_policy(void **state)
{
    fixture f = fixture_open(state);
    content_report report;
    sign_key key = sign_key_make();
    note_key witness = note_key_of(S("w.example/w"), NOTE_COSIGNATURE, key.public_key);
    str policy = arena_printf(f.a, "witness w %.*s https://w.example/\nquorum w\n",
                              STR_FMT(note_key_text(f.a, &witness)));
    hash32 hash = hash_sha256(policy);
    str line = arena_printf(f.a, "\npolicy %.*s\n", STR_FMT(hex_make(f.a, hash_str(&hash))));
    assert_int_equal(str_find_str(f.main->manifest, S("\npolicy ")), f.main->manifest.n);
    fixture_write(&f, "declaration/watched/declaration.ini", S(RULES("records=server\n")));
    fixture_write(&f, "declaration/watched/en.md", S("title: W\nstate: original\n\nx\n"));
    fixture_write(&f, "declaration/watched/policy", policy);
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    const declaration *watched = alliance_declaration(&f.al, S("watched"));
    assert_non_null(watched);
    assert_true(str_find_str(watched->manifest, line) < watched->manifest.n);
    ASSERT_STR(watched->policy, policy);
    /* Another one later: the manifest stays. */
    fixture_write(&f, "declaration/watched/policy", S("quorum none\n"));
    ASSERT_OK(fixture_import(&f, &report));
    fixture_reload(&f);
    watched = alliance_declaration(&f.al, S("watched"));
    assert_true(str_find_str(watched->manifest, line) < watched->manifest.n);
    ASSERT_STR(watched->policy, S("quorum none\n"));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(demo_loads),
        TEST_ON_SQLITE(problems_name_their_place),
        TEST_ON_SQLITE(all_problems_at_once),
        TEST_ON_BOTH(imports_repeat),
        TEST_ON_BOTH(signed_texts_do_not_change),
        TEST_ON_BOTH(opened_rules_do_not_change),
        TEST_ON_BOTH(records_need_somebody_to_open_them),
        TEST_ON_BOTH(manifests_state_the_rules),
        TEST_ON_SQLITE(manifests_name_the_policy),
        TEST_ON_BOTH(the_day_of_erasure_only_comes_nearer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
