/* SPDX-License-Identifier: EUPL-1.2 */
/* Every answer that the protocol knows, what is remembered through a restart, and many who ask at
 * once. */

#include "witness/witness.h"

#include "base/file.h"
#include "base/number.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { LEAVES = 300, NOW_S = 1679315147 };

static arena *a;
static char folder[] = "/tmp/undersigned-witness-XXXXXX";
static sign_key log_key, other_key, witness_key;
static witness_logs logs;
static hash32 leaves[2][LEAVES]; /* two logs that part at leaf 100 */

static void read_list(const char *text)
{
    int line;
    assert_int_equal(witness_logs_read(a, str_of(text), &logs, &line), OK);
}

static int setup(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(1 << 29);
    assert_non_null(mkdtemp(folder));
    log_key = sign_key_make();
    other_key = sign_key_make();
    witness_key = sign_key_make();
    for (int i = 0; i < LEAVES; i++) {
        leaves[0][i] = merkle_leaf(arena_printf(a, "leaf %d", i));
        leaves[1][i] = i < 100 ? leaves[0][i] : merkle_leaf(arena_printf(a, "other %d", i));
    }
    read_list(arena_cstr(
        a, arena_printf(a, "logs/v0\nvkey %.*s\nvkey %.*s\norigin old name\n",
                        STR_FMT(note_vkey(a, S("log.example/log/x"), log_key.public_key)),
                        STR_FMT(note_vkey(a, S("key.example"), log_key.public_key)))));
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_close(a);
    return 0;
}

static char *path_of(const char *name)
{
    return arena_cstr(a, arena_printf(a, "%s/%s", folder, name));
}

static witness *open_in(const char *name)
{
    witness *w;
    assert_int_equal(witness_open(path_of(name), S("w.example/w"), &witness_key, &logs, &w), OK);
    return w;
}

static err read_hash(void *from, unsigned level, uint64_t index, hash32 *out_hash)
{
    const hash32 *all = from;
    *out_hash = merkle_fold(all + (index << level), (size_t)1 << level);
    return OK;
}

static hash32 root_of(int tree, uint64_t size)
{
    hash32 root;
    assert_int_equal(merkle_root_at(read_hash, leaves[tree], size, &root), OK);
    return root;
}

static str note_of(int tree, uint64_t size)
{
    hash32 root = root_of(tree, size);
    return note_checkpoint(a, S("log.example/log/x"), size, &root, &log_key);
}

static str proof_of(arena *in, int tree, uint64_t from, uint64_t to)
{
    hash_list path;
    buf b = buf_in(in);
    assert_int_equal(merkle_consistency(in, read_hash, leaves[tree], from, to, &path), OK);
    for (size_t i = 0; i < path.n; i++)
        buf_printf(&b, "%s\n", arena_cstr(in, base64_make(in, hash_str(&path.at[i]))));
    return buf_str(&b);
}

static str body_of(uint64_t old, str proof, str note)
{
    return arena_printf(a, "old %llu\n%.*s\n%.*s", (unsigned long long)old, STR_FMT(proof),
                        STR_FMT(note));
}

static witness_answer ask(witness *w, str body)
{
    witness_answer got;
    assert_int_equal(witness_add(w, a, body, NOW_S, &got), OK);
    return got;
}

static void expect(witness *w, str body, int status)
{
    witness_answer got = ask(w, body);
    if (got.status != status)
        print_error("%.*s", STR_FMT(got.body));
    assert_int_equal(got.status, status);
}

static void expect_size(witness *w, str body, const char *size)
{
    witness_answer got = ask(w, body);
    assert_int_equal(got.status, 409);
    assert_true(str_eq(got.type, S("text/x.tlog.size")));
    assert_true(str_eq(got.body, str_of(size)));
}

static void expect_cosigned(witness *w, str body, str note)
{
    witness_answer got = ask(w, body);
    note_lines lines;
    note_key key;
    int64_t time_s;
    str text = str_head(note, str_find_str(note, S("\n\n")) + 1);
    assert_int_equal(got.status, 200);
    assert_int_equal(note_lines_read(a, got.body, &lines), OK);
    assert_int_equal(lines.n, 1);
    assert_int_equal(note_key_read(a, witness_vkey(w, a), &key), OK);
    assert_int_equal(note_line_check(a, &lines.at[0], text, &key, &time_s), OK);
    assert_int_equal(time_s, NOW_S);
}

/* Empty at equal sizes and from nothing. */
static str grow(uint64_t from, uint64_t to)
{
    return body_of(from, proof_of(a, 0, from, to), note_of(0, to));
}

