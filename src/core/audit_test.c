/* SPDX-License-Identifier: EUPL-1.2 */
/* A small log in memory, made from docs/log.md, and everything that can be wrong with one. */

#include "core/audit.h"

#include "crypto/test_authority.h"
#include "test_core.h"

#define NAME S("test.example/log/main")

enum { FILES_MOST = 64, LEAVES_MOST = 700, BUNDLE = 256 };

typedef struct file {
    str path, bytes;
} file;

typedef struct shelf {
    arena *a;
    str leaves[LEAVES_MOST];
    size_t n;
    sign_key key;
    str manifest;
    file files[FILES_MOST];
    size_t files_n;
    err failure; /* of every read, unless OK */
} shelf;

static void put_file(shelf *s, str path, str bytes)
{
    assert_true(s->files_n < FILES_MOST);
    s->files[s->files_n++] = (file){path, bytes};
}

static file *find(shelf *s, const char *path)
{
    for (size_t i = 0; i < s->files_n; i++)
        if (str_eq(s->files[i].path, str_of(path)))
            return &s->files[i];
    fail_msg("no file %s", path);
    return NULL;
}

static err read_shelf(void *from, arena *a, str path, size_t most_bytes, str *out_bytes)
{
    const shelf *s = from;
    for (size_t i = 0; i < s->files_n && s->failure == OK; i++)
        if (str_eq(s->files[i].path, path)) {
            if (s->files[i].bytes.n > most_bytes)
                return ERR_LIMIT;
            *out_bytes = arena_copy(a, s->files[i].bytes);
            return OK;
        }
    return s->failure == OK ? ERR_NOT_FOUND : s->failure;
}

static void say(shelf *s, str leaf)
{
    assert_true(s->n < LEAVES_MOST);
    s->leaves[s->n++] = leaf;
}

static str add_line(shelf *s, uint64_t i)
{
    hash32 hash = hash_sha256((str){(const char *)&i, sizeof i});
    return arena_printf(s->a, "sig1 add %c %s %.*s\n", "pom"[i % 3], i % 2 ? "DK" : "GR",
                        STR_FMT(hex_make(s->a, hash_str(&hash))));
}

static checkpoint tree_of(shelf *s, size_t size)
{
    merkle_frontier tree = {.size = 0};
    for (size_t i = 0; i < size; i++) {
        hash32 leaf = merkle_leaf(s->leaves[i]);
        merkle_append(&tree, &leaf);
    }
    return (checkpoint){.origin = NAME, .size = size, .root = merkle_root(&tree)};
}

static void publish_level(shelf *s, hash32 *hashes, size_t n)
{
    for (int level = 0; n > 0; level++) {
        for (size_t at = 0; at < n; at += BUNDLE) {
            unsigned width = (unsigned)(n - at < BUNDLE ? n - at : BUNDLE);
            put_file(s, merkle_tile_path(s->a, level, at / BUNDLE, width),
                     arena_copy(s->a, (str){(const char *)&hashes[at], width * sizeof *hashes}));
        }
        n /= BUNDLE;
        for (size_t i = 0; i < n; i++)
            hashes[i] = merkle_fold(&hashes[i * BUNDLE], BUNDLE);
    }
}

static void publish_all(shelf *s)
{
    static hash32 hashes[LEAVES_MOST];
    s->files_n = 0;
    for (size_t at = 0; at < s->n; at += BUNDLE) {
        buf b = buf_in(s->a);
        unsigned width = (unsigned)(s->n - at < BUNDLE ? s->n - at : BUNDLE);
        for (size_t i = at; i < at + width; i++) {
            hashes[i] = merkle_leaf(s->leaves[i]);
            buf_put_char(&b, (char)(s->leaves[i].n >> 8));
            buf_put_char(&b, (char)s->leaves[i].n);
            buf_put(&b, s->leaves[i]);
        }
        put_file(s, merkle_tile_path(s->a, -1, at / BUNDLE, width), buf_str(&b));
    }
    publish_level(s, hashes, s->n);
    checkpoint tree = tree_of(s, s->n);
    put_file(s, S("checkpoint"), note_checkpoint(s->a, NAME, s->n, &tree.root, &s->key));
    put_file(s, S("manifest"), s->manifest);
}

/* 601 leaves: open, 599 adds, one sub. */
static shelf *shelf_open(void)
{
    static const unsigned char seed[32] = {9};
    crypto_init();
    arena *a = arena_open(64 << 20);
    shelf *s = arena_new(a, shelf);
    s->a = a;
    s->key = sign_key_from_seed(seed);
    s->manifest = arena_printf(a, "sig1 manifest\nlog-key %.*s\n",
                               STR_FMT(note_vkey(a, NAME, s->key.public_key)));
    hash32 hash = hash_sha256(s->manifest);
    say(s, arena_printf(a, "sig1 open %.*s\n", STR_FMT(hex_make(a, hash_str(&hash)))));
    for (uint64_t i = 1; i < 600; i++)
        say(s, add_line(s, i));
    say(s, S("sig1 sub 5 withdrawn\n"));
    publish_all(s);
    return s;
}

