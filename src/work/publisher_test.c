/* SPDX-License-Identifier: EUPL-1.2 */
/* The published files at every kind of size, and what the publisher makes of damaged, lost and
 * restored ones. */

#include "base/file.h"
#include "core/receipt.h"
#include "core/signer.h"

#include "test_stage.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- sizes --- */

static void sizes_come_out_right(void **state)
{
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 1000, 65535, 65536, 65539};
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        grow(&s, sizes[i]);
        publish(&s);
        check_all(&s);
        /* Every other time by a new publisher, from the files. */
        if (i % 2)
            ASSERT_OK(begin(&s));
        publish(&s);
    }
    stage_close(&s);
}

static void nothing_is_left_over(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    for (uint64_t size = 250; size <= 260; size++) {
        grow(&s, size);
        publish(&s);
    }
    /* Narrower partial tiles of the open tile stay until it is full, wider ones are current. */
    int expected = check_all(&s);
    assert_int_equal(count_files(&s), expected + 2 * 3);
    grow(&s, 512);
    publish(&s);
    expected = check_all(&s);
    assert_int_equal(count_files(&s), expected + 1); /* the first width of level 1 */
    stage_close(&s);
}

static void publishing_again_changes_nothing(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 300);
    publish(&s);
    struct stat before, after;
    assert_int_equal(stat(path_of(&s, "checkpoint"), &before), 0);
    publish(&s);
    ASSERT_OK(begin(&s));
    publish(&s);
    assert_int_equal(stat(path_of(&s, "checkpoint"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    stage_close(&s);
}

static void one_publisher_a_folder(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    publisher *first = s.p;
    s.p = NULL;
    assert_int_equal(begin(&s), ERR_BUSY);
    publisher_close(first);
    ASSERT_OK(begin(&s));
    stage_close(&s);
}

/* --- through the rules --- */

static void counts_go_with_the_checkpoint(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    signing one = fixture_signing("Ada", "ada@example.org");
    fixture_sign(&s.f, s.f.main, &one);
    fixture_sequence(&s.f, s.f.main);
    int64_t size;
    ASSERT_OK(publisher_publish(s.p, s.f.now_ms, &size));
    assert_int_equal(size, 2);
    check_all(&s);
    published last;
    ASSERT_OK(log_published(&s.f.c, s.f.a, s.f.main->id, &last));
    assert_int_equal(last.counts.of[0], 1);
    ASSERT_STR(last.breakdown, S("p DK 1\n"));
    assert_int_equal(last.at_ms, s.f.now_ms);
    stage_close(&s);
}

/* The recounts that docs/log.md gives to outsiders, run as they stand there. */
static void outsiders_can_recount(void **state)
{
    stage s = stage_open(state);
    fixture *f = &s.f;
    static const char *const countries[] = {"DK", "GR", "ZZ"};
    str tokens[12];
    for (int i = 0; i < 12; i++) {
        signing one = fixture_signing("Ada", arena_printf(f->a, "a%d@example.org", i).at);
        one.kind = (signer_kind)(1 + i % 3);
        one.organisation = S("Body");
        one.country = str_of(countries[i / 3 % 3]);
        tokens[i] = fixture_sign(f, f->main, &one);
    }
    fixture_sequence(f, f->main);
    correction fix = {.name = {S("Eve")}, .country = S("SE")};
    ASSERT_OK(signer_withdraw(&f->c, tokens[0], f->now_ms));
    ASSERT_OK(signer_withdraw(&f->c, tokens[1], f->now_ms));
    ASSERT_OK(signer_undo(&f->c, tokens[1], f->now_ms));
    ASSERT_OK(signer_correct(&f->c, f->a, f->main, tokens[2], &fix, f->now_ms));
    f->now_ms += LOG_TALLY_EVERY_MS;
    fixture_sequence(f, f->main);
    log_state now;
    ASSERT_OK(log_state_now(&f->c, f->a, f->main->id, &now));
    s.frontier = now.frontier;
    grow(&s, 700);
    ASSERT_OK(begin(&s));
    publish(&s);
    check_all(&s);
    counted_log counted = fixture_recount(f, f->main);
    FILE *run = popen(
        arena_printf(f->a, "sh %s %s %s 2>&1", RECOUNT, LOG_DOCUMENT, path_of(&s, "")).at, "r");
    assert_non_null(run);
    char *said = arena_alloc(f->a, 1 << 16);
    size_t n = fread(said, 1, (1 << 16) - 1, run);
    assert_int_equal(pclose(run), 0);
    hash32 hash = hash_sha256(counted.breakdown);
    str expected = arena_printf(f->a, "700\n%.*s%lld\n%.*s  -\nSignature Verified Successfully\n",
                                STR_FMT(counted.breakdown), (long long)counted.sum.total,
                                STR_FMT(hex_make(f->a, hash_str(&hash))));
    ASSERT_STR(((str){said, n}), expected);
    stage_close(&s);
}

static err read_published(void *from, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    const int *folder = from;
    return file_read(a, *folder, arena_cstr(a, path), most_bytes, out_bytes);
}

/* Receipts need the files alone, hold under the log's key, and stay good when the log has grown. */
static void receipts_follow_from_files(void **state)
{
    stage s = stage_open(state);
    arena *a = arena_open(64 << 20);
    str vkey = note_vkey(a, ORIGIN, s.key.public_key), text;
    static const uint64_t sizes[] = {2, 256, 257, 700, 65793};
    ASSERT_OK(begin(&s));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        grow(&s, sizes[i]);
        publish(&s);
        int folder = open(path_of(&s, ""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_int_equal(receipt_make(a, read_published, &folder, sizes[i], &text), ERR_NOT_FOUND);
        uint64_t step = sizes[i] / 50 + 1;
        for (uint64_t leaf = 1; leaf < sizes[i]; leaf += step) {
            receipt r;
            checkpoint tree;
            ASSERT_OK(receipt_make(a, read_published, &folder, leaf, &text));
            ASSERT_OK(receipt_read(a, text, &r));
            assert_int_equal(r.proof.index, leaf);
            ASSERT_OK(note_checkpoint_read(a, r.proof.note, vkey, &tree));
            assert_int_equal(tree.size, sizes[i]);
            ASSERT_STR(r.leaf, entry_of(a, leaf));
            /* A leaf that its path does not carry. */
            r.proof.extra = entry_of(a, leaf + 1);
            assert_int_equal(receipt_read(a, tlog_proof_make(a, &r.proof), &r), ERR_DENIED);
        }
        close(folder);
    }
    arena_close(a);
    stage_close(&s);
}

/* --- damage --- */

typedef struct damage {
    int64_t declaration, at;
    str entry;
} damage;

static err change_leaf(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const damage *d = arg;
    return q_probe_leaf_change(tx, d->declaration, d->at, d->entry);
}

static err forget_checkpoints(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const damage *d = arg;
    return q_probe_checkpoints_cut(tx, d->declaration, d->at);
}

static err change_root(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const damage *d = arg;
    return q_probe_checkpoint_root(tx, d->declaration, d->at, d->entry);
}

static void damaged_edges_are_rebuilt(void **state)
{
    static const char *const names[] = {"tile/0/001.p/44", "tile/entries/001.p/44",
                                        "tile/1/000.p/1"};
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 300);
    publish(&s);
    for (size_t i = 0; i < 3; i++) {
        str bytes;
        assert_true(read_file(&s, names[i], &bytes));
        assert_int_equal(unlink(path_of(&s, names[i])), 0);
        ASSERT_OK(begin(&s));
        publish(&s);
        check_all(&s);
        char *changed = arena_cstr(s.f.a, bytes);
        changed[bytes.n - 1] ^= 1;
        write_file(&s, names[i], (str){changed, bytes.n});
        ASSERT_OK(begin(&s));
        publish(&s);
        check_all(&s);
        write_file(&s, names[i], str_head(bytes, bytes.n - 1));
        ASSERT_OK(begin(&s));
        grow(&s, s.frontier.size); /* nothing new */
        publish(&s);
        check_all(&s);
    }
    stage_close(&s);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

/* Another machine takes over, or the disk is new. */
static void lost_files_come_back(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 700);
    publish(&s);
    nftw(path_of(&s, ""), remove_one, 16, FTW_DEPTH | FTW_PHYS);
    ASSERT_OK(begin(&s));
    publish(&s);
    int expected = check_all(&s);
    assert_int_equal(count_files(&s), expected);
    /* A full tile that nobody looks at in passing. */
    write_file(&s, "tile/0/000", S("damaged"));
    assert_int_equal(unlink(path_of(&s, "tile/entries/001")), 0);
    int64_t size;
    ASSERT_OK(publisher_rebuild(s.p, s.f.now_ms, &size));
    assert_int_equal(size, 700);
    check_all(&s);
    grow(&s, 800);
    publish(&s);
    check_all(&s);
    stage_close(&s);
}

/* The checkpoint of the disk may lag behind the row only on a disk that was restored or moved. */
static void disks_that_lag_catch_up(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 300);
    publish(&s);
    str note;
    assert_true(read_file(&s, "checkpoint", &note));
    grow(&s, 400);
    publish(&s);
    write_file(&s, "checkpoint", note);
    ASSERT_OK(begin(&s));
    publish(&s);
    check_all(&s);
    stage_close(&s);
}

static void lost_rows_of_checkpoints_come_back(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 300);
    publish(&s);
    grow(&s, 400);
    publish(&s);
    damage lost = {.declaration = s.f.main->id, .at = 300};
    fixture_change(&s.f, forget_checkpoints, &lost);
    ASSERT_OK(begin(&s));
    publish(&s);
    check_all(&s);
    /* With a leaf that came meanwhile. */
    fixture_change(&s.f, forget_checkpoints, &lost);
    grow(&s, 401);
    ASSERT_OK(begin(&s));
    publish(&s);
    check_all(&s);
    stage_close(&s);
}

