/* SPDX-License-Identifier: EUPL-1.2 */
/* What must not be kept is gone on its day, from the disk as well. */

#include "core/history.h"
#include "core/listing.h"
#include "core/log.h"
#include "core/retention.h"
#include "core/signer.h"

#include "test_core.h"

#include <dirent.h>

static retention_report run(fixture *f)
{
    retention_report report;
    ASSERT_OK(retention_run(&f->c, f->now_ms, &report));
    return report;
}

static void pending_lives_14_days(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_submit(&f, f.main, &s).token;
    fixture_sign(&f, f.petition, &s);
    f.now_ms += PENDING_DAYS * (int64_t)DAY_MS;
    assert_int_equal(run(&f).pending, 0);
    f.now_ms++;
    assert_int_equal(run(&f).pending, 1);
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.signatures, 1); /* the confirmed one stays */
    assert_int_equal(n.records, 1);
    assert_int_equal(n.listings, 1);
    assert_int_equal(n.jobs, 0);
    confirm_outcome outcome;
    assert_int_equal(signature_confirm(&f.c, token, f.now_ms, &f.al, &outcome), ERR_NOT_FOUND);
    assert_int_equal(run(&f).pending, 0);
    fixture_close(&f);
}

static void withdrawn_lives_a_day(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_sign(&f, f.main, &s);
    fixture_sequence(&f, f.main);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, true, S("da"), f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    f.now_ms += DAY_MS + 1;
    assert_int_equal(run(&f).withdrawn, 1);
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.records + n.listings + n.mailboxes + n.consents + n.jobs, 0);
    q_probe_signatures_row row = fixture_signatures(&f).at[0];
    assert_int_equal(row.state, SIGNATURE_ERASED);
    assert_int_equal(row.mailbox.n + row.signer.n, 0);
    assert_int_equal(row.leaf, 1);
    /* The sub still goes into the log, and the address may sign again. */
    fixture_sequence(&f, f.main);
    str_list leaves = fixture_leaves(&f, f.main);
    assert_true(str_starts(leaves.at[2], S("sig1 sub 1 withdrawn")) ||
                str_starts(leaves.at[3], S("sig1 sub 1 withdrawn")));
    fixture_sign(&f, f.main, &s);
    assert_int_equal(run(&f).withdrawn, 0);
    fixture_close(&f);
}

static void steps_reach_the_end(void **state)
{
    enum { N = 450 }; /* more than two steps */
    fixture f = fixture_open(state);
    for (int i = 0; i < N; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        fixture_submit(&f, f.main, &s);
    }
    f.now_ms += 31 * (int64_t)DAY_MS;
    retention_report report = run(&f);
    assert_int_equal(report.pending, N);
    assert_int_equal(report.links, 0); /* they went with their signatures */
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.signatures + n.records + n.links + n.jobs, 0);
    fixture_close(&f);
}

static void links_budgets_and_mail_log_end(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_submit(&f, f.main, &s).token;
    letter_jobs jobs;
    letters out;
    ASSERT_OK(letter_claim(&f.c, f.a, f.now_ms, 1, &jobs));
    ASSERT_OK(letter_prepare(&f.c, f.a, &jobs.at[0], &f.al, f.now_ms, &out));
    ASSERT_OK(letter_settle(&f.c, &jobs.at[0], LETTER_SENT, 250, f.now_ms));
    fixture_confirm(&f, token);
    int64_t start_ms = f.now_ms;
    f.now_ms = start_ms + DAY_MS;
    run(&f);
    assert_int_equal(fixture_counts(&f).budgets, 1);
    f.now_ms = start_ms + 2 * DAY_MS;
    run(&f);
    assert_int_equal(fixture_counts(&f).budgets, 0);
    f.now_ms = start_ms + 30 * (int64_t)DAY_MS;
    retention_report report = run(&f);
    assert_int_equal(report.mail_log + report.links, 0);
    f.now_ms++;
    report = run(&f);
    assert_int_equal(report.mail_log, 1);
    assert_int_equal(report.links, 1);
    fixture_close(&f);
}

/* --- the disk --- */