static void shelf_close(shelf *s)
{
    arena_close(s->a);
}

static audit_plan plan_of(shelf *s)
{
    return (audit_plan){.read = read_shelf, .from = s, .asked = -1};
}

static audit_report agrees(shelf *s, const audit_plan *plan)
{
    audit_report report;
    err e = audit_run(s->a, plan, &report);
    if (e != OK)
        fail_msg("%s: %.*s", err_name(e), STR_FMT(report.finding));
    return report;
}

static void denies(shelf *s, const audit_plan *plan, const char *why)
{
    audit_report report;
    err e = audit_run(s->a, plan, &report);
    if (e != ERR_DENIED || str_find_str(report.finding, str_of(why)) == report.finding.n)
        fail_msg("%s: %.*s, not: %s", err_name(e), STR_FMT(report.finding), why);
}

static void whole_logs_agree(void **state)
{
    (void)state;
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    plan.asked = 5;
    audit_report r = agrees(s, &plan);
    assert_int_equal(r.counted.total, 598);
    assert_int_equal(r.counted.leaves, 601);
    ASSERT_STR(r.origin, NAME);
    ASSERT_STR(r.leaf, s->leaves[5]);
    assert_false(r.leaf_counts);
    plan.asked = -1;
    plan.sought = str_head(str_skip(s->leaves[77], 14), 64);
    r = agrees(s, &plan);
    assert_int_equal(r.leaf_at, 77);
    assert_true(r.leaf_counts);
    /* A reader with an older checkpoint takes the head of fuller files. */
    for (uint64_t i = 700; s->n < LEAVES_MOST; i++)
        say(s, add_line(s, i));
    publish_all(s);
    plan.earlier[plan.earlier_n++] = tree_of(s, 601);
    assert_int_equal(agrees(s, &plan).counted.leaves, LEAVES_MOST);
    s->n = 400;
    checkpoint before = tree_of(s, s->n);
    s->n = LEAVES_MOST;
    find(s, "checkpoint")->bytes = note_checkpoint(s->a, NAME, 400, &before.root, &s->key);
    plan = plan_of(s);
    audit_report report;
    assert_int_equal(audit_run(s->a, &plan, &report), ERR_NOT_FOUND); /* no level 1 of width 1 */
    put_file(s, S("tile/1/000.p/1"), str_head(find(s, "tile/1/000.p/2")->bytes, 32));
    assert_int_equal(agrees(s, &plan).counted.leaves, 400);
    shelf_close(s);
}

static str flipped(shelf *s, str bytes, size_t bit)
{
    char *copy = arena_cstr(s->a, bytes);
    copy[bit / 8] = (char)(copy[bit / 8] ^ 1 << (bit % 8));
    return (str){copy, bytes.n};
}

