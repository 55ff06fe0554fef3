/* SPDX-License-Identifier: EUPL-1.2 */
/* Partners: counts by the link, members in the register, and what a content folder may say. */

#include "core/decision.h"
#include "core/erasure.h"
#include "core/partner.h"
#include "core/signer.h"

#include "test_core.h"

static str sources_now(fixture *f)
{
    log_state now;
    fixture_sequence(f, f->main);
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &now));
    return now.sources;
}

typedef struct stored_rows {
    arena *a;
    q_probe_sources_rows rows;
} stored_rows;

static err read_stored(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    stored_rows *s = arg;
    return q_probe_sources(tx, s->a, &s->rows);
}

static q_probe_sources_rows stored(fixture *f)
{
    stored_rows s = {.a = f->a};
    fixture_read(f, read_stored, &s);
    return s.rows;
}

static str sign_through(fixture *f, const char *name, const char *partner)
{
    signing s = fixture_signing(name, arena_printf(f->a, "%s@example.org", name).at);
    s.source = str_of(partner);
    return fixture_sign(f, f->main, &s);
}

/* The count follows a signature through everything that can happen to it. */
static void counts_by_the_link(void **state)
{
    fixture f = fixture_open(state);
    str ada = sign_through(&f, "ada", "aer");
    str bea = sign_through(&f, "bea", "aer");
    sign_through(&f, "cai", "reves");
    sign_through(&f, "dora", "");
    signing pending = fixture_signing("eve", "eve@example.org");
    pending.source = S("aer");
    fixture_submit(&f, f.main, &pending);
    ASSERT_STR(sources_now(&f), S("aer 2\nreves 1\n"));
    ASSERT_OK(signer_withdraw(&f.c, ada, f.now_ms));
    ASSERT_STR(sources_now(&f), S("aer 1\nreves 1\n"));
    ASSERT_OK(signer_undo(&f.c, ada, f.now_ms));
    correction fix = {.name = {S("Beatrix")}, .country = S("SE")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, bea, &fix, f.now_ms));
    ASSERT_STR(sources_now(&f), S("aer 2\nreves 1\n"));
    signer_view v;
    ASSERT_OK(signer_open(&f.c, f.a, bea, f.now_ms, &v));
    ASSERT_STR(v.source, S("aer"));
    ASSERT_OK(erasure_by_link(&f.c, bea, f.now_ms));
    ASSERT_STR(sources_now(&f), S("aer 1\nreves 1\n"));
    q_probe_sources_rows rows = stored(&f);
    ASSERT_STR(rows.at[0].source, S("aer"));
    assert_int_equal(rows.at[1].state, SIGNATURE_ERASED);
    ASSERT_STR(rows.at[1].source, S("")); /* the sum is all that is left */
    fixture_close(&f);
}

static void taken_out_and_back(void **state)
{
    fixture f = fixture_open(state);
    int64_t number, n;
    sign_through(&f, "ada", "aer");
    sign_through(&f, "bea", "aer");
    ASSERT_STR(sources_now(&f), S("aer 2\n"));
    decision_terms first = {.declaration = f.main->id, .number_first = 1, .number_last = 1};
    decision_note note = {S("eva"), S("--numbers 1-1"), S("Made up by a script.")};
    ASSERT_OK(decision_apply(&f.c, DECISION_INVALIDATE, &first, &note, f.now_ms, &number, &n));
    assert_int_equal(n, 1);
    ASSERT_STR(sources_now(&f), S("aer 1\n"));
    ASSERT_OK(decision_undo(&f.c, number, S("eva"), f.now_ms, &n));
    ASSERT_STR(sources_now(&f), S("aer 2\n"));
    fixture_close(&f);
}

/* What pages show belongs to the checkpoint. */
static void published_with_the_checkpoint(void **state)
{
    fixture f = fixture_open(state);
    log_state now;
    published read;
    sign_through(&f, "ada", "aer");
    fixture_sequence(&f, f.main);
    ASSERT_OK(log_state_now(&f.c, f.a, f.main->id, &now));
    published p = {.size = (int64_t)now.frontier.size,
                   .note = S("n"),
                   .breakdown = S(""),
                   .sources = now.sources};
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &read));
    assert_int_equal(log_source_count(read.sources, S("aer")), 1);
    assert_int_equal(log_source_count(read.sources, S("ae")), 0);
    assert_int_equal(log_source_count(S(""), S("aer")), 0);
    fixture_close(&f);
}

/* --- Members --- */

