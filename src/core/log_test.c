/* SPDX-License-Identifier: EUPL-1.2 */
/* Sequencing, corrections, tallies; and that the log counts what the rows count, whatever
 * happened before. */

#include "core/retention.h"
#include "core/signer.h"

#include "test_core.h"

#include <pthread.h>

static str leaf_at(fixture *f, size_t i)
{
    str_list leaves = fixture_leaves(f, f->main);
    if (i >= leaves.n)
        fail_msg("leaf %zu of %zu", i, leaves.n);
    return leaves.at[i];
}

#define ASSERT_LEAF(f, i, ...) ASSERT_STR(leaf_at((f), (i)), arena_printf((f)->a, __VA_ARGS__))

static correction fix_to(const char *name, const char *country)
{
    return (correction){.name = {str_of(name)},
                        .organisation = S(""),
                        .function = S(""),
                        .country = str_of(country),
                        .region = S(""),
                        .reason = S("")};
}

/* The whole log obeys its grammar and counts what the signatures count. */
static counted_log recount_all(fixture *f)
{
    counted_log mine = fixture_recount(f, f->main);
    log_state now;
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &now));
    ASSERT_STR(mine.breakdown, now.breakdown);
    assert_memory_equal(mine.sum.of, now.counts.of, sizeof now.counts.of);
    assert_int_equal(mine.sum.total, log_counts_total(&now.counts));
    hash32 root = merkle_root(&now.frontier);
    assert_memory_equal(mine.sum.root.at, root.at, sizeof root.at);
    return mine;
}

typedef struct counting {
    arena *a;
    int64_t declaration;
    str out;
} counting;

static err read_counted(db_tx *tx, arena *scratch, void *arg)
{
    counting *c = arg;
    q_probe_counted_rows rows;
    buf b = buf_in(c->a);
    TRY(q_probe_counted(tx, scratch, c->declaration, &rows));
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(&b, "%c %.*s %lld\n", " pom"[rows.at[i].kind], STR_FMT(rows.at[i].country),
                   (long long)rows.at[i].n);
    c->out = buf_str(&b);
    return OK;
}

/* The confirmed signatures, as a breakdown. */
static str counted_rows(fixture *f)
{
    counting c = {.a = f->a, .declaration = f->main->id};
    fixture_read(f, read_counted, &c);
    return c.out;
}

static void opens_with_the_manifest(void **state)
{
    fixture f = fixture_open(state);
    hash32 hash = hash_sha256(f.main->manifest);
    ASSERT_LEAF(&f, 0, "sig1 open %.*s\n", STR_FMT(hex_make(f.a, hash_str(&hash))));
    /* An open log with nothing in it says nothing, however long. */
    f.now_ms += 30 * (int64_t)DAY_MS;
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, 1);
    fixture_close(&f);
}

enum { MANY = 300 };

static void batches_sort_adds(void **state)
{
    fixture f = fixture_open(state);
    for (int i = 0; i < MANY; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        fixture_sign(&f, f.main, &s);
    }
    int64_t waiting, first, second;
    f.now_ms += LOG_TALLY_EVERY_MS;
    ASSERT_OK(log_waiting(&f.c, &waiting));
    assert_int_equal(waiting, MANY);
    ASSERT_OK(log_sequence(&f.c, f.main->id, f.now_ms, &first));
    assert_int_equal(first, LOG_BATCH_MOST); /* 255 and a tally */
    ASSERT_OK(log_sequence(&f.c, f.main->id, f.now_ms, &second));
    assert_int_equal(first + second, MANY + 1);
    str_list leaves = fixture_leaves(&f, f.main);
    assert_int_equal(leaves.n, 1 + MANY + 1);
    for (size_t i = 2; i < leaves.n; i++)
        if (i != 256 && i != 257) /* the tally and the start of the second batch */
            assert_true(str_cmp(leaves.at[i - 1], leaves.at[i]) < 0);
    assert_true(str_starts(leaves.at[256], S("sig1 tally 256 255 ")));
    counted_log r = recount_all(&f);
    assert_int_equal(r.sum.total, MANY);
    /* Each signature stands at the leaf that it names. */
    q_probe_signatures_rows rows = fixture_signatures(&f);
    for (size_t i = 0; i < rows.n; i++)
        ASSERT_STR(leaves.at[rows.at[i].leaf],
                   arena_printf(f.a, "sig1 add p DK %.*s\n",
                                STR_FMT(hex_make(f.a, rows.at[i].commitment))));
    ASSERT_OK(log_waiting(&f.c, &waiting));
    assert_int_equal(waiting, 0);
    fixture_close(&f);
}

