/* SPDX-License-Identifier: EUPL-1.2 */
/* Erasing for good: nothing of the signer stays in any row or file, not after an older backup was
 * put back either, and the log says that one less counts. */

#include "core/erasure.h"
#include "core/holding.h"
#include "core/journal.h"
#include "core/listing.h"
#include "core/retention.h"
#include "core/signer.h"

#include "sql/schema.h"

#include "test_core.h"

#include <dirent.h>
#include <unistd.h>

static void keep_journal(fixture *f)
{
    f->c.erasures = arena_printf(f->a, "%.*s/erasures", STR_FMT(f->folder));
}

static size_t journal_length(fixture *f)
{
    int64_t offset = 0;
    journal_entries all;
    err e = journal_read(f->a, arena_cstr(f->a, f->c.erasures), &offset, 10000, &all);
    return e == OK ? all.n : 0;
}

static int64_t replay(fixture *f)
{
    int64_t offset = 0, erased;
    ASSERT_OK(erasure_replay(&f->c, &offset, f->now_ms, &erased));
    return erased;
}

static err open_with(fixture *f, str token)
{
    signer_view view;
    return signer_open(&f->c, f->a, token, f->now_ms, &view);
}

static void erases_what_counts(void **state)
{
    fixture f = fixture_open(state);
    keep_journal(&f);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_sign(&f, f.main, &s);
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_sign(&f, f.main, &bob);
    fixture_sequence(&f, f.main);
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, true, S("da"), f.now_ms));
    ASSERT_OK(letter_ask_link(&f.c, f.a, s.mail, S("da"), f.now_ms));
    ASSERT_OK(letter_ask_link(&f.c, f.a, bob.mail, S("da"), f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, token, f.now_ms));
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.records, 1);
    assert_int_equal(n.listings, 0);
    assert_int_equal(n.mailboxes, 1);
    assert_int_equal(n.consents, 0);
    assert_int_equal(n.links, 1);
    assert_int_equal(n.jobs, 1); /* the other one's */
    q_probe_signatures_row row = fixture_signatures(&f).at[0];
    assert_int_equal(row.state, SIGNATURE_ERASED);
    assert_int_equal(row.mailbox.n + row.signer.n + row.lang.n, 0);
    assert_false(row.is_listed || row.wants_news);
    assert_int_equal(open_with(&f, token), ERR_NOT_FOUND);
    assert_int_equal(erasure_by_link(&f.c, token, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(fixture_counts(&f).queue, 1);
    assert_int_equal(journal_length(&f), 1);
    fixture_sequence(&f, f.main);
    str sub = arena_printf(f.a, "sig1 sub %lld withdrawn\n", (long long)row.leaf);
    str_list leaves = fixture_leaves(&f, f.main);
    ASSERT_STR(leaves.at[leaves.n - 1], sub);
    /* The address is free again. */
    fixture_sign(&f, f.main, &s);
    fixture_close(&f);
}

static void erases_before_inclusion(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &s);
    ASSERT_OK(erasure_by_link(&f.c, token, f.now_ms));
    fixture_sequence(&f, f.main);
    str_list leaves = fixture_leaves(&f, f.main);
    assert_true(str_starts(leaves.at[1], S("sig1 add p DK ")));
    ASSERT_STR(leaves.at[2], S("sig1 sub 1 withdrawn\n"));
    fixture_close(&f);
}

static void erases_what_waits_or_was_withdrawn(void **state)
{
    fixture f = fixture_open(state);
    keep_journal(&f);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_submit(&f, f.main, &s).token;
    ASSERT_OK(erasure_by_link(&f.c, token, f.now_ms));
    q_probe_counts_row n = fixture_counts(&f);
    assert_int_equal(n.signatures + n.records + n.links + n.jobs + n.listings + n.queue, 0);
    token = fixture_sign(&f, f.main, &s);
    fixture_sequence(&f, f.main);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    ASSERT_OK(erasure_by_link(&f.c, token, f.now_ms));
    fixture_sequence(&f, f.main);
    str_list leaves = fixture_leaves(&f, f.main);
    int subs = 0;
    for (size_t i = 0; i < leaves.n; i++)
        subs += str_starts(leaves.at[i], S("sig1 sub"));
    assert_int_equal(subs, 1);
    assert_int_equal(signer_undo(&f.c, token, f.now_ms), ERR_NOT_FOUND);
    assert_int_equal(journal_length(&f), 2);
    fixture_close(&f);
}