static str sign_for(fixture *f, signer_kind kind, const char *name, const char *website,
                    bool is_listed)
{
    static int made;
    signing s = fixture_signing("Contact", arena_printf(f->a, "o%d@example.org", made++).at);
    s.kind = kind;
    s.type = S("local");
    s.organisation = str_of(name);
    s.website = str_of(website);
    s.is_listed = is_listed;
    if (kind == SIGNER_PERSON)
        s.name.private_text = str_of(name);
    return fixture_sign(f, f->main, &s);
}

static listing_page listed_members(fixture *f, int64_t before, size_t most)
{
    listing_page page;
    int64_t sorted;
    ASSERT_OK(listing_sort(&f->c, &sorted));
    ASSERT_OK(partner_listed(&f->c, f->a, f->main->id, S("aer"), before, most, &page));
    return page;
}

static void import_members(fixture *f, const char *members)
{
    content_report report;
    fixture_write(f, "partner/aer/members", str_of(members));
    ASSERT_OK(fixture_import(f, &report));
    fixture_reload(f);
}

static void members_are_found_by_name_and_website(void **state)
{
    fixture f = fixture_open(state);
    import_members(&f, "# members\nKommune Ærø\n\nwww.lund.example/about\nΔήμος Αθηναίων\n");
    str aero = sign_for(&f, SIGNER_ORGANISATION, "kommune aero", "", true);
    sign_for(&f, SIGNER_ORGANISATION, "Lunds kommun", "https://lund.example/", true);
    sign_for(&f, SIGNER_ORGANISATION, "Demos Athenaion", "", true);
    sign_for(&f, SIGNER_ORGANISATION, "Kommune Ærø Nord", "https://notlund.example", true);
    sign_for(&f, SIGNER_ORGANISATION, "Kommune Ærø", "", false); /* not listed */
    sign_for(&f, SIGNER_PERSON, "Kommune Ærø", "", true);        /* no organisation */
    listing_page page = listed_members(&f, 0, 10);
    assert_int_equal(page.n, 3);
    assert_int_equal(page.next_before, 0);
    ASSERT_STR(page.at[0].organisation, S("Demos Athenaion"));
    ASSERT_STR(page.at[1].organisation, S("Lunds kommun"));
    ASSERT_STR(page.at[2].organisation, S("kommune aero"));
    page = listed_members(&f, 0, 2);
    assert_int_equal(page.n, 2);
    page = listed_members(&f, page.next_before, 2);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.next_before, 0);
    /* Hidden, gone; and nobody else's. */
    ASSERT_OK(signer_set_consents(&f.c, f.a, aero, false, false, S("da"), f.now_ms));
    assert_int_equal(listed_members(&f, 0, 10).n, 2);
    ASSERT_OK(partner_listed(&f.c, f.a, f.main->id, S("reves"), 0, 10, &page));
    assert_int_equal(page.n, 0);
    import_members(&f, "Somebody else\n");
    assert_int_equal(listed_members(&f, 0, 10).n, 0);
    fixture_close(&f);
}

static err forget_marks(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch, (void)arg;
    TRY(q_probe_marks_forget(tx));
    return q_probe_collation_forget(tx);
}

/* A database from before marks: the order by name is made anew once, and they with it. */
static void older_entries_are_found_too(void **state)
{
    fixture f = fixture_open(state);
    import_members(&f, "Lund\n");
    sign_for(&f, SIGNER_ORGANISATION, "Lund", "", true);
    assert_int_equal(listed_members(&f, 0, 10).n, 1);
    fixture_change(&f, forget_marks, NULL);
    assert_int_equal(listed_members(&f, 0, 10).n, 1);
    fixture_close(&f);
}

static bool has_words(fixture *f, const char *words)
{
    bool has;
    const content_item *item = alliance_item(&f->al, S("partner"), S("aer"));
    ASSERT_OK(partner_has_words(f->a, item, S("en"), str_of(words), &has));
    return has;
}

static void partners_are_found_by_words(void **state)
{
    fixture f = fixture_open(state);
    assert_true(has_words(&f, ""));
    assert_true(has_words(&f, "REGIÖNS one"));
    assert_true(has_words(&f, "aer.example"));
    assert_false(has_words(&f, "regions two"));
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(counts_by_the_link),
        TEST_ON_BOTH(taken_out_and_back),
        TEST_ON_BOTH(published_with_the_checkpoint),
        TEST_ON_BOTH(members_are_found_by_name_and_website),
        TEST_ON_BOTH(older_entries_are_found_too),
        TEST_ON_SQLITE(partners_are_found_by_words),
    };
    return cmocka_run_group_tests_name("partner", tests, NULL, NULL);
}
