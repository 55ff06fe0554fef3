/* SPDX-License-Identifier: EUPL-1.2 */
/* Every rule of the log, kept and broken; and that the table of commitments and the memory of
 * leaves grow without forgetting. */

#include "core/recount.h"

#include "test_core.h"

enum { HASH_DIGITS = 64 };

typedef struct book {
    arena *a;
    recount *r;
} book;

static book book_open(void)
{
    crypto_init();
    return (book){arena_open(64 << 20), recount_open()};
}

static void book_close(book *b)
{
    recount_close(b->r);
    arena_close(b->a);
}

static str digits(book *b, uint64_t n)
{
    return arena_printf(b->a, "%064llx", (unsigned long long)n);
}

static void take(book *b, str leaf)
{
    if (!recount_take(b->r, leaf))
        fail_msg("%s: %.*s", recount_fault(b->r), STR_FMT(leaf));
}

static void refuse(book *b, const char *leaf, const char *why)
{
    recounted before = recount_state(b->r);
    assert_false(recount_take(b->r, str_of(leaf)));
    assert_string_equal(recount_fault(b->r), why);
    recounted after = recount_state(b->r);
    assert_memory_equal(before.root.at, after.root.at, sizeof after.root.at);
    assert_int_equal(before.leaves, after.leaves);
    assert_int_equal(before.total, after.total);
}

/* The claim that holds now: "COUNT BREAKDOWN". */
static str claim(book *b)
{
    hash32 hash = hash_sha256(recount_breakdown(b->r, b->a));
    return arena_printf(b->a, "%lld %.*s", (long long)recount_state(b->r).total,
                        STR_FMT(hex_make(b->a, hash_str(&hash))));
}

static void add(book *b, const char *kind_and_country, uint64_t n)
{
    take(b, arena_printf(b->a, "sig1 add %s %.*s\n", kind_and_country, STR_FMT(digits(b, n))));
}

static void counts_by_kind_and_country(void **state)
{
    (void)state;
    book b = book_open();
    take(&b, arena_printf(b.a, "sig1 open %.*s\n", STR_FMT(digits(&b, 7))));
    assert_int_equal(recount_state(b.r).manifest.at[31], 7);
    take(&b, arena_printf(b.a, "sig1 tally 1 %.*s\n", STR_FMT(claim(&b))));
    add(&b, "p DK", 1);
    add(&b, "o ZZ", 2);
    add(&b, "m GR", 3);
    add(&b, "p DK", 4);
    take(&b, S("sig1 sub 2 withdrawn\n"));
    take(&b, S("sig1 undo 2\n"));
    take(&b, S("sig1 sub 2 duplicate\n"));
    take(&b, S("sig1 sub 3 invalid\n"));
    take(&b, arena_printf(b.a, "sig1 mode async %.*s\n", STR_FMT(digits(&b, 9))));
    take(&b, S("sig1 key organiser name+00000000+BASE64\n"));
    ASSERT_STR(recount_breakdown(b.r, b.a), S("m GR 1\np DK 1\n"));
    take(&b, arena_printf(b.a, "sig1 tally 12 %.*s\n", STR_FMT(claim(&b))));
    assert_false(recount_counts(b.r, 2));
    assert_true(recount_counts(b.r, 4));
    assert_false(recount_counts(b.r, 0));
    assert_false(recount_counts(b.r, 999));
    take(&b, arena_printf(b.a, "sig1 close %.*s\n", STR_FMT(claim(&b))));
    take(&b, S("sig1 sub 5 withdrawn\n")); /* people may still leave */
    recounted now = recount_state(b.r);
    assert_int_equal(now.leaves, 15);
    assert_int_equal(now.adds, 4);
    assert_int_equal(now.subs, 4);
    assert_int_equal(now.undos, 1);
    assert_int_equal(now.tallies, 2);
    assert_int_equal(now.keys, 1);
    assert_int_equal(now.of[SIGNER_PERSON - 1], 0);
    assert_int_equal(now.of[SIGNER_ORGANISATION - 1], 0);
    assert_int_equal(now.of[SIGNER_MANDATE - 1], 1);
    assert_int_equal(now.total, 1);
    assert_true(now.is_closed);
    book_close(&b);
}

#define HEX "00000000000000000000000000000000000000000000000000000000000000"
#define NO_LINE "not one line of at most 200 ASCII characters"
#define OF_NOTHING "a sub or undo of something else than an earlier add"