/* No disk for the journal: nothing is erased, and nobody is told so. */
static void nothing_goes_without_the_journal(void **state)
{
    fixture f = fixture_open(state);
    f.c.erasures = S("/proc/no/such/place");
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &s);
    assert_int_equal(erasure_by_link(&f.c, token, f.now_ms), ERR_IO);
    ASSERT_OK(open_with(&f, token));
    fixture_close(&f);
}

/* A crash between journal and rows. */
static void what_the_journal_names_is_carried_out(void **state)
{
    fixture f = fixture_open(state);
    keep_journal(&f);
    assert_int_equal(replay(&f), 0); /* no journal yet */
    signing s = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &s);
    int64_t id = fixture_signatures(&f).at[0].id;
    signer_view v;
    ASSERT_OK(signer_open(&f.c, f.a, token, f.now_ms, &v));
    journal_entry other = journal_entry_of(&f.c.keys, id, v.created_ms + 1);
    ASSERT_OK(journal_append(arena_cstr(f.a, f.c.erasures), &other, 1));
    assert_int_equal(replay(&f), 0); /* another one that had that number */
    journal_entry mine = journal_entry_of(&f.c.keys, id, v.created_ms);
    ASSERT_OK(journal_append(arena_cstr(f.a, f.c.erasures), &mine, 1));
    assert_int_equal(replay(&f), 1);
    assert_int_equal(replay(&f), 0);
    assert_int_equal(open_with(&f, token), ERR_NOT_FOUND);
    assert_int_equal(journal_length(&f), 2); /* carrying out writes nothing new */
    fixture_close(&f);
}

static void withdrawn_ones_are_in_the_journal(void **state)
{
    fixture f = fixture_open(state);
    keep_journal(&f);
    for (int i = 0; i < 250; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        ASSERT_OK(signer_withdraw(&f.c, fixture_sign(&f, f.main, &s), f.now_ms));
    }
    f.now_ms += DAY_MS + 1;
    retention_report report;
    ASSERT_OK(retention_run(&f.c, f.now_ms, &report));
    assert_int_equal(report.withdrawn, 250);
    assert_int_equal(journal_length(&f), 250);
    fixture_close(&f);
}

static void the_operator_finds_by_address(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    signing bob = fixture_signing("Bob", "ada@example.org");
    signing eve = fixture_signing("Eve", "eve@example.org");
    str token = fixture_sign(&f, f.main, &s);
    fixture_submit(&f, f.main, &bob);
    fixture_sign(&f, f.petition, &s);
    fixture_sign(&f, f.main, &eve);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    erasure_candidates found;
    email_address wanted = {S("ADA@EXAMPLE.org")};
    ASSERT_OK(erasure_find_mailbox(&f.c, f.a, &f.al, wanted, &found));
    assert_int_equal(found.n, 3);
    int64_t ids[3], erased;
    int states[4] = {0};
    for (size_t i = 0; i < 3; i++) {
        ids[i] = found.at[i].signature;
        states[found.at[i].state]++;
    }
    assert_int_equal(states[SIGNATURE_PENDING], 1);
    assert_int_equal(states[SIGNATURE_CONFIRMED], 1);
    assert_int_equal(states[SIGNATURE_WITHDRAWN], 1);
    ASSERT_OK(erasure_of_all(&f.c, ids, 3, ERASURE_BY_OPERATOR, f.now_ms, &erased));
    assert_int_equal(erased, 3);
    ASSERT_OK(erasure_of_all(&f.c, ids, 3, ERASURE_BY_OPERATOR, f.now_ms, &erased));
    assert_int_equal(erased, 0);
    ASSERT_OK(erasure_find_mailbox(&f.c, f.a, &f.al, wanted, &found));
    assert_int_equal(found.n, 0);
    erasure_candidate one;
    assert_int_equal(erasure_find(&f.c, f.a, ids[0], &one), ERR_NOT_FOUND);
    wanted.private_text = S("no address");
    assert_int_equal(erasure_find_mailbox(&f.c, f.a, &f.al, wanted, &found), ERR_INVALID);
    assert_int_equal(fixture_counts(&f).records, 1);
    fixture_close(&f);
}

