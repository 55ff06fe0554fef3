/* SPDX-License-Identifier: EUPL-1.2 */
/* The commitment, recomputed from the formula of docs/log.md with OpenSSL alone, and the payload.
 */

#include "core/record.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 24 };

static core_keys keys_of(unsigned char first)
{
    key32 master = {.at = {first}};
    return core_keys_derive(&master);
}

static record sample(void)
{
    record r = {.campaign = S("main"),
                .text_hash = S("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
                .lang = S("el"),
                .kind = SIGNER_MANDATE,
                .name = {S("Άννα Παπαδοπούλου")},
                .organisation = S("Region Midtjylland"),
                .mail = {S("Anna@example.org")},
                .country = S("GR"),
                .region = S("Κρήτη"),
                .is_listed = true,
                .day = 20619,
                .function = S("Mayor\nof two lines"),
                .type = S("local"),
                .authority = S("back\\slash \\n and\n\nnewlines\\"),
                .reason = S("name x\nseed y\n"),
                .website = S("https://example.org/"),
                .group = S("Group of the\\nhills")};
    for (size_t i = 0; i < sizeof r.seed; i++)
        r.seed[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < sizeof r.mailbox.at; i++)
        r.mailbox.at[i] = (unsigned char)(255 - i);
    return r;
}

/* --- the formula --- */

static void add_field(buf *whole, const record *r, const char *name, const char *value)
{
    unsigned char salt[32], hash[32];
    unsigned salt_bytes = sizeof salt;
    str label = arena_printf(whole->home, "sig1/salt/%s", name);
    HMAC(EVP_sha256(), r->seed, sizeof r->seed, (const unsigned char *)label.at, label.n, salt,
         &salt_bytes);
    buf field = buf_in(whole->home);
    buf_put(&field, S("sig1/field\n"));
    buf_put(&field, (str){(const char *)salt, sizeof salt});
    buf_printf(&field, "%s\n%s", name, value);
    SHA256((const unsigned char *)field.at, field.n, hash);
    buf_put(whole, (str){(const char *)hash, sizeof hash});
}

static void commitment_follows_the_formula(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    record r = sample();
    unsigned char expected[32];
    buf whole = buf_in(a);
    buf_put(&whole, S("sig1/commit\n"));
    add_field(&whole, &r, "campaign", "main");
    add_field(&whole, &r, "text",
              "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
    add_field(&whole, &r, "lang", "el");
    add_field(&whole, &r, "kind", "m");
    add_field(&whole, &r, "name", "Άννα Παπαδοπούλου");
    add_field(&whole, &r, "org", "Region Midtjylland");
    add_field(&whole, &r, "mail", "Anna@example.org");
    add_field(&whole, &r, "cc", "GR");
    add_field(&whole, &r, "region", "Κρήτη");
    add_field(&whole, &r, "show", "1");
    add_field(&whole, &r, "uniq", "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0");
    add_field(&whole, &r, "day", "20619");
    SHA256((const unsigned char *)whole.at, whole.n, expected);
    hash32 mine = record_commitment(a, &r);
    assert_memory_equal(mine.at, expected, sizeof expected);
    arena_close(a);
}

static void every_committed_field_counts(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    const record base = sample();
    hash32 seen[16];
    size_t n = 0;
    seen[n++] = record_commitment(a, &base);
#define CHANGED(change)                                                                            \
    do {                                                                                           \
        record r = base;                                                                           \
        change;                                                                                    \
        seen[n++] = record_commitment(a, &r);                                                      \
    } while (0)
    CHANGED(r.seed[31] ^= 1);
    CHANGED(r.campaign = S("mair"));
    CHANGED(r.text_hash = S(""));
    CHANGED(r.lang = S("da"));
    CHANGED(r.kind = SIGNER_PERSON);
    CHANGED(r.name.private_text = S("Anna"));
    CHANGED(r.organisation = S(""));
    CHANGED(r.mail.private_text = S("anna@example.org"));
    CHANGED(r.country = S("CY"));
    CHANGED(r.region = S("Κρήτ"));
    CHANGED(r.is_listed = false);
    CHANGED(r.mailbox.at[15] ^= 1);
    CHANGED(r.day++);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(seen[i].at, seen[k].at, 32);
    /* And only those. */
    record r = base;
    r.function = r.type = r.authority = r.reason = r.website = r.group = S("other");
    assert_memory_equal(record_commitment(a, &r).at, seen[0].at, 32);
    arena_close(a);
}

/* Moving text from one field to its neighbour is another commitment. */
static void fields_do_not_run_together(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    record one = sample(), two = sample();
    one.name.private_text = S("AB");
    one.organisation = S("C");
    two.name.private_text = S("A");
    two.organisation = S("BC");
    hash32 left = record_commitment(a, &one), right = record_commitment(a, &two);
    assert_memory_not_equal(left.at, right.at, 32);
    arena_close(a);
}

/* --- the payload --- */

static void assert_same(const record *left, const record *right)
{
    assert_memory_equal(left->seed, right->seed, sizeof left->seed);
    assert_true(str_eq(left->campaign, right->campaign));
    assert_true(str_eq(left->text_hash, right->text_hash));
    assert_true(str_eq(left->lang, right->lang));
    assert_int_equal(left->kind, right->kind);
    assert_true(str_eq(personal_text(left->name), personal_text(right->name)));
    assert_true(str_eq(left->organisation, right->organisation));
    assert_true(str_eq(personal_text(left->mail), personal_text(right->mail)));
    assert_true(str_eq(left->country, right->country));
    assert_true(str_eq(left->region, right->region));
    assert_int_equal(left->is_listed, right->is_listed);
    assert_memory_equal(left->mailbox.at, right->mailbox.at, sizeof left->mailbox.at);
    assert_int_equal(left->day, right->day);
    assert_true(str_eq(left->function, right->function));
    assert_true(str_eq(left->type, right->type));
    assert_true(str_eq(left->authority, right->authority));
    assert_true(str_eq(left->reason, right->reason));
    assert_true(str_eq(left->website, right->website));
    assert_true(str_eq(left->group, right->group));
}

static void payloads_come_back(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    core_keys keys = keys_of(1);
    record full = sample(), empty = {.campaign = S(""), .kind = SIGNER_PERSON};
    record *const all[] = {&full, &empty};
    for (size_t i = 0; i < 2; i++) {
        record back;
        hash32 commitment = record_commitment(a, all[i]);
        str sealed = record_seal(a, &keys, all[i], &commitment);
        assert_int_equal(record_open(a, &keys, sealed, hash_str(&commitment), &back), OK);
        assert_same(all[i], &back);
        assert_int_equal(str_find_str(sealed, S("example.org")), sealed.n);
        hash32 again = record_commitment(a, &back);
        assert_memory_equal(again.at, commitment.at, 32);
    }
    arena_close(a);
}

static void payloads_belong_to_their_commitment(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    core_keys keys = keys_of(1), foreign = keys_of(2);
    record r = sample(), back;
    hash32 commitment = record_commitment(a, &r), other = commitment;
    other.at[0] ^= 1;
    str sealed = record_seal(a, &keys, &r, &commitment);
    assert_int_equal(record_open(a, &keys, sealed, hash_str(&other), &back), ERR_INVALID);
    assert_int_equal(record_open(a, &keys, sealed, S(""), &back), ERR_INVALID);
    assert_int_equal(record_open(a, &foreign, sealed, hash_str(&commitment), &back), ERR_INVALID);
    for (size_t cut = 0; cut < sealed.n; cut += 13)
        assert_int_equal(record_open(a, &keys, str_head(sealed, cut), hash_str(&commitment), &back),
                         ERR_INVALID);
    char *changed = arena_cstr(a, sealed);
    changed[sealed.n / 2] ^= 1;
    assert_int_equal(record_open(a, &keys, (str){changed, sealed.n}, hash_str(&commitment), &back),
                     ERR_INVALID);
    /* Sealed by the right key, but no record. */
    static const char *const broken[] = {"", "seed 00\n", "seed\nseed\n", "name x\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(
            record_open(a, &keys,
                        seal_make(a, &keys.record, hash_str(&commitment), str_of(broken[i])),
                        hash_str(&commitment), &back),
            ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commitment_follows_the_formula),
        cmocka_unit_test(every_committed_field_counts),
        cmocka_unit_test(fields_do_not_run_together),
        cmocka_unit_test(payloads_come_back),
        cmocka_unit_test(payloads_belong_to_their_commitment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
