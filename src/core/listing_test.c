/* SPDX-License-Identifier: EUPL-1.2 */
/* The public register: who stands in it, and how it is found. */

#include "core/listing.h"
#include "core/signer.h"

#include "sql/q_alliance.h"

#include "test_core.h"

static listing_page read_page(fixture *f, const listing_filter *filter, size_t most)
{
    listing_page page;
    ASSERT_OK(listing_read(&f->c, f->a, f->main->id, filter, most, &page));
    return page;
}

static size_t found(fixture *f, const char *words)
{
    return read_page(f, &(listing_filter){.words = str_of(words)}, 100).n;
}

static str sign_as(fixture *f, const char *name, signer_kind kind, const char *country)
{
    static int made;
    signing s = fixture_signing(name, arena_printf(f->a, "m%d@example.org", made++).at);
    s.kind = kind;
    s.country = str_of(country);
    s.organisation = kind == SIGNER_ORGANISATION ? str_of(name) : S("");
    s.is_listed = true;
    return fixture_sign(f, f->main, &s);
}

static str reason_shown(fixture *f)
{
    listing_page page;
    listing_filter any = {.words = S("")};
    ASSERT_OK(listing_read(&f->c, f->a, f->main->id, &any, 10, &page));
    assert_int_equal(page.n, 1);
    return page.at[0].reason;
}

static void reasons_wait_for_a_reader(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada Reader", "ada@example.org");
    s.is_listed = true;
    s.reason = S("For my town");
    submitted pending = fixture_submit(&f, f.main, &s);
    unread_reasons waiting;
    ASSERT_OK(reason_unread(&f.c, f.a, 10, &waiting));
    assert_int_equal(waiting.n, 0); /* not confirmed */
    assert_int_equal(fixture_confirm(&f, pending.token), CONFIRM_DONE);
    ASSERT_OK(reason_unread(&f.c, f.a, 10, &waiting));
    assert_int_equal(waiting.n, 1);
    ASSERT_STR(waiting.at[0].reason, S("For my town"));
    ASSERT_STR(reason_shown(&f), S(""));
    ASSERT_OK(reason_settle(&f.c, waiting.at[0].number, true));
    ASSERT_STR(reason_shown(&f), S("For my town"));
    ASSERT_OK(reason_settle(&f.c, waiting.at[0].number, false));
    ASSERT_STR(reason_shown(&f), S(""));
    assert_int_equal(reason_settle(&f.c, 999999, true), ERR_NOT_FOUND);
    ASSERT_OK(reason_unread(&f.c, f.a, 10, &waiting));
    assert_int_equal(waiting.n, 0);
    fixture_close(&f);
}

static void only_who_chose_it(void **state)
{
    fixture f = fixture_open(state);
    signing hidden = fixture_signing("Hidden", "hidden@example.org");
    fixture_sign(&f, f.main, &hidden);
    signing pending = fixture_signing("Pending", "pending@example.org");
    pending.is_listed = true;
    fixture_submit(&f, f.main, &pending);
    signing elsewhere = fixture_signing("Elsewhere", "e@example.org");
    elsewhere.is_listed = true;
    fixture_sign(&f, f.petition, &elsewhere);
    signing shown = fixture_signing("Shown", "shown@example.org");
    shown.is_listed = true;
    shown.kind = SIGNER_MANDATE;
    shown.organisation = S("City");
    shown.function = S("Mayor");
    shown.type = S("local");
    shown.region = S("Fyn");
    shown.reason = S("Because");
    shown.country = S("SE");
    shown.is_sample = true;
    str token = fixture_sign(&f, f.main, &shown);
    listing_filter any = {.before = 0};
    listing_page page = read_page(&f, &any, 10);
    int64_t total, sorted;
    ASSERT_OK(listing_sort(&f.c, &sorted));
    assert_int_equal(sorted, 2);
    ASSERT_OK(listing_total(&f.c, f.main->id, &total));
    assert_int_equal(total, 1);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.next_before, 0);
    const listed *one = &page.at[0];
    ASSERT_STR(one->name, S("Shown"));
    ASSERT_STR(one->organisation, S("City"));
    ASSERT_STR(one->function, S("Mayor"));
    ASSERT_STR(one->type, S("local"));
    ASSERT_STR(one->region, S("Fyn"));
    ASSERT_STR(one->reason, S("")); /* nobody has read it yet */
    ASSERT_STR(one->country, S("SE"));
    assert_int_equal(one->kind, SIGNER_MANDATE);
    assert_int_equal(one->confirmed_ms, f.now_ms);
    assert_true(one->is_sample);
    /* Nobody searches by what is not shown. */
    assert_int_equal(found(&f, "example"), 0);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    assert_int_equal(read_page(&f, &any, 10).n, 0);
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    assert_int_equal(read_page(&f, &any, 10).n, 1);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, false, S("da"), f.now_ms));
    assert_int_equal(read_page(&f, &any, 10).n, 0);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    assert_int_equal(read_page(&f, &any, 10).n, 0);
    fixture_close(&f);
}

