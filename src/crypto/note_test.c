/* SPDX-License-Identifier: EUPL-1.2 */
/* Notes against the example that the Go reference implementation publishes, and every way to write
 * a note a little wrong. */

#include "crypto/note.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static arena *a;
static sign_key key;
static str vkey;
static str good;
static hash32 root;

static int setup(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(1 << 24);
    unsigned char seed[32] = {7};
    key = sign_key_from_seed(seed);
    vkey = note_vkey(a, S("demo.example/log/7"), key.public_key);
    root = hash_sha256(S("root"));
    good = note_checkpoint(a, S("demo.example/log/7"), 20852163, &root, &key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

/* golang.org/x/mod/sumdb/note, package example. */
static void reads_the_published_note(void **state)
{
    (void)state;
    static const str text = STR_INIT("If you think cryptography is the answer to your problem,\n"
                                     "then you don't know what your problem is.\n");
    static const str signature =
        STR_INIT("\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
                 "KvqfqdngotpRZb6KE6RyyBwJnAM=\n");
    static const str published =
        STR_INIT("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    str note = arena_printf(a, "%.*s%.*s", STR_FMT(text), STR_FMT(signature));
    str read;
    assert_int_equal(note_read(a, note, published, &read), OK);
    assert_true(str_eq(read, text));
    assert_int_equal(note_read(a, note, vkey, &read), ERR_DENIED);
    checkpoint c;
    assert_int_equal(note_checkpoint_read(a, note, published, &c), ERR_INVALID);
}

static void checkpoint_comes_back(void **state)
{
    (void)state;
    checkpoint c;
    assert_int_equal(note_checkpoint_read(a, good, vkey, &c), OK);
    assert_true(str_eq(c.origin, S("demo.example/log/7")));
    assert_int_equal(c.size, 20852163);
    assert_true(hash_eq(&c.root, &root));
    str start = arena_printf(a, "demo.example/log/7\n20852163\n%s\n\n— demo.example/log/7 ",
                             arena_cstr(a, base64_make(a, hash_str(&root))));
    assert_true(str_starts(good, start));
    assert_int_equal(good.n, start.n + 92 + 1);

    str empty = note_checkpoint(a, S("demo.example/log/7"), 0, &root, &key);
    assert_int_equal(note_checkpoint_read(a, empty, vkey, &c), OK);
    assert_int_equal(c.size, 0);
    str largest = note_checkpoint(a, S("demo.example/log/7"), INT64_MAX, &root, &key);
    assert_int_equal(note_checkpoint_read(a, largest, vkey, &c), OK);
    assert_int_equal(c.size, INT64_MAX);
}

static void other_signatures_stand_beside(void **state)
{
    (void)state;
    unsigned char seed[32] = {9};
    sign_key witness = sign_key_from_seed(seed);
    size_t text_n = str_find_str(good, S("\n\n")) + 1;
    str cosigned = note_make(a, str_head(good, text_n), S("witness.example/w1"), &witness);
    str line = str_skip(cosigned, text_n + 1);
    str both = arena_printf(a, "%.*s%.*s", STR_FMT(good), STR_FMT(line));
    checkpoint c;
    assert_int_equal(note_checkpoint_read(a, both, vkey, &c), OK);
    both = arena_printf(a, "%.*s\n%.*s%.*s", STR_FMT(str_head(good, text_n)), STR_FMT(line),
                        STR_FMT(str_skip(good, text_n + 1)));
    assert_int_equal(note_checkpoint_read(a, both, vkey, &c), OK);
    assert_int_equal(note_checkpoint_read(a, cosigned, vkey, &c), ERR_DENIED);
    /* The witness signed it, but it is not the witness's log. */
    str witness_vkey = note_vkey(a, S("witness.example/w1"), witness.public_key);
    assert_int_equal(note_checkpoint_read(a, cosigned, witness_vkey, &c), ERR_INVALID);
    /* A good line does not make up for a wrong one of the same key. */
    char *wrong = arena_cstr(a, good);
    wrong[good.n - 10] = wrong[good.n - 10] == 'A' ? 'B' : 'A';
    both = arena_printf(a, "%.*s%s", STR_FMT(good), wrong + text_n + 1);
    assert_int_equal(note_checkpoint_read(a, both, vkey, &c), ERR_DENIED);

    buf many = buf_in(a);
    buf_put(&many, good);
    for (int i = 0; i < NOTE_MAX_SIGNATURES; i++)
        buf_put(&many, line);
    assert_int_equal(note_checkpoint_read(a, buf_str(&many), vkey, &c), ERR_INVALID);
}

/* Whatever byte changes, the note is not accepted with other content. */
static void every_changed_byte_is_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < good.n; i++) {
        for (unsigned flip = 1; flip < 256; flip += 17) {
            char *changed = arena_cstr(a, good);
            changed[i] = (char)((unsigned char)changed[i] ^ flip);
            checkpoint c;
            assert_int_not_equal(note_checkpoint_read(a, (str){changed, good.n}, vkey, &c), OK);
        }
    }
    for (size_t n = 0; n < good.n; n++) {
        checkpoint c;
        assert_int_equal(note_checkpoint_read(a, str_head(good, n), vkey, &c), ERR_INVALID);
    }
}

/* Properly signed, but not a checkpoint that our writer makes. */
static void odd_checkpoints_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "demo.example/log/7\n",
        "demo.example/log/7\n5\n",
        "demo.example/log/7\n05\n%s\n",
        "demo.example/log/7\n+5\n%s\n",
        "demo.example/log/7\n-5\n%s\n",
        "demo.example/log/7\n 5\n%s\n",
        "demo.example/log/7\n\n%s\n",
        "demo.example/log/7\n9223372036854775808\n%s\n",
        "demo.example/log/7\n5\n%s\nextension\n",
        "demo.example/log/7\n5\n%s\n\n",
        "demo.example/log/7\n5\n\n%s\n",
        "demo.example/log/7\n5\n%s \n",
        "demo.example/log/7\n5\nAAAA\n",
        "demo.example/log/8\n5\n%s\n",
        "\n5\n%s\n",
    };
    char *root_text = arena_cstr(a, base64_make(a, hash_str(&root)));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        buf b = buf_in(a);
        str text = str_of(texts[i]);
        size_t at = str_find(text, '%');
        buf_put(&b, str_head(text, at));
        if (at < text.n) {
            buf_put(&b, str_of(root_text));
            buf_put(&b, str_skip(text, at + 2));
        }
        str note = note_make(a, buf_str(&b), S("demo.example/log/7"), &key);
        str read;
        assert_int_equal(note_read(a, note, vkey, &read), OK);
        assert_true(str_eq(read, buf_str(&b)));
        checkpoint c;
        assert_int_equal(note_checkpoint_read(a, note, vkey, &c), ERR_INVALID);
    }
}

