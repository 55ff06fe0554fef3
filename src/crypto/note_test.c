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

/* A checkpoint of a public Certificate Transparency log, as its witnesses cosigned it. */
static void reads_what_others_cosigned(void **state)
{
    (void)state;
    static const str note =
        STR_INIT("arche2025h1.staging.ct.transparency.dev\n1432088532\n"
                 "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\n"
                 "— arche2025h1.staging.ct.transparency.dev "
                 "zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGRE"
                 "PMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
                 "— arche2025h1.staging.ct.transparency.dev "
                 "ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC"
                 "3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
                 "— transparency.dev/DEV:witness-little-garden "
                 "2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ"
                 "2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n"
                 "— remora.n621.de "
                 "2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9"
                 "sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n");
    static const str log = STR_INIT("arche2025h1.staging.ct.transparency.dev+ba2f06c0+"
                                    "AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f");
    static const str witness =
        STR_INIT("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2");
    str text, read;
    note_lines lines;
    note_key known;
    checkpoint c;
    int64_t time_s = 0;
    assert_int_equal(note_split(a, note, &text, &lines), OK);
    assert_int_equal(lines.n, 4);
    assert_int_equal(note_checkpoint_read(a, note, log, &c), OK);
    assert_int_equal(c.size, 1432088532);
    assert_int_equal(note_key_read(a, witness, &known), OK);
    assert_int_equal(known.kind, NOTE_COSIGNATURE);
    assert_true(str_eq(note_key_text(a, &known), witness));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(note_line_check(a, &lines.at[i], text, &known, &time_s), ERR_NOT_FOUND);
    assert_int_equal(note_line_check(a, &lines.at[3], text, &known, &time_s), OK);
    assert_int_equal(time_s, 0x6a122120);
    assert_int_equal(note_line_check(a, &lines.at[3], str_skip(text, 1), &known, &time_s),
                     ERR_DENIED);
    /* A witness's key is no log's. */
    assert_int_equal(note_read(a, note, witness, &read), ERR_INVALID);
}

static void cosignatures_bind_text_time_and_key(void **state)
{
    (void)state;
    static const int64_t times[] = {0, 1, 1679315147, INT64_MAX};
    str text = str_head(good, str_find_str(good, S("\n\n")) + 1);
    unsigned char seed[32] = {9};
    sign_key witness = sign_key_from_seed(seed);
    note_key known = note_key_of(S("witness.example/w1"), NOTE_COSIGNATURE, witness.public_key);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        note_lines lines;
        int64_t time_s = -1;
        str made = note_cosign(a, text, known.name, times[i], &witness);
        assert_int_equal(note_lines_read(a, made, &lines), OK);
        assert_int_equal(lines.n, 1);
        assert_true(str_eq(lines.at[0].whole, made));
        assert_int_equal(note_line_check(a, &lines.at[0], text, &known, &time_s), OK);
        assert_int_equal(time_s, times[i]);
        for (size_t at = 4; at < lines.at[0].bytes.n; at++) {
            note_line changed = lines.at[0];
            char *bytes = arena_cstr(a, changed.bytes);
            bytes[at] = (char)((unsigned char)bytes[at] ^ 0x80);
            changed.bytes.at = bytes;
            assert_int_equal(note_line_check(a, &changed, text, &known, &time_s), ERR_DENIED);
        }
        note_line cut = lines.at[0];
        cut.bytes.n--;
        assert_int_equal(note_line_check(a, &cut, text, &known, &time_s), ERR_DENIED);
        assert_int_equal(note_line_check(a, &lines.at[0], S("other\n"), &known, &time_s),
                         ERR_DENIED);
        /* The same key as a log's has another id. */
        note_key as_log = note_key_of(known.name, NOTE_ED25519, witness.public_key);
        assert_int_equal(note_line_check(a, &lines.at[0], text, &as_log, &time_s), ERR_NOT_FOUND);
        note_key other = note_key_of(S("witness.example/w2"), NOTE_COSIGNATURE, witness.public_key);
        assert_int_equal(note_line_check(a, &lines.at[0], text, &other, &time_s), ERR_NOT_FOUND);
    }
    note_lines lines;
    assert_int_equal(note_lines_read(a, S(""), &lines), ERR_INVALID);
    assert_int_equal(note_lines_read(a, S("— w AAAAAAA="), &lines), ERR_INVALID);
    assert_int_equal(note_lines_read(a, S("— w AAAAAAA=\n\n"), &lines), ERR_INVALID);
    assert_int_equal(note_lines_read(a, S("49\n"), &lines), ERR_INVALID);
}

static void extensions_are_told(void **state)
{
    (void)state;
    static const str root_line = STR_INIT("U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n");
    checkpoint c;
    str text = arena_printf(a, "log\n5\n%.*sone\ntwo\n", STR_FMT(root_line));
    assert_int_equal(note_checkpoint_text(a, text, &c), OK);
    assert_true(str_eq(c.extension, S("one\ntwo\n")));
    text = arena_printf(a, "log\n5\n%.*s", STR_FMT(root_line));
    assert_int_equal(note_checkpoint_text(a, text, &c), OK);
    assert_int_equal(c.extension.n, 0);
    text = arena_printf(a, "log\n5\n%.*sone\n\ntwo\n", STR_FMT(root_line));
    assert_int_equal(note_checkpoint_text(a, text, &c), ERR_INVALID);
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
        cmocka_unit_test(reads_what_others_cosigned),
        cmocka_unit_test(cosignatures_bind_text_time_and_key),
        cmocka_unit_test(extensions_are_told),
        cmocka_unit_test(checkpoint_comes_back),
        cmocka_unit_test(other_signatures_stand_beside),
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(odd_checkpoints_are_refused),
        cmocka_unit_test(odd_notes_are_refused),
        cmocka_unit_test(odd_keys_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
