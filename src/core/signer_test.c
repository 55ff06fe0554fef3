/* SPDX-License-Identifier: EUPL-1.2 */
/* The own page: what is seen, changed, taken back. */

#include "core/listing.h"
#include "core/log.h"
#include "core/retention.h"
#include "core/signer.h"

#include "base/clock.h"

#include "test_core.h"

static signer_view view_of(fixture *f, str token)
{
    signer_view v;
    ASSERT_OK(signer_open(&f->c, f->a, token, f->now_ms, &v));
    return v;
}

static correction fix_of(const signer_view *v)
{
    return (correction){.name = v->record.name,
                        .organisation = v->record.organisation,
                        .function = v->record.function,
                        .country = v->record.country,
                        .region = v->record.region,
                        .reason = v->record.reason};
}

static int64_t shown(fixture *f)
{
    listing_page page;
    ASSERT_OK(listing_read(&f->c, f->a, f->main->id, &(listing_filter){0}, 100, &page));
    return (int64_t)page.n;
}

static void shows_what_was_said(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("A\xcc\x88sa", "Asa@Example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Byen");
    s.type = S("local");
    s.function = S("Mayor");
    s.authority = S("Decision 7");
    s.region = S("Fyn");
    s.reason = S("one\ntwo \\ three");
    s.is_listed = true;
    str token = fixture_submit(&f, f.main, &s).token;
    signer_view v = view_of(&f, token);
    assert_int_equal(v.state, SIGNATURE_PENDING);
    assert_int_equal(v.declaration, f.main->id);
    assert_int_equal(v.kind, SIGNER_ORGANISATION);
    assert_int_equal(v.text_version, 1);
    assert_int_equal(v.created_ms, f.now_ms);
    assert_int_equal(v.confirmed_ms, 0);
    assert_int_equal(v.leaf, -1);
    assert_int_equal(v.log_size, 0);
    assert_true(v.is_listed);
    assert_false(v.wants_news);
    ASSERT_STR(v.lang, S("da"));
    const record *r = &v.record;
    ASSERT_STR(personal_text(r->name), S("Äsa")); /* NFC */
    ASSERT_STR(personal_text(r->mail), S("Asa@Example.org"));
    ASSERT_STR(r->organisation, s.organisation);
    ASSERT_STR(r->type, s.type);
    ASSERT_STR(r->function, s.function);
    ASSERT_STR(r->authority, s.authority);
    ASSERT_STR(r->region, s.region);
    ASSERT_STR(r->reason, s.reason);
    ASSERT_STR(r->campaign, S("main"));
    assert_int_equal(r->day, clock_day(f.now_ms));
    hash32 hash = declaration_text_in(f.main, 1, S("da"))->hash;
    ASSERT_STR(r->text_hash, hex_make(f.a, hash_str(&hash)));
    hash32 again = record_commitment(f.a, r);
    assert_memory_equal(again.at, v.commitment.at, 32);
    fixture_confirm(&f, token);
    fixture_sequence(&f, f.main);
    ASSERT_OK(
        log_publish(&f.c, f.main->id, &(published){.size = 2, .note = S("n"), .breakdown = S("")}));
    v = view_of(&f, token);
    assert_int_equal(v.state, SIGNATURE_CONFIRMED);
    assert_int_equal(v.confirmed_ms, f.now_ms);
    assert_int_equal(v.leaf, 1);
    assert_int_equal(v.log_size, 2);
    assert_int_equal(v.undo_until_ms, 0);
    fixture_close(&f);
}