static bool file_holds(arena *a, str path, str word)
{
    FILE *file = fopen(arena_cstr(a, path), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    assert_true(size >= 0);
    rewind(file);
    char *bytes = arena_alloc(a, (size_t)size + 1);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    fclose(file);
    return memmem(bytes, (size_t)size, word.at, word.n) != NULL;
}

/* How many files of the database hold the word. */
static int files_with(fixture *f, str word)
{
    arena *a = arena_open((size_t)1 << 30);
    str path = str_skip(f->t.url, strlen("sqlite:"));
    str folder = str_head(path, path.n - strlen("/test.db"));
    DIR *dir = opendir(arena_cstr(a, folder));
    assert_non_null(dir);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            n += file_holds(a, arena_printf(a, "%.*s/%s", STR_FMT(folder), entry->d_name), word);
    closedir(dir);
    arena_close(a);
    return n;
}

/* Only what a signer chose to show ever stands in clear, and it goes with the signer. */
static void nothing_stays_on_the_disk(void **state)
{
    fixture f = fixture_open(state);
    signing hidden = fixture_signing("Canaria Quietus", "canary.hidden@nest.example");
    signing open = fixture_signing("Canaria Publica", "canary.shown@nest.example");
    open.is_listed = true;
    open.reason = S("Canaria cantat");
    signing pending = fixture_signing("Canaria Pendens", "canary.pending@nest.example");
    pending.is_listed = true;
    str first = fixture_sign(&f, f.main, &hidden);
    str second = fixture_sign(&f, f.main, &open);
    fixture_submit(&f, f.main, &pending);
    ASSERT_OK(letter_ask_link(&f.c, f.a, hidden.mail, S("da"), f.now_ms));
    fixture_sequence(&f, f.main);
    assert_int_equal(files_with(&f, S("Canaria Quietus")), 0);
    assert_int_equal(files_with(&f, S("canary.")), 0);
    assert_int_equal(files_with(&f, S("nest.example")), 0);
    assert_true(files_with(&f, S("Canaria Publica")) > 0);
    ASSERT_OK(signer_withdraw(&f.c, first, f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, second, f.now_ms));
    f.now_ms += 15 * (int64_t)DAY_MS;
    retention_report report = run(&f);
    assert_int_equal(report.withdrawn, 2);
    assert_int_equal(report.pending, 1);
    assert_int_equal(files_with(&f, S("Canaria")), 0);
    assert_int_equal(files_with(&f, S("canaria")), 0); /* the folded form */
    assert_int_equal(files_with(&f, S("canary")), 0);
    fixture_close(&f);
}

/* Hiding is at once, too, as soon as the log is emptied. */
static void hidden_names_leave_the_disk(void **state)
{
    fixture f = fixture_open(state);
    signing open = fixture_signing("Canaria Publica", "canary.shown@nest.example");
    open.is_listed = true;
    str token = fixture_sign(&f, f.main, &open);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, false, S("da"), f.now_ms));
    run(&f);
    assert_int_equal(files_with(&f, S("Canaria")), 0);
    fixture_close(&f);
}

/* --- the day of a declaration --- */

static retention_forecast foreseen(fixture *f)
{
    retention_forecast forecast;
    fixture_reload(f);
    ASSERT_OK(retention_foresee(&f->c, f->a, &f->al, f->now_ms, &forecast));
    return forecast;
}

static const retention_prospect *prospect_of(const retention_forecast *all, const declaration *d)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i].declaration && all->at[i].declaration->id == d->id)
            return &all->at[i];
    fail_msg("no such declaration");
    return NULL;
}

static int64_t counted(fixture *f, const declaration *d)
{
    log_state now;
    ASSERT_OK(log_state_now(&f->c, f->a, d->id, &now));
    return log_counts_total(&now.counts);
}

/* Not before, on the day, and the count stands; a clock that jumps a day changes no count. */
static void declarations_end_on_their_day(void **state)
{
    enum { N = 230 }; /* more than one step */
    fixture f = fixture_open(state);
    signing s = fixture_signing("Canaria Ultima", "ada@example.org");
    s.is_listed = true;
    for (int i = 0; i < N; i++) {
        s.mail.private_text = arena_printf(f.a, "canary%d@example.org", i);
        fixture_sign(&f, f.petition, &s);
    }
    str kept = fixture_sign(&f, f.main, &s);
    fixture_sequence(&f, f.petition);
    fixture_sequence(&f, f.main);
    assert_int_equal(f.petition->retain_ms, INT64_C(1814400000000)); /* 2027-07-01 */
    retention_forecast forecast = foreseen(&f);
    assert_int_equal(prospect_of(&forecast, f.petition)->n, N);
    assert_int_equal(prospect_of(&forecast, f.petition)->due, 0);
    assert_int_equal(prospect_of(&forecast, f.petition)->next_ms, f.petition->retain_ms);
    static const int64_t jumps[] = {0, DAY_MS, -DAY_MS, DAY_MS, -2 * (int64_t)DAY_MS};
    f.now_ms = f.petition->retain_ms - 2 * (int64_t)DAY_MS;
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        f.now_ms += jumps[i];
        assert_int_equal(run(&f).ended, 0);
        assert_int_equal(counted(&f, f.petition), N);
    }
    f.now_ms = f.petition->retain_ms - 1;
    assert_int_equal(run(&f).ended, 0);
    assert_int_equal(fixture_counts(&f).records, N + 1);
    f.now_ms++;
    forecast = foreseen(&f);
    assert_int_equal(prospect_of(&forecast, f.petition)->due, N);
    assert_int_equal(run(&f).ended, N);
    assert_int_equal(run(&f).ended, 0);
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.records, 1);
    assert_int_equal(n.listings, 1);
    assert_int_equal(n.mailboxes, 1);
    fixture_sequence(&f, f.petition);
    assert_int_equal(counted(&f, f.petition), N); /* history stands */
    assert_int_equal(counted(&f, f.main), 1);
    fixture_reload(&f);
    assert_int_equal(f.petition->erased_ms, f.now_ms);
    forecast = foreseen(&f);
    assert_int_equal(prospect_of(&forecast, f.petition)->n, 0);
    /* Back a day: what is gone stays gone, what counts stays counted. */
    f.now_ms -= DAY_MS;
    assert_int_equal(run(&f).ended, 0);
    assert_int_equal(counted(&f, f.petition), N);
    (void)kept;
    fixture_close(&f);
}