static void damage_is_found(void **state)
{
    (void)state;
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    static const struct {
        const char *path;
        size_t bit, cut;
        const char *why;
    } cases[] = {
        {"tile/entries/000", 8 * 4000 + 1, 0, "tile/0/000 does not hold"},
        {"tile/entries/001", 0, 0, "leaf 256: not one line"},
        {"tile/entries/001", 0, 1, "cut off"},
        {"tile/entries/002.p/89", 0, 23, "cut off"},
        {"tile/0/001", 77, 0, "does not hold"},
        {"tile/0/001", 0, 32, "does not hold"},
        {"tile/0/002.p/89", 3, 0, "does not hold"},
        {"tile/1/000.p/2", 300, 0, "does not hold"},
        {"checkpoint", 8 * 3, 0, "not signed"},
        {"manifest", 8 * 7, 0, "manifest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file *f = find(s, cases[i].path);
        str before = f->bytes;
        f->bytes = cases[i].cut ? str_head(before, before.n - cases[i].cut)
                                : flipped(s, before, cases[i].bit);
        denies(s, &plan, cases[i].why);
        f->bytes = before;
    }
    file *f = find(s, "tile/entries/002.p/89");
    str before = f->bytes;
    buf more = buf_in(s->a);
    buf_put(&more, before);
    buf_put(&more, S("\0\25sig1 sub 6 withdrawn\n"));
    f->bytes = buf_str(&more);
    denies(s, &plan, "another number of leaves");
    f->bytes = before;
    find(s, "tile/0/001")->path = S("elsewhere");
    audit_report report;
    assert_int_equal(audit_run(s->a, &plan, &report), ERR_NOT_FOUND);
    ASSERT_STR(report.finding, S("tile/0/001 is missing"));
    s->failure = ERR_IO;
    assert_int_equal(audit_run(s->a, &plan, &report), ERR_IO);
    shelf_close(s);
}

/* The organiser signs whatever it likes: the rules still hold. */
static void signed_lies_are_found(void **state)
{
    (void)state;
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    static const struct {
        const char *leaf, *why;
    } cases[] = {
        {"sig1 sub 5 invalid\n", "leaf 601: a second sub"},
        {"sig1 undo 6\n", "leaf 601: an undo without a sub"},
        {"sig1 tally 601 599 0000000000000000000000000000000000000000000000000000000000000000\n",
         "leaf 601: a tally or close with another count"},
        {"sig1 vote p\n", "leaf 601: unknown verb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s->n = 601;
        say(s, str_of(cases[i].leaf));
        publish_all(s);
        denies(s, &plan, cases[i].why);
    }
    s->n = 601;
    say(s, s->leaves[9]);
    publish_all(s);
    denies(s, &plan, "leaf 601: the same commitment is added twice");
    s->n = 601;
    s->manifest = arena_printf(s->a, "%.*sclosed never\n", STR_FMT(s->manifest));
    publish_all(s);
    denies(s, &plan, "not the one that leaf 0 names");
    shelf_close(s);
}

static void histories_are_compared(void **state)
{
    (void)state;
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    plan.earlier[plan.earlier_n++] = tree_of(s, 300);
    agrees(s, &plan);
    plan.earlier[0].size = 602;
    denies(s, &plan, "rolled back");
    plan.earlier[0] = tree_of(s, 601);
    agrees(s, &plan);
    plan.earlier[0].root.at[3] ^= 1;
    denies(s, &plan, "forked");
    plan.earlier[0] = tree_of(s, 300);
    str moved = s->leaves[20]; /* leaves in another order, signed anew */
    s->leaves[20] = s->leaves[21];
    s->leaves[21] = moved;
    publish_all(s);
    denies(s, &plan, "rewritten");
    plan.earlier[0].origin = S("other.example/log/main");
    denies(s, &plan, "of another log");
    shelf_close(s);
}

static void keys_and_policies_bind(void **state)
{
    (void)state;
    static const unsigned char seeds[3][32] = {{1}, {2}, {3}};
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    sign_key foreign = sign_key_from_seed(seeds[0]);
    plan.vkey = note_vkey(s->a, NAME, foreign.public_key);
    denies(s, &plan, "not signed by the log's key");
    plan.vkey = S("");
    policy p;
    policy_fault fault;
    str keys[2];
    checkpoint tree = tree_of(s, s->n);
    file *f = find(s, "checkpoint");
    for (int i = 0; i < 2; i++) {
        sign_key w = sign_key_from_seed(seeds[1 + i]);
        str name = i ? S("w2.example") : S("w1.example");
        note_key key = note_key_of(name, NOTE_COSIGNATURE, w.public_key);
        keys[i] = note_key_text(s->a, &key);
    }
    str text = arena_printf(s->a, "witness a %.*s\nwitness b %.*s\ngroup g 1 a b\nquorum g\n",
                            STR_FMT(keys[0]), STR_FMT(keys[1]));
    ASSERT_OK(policy_read(s->a, text, &p, &fault));
    plan.policy = &p;
    denies(s, &plan, "0 of the policy's 2 witnesses");
    sign_key w = sign_key_from_seed(seeds[2]);
    str body = arena_printf(s->a, "%.*s\n601\n%.*s\n", STR_FMT(NAME),
                            STR_FMT(base64_make(s->a, hash_str(&tree.root))));
    str line = note_cosign(s->a, body, S("w2.example"), 1700000000, &w);
    f->bytes = arena_printf(s->a, "%.*s%.*s", STR_FMT(f->bytes), STR_FMT(line));
    assert_int_equal(agrees(s, &plan).witnesses, 1);
    text = arena_printf(s->a, "log %.*s\nquorum none\n",
                        STR_FMT(note_vkey(s->a, NAME, foreign.public_key)));
    ASSERT_OK(policy_read(s->a, text, &p, &fault));
    denies(s, &plan, "does not name this log's key");
    shelf_close(s);
}

static str stamp_path(shelf *s, size_t size, const char *ending)
{
    return arena_printf(s->a, "timestamps/%zu.%s", size, ending);
}

/* Files of a stamp; not yet listed. */
static void stamp(shelf *s, authority *t, size_t size)
{
    checkpoint tree = tree_of(s, size);
    str note = note_checkpoint(s->a, NAME, size, &tree.root, &s->key);
    timestamp_question question = {.imprint = hash_sha256(note), .policy = S("")};
    put_file(s, stamp_path(s, size, "checkpoint"), note);
    put_file(s, stamp_path(s, size, "tsr"), arena_copy(s->a, authority_answer_to(t, &question)));
}

static void publish_stamps(shelf *s, authority *t)
{
    publish_all(s);
    stamp(s, t, 300);
    stamp(s, t, 601);
    put_file(
        s, S("timestamps/index"),
        arena_printf(s->a, "300 %lld\n601 %lld\n", (long long)t->time_s, (long long)t->time_s));
}

static void stamps_hold(void **state)
{
    (void)state;
    authority t, other;
    authority_open(&t);
    authority_open(&other);
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    publish_stamps(s, &t);
    for (int with_ca = 0; with_ca < 2; with_ca++) {
        plan.timestamp_cas = with_ca ? t.root_pem : S("");
        audit_report report = agrees(s, &plan);
        assert_int_equal(report.stamps_n, 2);
        assert_int_equal(report.stamps[0].size, 300);
        assert_int_equal(report.stamps[1].time_s, t.time_s);
        assert_true(str_ends(report.stamps[1].authority, S("ber alles")));
        assert_false(report.stamps[1].is_closed);
    }
    plan.timestamp_cas = other.root_pem;
    denies(s, &plan, "timestamps/300.tsr: the signer's certificate");
    plan.timestamp_cas = t.root_pem;
    s->failure = ERR_IO;
    audit_report report;
    assert_int_equal(audit_run(s->a, &plan, &report), ERR_IO);
    shelf_close(s);
    authority_close(&other);
    authority_close(&t);
}

static void false_stamps_are_found(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    shelf *s = shelf_open();
    audit_plan plan = plan_of(s);
    static const char *const indexes[] = {"300 1", "x\n", "300\n", "601 5\n300 5\n", "300 5\n\n"};
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++) {
        publish_stamps(s, &t);
        find(s, "timestamps/index")->bytes = str_of(indexes[i]);
        denies(s, &plan, "timestamps/");
    }
    publish_stamps(s, &t);
    find(s, "timestamps/300.tsr")->path = S("elsewhere");
    audit_report report;
    assert_int_equal(audit_run(s->a, &plan, &report), ERR_NOT_FOUND);
    assert_true(str_eq(report.finding, S("timestamps/300.tsr is missing")));
    publish_stamps(s, &t);
    find(s, "timestamps/300.checkpoint")->bytes = find(s, "timestamps/601.checkpoint")->bytes;
    denies(s, &plan, "timestamps/300.checkpoint is no checkpoint of this size");
    publish_stamps(s, &t);
    find(s, "timestamps/300.tsr")->bytes = find(s, "timestamps/601.tsr")->bytes;
    denies(s, &plan, "timestamps/300.tsr: the stamp is of other bytes");
    publish_stamps(s, &t);
    find(s, "timestamps/index")->bytes = S("300 5\n");
    denies(s, &plan, "another time than timestamps/300.tsr");
    publish_stamps(s, &t);
    str kept[] = {find(s, "timestamps/300.checkpoint")->bytes,
                  find(s, "timestamps/300.tsr")->bytes};
    str moved = s->leaves[20]; /* leaves in another order, signed anew */
    s->leaves[20] = s->leaves[21];
    s->leaves[21] = moved;
    publish_stamps(s, &t);
    agrees(s, &plan);
    find(s, "timestamps/300.checkpoint")->bytes = kept[0];
    find(s, "timestamps/300.tsr")->bytes = kept[1];
    denies(s, &plan, "rewritten: the first 300 leaves are not those that were stamped");
    publish_stamps(s, &t);
    s->n = 400; /* set back */
    file stamped[FILES_MOST];
    size_t n = 0;
    for (size_t i = 0; i < s->files_n; i++)
        if (str_starts(s->files[i].path, S("timestamps/")))
            stamped[n++] = s->files[i];
    publish_all(s);
    for (size_t i = 0; i < n; i++)
        put_file(s, stamped[i].path, stamped[i].bytes);
    denies(s, &plan, "rolled back: 601 leaves were stamped before, now only 400");
    shelf_close(s);
    authority_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_logs_agree),       cmocka_unit_test(damage_is_found),
        cmocka_unit_test(signed_lies_are_found),  cmocka_unit_test(histories_are_compared),
        cmocka_unit_test(keys_and_policies_bind), cmocka_unit_test(stamps_hold),
        cmocka_unit_test(false_stamps_are_found),
    };
    return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