static void withdraws_and_undoes(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_submit(&f, f.main, &s).token;
    assert_int_equal(signer_withdraw(&f.c, token, f.now_ms), ERR_CONFLICT);
    assert_int_equal(signer_undo(&f.c, token, f.now_ms), ERR_CONFLICT);
    fixture_confirm(&f, token);
    assert_int_equal(shown(&f), 1);
    int64_t confirmed_ms = f.now_ms;
    f.now_ms += HOUR_MS;
    int64_t withdrawn_ms = f.now_ms;
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    assert_int_equal(shown(&f), 0);
    f.now_ms += MINUTE_MS;
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms)); /* does not prolong */
    signer_view v = view_of(&f, token);
    assert_int_equal(v.state, SIGNATURE_WITHDRAWN);
    assert_int_equal(v.withdrawn_ms, withdrawn_ms);
    assert_int_equal(v.undo_until_ms, withdrawn_ms + DAY_MS);
    assert_int_equal(fixture_queue(&f).n, 2);
    f.now_ms = withdrawn_ms + DAY_MS - 1;
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 3);
    assert_int_equal(shown(&f), 1);
    v = view_of(&f, token);
    assert_int_equal(v.state, SIGNATURE_CONFIRMED);
    assert_int_equal(v.withdrawn_ms, 0);
    assert_int_equal(v.confirmed_ms, confirmed_ms);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    f.now_ms += DAY_MS;
    assert_int_equal(signer_undo(&f.c, token, f.now_ms), ERR_CONFLICT);
    /* Until it is erased the page still tells what was withdrawn. */
    assert_int_equal(view_of(&f, token).state, SIGNATURE_WITHDRAWN);
    retention_report report;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    assert_int_equal(report.withdrawn, 0);
    f.now_ms++;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    assert_int_equal(report.withdrawn, 1);
    assert_int_equal(signer_open(&f.c, f.a, token, f.now_ms, &v), ERR_NOT_FOUND);
    assert_int_equal(signer_undo(&f.c, token, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(signer_withdraw(&f.c, token, f.now_ms), ERR_NOT_FOUND);
    confirm_outcome outcome;
    assert_int_equal(signature_confirm(&f.c, token, f.now_ms, &f.al, &outcome), ERR_NOT_FOUND);
    fixture_close(&f);
}

static void consents_leave_a_history(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &s);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, false, S("el"), f.now_ms));
    assert_int_equal(shown(&f), 1);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, false, S("el"), f.now_ms));
    f.now_ms += DAY_MS;
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, true, S("da"), f.now_ms));
    assert_int_equal(shown(&f), 0);
    assert_int_equal(fixture_counts(&f).listings, 0);
    q_probe_consents_rows rows = fixture_consents(&f);
    assert_int_equal(rows.n, 3);
    ASSERT_STR(rows.at[0].what, S("list"));
    assert_true(rows.at[0].is_given);
    ASSERT_STR(rows.at[0].lang, S("el"));
    assert_int_equal(rows.at[0].text_version, 1);
    assert_int_equal(rows.at[0].day, clock_day(f.now_ms) - 1);
    ASSERT_STR(rows.at[1].what, S("list"));
    assert_false(rows.at[1].is_given);
    ASSERT_STR(rows.at[2].what, S("news"));
    assert_true(rows.at[2].is_given);
    assert_int_equal(rows.at[2].day, clock_day(f.now_ms));
    signer_view v = view_of(&f, token);
    assert_false(v.is_listed);
    assert_true(v.wants_news);
    /* While withdrawn, and while pending: kept, not shown. */
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, true, S("da"), f.now_ms));
    assert_int_equal(shown(&f), 0);
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    assert_int_equal(shown(&f), 1);
    signing bob = fixture_signing("Bob", "bob@example.org");
    str pending = fixture_submit(&f, f.main, &bob).token;
    ASSERT_OK(signer_set_consents(&f.c, f.a, pending, true, false, S("da"), f.now_ms));
    assert_int_equal(shown(&f), 1);
    fixture_confirm(&f, pending);
    assert_int_equal(shown(&f), 2);
    fixture_close(&f);
}

/* Pages of the register are kept until this mark changes. */
static int64_t mark(fixture *f)
{
    int64_t mark;
    ASSERT_OK(log_published_mark(&f->c, &mark));
    return mark;
}

static void the_register_is_seen_to_change(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_sign(&f, f.main, &s);
    int64_t before = mark(&f);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, true, S("da"), f.now_ms));
    assert_int_equal(mark(&f), before);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, true, S("da"), f.now_ms));
    assert_true(mark(&f) > before);
    before = mark(&f);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, true, S("da"), f.now_ms));
    assert_true(mark(&f) > before);
    before = mark(&f);
    correction why = {.name = s.name, .country = s.country, .reason = S("It matters.")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &why, f.now_ms));
    assert_true(mark(&f) > before);
    fixture_close(&f);
}

static void corrections_replace(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    s.authority = S("none");
    str token = fixture_submit(&f, f.main, &s).token;
    signer_view v = view_of(&f, token);
    correction fix = fix_of(&v);
    assert_int_equal(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms), ERR_CONFLICT);
    fixture_confirm(&f, token);
    fixture_sequence(&f, f.main);
    /* Nothing new, and nothing that the log speaks of: no leaf. */
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    fix.reason = S("Because.");
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 0);
    signer_view after = view_of(&f, token);
    ASSERT_STR(after.record.reason, S("Because."));
    assert_int_equal(after.leaf, 1);
    assert_memory_equal(after.commitment.at, v.commitment.at, 32);
    /* A committed field. */
    fix.name.private_text = S("Ada Lovelace");
    fix.country = S("SE");
    f.now_ms += DAY_MS;
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 2);
    after = view_of(&f, token);
    assert_int_equal(after.leaf, -1);
    ASSERT_STR(personal_text(after.record.name), S("Ada Lovelace"));
    ASSERT_STR(after.record.authority, S("none"));
    ASSERT_STR(fixture_signatures(&f).at[0].country, S("SE"));
    assert_int_equal(after.record.day, v.record.day); /* the day of signing */
    assert_memory_not_equal(after.record.seed.at, v.record.seed.at, 32);
    hash32 again = record_commitment(f.a, &after.record);
    assert_memory_equal(again.at, after.commitment.at, 32);
    listing_page page;
    listing_filter any = {.words = S("lovelace"), .country = S("SE")};
    ASSERT_OK(listing_read(&f.c, f.a, f.main->id, &any, 10, &page));
    assert_int_equal(page.n, 1);
    ASSERT_STR(page.at[0].reason, S("")); /* waits for a reader */
    /* Withdrawn ones stay as they were. */
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    assert_int_equal(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms), ERR_CONFLICT);
    fixture_close(&f);
}

