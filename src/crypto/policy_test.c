/* SPDX-License-Identifier: EUPL-1.2 */
/* Policies as C2SP writes them, each rule of the format broken once, and quorums counted against
 * a second way. */

#include "crypto/policy.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static arena *a;
static sign_key keys[10]; /* 0: the log */
static str log_vkey;
static str vkeys[10]; /* of the witnesses; 0: unused */

static int setup(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(1 << 26);
    for (unsigned char i = 0; i < 10; i++) {
        unsigned char seed[32] = {i, 1};
        keys[i] = sign_key_from_seed(seed);
        str name = arena_printf(a, "w%d.example", i);
        note_key key = note_key_of(name, NOTE_COSIGNATURE, keys[i].public_key);
        vkeys[i] = note_key_text(a, &key);
    }
    log_vkey = note_vkey(a, S("log.example/log/x"), keys[0].public_key);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

/* $0 is the log's key, $1 to $9 are the witnesses'. */
static str policy_text(const char *pattern)
{
    buf b = buf_in(a);
    for (const char *c = pattern; *c; c++) {
        if (*c != '$') {
            buf_put_char(&b, *c);
            continue;
        }
        c++;
        buf_put(&b, *c == '0' ? log_vkey : vkeys[*c - '0']);
    }
    return buf_str(&b);
}

static policy good(const char *pattern)
{
    policy p;
    policy_fault fault = {0};
    err e = policy_read(a, policy_text(pattern), &p, &fault);
    if (e != OK)
        print_error("line %d: %s\n", fault.line, fault.what);
    assert_int_equal(e, OK);
    return p;
}

#define TWO_LEVELS                                                                                 \
    "log $0\n\nwitness X1 $1\nwitness X2 $2\nwitness X3 $3\ngroup X-witnesses 2 X1 X2 X3\n\n"      \
    "witness Y1 $4\nwitness Y2 $5\nwitness Y3 $6\ngroup Y-witnesses any Y1 Y2 Y3\n\n"              \
    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"

static void two_levels_count(void **state)
{
    (void)state;
    policy p = good(TWO_LEVELS);
    assert_int_equal(p.logs_n, 1);
    assert_int_equal(p.witnesses_n, 6);
    assert_int_equal(p.names_n, 9);
    for (unsigned who = 0; who < 64; who++) {
        bool has[6];
        for (unsigned i = 0; i < 6; i++)
            has[i] = who >> i & 1;
        bool expected = has[0] + has[1] + has[2] >= 2 && (has[3] || has[4] || has[5]);
        assert_int_equal(policy_quorum(&p, has), expected);
    }
}

static void words_may_stand_apart(void **state)
{
    (void)state;
    policy p = good(" \t# a comment, \xC3\xA9t\xC3\xA9\n\t log\t $0 https://log.example/\t\n \n"
                    "witness \xE2\x84\xAA $1 https://w1.example/x\nquorum \xE2\x84\xAA\n"
                    "witness later $2\n# end\n");
    assert_true(str_eq(p.logs[0].url, S("https://log.example/")));
    assert_true(str_eq(p.witnesses[0].url, S("https://w1.example/x")));
    assert_int_equal(p.witnesses[1].url.n, 0);
    assert_true(str_eq(p.witnesses[0].key.name, S("w1.example")));
    assert_true(policy_quorum(&p, (const bool[]){true, false}));
    assert_false(policy_quorum(&p, (const bool[]){false, true}));
    p = good("quorum none\n");
    assert_int_equal(p.logs_n + p.witnesses_n, 0);
    assert_true(policy_quorum(&p, NULL));
    p = good("witness a $1\nwitness b $2\ngroup all 1 a b\nquorum all\n");
    assert_true(policy_quorum(&p, (const bool[]){false, true}));
    assert_false(policy_quorum(&p, (const bool[]){false, false}));
}

static void broken_rules_are_named(void **state)
{
    static const struct {
        const char *pattern;
        int line;
    } cases[] = {
        {"", 0},
        {"log $0\n", 0},
        {"quorum none", 0},
        {"quorum none\r\n", 1},
        {"quorum none\x7f\n", 1},
        {"quorum\n", 1},
        {"quorum none none\n", 1},
        {"quorum a\n", 1},
        {"quorum a\nwitness a $1\n", 1},
        {"quorum none\nquorum none\n", 2},
        {"Quorum none\n", 1},
        {"log\n", 1},
        {"log $0 url more\n", 1},
        {"log $1\n", 1},
        {"log demo+00000000+AAAA\n", 1},
        {"log $0\nlog $0\n", 2},
        {"witness a\n", 1},
        {"witness a $0\n", 1},
        {"witness a $1 url more\n", 1},
        {"witness none $1\n", 1},
        {"witness a $1\nwitness a $2\n", 2},
        {"witness a $1\nwitness b $1\n", 2},
        {"witness a $1\ngroup a any a\n", 2},
        {"witness a $1\ngroup g any\n", 2},
        {"witness a $1\ngroup g 0 a\n", 2},
        {"witness a $1\ngroup g 2 a\n", 2},
        {"witness a $1\ngroup g 01 a\n", 2},
        {"witness a $1\ngroup g -1 a\n", 2},
        {"witness a $1\ngroup g most a\n", 2},
        {"witness a $1\ngroup g any a a\n", 2},
        {"witness a $1\ngroup g any a\ngroup h any a\n", 3},
        {"witness a $1\ngroup g any none\n", 2},
        {"witness a $1\ngroup g any b\nwitness b $2\n", 2},
        {"group g any g\n", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        policy p;
        policy_fault fault = {-1, NULL};
        assert_int_equal(policy_read(a, policy_text(cases[i].pattern), &p, &fault), ERR_INVALID);
        assert_int_equal(fault.line, cases[i].line);
        assert_non_null(fault.what);
    }
    /* The same public key under another name is the same log. */
    str twin = note_vkey(a, S("twin.example/log/x"), keys[0].public_key);
    policy p;
    policy_fault fault;
    str text =
        arena_printf(a, "log %.*s\nlog %.*s\nquorum none\n", STR_FMT(log_vkey), STR_FMT(twin));
    assert_int_equal(policy_read(a, text, &p, &fault), ERR_INVALID);
    assert_int_equal(fault.line, 2);
}

static void limits_hold(void **state)
{
    (void)state;
    policy p;
    policy_fault fault;
    buf b = buf_in(a);
    for (int i = 0; i < POLICY_WITNESSES_MOST; i++) {
        unsigned char seed[32] = {(unsigned char)i, 2};
        sign_key key = sign_key_from_seed(seed);
        note_key named = note_key_of(S("w"), NOTE_COSIGNATURE, key.public_key);
        buf_printf(&b, "witness w%d %.*s\n", i, STR_FMT(note_key_text(a, &named)));
    }
    for (int i = 0; i < POLICY_NAMES_MOST - POLICY_WITNESSES_MOST; i++)
        buf_printf(&b, "group g%d any %c%d\n", i, i ? 'g' : 'w', i ? i - 1 : 0);
    str all = arena_copy(a, buf_str(&b));
    buf_put(&b, S("quorum g63\n"));
    assert_int_equal(policy_read(a, buf_str(&b), &p, &fault), OK);
    bool has[POLICY_WITNESSES_MOST] = {true};
    assert_true(policy_quorum(&p, has));
    has[0] = false;
    has[1] = true;
    assert_false(policy_quorum(&p, has));
    str more =
        arena_printf(a, "%.*switness more %.*s\nquorum none\n", STR_FMT(all), STR_FMT(vkeys[1]));
    assert_int_equal(policy_read(a, more, &p, &fault), ERR_INVALID);
    assert_int_equal(fault.line, POLICY_NAMES_MOST + 1);
    more = arena_printf(a, "%.*sgroup more any g63\nquorum none\n", STR_FMT(all));
    assert_int_equal(policy_read(a, more, &p, &fault), ERR_INVALID);
    char *large = arena_alloc(a, POLICY_BYTES_MOST + 1);
    memset(large, '\n', POLICY_BYTES_MOST + 1);
    assert_int_equal(policy_read(a, (str){large, POLICY_BYTES_MOST + 1}, &p, &fault), ERR_INVALID);
    assert_int_equal(fault.line, 0);
}

static str cosigned(const char *by)
{
    hash32 root = hash_sha256(S("root"));
    str note = note_checkpoint(a, S("log.example/log/x"), 1501, &root, &keys[0]);
    str text = str_head(note, str_find_str(note, S("\n\n")) + 1);
    buf b = buf_in(a);
    buf_put(&b, note);
    int64_t time_s = 1000;
    for (; *by; by++) {
        int i = *by - '0';
        buf_put(&b, note_cosign(a, text, arena_printf(a, "w%d.example", i), time_s++, &keys[i]));
    }
    return buf_str(&b);
}

static void checkpoints_are_judged(void **state)
{
    (void)state;
    policy p = good(TWO_LEVELS);
    policy_verdict v;
    assert_int_equal(policy_check(a, &p, NULL, cosigned(""), &v), OK);
    assert_false(v.has_quorum);
    assert_int_equal(v.cosigned, 0);
    assert_int_equal(policy_check(a, &p, NULL, cosigned("7126"), &v), OK);
    assert_true(v.has_quorum);
    assert_int_equal(v.cosigned, 3);
    assert_int_equal(v.checkpoint.size, 1501);
    assert_true(str_eq(note_key_text(a, &v.log), log_vkey));
    assert_int_equal(v.cosigned_s[0], 1001);
    assert_int_equal(v.cosigned_s[2], -1);
    assert_int_equal(v.cosigned_s[5], 1003);
    /* One witness twice is one witness; its later time counts, wherever it stands. */
    assert_int_equal(policy_check(a, &p, NULL, cosigned("1146"), &v), OK);
    assert_false(v.has_quorum);
    assert_int_equal(v.cosigned, 3);
    assert_int_equal(v.cosigned_s[0], 1001);
    /* A wrong line of a known key spoils the note, one of an unknown key does not. */
    str note = cosigned("1246");
    for (size_t i = 0; i < note.n; i++) {
        char *changed = arena_cstr(a, note);
        changed[i] = (char)((unsigned char)changed[i] ^ 1);
        err e = policy_check(a, &p, NULL, (str){changed, note.n}, &v);
        assert_true(e == ERR_INVALID || e == ERR_DENIED || (e == OK && v.cosigned < 4));
    }
}

static void logs_must_be_known(void **state)
{
    (void)state;
    policy p = good("witness a $1\nquorum a\n");
    policy_verdict v;
    note_key log = note_key_of(S("log.example/log/x"), NOTE_ED25519, keys[0].public_key);
    note_key renamed = note_key_of(S("log.example/log/y"), NOTE_ED25519, keys[0].public_key);
    note_key other = note_key_of(S("log.example/log/x"), NOTE_ED25519, keys[8].public_key);
    assert_int_equal(policy_check(a, &p, NULL, cosigned("1"), &v), ERR_DENIED);
    assert_int_equal(policy_check(a, &p, &renamed, cosigned("1"), &v), ERR_DENIED);
    assert_int_equal(policy_check(a, &p, &other, cosigned("1"), &v), ERR_DENIED);
    assert_int_equal(policy_check(a, &p, &log, cosigned("1"), &v), OK);
    assert_true(v.has_quorum);
    assert_int_equal(policy_check(a, &p, &log, S("nonsense"), &v), ERR_INVALID);
    str other_text = note_make(a, S("no checkpoint\n"), S("log.example/log/x"), &keys[0]);
    assert_int_equal(policy_check(a, &p, &log, other_text, &v), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_levels_count),       cmocka_unit_test(words_may_stand_apart),
        cmocka_unit_test(broken_rules_are_named), cmocka_unit_test(limits_hold),
        cmocka_unit_test(checkpoints_are_judged), cmocka_unit_test(logs_must_be_known),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