static void filters_combine(void **state)
{
    fixture f = fixture_open(state);
    sign_as(&f, "Ada", SIGNER_PERSON, "DK");
    sign_as(&f, "Bob", SIGNER_PERSON, "SE");
    sign_as(&f, "City", SIGNER_ORGANISATION, "SE");
    listing_filter filter = {.country = S("SE")};
    assert_int_equal(read_page(&f, &filter, 10).n, 2);
    filter.kind = SIGNER_ORGANISATION;
    assert_int_equal(read_page(&f, &filter, 10).n, 1);
    filter.words = S("city");
    assert_int_equal(read_page(&f, &filter, 10).n, 1);
    filter.country = S("DK");
    assert_int_equal(read_page(&f, &filter, 10).n, 0);
    filter = (listing_filter){.kind = SIGNER_PERSON};
    assert_int_equal(read_page(&f, &filter, 10).n, 2);
    filter.country = S("SE' OR '1'='1");
    assert_int_equal(read_page(&f, &filter, 10).n, 0);
    fixture_close(&f);
}

static void words_are_folded(void **state)
{
    fixture f = fixture_open(state);
    sign_as(&f, "Άννα Παπαδοπούλου", SIGNER_PERSON, "GR");
    sign_as(&f, "Георги Иванов", SIGNER_PERSON, "BG");
    sign_as(&f, "Łukasz Żółć", SIGNER_PERSON, "PL");
    sign_as(&f, "Seán Ó Murchú", SIGNER_PERSON, "IE");
    sign_as(&f, "100% _Sure_ \\ Ltd.", SIGNER_ORGANISATION, "MT");
    static const char *const hits[] = {
        "ΑΝΝΑ",    "αννα",      "anna",     "Papadopoulou", "παπαδοπ",  "георги",
        "ИВАНОВ",  "ivanov",    "lukasz",   "ŁUKASZ",       "zolc",     "żółć",
        "sean",    "murchu",    "Ó MURCHÚ", "100",          "sure ltd", "  sure ",
        "100 ltd", "anna papa", "nna",      "\"murchú\"",   "ltd.",     "-sure-"};
    for (size_t i = 0; i < sizeof hits / sizeof *hits; i++)
        if (found(&f, hits[i]) != 1)
            fail_msg("\"%s\" finds %zu", hits[i], found(&f, hits[i]));
    static const char *const misses[] = {"annna", "papadopoulou anna", "x",
                                         "zzz",   "murchu sean",       "lukaszz"};
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++)
        if (found(&f, misses[i]) != 0)
            fail_msg("\"%s\" finds %zu", misses[i], found(&f, misses[i]));
    /* Signs alone are no words: like no search. */
    assert_int_equal(found(&f, "%"), 5);
    assert_int_equal(found(&f, "_!%"), 5);
    listing_page page;
    assert_int_equal(
        listing_read(&f.c, f.a, f.main->id, &(listing_filter){.words = S("\xff")}, 10, &page),
        ERR_INVALID);
    fixture_close(&f);
}

/* A name made to be dear to search must not be. */
static void patterns_stay_cheap(void **state)
{
    fixture f = fixture_open(state);
    buf name = buf_in(f.a), words = buf_in(f.a);
    for (int i = 0; i < 60; i++)
        buf_put(&name, S("a "));
    for (int i = 0; i < 59; i++)
        buf_put(&words, S("a "));
    buf_put(&words, S("b"));
    for (int i = 0; i < 10; i++)
        sign_as(&f, arena_cstr(f.a, buf_str(&name)), SIGNER_PERSON, "DK");
    assert_int_equal(found(&f, arena_cstr(f.a, buf_str(&words))), 0);
    str longest = {arena_array(f.a, char, 100000), 100000};
    memset((char *)(uintptr_t)longest.at, 'q', longest.n);
    listing_filter filter = {.words = longest};
    assert_int_equal(read_page(&f, &filter, 10).n, 0);
    fixture_close(&f);
}