static void corrections_keep_names_apart(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "home@example.org");
    signing bob = fixture_signing("Bob", "home@example.org");
    fixture_sign(&f, f.main, &ada);
    str token = fixture_sign(&f, f.main, &bob);
    signer_view v = view_of(&f, token);
    correction fix = fix_of(&v);
    fix.name.private_text = S("ádà");
    assert_int_equal(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms), ERR_CONFLICT);
    ASSERT_STR(personal_text(view_of(&f, token).record.name), S("Bob"));
    /* The new name is the one that counts from now on. */
    fix.name.private_text = S("Eve");
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    signing eve = fixture_signing("Eve", "home@example.org");
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.main, &eve).token), CONFIRM_ALREADY);
    assert_int_equal(fixture_confirm(&f, fixture_submit(&f, f.main, &bob).token), CONFIRM_FULL);
    fixture_close(&f);
}

static void later_links_open_no_record(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "Ada@Example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Byen");
    s.type = S("ngo");
    s.authority = S("Decision 7");
    str first = fixture_sign(&f, f.main, &s);
    str later = fixture_later_link(&f, "ada@example.org");
    assert_true(view_of(&f, first).has_record);
    signer_view v = view_of(&f, later);
    assert_false(v.has_record);
    assert_int_equal(v.kind, SIGNER_ORGANISATION);
    ASSERT_STR(v.record.country, S("DK"));
    ASSERT_STR(personal_text(v.record.mail), S("ada@example.org"));
    ASSERT_STR(personal_text(v.record.name), S(""));
    ASSERT_STR(v.record.organisation, S(""));
    /* It can do what needs no record, and says so when something does. */
    ASSERT_OK(signer_set_consents(&f.c, f.a, later, false, true, S("el"), f.now_ms));
    assert_int_equal(fixture_news(&f).n, 1);
    assert_int_equal(signer_set_consents(&f.c, f.a, later, true, true, S("el"), f.now_ms),
                     ERR_CONFLICT);
    assert_int_equal(fixture_counts(&f).listings, 0);
    ASSERT_OK(signer_withdraw(&f.c, later, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, later, f.now_ms));
    /* What was listed is public, so it is shown. */
    ASSERT_OK(signer_set_consents(&f.c, f.a, first, true, true, S("el"), f.now_ms));
    v = view_of(&f, later);
    assert_false(v.has_record);
    ASSERT_STR(v.record.organisation, S("Byen"));
    fixture_close(&f);
}

static void correcting_moves_the_record_to_the_link(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "Ada@Example.org");
    s.kind = SIGNER_ORGANISATION;
    s.organisation = S("Byen");
    s.type = S("ngo");
    s.authority = S("Decision 7");
    str first = fixture_sign(&f, f.main, &s);
    fixture_sequence(&f, f.main);
    str later = fixture_later_link(&f, "ada@example.org");
    signer_view before = view_of(&f, first);
    correction anew = {.name = {S("Ada Lovelace")},
                       .organisation = S("Byen"),
                       .function = S("Mayor"),
                       .country = S("DK"),
                       .region = S("Fyn"),
                       .reason = S(""),
                       .type = S("local"),
                       .authority = S("Decision 8")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, later, &anew, f.now_ms + DAY_MS));
    signer_view after = view_of(&f, later);
    assert_true(after.has_record);
    ASSERT_STR(personal_text(after.record.name), S("Ada Lovelace"));
    ASSERT_STR(personal_text(after.record.mail), S("ada@example.org"));
    ASSERT_STR(after.record.type, S("local"));
    ASSERT_STR(after.record.authority, S("Decision 8"));
    ASSERT_STR(after.record.campaign, S("main"));
    ASSERT_STR(after.record.text_hash, before.record.text_hash);
    assert_int_equal(after.record.day, before.record.day);
    assert_memory_equal(after.record.mailbox.at, before.record.mailbox.at, 16);
    assert_memory_not_equal(after.record.seed.at, before.record.seed.at, 32);
    assert_int_equal(after.leaf, -1);
    assert_int_equal(fixture_queue(&f).n, 2);
    /* The first link has lost it; the organiser has it, and through either key. */
    assert_false(view_of(&f, first).has_record);
    int64_t id = fixture_signatures(&f).at[0].id;
    for (size_t i = 0; i < FIXTURE_IDENTITIES; i++) {
        record opened = fixture_unsealed(&f, i, id);
        ASSERT_STR(personal_text(opened.name), S("Ada Lovelace"));
        ASSERT_STR(opened.authority, S("Decision 8"));
    }
    /* With the record at hand, what cannot be corrected stays. */
    anew.type = S("sme");
    anew.authority = S("");
    anew.reason = S("It matters.");
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, later, &anew, f.now_ms));
    after = view_of(&f, later);
    ASSERT_STR(after.record.type, S("local"));
    ASSERT_STR(after.record.authority, S("Decision 8"));
    ASSERT_STR(after.record.reason, S("It matters."));
    assert_int_equal(fixture_queue(&f).n, 2);
    /* Not under another declaration's keys. */
    assert_int_equal(signer_correct(&f.c, f.a, f.petition, later, &anew, f.now_ms), ERR_INVALID);
    fixture_close(&f);
}