static void everything_held_is_told(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    s.is_listed = true;
    str token = fixture_submit(&f, f.main, &s).token;
    holding h;
    ASSERT_OK(holding_open(&f.c, f.a, token, f.now_ms, &h));
    assert_int_equal(h.letter_count, 1);
    assert_int_equal(h.link_count, 1);
    assert_int_equal(h.consent_count, 3);
    fixture_confirm(&f, token);
    f.now_ms += DAY_MS;
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, false, false, S("el"), f.now_ms));
    ASSERT_OK(signer_set_consents(&f.c, f.a, token, true, false, S("el"), f.now_ms));
    ASSERT_OK(holding_open(&f.c, f.a, token, f.now_ms, &h));
    ASSERT_STR(personal_text(h.view.record.mail), s.mail.private_text);
    assert_int_equal(h.letter_count, 0);
    static const struct {
        const char *what;
        bool is_given;
        int days;
    } expected[] = {{"sign", true, 0},
                    {"list", true, 0},
                    {"news", false, 0},
                    {"list", false, 1},
                    {"list", true, 1}};
    assert_int_equal(h.consent_count, 5);
    for (size_t i = 0; i < 5; i++) {
        ASSERT_STR(h.consents[i].what, str_of(expected[i].what));
        assert_int_equal(h.consents[i].is_given, expected[i].is_given);
        assert_int_equal(h.consents[i].day, f.now_ms / DAY_MS - 1 + expected[i].days);
    }
    ASSERT_STR(h.consents[0].lang, S("da"));
    ASSERT_STR(h.consents[4].lang, S("el"));
    fixture_close(&f);
}

/* --- the disk, and an older backup --- */

static bool file_holds(str path, const char *word, arena *a)
{
    FILE *file = fopen(arena_cstr(a, path), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    char *bytes = arena_alloc(a, (size_t)size + 1);
    assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
    fclose(file);
    return memmem(bytes, (size_t)size, word, strlen(word)) != NULL;
}

/* How many files of a folder hold the word. */
static int files_with(str folder, const char *word)
{
    arena *a = arena_open((size_t)1 << 30);
    DIR *dir = opendir(arena_cstr(a, folder));
    assert_non_null(dir);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(dir));)
        if (entry->d_type == DT_REG)
            n += file_holds(arena_printf(a, "%.*s/%s", STR_FMT(folder), entry->d_name), word, a);
    closedir(dir);
    arena_close(a);
    return n;
}

static str folder_of(fixture *f)
{
    str path = str_skip(f->t.url, strlen("sqlite:"));
    return str_head(path, path.n - strlen("/test.db"));
}

/* The database as it was in the backup, at the same place. */
static void put_back(fixture *f, const char *backup)
{
    char *path = arena_cstr(f->a, str_skip(f->t.url, strlen("sqlite:")));
    db_close(f->t.d);
    static const char *const parts[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++)
        unlink(arena_printf(f->a, "%s%s", path, parts[i]).at);
    assert_int_equal(rename(backup, path), 0);
    db_options options = {
        .url = f->t.url, .schema = &schema_all, .reach = DB_WORKER, .sessions = 4};
    ASSERT_OK(db_open(&options, &f->t.d));
    f->c.db = f->t.d;
}

static int canaries(void)
{
    const char *is_long = getenv("UNDERSIGNED_LONG");
    return is_long && *is_long ? 500 : 40;
}