static void a_growing_log_is_cosigned(void **state)
{
    static const uint64_t sizes[] = {1, 2, 3, 7, 8, 100, 100, 255, 256, 257, 300};
    (void)state;
    uint64_t before = 0;
    witness *w = open_in("growing");
    expect_cosigned(w, grow(0, 0), note_of(0, 0));
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        expect_cosigned(w, grow(before, sizes[i]), note_of(0, sizes[i]));
        before = sizes[i];
        if (i % 3 == 0) { /* what it knows, it knows after a restart */
            witness_close(w);
            w = open_in("growing");
        }
    }
    assert_true(str_eq(witness_state(w, a), S("log.example/log/x 300\nold name 0\n")));
    witness_close(w);
}

static void wrong_old_sizes_are_told(void **state)
{
    (void)state;
    witness *w = open_in("sizes");
    expect_size(w, grow(3, 7), "0\n");
    expect(w, grow(0, 50), 200);
    expect_size(w, grow(0, 50), "50\n");
    expect_size(w, grow(0, 20), "50\n");
    expect_size(w, grow(20, 20), "50\n"); /* a restored backup */
    expect_size(w, grow(49, 60), "50\n");
    expect_size(w, grow(60, 70), "50\n");
    expect(w, body_of(51, S(""), note_of(0, 50)), 400);
    expect(w, grow(50, 51), 200);
    witness_close(w);
}

static void forks_are_refused_and_kept(void **state)
{
    (void)state;
    witness *w = open_in("forks");
    expect(w, grow(0, 120), 200);
    /* Another tree of the same size, and its continuation with the best proof it has. */
    expect_size(w, body_of(120, S(""), note_of(1, 120)), "120\n");
    expect(w, body_of(120, proof_of(a, 1, 120, 200), note_of(1, 200)), 422);
    expect(w, body_of(120, proof_of(a, 0, 120, 200), note_of(1, 200)), 422);
    expect(w, grow(120, 200), 200);
    witness_close(w);
    hash32 hash = hash_sha256(S("log.example/log/x"));
    char *file =
        arena_cstr(a, arena_printf(a, "%.*s.contradiction", STR_FMT(hex_make(a, hash_str(&hash)))));
    str both;
    int fd = open(path_of("forks"), O_RDONLY | O_DIRECTORY);
    assert_int_equal(file_read(a, fd, file, NOTE_MAX_BYTES, &both), OK);
    close(fd);
    str expected =
        arena_printf(a, "%.*s\n%.*s", STR_FMT(note_of(0, 120)), STR_FMT(note_of(1, 120)));
    assert_true(str_eq(both, expected));
}

static void proofs_are_checked(void **state)
{
    (void)state;
    str proof = proof_of(a, 0, 100, 300);
    witness *w = open_in("proofs");
    expect(w, body_of(0, proof, note_of(0, 300)), 422); /* from nothing there is none */
    expect(w, grow(0, 100), 200);
    expect(w, body_of(100, S(""), note_of(0, 300)), 422);
    expect(w, body_of(100, proof, note_of(0, 100)), 422); /* nor between equals */
    expect(w, body_of(100, str_skip(proof, 45), note_of(0, 300)), 422);
    expect(w,
           body_of(100, arena_printf(a, "%.*s%.*s", STR_FMT(proof), STR_FMT(str_head(proof, 45))),
                   note_of(0, 300)),
           422);
    expect(w, body_of(100, proof, note_of(0, 299)), 422);
    for (size_t i = 0; i < proof.n; i += 45) {
        char *changed = arena_cstr(a, proof);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        expect(w, body_of(100, (str){changed, proof.n}, note_of(0, 300)), 422);
    }
    expect(w, body_of(100, proof, note_of(0, 300)), 200);
    witness_close(w);
}

static void strangers_are_refused(void **state)
{
    (void)state;
    witness *w = open_in("strangers");
    hash32 root = root_of(0, 5);
    str foreign = note_checkpoint(a, S("elsewhere.example/log/x"), 5, &root, &log_key);
    expect(w, body_of(0, S(""), foreign), 404);
    str forged = note_checkpoint(a, S("log.example/log/x"), 5, &root, &other_key);
    expect(w, body_of(0, S(""), forged), 403);
    /* The key of the origin's other list entry is not this one's. */
    str text = arena_printf(a, "log.example/log/x\n5\n%s\n",
                            arena_cstr(a, base64_make(a, hash_str(&root))));
    expect(w, body_of(0, S(""), note_make(a, text, S("key.example"), &log_key)), 403);
    str old = arena_printf(a, "old name\n5\n%s\n", arena_cstr(a, base64_make(a, hash_str(&root))));
    expect(w, body_of(0, S(""), note_make(a, old, S("key.example"), &log_key)), 200);
    /* A wrong signature beside a good one spoils the note; a stranger's does not. */
    str good = note_of(0, 5);
    char *wrong = arena_cstr(a, good);
    wrong[good.n - 10] = wrong[good.n - 10] == 'A' ? 'B' : 'A';
    expect(w, body_of(0, S(""), (str){wrong, good.n}), 403);
    str line = str_skip((str){wrong, good.n}, str_find_str(good, S("\n\n")) + 2);
    expect(w, body_of(0, S(""), arena_printf(a, "%.*s%.*s", STR_FMT(good), STR_FMT(line))), 403);
    str cosigned = arena_printf(a, "%.*s%.*s", STR_FMT(good),
                                STR_FMT(note_cosign(a, text, S("w2.example"), 1, &other_key)));
    expect(w, body_of(0, S(""), cosigned), 200);
    witness_close(w);
}

