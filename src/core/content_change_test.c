/* SPDX-License-Identifier: EUPL-1.2 */
/* What an import does to what stands: only the differences, all or nothing, and nothing is lost. */

#include "test_core.h"

static int64_t revision_of(fixture *f)
{
    int64_t revision;
    ASSERT_OK(alliance_revision(&f->c, &revision));
    return revision;
}

static content_write_options options_of(fixture *f, const sign_key *key)
{
    return (content_write_options){.origin = S("https://test.example"),
                                   .log_public_key = key->public_key,
                                   .now_ms = f->now_ms};
}

static err change(fixture *f, bool is_dry, content_changes *out)
{
    content_folder *folder;
    content_report report;
    sign_key key = fixture_log_key();
    content_write_options options = options_of(f, &key);
    ASSERT_OK(content_read(f->a, f->folder, &folder, &report));
    return is_dry ? content_compare(&f->c, f->a, folder, &options, out, &report)
                  : content_write(&f->c, f->a, folder, &options, out, &report);
}

static str words_of(fixture *f, content_changes changes)
{
    static const char *const sorts[] = {"added", "changed", "removed"};
    buf b = buf_in(f->a);
    for (size_t i = 0; i < changes.n; i++) {
        const content_change *c = &changes.at[i];
        buf_printf(&b, "%s %.*s/%.*s%s", sorts[c->sort], STR_FMT(c->kind), STR_FMT(c->slug),
                   c->has_facts ? " facts" : "");
        const str_list lists[] = {c->added, c->changed, c->removed};
        for (size_t l = 0; l < 3; l++)
            for (size_t k = 0; k < lists[l].n; k++)
                buf_printf(&b, " %c%.*s", "+~-"[l], STR_FMT(lists[l].at[k]));
        buf_put_char(&b, '\n');
    }
    return buf_str(&b);
}

#define EN "title: Regions\nstate: original\n\n"

static void write_changes(fixture *f)
{
    fixture_write(f, "partner/aer/partner.ini", S("position=3\nwebsite=aer.example\n"));
    fixture_write(f, "partner/aer/en.md", S(EN "Another.\n"));
    fixture_write(f, "partner/aer/da.md", S("title: Regioner\nstate: machine\n\nEn.\n"));
    fixture_remove(f, "partner/reves/en.md");
    fixture_remove(f, "partner/reves/partner.ini");
    fixture_remove(f, "partner/reves");
    fixture_write(f, "page/new/en.md", S(EN "New.\n"));
    fixture_write(f, "declaration/main/el.md",
                  S("title: main el\nstate: reviewed\nsummary: Short\n\nΖητούμε συνοχή.\n"));
}

#define WANTED                                                                                     \
    "changed declaration/main ~el\nadded page/new +en\nchanged partner/aer facts +da ~en\n"        \
    "removed partner/reves facts -en\n"

static void differences_are_told_and_done(void **state)
{
    fixture f = fixture_open(state);
    content_changes changes;
    ASSERT_OK(change(&f, true, &changes));
    assert_int_equal(changes.n, 0);
    write_changes(&f);
    ASSERT_OK(change(&f, true, &changes));
    ASSERT_STR(words_of(&f, changes), S(WANTED));
    assert_int_equal(revision_of(&f), 1);
    fixture_reload(&f);
    assert_non_null(alliance_item(&f.al, S("partner"), S("reves")));
    ASSERT_OK(change(&f, false, &changes));
    ASSERT_STR(words_of(&f, changes), S(WANTED));
    assert_int_equal(revision_of(&f), 2);
    fixture_reload(&f);
    assert_null(alliance_item(&f.al, S("partner"), S("reves")));
    const content_item *aer = alliance_item(&f.al, S("partner"), S("aer"));
    assert_int_equal(aer->position, 3);
    assert_int_equal(aer->text_count, 2);
    ASSERT_STR(content_text_in(aer, S("en"))->body, S("Another."));
    ASSERT_STR(declaration_text_in(f.main, 1, S("el"))->state, S("reviewed"));
    /* Again: nothing. */
    ASSERT_OK(change(&f, false, &changes));
    assert_int_equal(changes.n, 0);
    assert_int_equal(revision_of(&f), 2);
    fixture_close(&f);
}

static void what_is_replaced_is_kept(void **state)
{
    fixture f = fixture_open(state);
    content_changes changes;
    content_past_list past;
    write_changes(&f);
    ASSERT_OK(change(&f, false, &changes));
    f.now_ms += 60000;
    fixture_write(&f, "partner/aer/en.md", S(EN "A third.\n"));
    ASSERT_OK(change(&f, false, &changes));
    ASSERT_OK(content_history(&f.c, f.a, S("partner"), S("aer"), S("en"), &past));
    assert_int_equal(past.n, 2);
    ASSERT_STR(past.at[0].body, S("Another."));
    assert_int_equal(past.at[0].until_ms, f.now_ms);
    ASSERT_STR(past.at[1].body, S("One."));
    ASSERT_STR(past.at[1].state, S("original"));
    ASSERT_STR(past.at[1].header, S("title: Regions\nstate: original\n"));
    assert_int_equal(past.at[1].until_ms, f.now_ms - 60000);
    assert_false(past.at[1].is_removed);
    ASSERT_OK(content_history(&f.c, f.a, S("partner"), S("aer"), S(""), &past));
    assert_int_equal(past.n, 3); /* and the facts */
    ASSERT_OK(content_history(&f.c, f.a, S("partner"), S("reves"), S(""), &past));
    assert_int_equal(past.n, 2);
    assert_true(past.at[0].is_removed && past.at[1].is_removed);
    ASSERT_STR(past.at[0].header, S("position=2\nwebsite=reves.example\n"));
    ASSERT_STR(past.at[1].body, S("Two."));
    ASSERT_OK(content_history(&f.c, f.a, S("page"), S("new"), S(""), &past));
    assert_int_equal(past.n, 0);
    fixture_close(&f);
}