static void changes_name_their_add(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    signing bob = fixture_signing("Bob", "bob@example.org");
    str first = fixture_sign(&f, f.main, &ada);
    fixture_sequence(&f, f.main);
    size_t start = fixture_leaves(&f, f.main).n;
    assert_int_equal(fixture_signatures(&f).at[0].leaf, 1);
    ASSERT_OK(signer_withdraw(&f.c, first, f.now_ms));
    ASSERT_OK(signer_withdraw(&f.c, first, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_LEAF(&f, start, "sig1 sub 1 withdrawn\n");
    ASSERT_OK(signer_undo(&f.c, first, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, first, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_LEAF(&f, start + 1, "sig1 undo 1\n");
    /* Withdrawn before anybody saw it: both leaves, in this order. */
    str second = fixture_sign(&f, f.main, &bob);
    ASSERT_OK(signer_withdraw(&f.c, second, f.now_ms));
    fixture_sequence(&f, f.main);
    assert_true(str_starts(leaf_at(&f, start + 2), S("sig1 add p DK ")));
    ASSERT_LEAF(&f, start + 3, "sig1 sub %zu withdrawn\n", start + 2);
    assert_int_equal(fixture_leaves(&f, f.main).n, start + 4);
    counted_log r = recount_all(&f);
    assert_int_equal(r.sum.total, 1);
    fixture_close(&f);
}

static void corrections_before_inclusion(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &ada);
    str before = fixture_queue(&f).at[0].commitment;
    correction fix = fix_to("Ada L", "SE");
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    q_probe_queue_rows queue = fixture_queue(&f);
    assert_int_equal(queue.n, 3);
    for (size_t i = 0; i < queue.n; i++)
        ASSERT_STR(queue.at[i].country, S("SE"));
    assert_false(str_eq(queue.at[0].commitment, before));
    ASSERT_STR(queue.at[0].commitment, fixture_signatures(&f).at[0].commitment);
    fixture_sequence(&f, f.main);
    counted_log r = recount_all(&f);
    ASSERT_STR(r.breakdown, S("p SE 1\n"));
    fixture_close(&f);
}

static void corrections_after_inclusion(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &ada);
    fixture_sequence(&f, f.main);
    size_t start = fixture_leaves(&f, f.main).n;
    correction fix = fix_to("Ada L", "SE"), more = fix_to("Ada Lovelace", "FI");
    /* Twice before the sealer comes: one new leaf. */
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &more, f.now_ms));
    assert_int_equal(fixture_queue(&f).n, 2);
    fixture_sequence(&f, f.main);
    assert_true(str_starts(leaf_at(&f, start), S("sig1 add p FI ")));
    ASSERT_LEAF(&f, start + 1, "sig1 sub 1 duplicate\n");
    assert_int_equal(fixture_signatures(&f).at[0].leaf, start);
    /* Withdrawing means the new one. */
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    fixture_sequence(&f, f.main);
    ASSERT_LEAF(&f, start + 2, "sig1 sub %zu withdrawn\n", start);
    counted_log r = recount_all(&f);
    assert_int_equal(r.sum.total, 0);
    fixture_close(&f);
}

/* What waits from before a correction speaks of the leaf from before it, also when a batch ends
 * between them. */
static void corrections_behind_waiting_changes(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &ada);
    fixture_sequence(&f, f.main);
    size_t start = fixture_leaves(&f, f.main).n;
    for (int i = 0; i < LOG_BATCH_MOST - 2; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        fixture_sign(&f, f.main, &s);
    }
    correction fix = fix_to("Ada", "SE");
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms)); /* the last row of the batch */
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    int64_t appended;
    ASSERT_OK(log_sequence(&f.c, f.main->id, f.now_ms, &appended));
    recount_all(&f);
    size_t n = fixture_leaves(&f, f.main).n;
    assert_int_equal(n, start + LOG_BATCH_MOST - 1);
    ASSERT_LEAF(&f, n - 1, "sig1 sub 1 withdrawn\n");
    fixture_sequence(&f, f.main);
    assert_true(str_starts(leaf_at(&f, n), S("sig1 add p SE ")));
    ASSERT_LEAF(&f, n + 1, "sig1 undo 1\n");
    ASSERT_LEAF(&f, n + 2, "sig1 sub 1 duplicate\n");
    recount_all(&f);
    ASSERT_STR(counted_rows(&f), arena_printf(f.a, "p DK %d\np SE 1\n", LOG_BATCH_MOST - 2));
    fixture_close(&f);
}