static void malformed_requests_are_refused(void **state)
{
    (void)state;
    witness *w = open_in("malformed");
    str note = note_of(0, 5);
    str hash_line = str_head(proof_of(a, 0, 1, 5), 45);
    const str bodies[] = {
        S(""),
        S("old 0\n"),
        S("old 0\n\n"),
        note,
        arena_printf(a, "\n%.*s", STR_FMT(note)),
        arena_printf(a, "old\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old \n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 00\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 01\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old -1\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old -0\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old +0\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old  0\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 0 \n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 0\r\n\r\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 9223372036854775808\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "Old 0\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 0\nAAAA\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 0\nnonsense\n\n%.*s", STR_FMT(note)),
        arena_printf(a, "old 0\n%.*s%.*s", STR_FMT(hash_line), STR_FMT(note)),
        arena_printf(a, "old 0\n\n\n%.*s", STR_FMT(str_head(note, note.n - 1))),
        arena_printf(a, "old 0\n\nlog.example/log/x\n5\n\n"),
        arena_printf(a, "old 0\n\n%.*s",
                     STR_FMT(note_make(a, S("log.example/log/x\n5\nAAAA\n"), S("log.example/log/x"),
                                       &log_key))),
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        expect(w, bodies[i], 400);
    buf many = buf_in(a);
    for (int i = 0; i < WITNESS_PROOF_LINES_MOST; i++)
        buf_put(&many, hash_line);
    expect(w, body_of(0, buf_str(&many), note), 422);
    buf_put(&many, hash_line);
    expect(w, body_of(0, buf_str(&many), note), 400);
    assert_true(str_eq(witness_state(w, a), S("log.example/log/x 0\nold name 0\n")));
    witness_close(w);
}

/* --- what is on disk --- */

static void damaged_memory_stops_the_witness(void **state)
{
    (void)state;
    hash32 hash = hash_sha256(S("log.example/log/x"));
    char *file = arena_cstr(a, hex_make(a, hash_str(&hash)));
    witness *w = open_in("damaged");
    expect(w, grow(0, 9), 200);
    witness_close(w);
    int fd = open(path_of("damaged"), O_RDONLY | O_DIRECTORY);
    str note;
    assert_int_equal(file_read(a, fd, file, NOTE_MAX_BYTES, &note), OK);
    assert_true(str_eq(note, note_of(0, 9)));
    const str damaged[] = {S(""), str_head(note, 20), S("nonsense\n\n— a AAAAAAA=\n"),
                           note_checkpoint(a, S("other"), 9, &hash, &log_key)};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        assert_int_equal(file_replace(fd, file, damaged[i]), OK);
        assert_int_equal(witness_open(path_of("damaged"), S("w"), &witness_key, &logs, &w),
                         ERR_INVALID);
    }
    assert_int_equal(file_replace(fd, file, note), OK);
    close(fd);
    w = open_in("damaged");
    witness *second;
    assert_int_equal(witness_open(path_of("damaged"), S("w"), &witness_key, &logs, &second),
                     ERR_BUSY);
    witness_close(w);
}

static void what_cannot_be_kept_is_not_signed(void **state)
{
    (void)state;
    hash32 hash = hash_sha256(S("log.example/log/x"));
    str beside = arena_printf(a, "full/%s.new", arena_cstr(a, hex_make(a, hash_str(&hash))));
    witness *w = open_in("full");
    expect(w, grow(0, 9), 200);
    assert_int_equal(mkdir(path_of(arena_cstr(a, beside)), 0700), 0); /* in the file's way */
    witness_answer got;
    assert_int_equal(witness_add(w, a, grow(9, 10), NOW_S, &got), ERR_IO);
    assert_int_equal(rmdir(path_of(arena_cstr(a, beside))), 0);
    expect(w, grow(9, 11), 200);
    witness_close(w);
}

/* --- many at once --- */

typedef struct crowd {
    witness *w;
    _Atomic int64_t largest; /* that somebody has a cosignature of */
    _Atomic int cosigned;
} crowd;

static void *ask_often(void *arg)
{
    crowd *c = arg;
    arena *own = arena_open(64 << 20);
    uint64_t known = 0;
    for (uint64_t size = 1; size <= LEAVES;) {
        witness_answer got;
        hash32 root;
        BUG_IF(merkle_root_at(read_hash, leaves[0], size, &root) != OK);
        str note = note_checkpoint(own, S("log.example/log/x"), size, &root, &log_key);
        hash_list path;
        buf b = buf_in(own);
        int64_t before = atomic_load(&c->largest), told;
        buf_printf(&b, "old %llu\n", (unsigned long long)known);
        BUG_IF(merkle_consistency(own, read_hash, leaves[0], known, size, &path) != OK);
        for (size_t i = 0; i < path.n; i++)
            buf_printf(&b, "%s\n", arena_cstr(own, base64_make(own, hash_str(&path.at[i]))));
        buf_printf(&b, "\n%.*s", STR_FMT(note));
        BUG_IF(witness_add(c->w, own, buf_str(&b), NOW_S, &got) != OK);
        if (got.status == 200) {
            /* Nobody had a larger one before this was asked: no step back. */
            BUG_IF((int64_t)size < before);
            int64_t seen = atomic_load(&c->largest);
            while (seen < (int64_t)size &&
                   !atomic_compare_exchange_weak(&c->largest, &seen, (int64_t)size))
                ;
            atomic_fetch_add(&c->cosigned, 1);
            known = size++;
        } else {
            BUG_IF(got.status != 409 ||
                   number_parse(str_head(got.body, got.body.n - 1), 0, LEAVES, &told) != OK);
            known = (uint64_t)told;
            if (size < known)
                size = known;
        }
        arena_reset(own);
    }
    arena_close(own);
    return NULL;
}

static void many_at_once_never_step_back(void **state)
{
    enum { THREADS = 6 };
    (void)state;
    crowd c = {.w = open_in("crowd")};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &c), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(c.largest, LEAVES);
    assert_true(c.cosigned >= THREADS);
    witness_close(c.w);
}