static void pages_hold_everyone_once(void **state)
{
    enum { SIGNERS = 47, PAGE = 10 };
    fixture f = fixture_open(state);
    for (int i = 0; i < SIGNERS; i++)
        sign_as(&f, arena_printf(f.a, "N%d", i).at, SIGNER_PERSON, i % 2 ? "DK" : "SE");
    bool is_seen[SIGNERS] = {false};
    listing_filter filter = {.before = 0};
    int64_t last = INT64_MAX;
    size_t n = 0, pages = 0;
    do {
        listing_page page = read_page(&f, &filter, PAGE);
        assert_true(page.n == PAGE || page.next_before == 0);
        for (size_t i = 0; i < page.n; i++, n++) {
            int64_t number;
            assert_true(page.at[i].number < last);
            last = page.at[i].number;
            number = page.at[i].name.at[1] - '0';
            if (page.at[i].name.n == 3)
                number = number * 10 + page.at[i].name.at[2] - '0';
            assert_false(is_seen[number]);
            is_seen[number] = true;
        }
        /* New ones at the top do not move the pages below. */
        sign_as(&f, "N0", SIGNER_PERSON, "FI");
        filter.before = page.next_before;
        pages++;
    } while (filter.before);
    assert_int_equal(n, SIGNERS);
    assert_int_equal(pages, (SIGNERS + PAGE - 1) / PAGE);
    /* A page that ends exactly with the last one has none behind it. */
    filter = (listing_filter){.country = S("DK")};
    listing_page page = read_page(&f, &filter, SIGNERS / 2);
    assert_int_equal(page.n, SIGNERS / 2);
    assert_int_equal(page.next_before, 0);
    filter.before = -5;
    assert_int_equal(read_page(&f, &filter, 3).n, 3);
    fixture_close(&f);
}

/* Words that nobody among the newest bears: the page says where to look on, at a bounded price. */
static void a_search_looks_at_a_bounded_number(void **state)
{
    fixture f = fixture_open(state);
    sign_as(&f, "Oldest", SIGNER_PERSON, "DK");
    fixture_fill_register(&f, LISTING_SCANNED);
    listing_filter filter = {.words = S("oldest")};
    listing_page page = read_page(&f, &filter, 10);
    assert_int_equal(page.n, 0);
    assert_true(page.next_before > 0);
    filter.before = page.next_before;
    page = read_page(&f, &filter, 10);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.next_before, 0);
    fixture_close(&f);
}

/* --- By name --- */

static void sort_all(fixture *f)
{
    int64_t sorted;
    ASSERT_OK(listing_sort(&f->c, &sorted));
}

/* Every name in the order of a language, from pages of that size, "|" between. */
static str names_in(fixture *f, const char *lang, size_t page_size, const listing_filter *filter)
{
    buf b = buf_in(f->a);
    str after = {"", 0};
    int pages = 0;
    do {
        listing_page page;
        ASSERT_OK(listing_read_by_name(&f->c, f->a, f->main->id, filter, str_of(lang), after,
                                       page_size, &page));
        assert_true(page.n <= page_size);
        for (size_t i = 0; i < page.n; i++)
            buf_printf(&b, "%s%.*s", b.n ? "|" : "", STR_FMT(page.at[i].name));
        after = page.next_after;
        assert_true(++pages < 100);
    } while (after.n);
    return buf_str(&b);
}