/* The same with an add that was still waiting when its change was queued. */
static void corrections_behind_split_batches(void **state)
{
    fixture f = fixture_open(state);
    for (int i = 0; i < LOG_BATCH_MOST - 2; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        fixture_sign(&f, f.main, &s);
    }
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &ada);
    ASSERT_OK(signer_withdraw(&f.c, token, f.now_ms));
    ASSERT_OK(signer_undo(&f.c, token, f.now_ms));
    int64_t appended;
    ASSERT_OK(log_sequence(&f.c, f.main->id, f.now_ms, &appended)); /* the add, not the others */
    int64_t leaf = fixture_signatures(&f).at[LOG_BATCH_MOST - 2].leaf;
    assert_true(leaf > 0);
    correction fix = fix_to("Ada", "SE");
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    fixture_sequence(&f, f.main);
    str_list leaves = fixture_leaves(&f, f.main);
    assert_true(str_starts(leaves.at[leaves.n - 4], S("sig1 add p SE ")));
    ASSERT_LEAF(&f, leaves.n - 3, "sig1 sub %d withdrawn\n", (int)leaf);
    ASSERT_LEAF(&f, leaves.n - 2, "sig1 undo %d\n", (int)leaf);
    ASSERT_LEAF(&f, leaves.n - 1, "sig1 sub %d duplicate\n", (int)leaf);
    recount_all(&f);
    fixture_close(&f);
}

/* Nobody is counted twice, not even between two batches. */
static void corrections_never_count_twice(void **state)
{
    fixture f = fixture_open(state);
    signing ada = fixture_signing("Ada", "ada@example.org");
    str token = fixture_sign(&f, f.main, &ada);
    fixture_sequence(&f, f.main);
    for (int i = 0; i < LOG_BATCH_MOST - 2; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        fixture_sign(&f, f.main, &s);
    }
    correction fix = fix_to("Ada", "SE");
    ASSERT_OK(signer_correct(&f.c, f.a, f.main, token, &fix, f.now_ms));
    int64_t appended;
    ASSERT_OK(log_sequence(&f.c, f.main->id, f.now_ms, &appended));
    counted_log r = recount_all(&f);
    assert_int_equal(r.sum.total, LOG_BATCH_MOST - 2);
    fixture_sequence(&f, f.main);
    r = recount_all(&f);
    assert_int_equal(r.sum.total, LOG_BATCH_MOST - 1);
    fixture_close(&f);
}

static void tallies_fall_due(void **state)
{
    fixture f = fixture_open(state);
    f.now_ms = f.main->opens_ms;
    signing s = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&f, f.main, &s);
    s.country = S("SE");
    s.name.private_text = S("Eve");
    s.kind = SIGNER_MANDATE;
    fixture_sign(&f, f.main, &s);
    f.now_ms += 180 * (int64_t)DAY_MS;
    fixture_sequence(&f, f.main);
    hash32 hash = hash_sha256(S("m SE 1\np DK 1\n"));
    ASSERT_LEAF(&f, 3, "sig1 tally 3 2 %.*s\n", STR_FMT(hex_make(f.a, hash_str(&hash))));
    /* Without news no further one; with news not before ten minutes have gone. */
    f.now_ms += HOUR_MS;
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, 4);
    signing bob = fixture_signing("Bob", "bob@example.org");
    fixture_sign(&f, f.main, &bob);
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, 6);
    signing eve = fixture_signing("Eve", "eve@example.org");
    fixture_sign(&f, f.main, &eve);
    f.now_ms += LOG_TALLY_EVERY_MS - 1;
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, 7);
    f.now_ms++;
    fixture_sequence(&f, f.main);
    assert_int_equal(fixture_leaves(&f, f.main).n, 8);
    assert_int_equal(recount_all(&f).sum.tallies, 3);
    fixture_close(&f);
}

/* --- two sealers --- */

typedef struct sealing {
    fixture *f;
    int64_t appended;
    int failures;
    pthread_t thread;
} sealing;

static void *seal(void *arg)
{
    sealing *s = arg;
    for (int idle = 0; idle < 3;) {
        int64_t appended;
        err e = log_sequence(&s->f->c, s->f->main->id, s->f->now_ms, &appended);
        if (e == OK) {
            s->appended += appended;
            idle += appended == 0;
        } else if (e != ERR_CONFLICT && e != ERR_BUSY) {
            s->failures++;
            break;
        }
    }
    return NULL;
}