/* --- the list --- */

static void lists_are_read(void **state)
{
    (void)state;
    witness_logs kept = logs;
    str vkey = note_vkey(a, S("log.example/log/x"), log_key.public_key);
    note_key cosigner = note_key_of(S("w"), NOTE_COSIGNATURE, log_key.public_key);
    read_list(arena_cstr(
        a, arena_printf(a,
                        "#\n# a list\n\nlogs/v0\n\n# one\nvkey %.*s\norigin none\nbastion none\n"
                        "qpd 86400\ncontact sysadmin (at) log.example\n\nvkey %.*s\norigin a b\n",
                        STR_FMT(vkey), STR_FMT(vkey))));
    assert_int_equal(logs.n, 2);
    assert_true(str_eq(logs.at[0].origin, S("log.example/log/x")));
    assert_true(str_eq(logs.at[1].origin, S("a b")));
    const struct {
        str text;
        int line;
    } wrong[] = {
        {S(""), 1},
        {S("# only a comment\n"), 2},
        {S("logs/v1\n"), 1},
        {arena_printf(a, "vkey %.*s\n", STR_FMT(vkey)), 1},
        {S("logs/v0\norigin a\n"), 2},
        {S("logs/v0\nvkey nonsense\n"), 2},
        {arena_printf(a, "logs/v0\nvkey %.*s\n", STR_FMT(note_key_text(a, &cosigner))), 2},
        {arena_printf(a, "logs/v0\nvkey %.*s\norigin\n", STR_FMT(vkey)), 3},
        {arena_printf(a, "logs/v0\nvkey %.*s\nqpd 1\norigin a\n", STR_FMT(vkey)), 4},
        {arena_printf(a, "logs/v0\nvkey %.*s\norigin a\norigin b\n", STR_FMT(vkey)), 4},
        {arena_printf(a, "logs/v0\nvkey %.*s\r\n", STR_FMT(vkey)), 2},
        {arena_printf(a, "logs/v0\nvkey %.*s\nurl x\n", STR_FMT(vkey)), 3},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int line = 0;
        assert_int_equal(witness_logs_read(a, wrong[i].text, &logs, &line), ERR_INVALID);
        assert_int_equal(line, wrong[i].line);
    }
    logs = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_growing_log_is_cosigned),
        cmocka_unit_test(wrong_old_sizes_are_told),
        cmocka_unit_test(forks_are_refused_and_kept),
        cmocka_unit_test(proofs_are_checked),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(damaged_memory_stops_the_witness),
        cmocka_unit_test(what_cannot_be_kept_is_not_signed),
        cmocka_unit_test(many_at_once_never_step_back),
        cmocka_unit_test(lists_are_read),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