/* Master key and rows together do not tell any more whether an address signed. */
static void address_tags_end_with_their_key(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.petition, &s);
    q_probe_mailboxes_row before = fixture_mailboxes(&f).at[0];
    email_address canonical;
    ASSERT_OK(address_canonical(f.a, s.mail, &canonical));
    mailbox_id known = address_mailbox(&f.petition->tags, canonical);
    assert_memory_equal(known.at, before.mailbox.at, sizeof known.at);
    address_key bare = address_key_of(&f.c.keys, f.petition->id, S(""));
    mailbox_id without = address_mailbox(&bare, canonical);
    assert_memory_not_equal(without.at, known.at, sizeof known.at);
    f.now_ms = f.petition->retain_ms;
    run(&f);
    fixture_reload(&f);
    static const address_key none = {{{0}}};
    assert_memory_equal(&f.petition->tags, &none, sizeof none);
    fixture_close(&f);
}

static void an_ended_declaration_leaves_the_disk(void **state)
{
    fixture f = fixture_open(state);
    signing open = fixture_signing("Canaria Publica", "canary.shown@nest.example");
    open.is_listed = true;
    fixture_sign(&f, f.petition, &open);
    f.now_ms = f.petition->retain_ms;
    assert_int_equal(run(&f).ended, 1);
    assert_int_equal(files_with(&f, S("Canaria")), 0);
    assert_int_equal(files_with(&f, S("canaria")), 0);
    fixture_close(&f);
}

/* A checkpoint a second would be the largest table: minutes for two days, hours for thirty, then
 * days. */
static void checkpoints_are_thinned(void **state)
{
    fixture f = fixture_open(state);
    published p = {.note = S("note"), .breakdown = S("")}, latest;
    int64_t day_ms = f.now_ms - f.now_ms % DAY_MS;
    /* 35 days, of each three hours with four checkpoints. */
    for (int64_t day = 0; day < 35; day++)
        for (int64_t i = 0; i < 12; i++) {
            p.size++;
            p.at_ms = day_ms + day * DAY_MS + i / 4 * HOUR_MS + i % 4 * 10 * MINUTE_MS;
            ASSERT_OK(log_publish(&f.c, f.main->id, &p));
            if (i < 8)
                ASSERT_OK(log_publish(&f.c, f.petition->id, &p));
        }
    f.now_ms =
        p.at_ms; /* the 35th day: two before it by the minute, 28 by the hour, four by the day */
    assert_int_equal(run(&f).checkpoints,
                     28 * (12 - 3) + 4 * (12 - 1) + 28 * (8 - 2) + 4 * (8 - 1));
    assert_int_equal(run(&f).checkpoints, 0);
    history_range all = {0};
    history h;
    ASSERT_OK(history_read(&f.c, f.a, f.main->id, &all, HISTORY_MOST, &h));
    assert_int_equal(h.n, 4 + 28 * 3 + 3 * 12);
    assert_int_equal(h.at[0].size, 12);
    assert_int_equal(h.at[3].at_ms, day_ms + 3 * DAY_MS + 2 * HOUR_MS + 30 * MINUTE_MS);
    assert_int_equal(h.at[4].size, 4 * 12 + 4);
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &latest));
    assert_int_equal(latest.size, 35 * 12);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(pending_lives_14_days),
        TEST_ON_BOTH(withdrawn_lives_a_day),
        TEST_ON_BOTH(steps_reach_the_end),
        TEST_ON_BOTH(links_budgets_and_mail_log_end),
        TEST_ON_SQLITE(nothing_stays_on_the_disk),
        TEST_ON_SQLITE(hidden_names_leave_the_disk),
        TEST_ON_BOTH(checkpoints_are_thinned),
        TEST_ON_BOTH(declarations_end_on_their_day),
        TEST_ON_BOTH(address_tags_end_with_their_key),
        TEST_ON_SQLITE(an_ended_declaration_leaves_the_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