static void sealers_take_turns(void **state)
{
    fixture f = fixture_open(state);
    for (int i = 0; i < 2 * MANY; i++) {
        signing s = fixture_signing("A", arena_printf(f.a, "a%d@example.org", i).at);
        fixture_sign(&f, f.main, &s);
    }
    sealing sealers[4];
    for (size_t i = 0; i < 4; i++) {
        sealers[i] = (sealing){.f = &f};
        assert_int_equal(pthread_create(&sealers[i].thread, NULL, seal, &sealers[i]), 0);
    }
    int64_t appended = 0;
    for (size_t i = 0; i < 4; i++) {
        pthread_join(sealers[i].thread, NULL);
        assert_int_equal(sealers[i].failures, 0);
        appended += sealers[i].appended;
    }
    counted_log r = recount_all(&f);
    assert_int_equal(r.sum.total, 2 * MANY);
    assert_int_equal(r.sum.leaves, 1 + appended);
    fixture_close(&f);
}

/* --- random histories --- */

enum { MAILBOXES = 40, STEPS = 900, TOKENS_MOST = STEPS };

typedef struct history {
    fixture *f;
    uint64_t dice;
    str tokens[TOKENS_MOST];
    size_t n;
    int done[8];
} history;

static unsigned throw_dice(history *h, unsigned sides)
{
    h->dice ^= h->dice << 13;
    h->dice ^= h->dice >> 7;
    h->dice ^= h->dice << 17;
    return (unsigned)(h->dice % sides);
}

static void step_sign(history *h)
{
    static const char *const names[] = {"Ada", "Bob", "Eve"};
    static const char *const countries[] = {"DK", "SE", "FR", "ZZ"};
    fixture *f = h->f;
    str mail = arena_printf(f->a, "m%u@example.org", throw_dice(h, MAILBOXES));
    signing s = fixture_signing(names[throw_dice(h, 3)], mail.at);
    s.kind = (signer_kind)(1 + throw_dice(h, 3));
    s.organisation = s.kind == SIGNER_ORGANISATION ? S("Body") : S("");
    s.country = str_of(countries[throw_dice(h, 4)]);
    s.is_listed = throw_dice(h, 2);
    str token = fixture_submit(f, f->main, &s).token;
    if (fixture_confirm(f, token) == CONFIRM_DONE)
        h->tokens[h->n++] = token;
}

static void step(history *h)
{
    static const char *const names[] = {"Ada", "Bob", "Eve", "Zoe"};
    static const char *const countries[] = {"DK", "SE", "FR"};
    fixture *f = h->f;
    unsigned act = throw_dice(h, 20);
    str token = h->n ? h->tokens[throw_dice(h, (unsigned)h->n)] : S("");
    err e = OK;
    f->now_ms += throw_dice(h, 4 * MINUTE_MS);
    if (h->n == 0 || act < 9) {
        step_sign(h);
    } else if (act < 12) {
        e = signer_withdraw(&f->c, token, f->now_ms);
        h->done[0] += e == OK;
    } else if (act < 15) {
        e = signer_undo(&f->c, token, f->now_ms);
        h->done[1] += e == OK;
    } else if (act < 18) {
        correction fix = fix_to(names[throw_dice(h, 4)], countries[throw_dice(h, 3)]);
        e = signer_correct(&f->c, f->a, f->main, token, &fix, f->now_ms);
        h->done[2] += e == OK;
    } else if (act == 18 && throw_dice(h, 8) == 0) {
        retention_report report;
        f->now_ms += 13 * HOUR_MS;
        e = retention_run(&f->c, f->now_ms, &report);
        h->done[3] += (int)report.withdrawn;
    } else if (act == 19 && throw_dice(h, 4) == 0) {
        int64_t appended;
        e = log_sequence(&f->c, f->main->id, f->now_ms, &appended);
    }
    if (e != OK && e != ERR_CONFLICT && e != ERR_NOT_FOUND)
        fail_msg("act %u: %s", act, err_name(e));
}

static void random_histories_count_right(void **state)
{
    fixture f = fixture_open(state);
    history h = {.f = &f, .dice = 0x9E3779B97F4A7C15};
    for (int i = 0; i < STEPS; i++)
        step(&h);
    recount_all(&f); /* in the middle of it */
    fixture_sequence(&f, f.main);
    counted_log r = recount_all(&f);
    ASSERT_STR(r.breakdown, counted_rows(&f));
    assert_true(r.sum.tallies > 3);
    for (int i = 0; i < 4; i++)
        assert_true(h.done[i] > 5); /* the history had everything in it */
    fixture_close(&f);
}