static void canaries_are_found_nowhere(void **state)
{
    fixture f = fixture_open(state);
    keep_journal(&f);
    int n = canaries();
    str *tokens = arena_array(f.a, str, (size_t)n);
    for (int i = 0; i < n; i++) {
        char name[64], mail[64];
        snprintf(name, sizeof name, "Canaria Avis %d", i);
        snprintf(mail, sizeof mail, "canary.%d@nest.example", i);
        signing s = fixture_signing(name, mail);
        s.is_listed = i % 2 == 0;
        s.reason = S("Canaria cantat");
        bool is_pending = i % 10 == 9;
        tokens[i] =
            is_pending ? fixture_submit(&f, f.main, &s).token : fixture_sign(&f, f.main, &s);
        if (i % 3 == 0)
            ASSERT_OK(letter_ask_link(&f.c, f.a, s.mail, S("da"), f.now_ms));
    }
    signing other = fixture_signing("Passer Domesticus", "passer@nest.example");
    other.is_listed = true;
    fixture_sign(&f, f.main, &other);
    fixture_sequence(&f, f.main);
    str backup = arena_printf(f.a, "%.*s/backup.db", STR_FMT(f.folder));
    ASSERT_OK(db_backup(f.c.db, backup.at));
    assert_int_equal(db_backup(f.c.db, backup.at), ERR_CONFLICT);
    assert_true(files_with(f.folder, "Canaria") > 0); /* the copy knows them */
    assert_true(files_with(folder_of(&f), "Canaria") > 0);
    for (int i = 0; i < n; i++)
        ASSERT_OK(erasure_by_link(&f.c, tokens[i], f.now_ms));
    for (int round = 0; round < 2; round++) {
        assert_int_equal(files_with(folder_of(&f), "Canaria"), 0);
        assert_int_equal(files_with(folder_of(&f), "canaria"), 0); /* the folded form */
        assert_int_equal(files_with(folder_of(&f), "canary"), 0);
        assert_true(files_with(folder_of(&f), "Passer") > 0);
        assert_int_equal(fixture_counts(&f).records, 1);
        assert_int_equal(fixture_counts(&f).jobs, 0);
        if (round > 0)
            break;
        put_back(&f, backup.at);
        assert_true(files_with(folder_of(&f), "Canaria") > 0);
        assert_int_equal(replay(&f), n);
    }
    assert_int_equal(files_with(f.folder, "anary"), 0); /* the journal names nobody */
    /* The restored log lacked the subs: they wait again. */
    fixture_sequence(&f, f.main);
    log_state now;
    ASSERT_OK(log_state_now(&f.c, f.a, f.main->id, &now));
    assert_int_equal(log_counts_total(&now.counts), 1);
    fixture_close(&f);
}

static void damaged_copies_are_noticed(void **state)
{
    fixture f = fixture_open(state);
    signing s = fixture_signing("Ada", "ada@example.org");
    for (int i = 0; i < 50; i++) {
        s.mail.private_text = arena_printf(f.a, "a%d@example.org", i);
        fixture_sign(&f, f.main, &s);
    }
    str backup = arena_printf(f.a, "%.*s/backup.db", STR_FMT(f.folder));
    ASSERT_OK(db_verify(f.c.db));
    ASSERT_OK(db_backup(f.c.db, backup.at));
    FILE *file = fopen(backup.at, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 8 * 4096, SEEK_SET), 0);
    for (int i = 0; i < 4096; i++)
        fputc(0xA5, file);
    fclose(file);
    put_back(&f, backup.at);
    assert_int_not_equal(db_verify(f.c.db), OK);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(erases_what_counts),
        TEST_ON_BOTH(erases_before_inclusion),
        TEST_ON_BOTH(erases_what_waits_or_was_withdrawn),
        TEST_ON_BOTH(nothing_goes_without_the_journal),
        TEST_ON_BOTH(what_the_journal_names_is_carried_out),
        TEST_ON_BOTH(withdrawn_ones_are_in_the_journal),
        TEST_ON_BOTH(the_operator_finds_by_address),
        TEST_ON_BOTH(everything_held_is_told),
        TEST_ON_SQLITE(canaries_are_found_nowhere),
        TEST_ON_SQLITE(damaged_copies_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