static void restored_databases_are_refused(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 300);
    publish(&s);
    merkle_frontier backup = s.frontier;
    grow(&s, 400);
    publish(&s);
    str note, after;
    assert_true(read_file(&s, "checkpoint", &note));
    s.frontier = backup;
    roll_back(&s);
    assert_int_equal(begin(&s), ERR_DENIED);
    /* Nor after other leaves have grown where the lost ones were. */
    damage other = {.declaration = s.f.main->id, .at = 350, .entry = S("sig1 sub 1 invalid\n")};
    s.frontier = backup;
    grow(&s, 500);
    fixture_change(&s.f, change_leaf, &other);
    assert_int_equal(begin(&s), ERR_DENIED);
    assert_true(read_file(&s, "checkpoint", &after));
    ASSERT_STR(note, after);
    stage_close(&s);
}

static void contradictions_are_refused(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 300);
    publish(&s);
    str note, after;
    assert_true(read_file(&s, "checkpoint", &note));
    /* A row of the open bundle is not what was published. */
    damage leaf = {.declaration = s.f.main->id, .at = 290, .entry = S("sig1 sub 1 invalid\n")};
    fixture_change(&s.f, change_leaf, &leaf);
    assert_int_equal(begin(&s), ERR_DENIED);
    leaf.entry = entry_of(s.f.a, 290);
    fixture_change(&s.f, change_leaf, &leaf);
    ASSERT_OK(begin(&s));
    /* A row that came after the last checkpoint is not what its frontier says. */
    grow(&s, 310);
    leaf = (damage){.declaration = s.f.main->id, .at = 305, .entry = S("sig1 sub 1 invalid\n")};
    fixture_change(&s.f, change_leaf, &leaf);
    int64_t size;
    assert_int_equal(publisher_publish(s.p, s.f.now_ms, &size), ERR_DENIED);
    assert_int_equal(publisher_publish(s.p, s.f.now_ms, &size), ERR_DENIED);
    assert_true(read_file(&s, "checkpoint", &after));
    ASSERT_STR(note, after);
    /* Mended: the same publisher goes on. */
    leaf.entry = entry_of(s.f.a, 305);
    fixture_change(&s.f, change_leaf, &leaf);
    publish(&s);
    check_all(&s);
    /* The row of the checkpoint has another root than the file. */
    damage root = {
        .declaration = s.f.main->id, .at = 310, .entry = S("01234567890123456789012345678901")};
    fixture_change(&s.f, change_root, &root);
    assert_int_equal(begin(&s), ERR_DENIED);
    stage_close(&s);
}