/* Declarations come first, so what is refused there could leave half of the rest. */
static void all_or_nothing(void **state)
{
    fixture f = fixture_open(state);
    content_changes changes;
    content_past_list past;
    write_changes(&f);
    fixture_write(&f, "declaration/past/en.md",
                  S("title: past en\nstate: original\nsummary: Short\n\nOther words.\n"));
    assert_int_equal(change(&f, true, &changes), ERR_CONFLICT);
    assert_int_equal(change(&f, false, &changes), ERR_CONFLICT);
    assert_int_equal(revision_of(&f), 1);
    fixture_reload(&f);
    assert_non_null(alliance_item(&f.al, S("partner"), S("reves")));
    assert_null(alliance_item(&f.al, S("page"), S("new")));
    ASSERT_STR(declaration_text_in(f.main, 1, S("el"))->state, S("machine"));
    ASSERT_OK(content_history(&f.c, f.a, S("partner"), S("aer"), S(""), &past));
    assert_int_equal(past.n, 0);
    fixture_close(&f);
}

static void only_a_person_opens(void **state)
{
    fixture f = fixture_open(state);
    content_folder *folder;
    content_report report;
    content_changes changes;
    sign_key key = fixture_log_key();
    content_write_options options = options_of(&f, &key);
    options.opens_nothing = true;
    fixture_write(&f, "declaration/next/declaration.ini",
                  S("version=1\nopens=2026-01-01\ncloses=2027-01-01\nretain_until=2999-12-31\n"
                    "kinds=person\noriginal=en\nrecords=server\n"));
    fixture_write(&f, "declaration/next/en.md", S(EN "We ask.\n"));
    ASSERT_OK(content_read(f.a, f.folder, &folder, &report));
    assert_int_equal(content_write(&f.c, f.a, folder, &options, &changes, &report), ERR_CONFLICT);
    assert_int_equal(report.problems.n, 1);
    ASSERT_STR(report.problems.at[0].file, S("declaration/next/declaration.ini"));
    options.opens_nothing = false;
    ASSERT_OK(content_compare(&f.c, f.a, folder, &options, &changes, &report));
    ASSERT_STR(words_of(&f, changes), S("added declaration/next facts +en\n"));
    assert_int_equal(report.declarations_opened, 1);
    fixture_reload(&f);
    assert_null(alliance_declaration(&f.al, S("next")));
    ASSERT_OK(content_write(&f.c, f.a, folder, &options, &changes, &report));
    fixture_reload(&f);
    assert_non_null(alliance_declaration(&f.al, S("next")));
    fixture_close(&f);
}

static int64_t since(fixture *f, str kind, str slug)
{
    fixture_reload(f);
    const content_item *item = alliance_item(&f->al, kind, slug);
    assert_non_null(item);
    return item->since_ms;
}

static err undate(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch, (void)arg;
    return q_probe_content_undate(tx);
}

/* The day of a feed's entry: no later import may move it. */
static void an_item_keeps_the_day_it_came(void **state)
{
    fixture f = fixture_open(state);
    content_changes changes;
    int64_t first = since(&f, S("partner"), S("aer"));
    assert_true(first > 0);
    f.now_ms += 1000;
    fixture_write(&f, "page/new/en.md", S(EN "New.\n"));
    fixture_write(&f, "partner/aer/partner.ini", S("position=3\nwebsite=aer.example\n"));
    ASSERT_OK(change(&f, false, &changes));
    assert_int_equal(since(&f, S("partner"), S("aer")), first);
    assert_int_equal(since(&f, S("page"), S("new")), f.now_ms);
    /* Of before this was noted: the next import, and readers learn of it. */
    ASSERT_OK(db_write(f.c.db, undate, NULL));
    int64_t before = revision_of(&f);
    f.now_ms += 1000;
    ASSERT_OK(change(&f, true, &changes));
    assert_int_equal(since(&f, S("partner"), S("aer")), 0);
    ASSERT_OK(change(&f, false, &changes));
    assert_int_equal(since(&f, S("partner"), S("aer")), f.now_ms);
    assert_int_equal(revision_of(&f), before + 1);
    f.now_ms += 1000;
    ASSERT_OK(change(&f, false, &changes));
    assert_int_equal(revision_of(&f), before + 1);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(differences_are_told_and_done), TEST_ON_BOTH(an_item_keeps_the_day_it_came),
        TEST_ON_BOTH(what_is_replaced_is_kept),      TEST_ON_BOTH(all_or_nothing),
        TEST_ON_BOTH(only_a_person_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