/* After the leaves that the test begins with. */
static const struct {
    const char *leaf, *why;
} broken[] = {
    {"", NO_LINE},
    {"\n", NO_LINE},
    {"sig1 undo 2", NO_LINE},
    {"sig1 undo 2\n\n", NO_LINE},
    {"sig1 undo 2\r\n", NO_LINE},
    {"sig1 \xC3\xA9 2\n", NO_LINE},
    {"sig2 undo 2\n", "not a line of this format"},
    {"sig1  undo 2\n", "unknown verb"},
    {"sig1 vote 2\n", "unknown verb"},
    {"sig1 open " HEX "01\n", "open is leaf 0, and only there"},
    {"sig1 add x DK " HEX "05\n", "malformed add"},
    {"sig1 add p dk " HEX "05\n", "malformed add"},
    {"sig1 add p DKK " HEX "05\n", "malformed add"},
    {"sig1 add p DK " HEX "0g\n", "malformed add"},
    {"sig1 add p DK " HEX "0F\n", "malformed add"},
    {"sig1 add p DK " HEX "05 \n", "malformed add"},
    {"sig1 add p DK " HEX "01\n", "the same commitment is added twice"},
    {"sig1 add o GR " HEX "02\n", "the same commitment is added twice"},
    {"sig1 sub 2 withdrawn\n", "a second sub of the same add"},
    {"sig1 sub 1 bored\n", "unknown reason"},
    {"sig1 sub 1 withdrawn \n", "unknown reason"},
    {"sig1 sub 1\n", "unknown reason"},
    {"sig1 sub 01 withdrawn\n", "malformed position"},
    {"sig1 sub -1 withdrawn\n", "malformed position"},
    {"sig1 sub 99999999999999999999 withdrawn\n", "malformed position"},
    {"sig1 sub 0 withdrawn\n", OF_NOTHING},
    {"sig1 sub 3 withdrawn\n", OF_NOTHING},
    {"sig1 sub 4 withdrawn\n", OF_NOTHING},
    {"sig1 undo 1\n", "an undo without a sub"},
    {"sig1 undo 4\n", OF_NOTHING},
    {"sig1 undo 2 \n", "malformed position"},
    {"sig1 tally 3 1 " HEX "01\n", "a tally of another size"},
    {"sig1 tally 4 2 " HEX "01\n", "a tally or close with another count"},
    {"sig1 tally 4 1 " HEX "01\n", "a tally or close with another breakdown"},
    {"sig1 tally 4 1 " HEX "0\n", "malformed tally or close"},
    {"sig1 close 2 " HEX "01\n", "a tally or close with another count"},
    {"sig1 close 1 " HEX "01\n", "a tally or close with another breakdown"},
    {"sig1 mode loud " HEX "01\n", "malformed mode"},
    {"sig1 key log\n", "malformed key"},
    {"sig1 key friend x\n", "malformed key"},
};

static void broken_rules_are_named(void **state)
{
    (void)state;
    book b = book_open();
    refuse(&b, "sig1 add p DK " HEX "01\n", "open is leaf 0, and only there");
    refuse(&b, "sig1 open " HEX "0\n", "malformed open");
    refuse(&b, "sig1 open " HEX "0A\n", "malformed open");
    take(&b, S("sig1 open " HEX "01\n"));
    take(&b, S("sig1 add p DK " HEX "01\n"));
    take(&b, S("sig1 add p DK " HEX "02\n"));
    take(&b, S("sig1 sub 2 withdrawn\n"));
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        refuse(&b, broken[i].leaf, broken[i].why);
    take(&b, arena_printf(b.a, "sig1 close %.*s\n", STR_FMT(claim(&b))));
    refuse(&b, "sig1 add p DK " HEX "03\n", "an add after the close");
    refuse(&b, arena_printf(b.a, "sig1 close %.*s\n", STR_FMT(claim(&b))).at, "a second close");
    book_close(&b);
}

enum { MANY = 20000 };

static void many_are_remembered(void **state)
{
    (void)state;
    book b = book_open();
    take(&b, S("sig1 open " HEX "01\n"));
    for (uint64_t i = 1; i <= MANY; i++) {
        arena_reset(b.a);
        add(&b, "p DK", i);
    }
    for (uint64_t i = 1; i <= MANY; i += 97) {
        arena_reset(b.a);
        refuse(&b, arena_printf(b.a, "sig1 add p DK %.*s\n", STR_FMT(digits(&b, i))).at,
               "the same commitment is added twice");
        take(&b, arena_printf(b.a, "sig1 sub %llu invalid\n", (unsigned long long)i));
    }
    assert_int_equal(recount_state(b.r).total, MANY - (MANY + 96) / 97);
    book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_kind_and_country),
        cmocka_unit_test(broken_rules_are_named),
        cmocka_unit_test(many_are_remembered),
    };
    return cmocka_run_group_tests_name("recount", tests, NULL, NULL);
}