/* --- reading and publishing --- */

static void entries_are_whole(void **state)
{
    fixture f = fixture_open(state);
    str_list entries;
    ASSERT_OK(log_entries(&f.c, f.a, f.main->id, 0, 1, &entries));
    assert_int_equal(log_entries(&f.c, f.a, f.main->id, 0, 2, &entries), ERR_NOT_FOUND);
    assert_int_equal(log_entries(&f.c, f.a, f.main->id, 1, 2, &entries), ERR_NOT_FOUND);
    ASSERT_OK(log_entries(&f.c, f.a, f.main->id, 1, 1, &entries));
    assert_int_equal(entries.n, 0);
    fixture_close(&f);
}

static void sizes_are_published_once(void **state)
{
    fixture f = fixture_open(state);
    published p = {.size = 1,
                   .root = {{1}},
                   .note = S("note"),
                   .counts = {{1, 2, 3}},
                   .breakdown = S("p DK 6\n"),
                   .at_ms = f.now_ms},
              read;
    int64_t before, after;
    assert_int_equal(log_published(&f.c, f.a, f.main->id, &read), ERR_NOT_FOUND);
    ASSERT_OK(log_published_mark(&f.c, &before));
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    assert_int_equal(log_publish(&f.c, f.main->id, &p), ERR_CONFLICT);
    ASSERT_OK(log_published_mark(&f.c, &after));
    assert_int_not_equal(before, after);
    p.size = 300;
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    p.size = 7;
    ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &read));
    assert_int_equal(read.size, 300);
    assert_int_equal(read.counts.of[2], 3);
    assert_memory_equal(read.root.at, p.root.at, 32);
    ASSERT_STR(read.breakdown, p.breakdown);
    fixture_close(&f);
}

typedef struct checkpoint_count {
    fixture *f;
    int64_t n;
} checkpoint_count;

static err count_checkpoints(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    checkpoint_count *c = arg;
    return q_probe_checkpoints(tx, c->f->main->id, &c->n);
}

static err count_splits(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    checkpoint_count *c = arg;
    return q_probe_splits(tx, c->f->main->id, &c->n);
}

/* Several a second while people sign: only one a minute stays for the history, with its numbers; of
 * who stands where, only the latest says something. */
static void old_checkpoints_give_way(void **state)
{
    fixture f = fixture_open(state);
    checkpoint_count c = {.f = &f};
    published p = {.note = S("note"), .at_ms = f.now_ms}, read;
    p.breakdown = p.versions = p.sources = p.regions = p.languages = p.types = S("x 1\n");
    for (p.size = 1; p.size <= 90; p.size++, p.at_ms += 2000)
        ASSERT_OK(log_publish(&f.c, f.main->id, &p));
    fixture_read(&f, count_checkpoints, &c);
    assert_int_equal(c.n, 3);
    ASSERT_OK(log_published(&f.c, f.a, f.main->id, &read));
    assert_int_equal(read.size, 90);
    ASSERT_STR(read.types, S("x 1\n"));
    fixture_read(&f, count_splits, &c);
    assert_int_equal(c.n, 1);
    fixture_close(&f);
}

static void breakdowns_are_read(void **state)
{
    (void)state;
    str text = S("m SE 1\no DK 20\np DK 3\np SE 400\n");
    assert_int_equal(log_breakdown_count(text, SIGNER_PERSON, S("SE")), 400);
    assert_int_equal(log_breakdown_count(text, SIGNER_ORGANISATION, S("DK")), 20);
    assert_int_equal(log_breakdown_count(text, SIGNER_MANDATE, S("DK")), 0);
    assert_int_equal(log_breakdown_count(S(""), SIGNER_PERSON, S("DK")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(opens_with_the_manifest),
        TEST_ON_BOTH(batches_sort_adds),
        TEST_ON_BOTH(changes_name_their_add),
        TEST_ON_BOTH(corrections_before_inclusion),
        TEST_ON_BOTH(corrections_after_inclusion),
        TEST_ON_BOTH(corrections_behind_waiting_changes),
        TEST_ON_BOTH(corrections_behind_split_batches),
        TEST_ON_BOTH(corrections_never_count_twice),
        TEST_ON_BOTH(tallies_fall_due),
        TEST_ON_BOTH(sealers_take_turns),
        TEST_ON_BOTH(random_histories_count_right),
        TEST_ON_BOTH(entries_are_whole),
        TEST_ON_BOTH(sizes_are_published_once),
        TEST_ON_BOTH(old_checkpoints_give_way),
        cmocka_unit_test(breakdowns_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