static void foreign_checkpoints_are_refused(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 20);
    publish(&s);
    sign_key own = s.key;
    s.key = sign_key_make();
    assert_int_equal(begin(&s), ERR_DENIED);
    s.key = own;
    write_file(&s, "checkpoint", S("nonsense"));
    assert_int_equal(begin(&s), ERR_DENIED);
    stage_close(&s);
}

/* A start with another origin, or key, must leave nothing behind: a checkpoint of it would halt the
 * log for good, as nothing lies on the disk yet that the publisher could be held against. */
static void other_logs_than_the_manifest_names_are_refused(void **state)
{
    stage s = stage_open(state);
    sign_key own = s.key;
    s.key = sign_key_make();
    assert_int_equal(begin(&s), ERR_DENIED);
    s.key = own;
    s.origin = S("127.0.0.1:8080/log/main");
    assert_int_equal(begin(&s), ERR_DENIED);
    assert_int_equal(count_files(&s), 0);
    s.origin = ORIGIN;
    ASSERT_OK(begin(&s));
    publish(&s);
    check_all(&s);
    stage_close(&s);
}

/* --- a disk that fails --- */

static void failures_do_not_stick(void **state)
{
    stage s = stage_open(state);
    ASSERT_OK(begin(&s));
    grow(&s, 200);
    publish(&s);
    /* A file stands where a folder must be: the full tile cannot be written. */
    grow(&s, 700);
    assert_int_equal(unlink(path_of(&s, "tile/entries/000.p/200")), 0);
    assert_int_equal(mkdir(path_of(&s, "tile/0/000"), 0755), 0);
    write_file(&s, "tile/0/000/x", S("x"));
    int64_t size;
    for (int i = 0; i < 3; i++)
        assert_int_equal(publisher_publish(s.p, s.f.now_ms, &size), ERR_IO);
    assert_int_equal(unlink(path_of(&s, "tile/0/000/x")), 0);
    assert_int_equal(rmdir(path_of(&s, "tile/0/000")), 0);
    publish(&s);
    check_all(&s);
    stage_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ON_BOTH(sizes_come_out_right),
        TEST_ON_SQLITE(nothing_is_left_over),
        TEST_ON_SQLITE(publishing_again_changes_nothing),
        TEST_ON_SQLITE(one_publisher_a_folder),
        TEST_ON_BOTH(counts_go_with_the_checkpoint),
        TEST_ON_SQLITE(outsiders_can_recount),
        TEST_ON_SQLITE(receipts_follow_from_files),
        TEST_ON_SQLITE(damaged_edges_are_rebuilt),
        TEST_ON_SQLITE(lost_files_come_back),
        TEST_ON_SQLITE(disks_that_lag_catch_up),
        TEST_ON_BOTH(lost_rows_of_checkpoints_come_back),
        TEST_ON_SQLITE(restored_databases_are_refused),
        TEST_ON_SQLITE(contradictions_are_refused),
        TEST_ON_SQLITE(foreign_checkpoints_are_refused),
        TEST_ON_SQLITE(other_logs_than_the_manifest_names_are_refused),
        TEST_ON_SQLITE(failures_do_not_stick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
