/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of those interested: one row an address, one link for its life, nothing readable, and an
 * end. */

#include "core/interest.h"
#include "core/retention.h"

#include "test_core.h"

static void ask(fixture *f, const char *action, const char *address)
{
    interest_request asks = {.action = str_of(action),
                             .address = {str_of(address)},
                             .name = {S("Ada Lovelace")},
                             .lang = S("da"),
                             .now_ms = f->now_ms};
    ASSERT_OK(interest_ask(&f->c, f->a, &asks));
}

/* The tokens of the letters that are due. */
static str_list tokens(fixture *f)
{
    letter_jobs jobs;
    ASSERT_OK(letter_claim(&f->c, f->a, f->now_ms, 8, &jobs));
    str_list out = {arena_array(f->a, str, jobs.n), 0};
    for (size_t i = 0; i < jobs.n; i++) {
        letters prepared;
        assert_int_equal(jobs.at[i].kind, LETTER_INTEREST);
        ASSERT_OK(letter_prepare(&f->c, f->a, &jobs.at[i], &f->al, f->now_ms, &prepared));
        for (size_t k = 0; k < prepared.n; k++)
            out.at[out.n++] = prepared.at[k].token;
        ASSERT_OK(letter_settle(&f->c, &jobs.at[i], LETTER_SENT, 250, f->now_ms));
    }
    return out;
}

static interest_counts counts(fixture *f)
{
    interest_counts c;
    ASSERT_OK(interest_count_all(&f->c, f->a, &c));
    return c;
}

static void an_address_has_one_row_and_one_link(void **state)
{
    fixture f = fixture_open(state);
    ask(&f, "video", "ada@example.org");
    ask(&f, "video", "Ada@EXAMPLE.org");
    ask(&f, "events", "ada@example.org");
    str_list links = tokens(&f);
    assert_int_equal(links.n, 3);
    interest_counts c = counts(&f);
    assert_int_equal(c.n, 2);
    ASSERT_STR(c.at[0].action, S("events"));
    assert_int_equal(c.at[1].asked, 1);
    interest one, two;
    size_t of_video[2], n = 0;
    for (size_t i = 0; i < 3; i++) {
        ASSERT_OK(interest_see(&f.c, f.a, links.at[i], f.now_ms, &one));
        if (str_eq(one.action, S("video")))
            of_video[n++] = i;
    }
    assert_int_equal(n, 2);
    ASSERT_STR(links.at[of_video[0]], links.at[of_video[1]]);
    ASSERT_OK(interest_confirm(&f.c, links.at[of_video[0]], 0, f.now_ms));
    ASSERT_OK(interest_see(&f.c, f.a, links.at[of_video[1]], f.now_ms, &two));
    assert_true(two.is_confirmed);
    assert_int_equal(two.ends_ms, f.now_ms + (int64_t)INTEREST_DAYS * DAY_MS);
    fixture_close(&f);
}

static void forged_links_open_nothing(void **state)
{
    fixture f = fixture_open(state);
    ask(&f, "video", "ada@example.org");
    str_list links = tokens(&f);
    signing s = fixture_signing("Bob", "bob@example.org");
    str other = fixture_sign(&f, f.main, &s); /* a link of another purpose */
    interest one;
    char *forged = arena_cstr(f.a, links.at[0]);
    forged[3] = forged[3] == 'A' ? 'B' : 'A';
    str bad[] = {other, str_of(forged), S(""), str_head(links.at[0], 31)};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(interest_see(&f.c, f.a, bad[i], f.now_ms, &one), ERR_NOT_FOUND);
        assert_int_equal(interest_confirm(&f.c, bad[i], 0, f.now_ms), ERR_NOT_FOUND);
        assert_int_equal(interest_leave(&f.c, bad[i], f.now_ms), ERR_NOT_FOUND);
    }
    assert_int_equal(counts(&f).at[0].confirmed, 0);
    interest_request asks = {.action = S("video"), .address = {S("no address")}, .lang = S("da")};
    assert_int_equal(interest_ask(&f.c, f.a, &asks), ERR_INVALID);
    fixture_close(&f);
}

static err take(void *arg, const interested *one)
{
    buf_printf(arg, "%.*s %.*s %.*s;", STR_FMT(personal_text(one->address)),
               STR_FMT(personal_text(one->name)), STR_FMT(one->lang));
    return OK;
}