static void names_stand_in_the_readers_order(void **state)
{
    fixture f = fixture_open(state);
    static const char *const people[] = {"Zoe", "Čapek", "Chalupa", "Cyril", "Hana", "Öman",
                                         "Ås",  "Ola",   "Ana",     "Άννα",  "Иван", "Dora"};
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        sign_as(&f, people[i], SIGNER_PERSON, "SE");
    sort_all(&f);
    static const struct {
        const char *lang, *names;
    } orders[] = {
        {"en", "Ana|Ås|Čapek|Chalupa|Cyril|Dora|Hana|Ola|Öman|Zoe|Άννα|Иван"},
        {"cs", "Ana|Ås|Cyril|Čapek|Dora|Hana|Chalupa|Ola|Öman|Zoe|Άννα|Иван"},
        {"sv", "Ana|Čapek|Chalupa|Cyril|Dora|Hana|Ola|Zoe|Ås|Öman|Άννα|Иван"},
        {"da", "Ana|Čapek|Chalupa|Cyril|Dora|Hana|Ola|Zoe|Öman|Ås|Άννα|Иван"},
        {"et", "Ana|Ås|Čapek|Chalupa|Cyril|Dora|Hana|Ola|Zoe|Öman|Άννα|Иван"},
        {"el", "Άννα|Ana|Ås|Čapek|Chalupa|Cyril|Dora|Hana|Ola|Öman|Zoe|Иван"},
        {"bg", "Иван|Ana|Ås|Čapek|Chalupa|Cyril|Dora|Hana|Ola|Öman|Zoe|Άννα"},
    };
    listing_filter any = {.words = S("")};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        for (size_t most = 1; most <= 13; most += 3)
            ASSERT_STR(names_in(&f, orders[i].lang, most, &any), str_of(orders[i].names));
    listing_filter some = {.words = S("an"), .country = S("SE"), .kind = SIGNER_PERSON};
    ASSERT_STR(names_in(&f, "bg", 2, &some), S("Иван|Ana|Hana|Öman|Άννα"));
    listing_page page;
    static const char *const bad[] = {"x", ".", "YQ.", "YQ.0", "YQ.-1", "!!.4", "YQ.4.5"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(
            listing_read_by_name(&f.c, f.a, f.main->id, &any, S("en"), str_of(bad[i]), 5, &page),
            ERR_INVALID);
    fixture_close(&f);
}

static int64_t total_of(fixture *f)
{
    int64_t total;
    ASSERT_OK(listing_total(&f->c, f->main->id, &total));
    return total;
}

static void order_and_count_follow_every_change(void **state)
{
    fixture f = fixture_open(state);
    listing_filter any = {.words = S("")};
    assert_int_equal(total_of(&f), 0);
    str ana = sign_as(&f, "Ana", SIGNER_PERSON, "SE"),
        ola = sign_as(&f, "Ola", SIGNER_PERSON, "SE");
    sign_as(&f, "Parasol", SIGNER_ORGANISATION, "SE");
    assert_int_equal(total_of(&f), 0); /* a moment later */
    for (int i = 0; i < 3; i++) {
        sort_all(&f);
        assert_int_equal(total_of(&f), 3);
    }
    ASSERT_OK(signer_withdraw(&f.c, ana, f.now_ms));
    assert_int_equal(total_of(&f), 2);
    ASSERT_STR(names_in(&f, "sv", 9, &any), S("Ola|Parasol"));
    ASSERT_OK(signer_undo(&f.c, ana, f.now_ms));
    sort_all(&f);
    assert_int_equal(total_of(&f), 3);
    ASSERT_OK(signer_set_consents(&f.c, f.a, ola, false, false, S("da"), f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, ola, f.now_ms)); /* hidden already */
    assert_int_equal(total_of(&f), 2);
    correction fix = {.name.private_text = S("Öna"), .country = S("SE")};
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, ana, &fix, f.now_ms));
    sort_all(&f);
    assert_int_equal(total_of(&f), 2);
    ASSERT_STR(names_in(&f, "sv", 9, &any), S("Parasol|Öna"));
    ASSERT_STR(names_in(&f, "de", 9, &any), S("Öna|Parasol"));
    assert_int_equal(fixture_counts(&f).names, 7); /* one each; Öna also in sv, fi, da, et and hu */
    fixture_close(&f);
}

static err forget_version(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch, (void)arg;
    return q_setting_put(tx, S("collation"), S("another"));
}

/* Keys of another ICU are made anew, all of them, once. */
static void another_version_sorts_anew(void **state)
{
    fixture f = fixture_open(state);
    listing_filter any = {.words = S("")};
    for (int i = 0; i < 250; i++)
        sign_as(&f, arena_printf(f.a, "N%03d", i).at, SIGNER_PERSON, "SE");
    int64_t sorted;
    ASSERT_OK(listing_sort(&f.c, &sorted));
    assert_int_equal(sorted, 250);
    str before = names_in(&f, "sv", 100, &any);
    ASSERT_OK(listing_sort(&f.c, &sorted));
    assert_int_equal(sorted, 0);
    fixture_change(&f, forget_version, NULL);
    ASSERT_OK(listing_sort(&f.c, &sorted));
    assert_int_equal(sorted, 250);
    assert_int_equal(total_of(&f), 250);
    ASSERT_STR(names_in(&f, "sv", 100, &any), before);
    ASSERT_OK(listing_sort(&f.c, &sorted));
    assert_int_equal(sorted, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(only_who_chose_it),
        TEST_ON_BOTH(filters_combine),
        TEST_ON_BOTH(words_are_folded),
        TEST_ON_BOTH(patterns_stay_cheap),
        TEST_ON_BOTH(pages_hold_everyone_once),
        TEST_ON_BOTH(a_search_looks_at_a_bounded_number),
        TEST_ON_BOTH(reasons_wait_for_a_reader),
        TEST_ON_BOTH(names_stand_in_the_readers_order),
        TEST_ON_BOTH(order_and_count_follow_every_change),
        TEST_ON_BOTH(another_version_sorts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