static void odd_notes_are_refused(void **state)
{
    (void)state;
    size_t text_n = str_find_str(good, S("\n\n")) + 1;
    str text = str_head(good, text_n);
    str line = str_skip(good, text_n + 1);
    str bare = str_head(line, line.n - 1);
    const str notes[] = {
        S(""),
        S("\n"),
        S("\n\n"),
        text,
        arena_printf(a, "%.*s\n", STR_FMT(text)),
        arena_printf(a, "%.*s%.*s", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s", STR_FMT(text), STR_FMT(bare)),
        arena_printf(a, "%.*s\n%.*s\r\n", STR_FMT(text), STR_FMT(bare)),
        arena_printf(a, "%.*s\n %.*s", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s \n", STR_FMT(text), STR_FMT(bare)),
        arena_printf(a, "%.*s\n-%.*s", STR_FMT(text), STR_FMT(str_skip(line, 3))),
        arena_printf(a, "%.*s\n%.*sx\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s— a+b AAAAAAA=\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s— w AAAAAA==\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s— w AAAAAAA\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s— w  AAAAAAA=\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "%.*s\n%.*s— w\n", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "x\ty\n%.*s\n%.*s", STR_FMT(text), STR_FMT(line)),
        arena_printf(a, "\xC3\x28\n%.*s\n%.*s", STR_FMT(text), STR_FMT(line)),
    };
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        str read;
        assert_int_equal(note_read(a, notes[i], vkey, &read), ERR_INVALID);
    }
    char *huge = arena_alloc(a, NOTE_MAX_BYTES + 1);
    memset(huge, 'x', NOTE_MAX_BYTES - good.n);
    huge[NOTE_MAX_BYTES - good.n] = '\n';
    memcpy(huge + NOTE_MAX_BYTES + 1 - good.n, good.at, good.n);
    str read;
    assert_int_equal(note_read(a, (str){huge, NOTE_MAX_BYTES + 1}, vkey, &read), ERR_INVALID);
    assert_int_equal(note_read(a, (str){huge + 1, NOTE_MAX_BYTES}, vkey, &read), ERR_DENIED);
}

static void odd_keys_are_refused(void **state)
{
    (void)state;
    str id_and_key = str_skip(vkey, str_find(vkey, '+'));
    const str keys[] = {
        S(""),
        S("+"),
        S("++"),
        S("demo.example/log/7"),
        id_and_key,
        arena_printf(a, "other%.*s", STR_FMT(id_and_key)),
        arena_printf(a, "demo.example/log/7 %.*s", STR_FMT(id_and_key)),
        arena_printf(a, "%.*s\n", STR_FMT(vkey)),
        arena_printf(a, "%.*s=", STR_FMT(vkey)),
        str_head(vkey, vkey.n - 4),
    };
    str read;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        assert_int_equal(note_read(a, good, keys[i], &read), ERR_INVALID);
    for (size_t i = 0; i < vkey.n; i++) {
        char *changed = arena_cstr(a, vkey);
        changed[i] = changed[i] == 'a' ? 'b' : 'a';
        if (vkey.at[i] != changed[i])
            assert_int_not_equal(note_read(a, good, (str){changed, vkey.n}, &read), OK);
    }
    assert_false(note_name_ok(S("")));
    assert_false(note_name_ok(S("a b")));
    assert_false(note_name_ok(S("a\xC2\xA0 b")));
    assert_false(note_name_ok(S("a\xE2\x80\xA8")));
    assert_false(note_name_ok(S("a+b")));
    assert_false(note_name_ok(S("a\x7f\x01")));
    assert_false(note_name_ok(S("a\xff")));
    assert_true(note_name_ok(S("όνομα.example/log/1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_published_note),
        cmocka_unit_test(checkpoint_comes_back),
        cmocka_unit_test(other_signatures_stand_beside),
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(odd_checkpoints_are_refused),
        cmocka_unit_test(odd_notes_are_refused),
        cmocka_unit_test(odd_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