static void only_who_confirmed_is_listed(void **state)
{
    fixture f = fixture_open(state);
    ask(&f, "video", "ada@example.org");
    str first = tokens(&f).at[0];
    ask(&f, "video", "bob@example.org");
    ASSERT_OK(interest_confirm(&f.c, first, 0, f.now_ms));
    buf b = buf_in(f.a);
    ASSERT_OK(interest_each(&f.c, S("video"), take, &b));
    ASSERT_STR(buf_str(&b), S("ada@example.org Ada Lovelace da;"));
    int64_t n;
    ASSERT_OK(interest_forget(&f.c, f.a, (email_address){S("ada@example.org")}, &n));
    assert_int_equal(n, 1);
    buf none = buf_in(f.a);
    ASSERT_OK(interest_each(&f.c, S("video"), take, &none));
    assert_int_equal(none.n, 0);
    fixture_close(&f);
}

/* A link that is mailed once more is good for as long as a first one. */
static void asking_again_gives_time_again(void **state)
{
    fixture f = fixture_open(state);
    retention_report r;
    interest one;
    ask(&f, "video", "ada@example.org");
    str link = tokens(&f).at[0];
    f.now_ms += (PENDING_DAYS - 1) * (int64_t)DAY_MS;
    ask(&f, "video", "ada@example.org");
    f.now_ms += 2 * (int64_t)DAY_MS;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &r));
    assert_int_equal(r.interest, 0);
    ASSERT_OK(interest_see(&f.c, f.a, link, f.now_ms, &one));
    ASSERT_OK(interest_confirm(&f.c, link, 0, f.now_ms));
    /* But what was confirmed ends as it was to end. */
    int64_t ends_ms = f.now_ms + (int64_t)INTEREST_DAYS * DAY_MS;
    f.now_ms += DAY_MS;
    ask(&f, "video", "ada@example.org");
    ASSERT_OK(interest_see(&f.c, f.a, link, f.now_ms, &one));
    assert_int_equal(one.ends_ms, ends_ms);
    fixture_close(&f);
}

static void rows_end_on_their_day(void **state)
{
    fixture f = fixture_open(state);
    retention_report r;
    ask(&f, "video", "ada@example.org");
    ask(&f, "video", "bob@example.org");
    ask(&f, "events", "carl@example.org");
    str_list links = tokens(&f);
    int64_t soon_ms = f.now_ms + 20 * (int64_t)DAY_MS;
    ASSERT_OK(interest_confirm(&f.c, links.at[0], 0, f.now_ms));
    ASSERT_OK(interest_confirm(&f.c, links.at[1], soon_ms, f.now_ms)); /* the declaration's day */
    ASSERT_OK(retention_run(&f.c, f.now_ms + PENDING_DAYS * (int64_t)DAY_MS - 1, &r));
    assert_int_equal(r.interest, 0);
    ASSERT_OK(retention_run(&f.c, f.now_ms + PENDING_DAYS * (int64_t)DAY_MS, &r));
    assert_int_equal(r.interest, 1); /* never confirmed */
    interest one;
    assert_int_equal(interest_see(&f.c, f.a, links.at[1], soon_ms, &one), ERR_NOT_FOUND);
    ASSERT_OK(retention_run(&f.c, soon_ms, &r));
    assert_int_equal(r.interest, 1);
    ASSERT_OK(retention_run(&f.c, f.now_ms + INTEREST_DAYS * (int64_t)DAY_MS, &r));
    assert_int_equal(r.interest, 1);
    assert_int_equal(counts(&f).n, 0);
    fixture_close(&f);
}

static void leaving_stops_what_waits(void **state)
{
    fixture f = fixture_open(state);
    ask(&f, "video", "ada@example.org");
    str link = tokens(&f).at[0];
    ask(&f, "video", "ada@example.org"); /* one more letter waits */
    ASSERT_OK(interest_leave(&f.c, link, f.now_ms));
    assert_int_equal(tokens(&f).n, 0);
    assert_int_equal(fixture_counts(&f).jobs, 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(an_address_has_one_row_and_one_link),
        TEST_ON_BOTH(forged_links_open_nothing),
        TEST_ON_BOTH(only_who_confirmed_is_listed),
        TEST_ON_BOTH(asking_again_gives_time_again),
        TEST_ON_BOTH(rows_end_on_their_day),
        TEST_ON_BOTH(leaving_stops_what_waits),
    };
    return cmocka_run_group_tests_name("interest", tests, NULL, NULL);
}