/* Where the server may read, each link shows everything, and the organiser reads nothing there. */
static void servers_records_open_through_each_link(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str first = fixture_sign(&f, f.petition, &s);
    str later = fixture_later_link(&f, "ada@example.org");
    signer_view v = view_of(&f, later);
    assert_true(v.has_record);
    ASSERT_STR(personal_text(v.record.name), S("Ada"));
    correction fix = fix_of(&v);
    fix.name.private_text = S("Ada L.");
    ASSERT_OK(signer_correct(&f.c, f.a, f.petition, later, &fix, f.now_ms));
    ASSERT_STR(personal_text(view_of(&f, first).record.name), S("Ada L."));
    fixture_close(&f);
}

static void addresses_for_news_follow_the_consent(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "Ada@Example.org");
    s.wants_news = true;
    str token = fixture_submit(&f, f.main, &s).token;
    assert_int_equal(fixture_news(&f).n, 0); /* not before it is confirmed */
    fixture_confirm(&f, token);
    q_probe_news_rows rows = fixture_news(&f);
    assert_int_equal(rows.n, 1);
    assert_int_equal(rows.at[0].declaration, f.main->id);
    ASSERT_STR(rows.at[0].lang, S("da"));
    str address, context = arena_printf(f.a, "news/%lld", (long long)rows.at[0].signature);
    ASSERT_OK(seal_open(f.a, &f.c.keys.news, context, rows.at[0].address, &address));
    ASSERT_STR(address, S("Ada@example.org"));
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    assert_int_equal(fixture_news(&f).n, 0);
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    assert_int_equal(fixture_news(&f).n, 1);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, false, S("da"), f.now_ms));
    assert_int_equal(fixture_news(&f).n, 0);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    assert_int_equal(fixture_news(&f).n, 0);
    signing bob = fixture_signing("Bob", "bob@example.org");
    str other = fixture_submit(&f, f.main, &bob).token;
    ASSERT_OK(signer_set_consents(&f.c, f.a, other, false, true, S("da"), f.now_ms));
    assert_int_equal(fixture_news(&f).n, 0);
    fixture_confirm(&f, other);
    assert_int_equal(fixture_news(&f).n, 1);
    ASSERT_OK(signer_withdraw(&f.c, other, f.now_ms));
    retention_report report;
    f.now_ms += DAY_MS + 1;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.records, 1);
    assert_int_equal(n.record_keys, 1);
    fixture_close(&f);
}

/* An error must leave nothing half done. */
static void refused_acts_change_nothing(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &ada);
    fixture_sequence(&f, f.main);
    signer_view v = view_of(&f, token);
    correction fix = fix_of(&v);
    fix.name.private_text = S("Ada \xff");
    assert_int_equal(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms), ERR_INVALID);
    assert_int_equal(signer_set_consents(&f.c, f.a, token, true, true, S("\xff"), f.now_ms),
                     ERR_INVALID);
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.queue + n.listings + n.consents, 0);
    assert_false(view_of(&f, token).is_listed);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(shows_what_was_said),
        TEST_ON_BOTH(withdraws_and_undoes),
        TEST_ON_BOTH(consents_leave_a_history),
        TEST_ON_BOTH(the_register_is_seen_to_change),
        TEST_ON_BOTH(corrections_replace),
        TEST_ON_BOTH(corrections_keep_names_apart),
        TEST_ON_BOTH(refused_acts_change_nothing),
        TEST_ON_BOTH(later_links_open_no_record),
        TEST_ON_BOTH(correcting_moves_the_record_to_the_link),
        TEST_ON_BOTH(servers_records_open_through_each_link),
        TEST_ON_BOTH(addresses_for_news_follow_the_consent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
