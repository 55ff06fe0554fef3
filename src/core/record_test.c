/* SPDX-License-Identifier: EUPL-1.2 */
/* The commitment, recomputed from the formula of docs/log.md with OpenSSL alone, and the file.
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
    for (size_t i = 0; i < sizeof r.seed.at; i++)
        r.seed.at[i] = (unsigned char)(i * 7 + 1);
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
    HMAC(EVP_sha256(), r->seed.at, sizeof r->seed.at, (const unsigned char *)label.at, label.n,
         salt, &salt_bytes);
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
    CHANGED(r.seed.at[31] ^= 1);
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

/* --- the file --- */

static void assert_same(const record *left, const record *right)
{
    assert_memory_equal(left->seed.at, right->seed.at, sizeof left->seed.at);
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

static const age_identity organiser = {.at = {42}};

/* A declaration whose records are sealed to the organiser, or opened by the server too. */
static declaration declaration_of(arena *a, record_mode mode, size_t recipients)
{
    age_recipient *all = arena_array(a, age_recipient, 2);
    age_identity other = {.at = {43}};
    all[0] = age_recipient_of(&organiser);
    all[1] = age_recipient_of(&other);
    return (declaration){.slug = S("main"), .records = mode, .recipients = {all, recipients}};
}

static void files_come_back(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    core_keys keys = keys_of(1);
    declaration d = declaration_of(a, RECORDS_SEALED, 2);
    record full = sample(), empty = {.campaign = S(""), .kind = SIGNER_PERSON};
    record *const all[] = {&full, &empty};
    for (size_t i = 0; i < 2; i++) {
        record back;
        age_file_key file_key, of_header;
        str plain;
        hash32 again, commitment = record_commitment(a, all[i]);
        sealed_record sealed = record_seal(a, &keys, &d, all[i], &commitment, &file_key);
        assert_int_equal(record_open(a, &file_key, sealed.payload, hash_str(&commitment), &back),
                         OK);
        assert_same(all[i], &back);
        assert_int_equal(str_find_str(sealed.payload, S("example.org")), sealed.payload.n);
        again = record_commitment(a, &back);
        assert_memory_equal(again.at, commitment.at, 32);
        /* What the organiser does. */
        assert_int_equal(age_header_open(sealed.header, &organiser, 1, &of_header), OK);
        assert_int_equal(age_payload_open(a, &of_header, sealed.payload, &plain), OK);
        assert_int_equal(record_read(a, plain, NULL, &back, &again), OK);
        assert_same(all[i], &back);
        assert_memory_equal(again.at, commitment.at, 32);
    }
    arena_close(a);
}

/* In a sealed declaration nothing that the server stores opens with the server's keys. */
static void the_server_opens_only_what_it_may(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    core_keys keys = keys_of(1), foreign = keys_of(2);
    record r = sample(), back;
    hash32 commitment = record_commitment(a, &r), other = commitment;
    other.at[0] ^= 1;
    age_file_key file_key, got;
    declaration sealing = declaration_of(a, RECORDS_SEALED, 2);
    sealed_record sealed = record_seal(a, &keys, &sealing, &r, &commitment, &file_key);
    assert_int_equal(sealed.header.n, 266);
    assert_int_equal(sealed.server.n, 0);
    assert_int_equal(record_server_key(a, &keys, sealed.server, hash_str(&commitment), &got),
                     ERR_NOT_FOUND);
    declaration open = declaration_of(a, RECORDS_SERVER, 0);
    sealed = record_seal(a, &keys, &open, &r, &commitment, &file_key);
    assert_int_equal(sealed.header.n, 0);
    assert_int_equal(record_server_key(a, &keys, sealed.server, hash_str(&commitment), &got), OK);
    assert_int_equal(record_open(a, &got, sealed.payload, hash_str(&commitment), &back), OK);
    assert_int_equal(record_server_key(a, &keys, sealed.server, hash_str(&other), &got),
                     ERR_NOT_FOUND);
    assert_int_equal(record_server_key(a, &foreign, sealed.server, hash_str(&commitment), &got),
                     ERR_NOT_FOUND);
    /* Each file has a key of its own. */
    age_file_key second;
    record_seal(a, &keys, &open, &r, &commitment, &second);
    assert_memory_not_equal(&second, &file_key, sizeof second);
    arena_close(a);
}

static void files_belong_to_their_commitment(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    core_keys keys = keys_of(1);
    declaration d = declaration_of(a, RECORDS_SEALED, 2);
    record r = sample(), back;
    hash32 commitment = record_commitment(a, &r), other = commitment;
    other.at[0] ^= 1;
    age_file_key file_key, wrong = {{1}};
    str payload = record_seal(a, &keys, &d, &r, &commitment, &file_key).payload;
    assert_int_equal(record_open(a, &file_key, payload, hash_str(&other), &back), ERR_INVALID);
    assert_int_equal(record_open(a, &file_key, payload, S(""), &back), ERR_INVALID);
    assert_int_equal(record_open(a, &wrong, payload, hash_str(&commitment), &back), ERR_INVALID);
    for (size_t cut = 0; cut < payload.n; cut += 13)
        assert_int_equal(
            record_open(a, &file_key, str_head(payload, cut), hash_str(&commitment), &back),
            ERR_INVALID);
    /* A file that claims the commitment of somebody else: its fields give another one. */
    payload = record_seal(a, &keys, &d, &r, &other, &file_key).payload;
    assert_int_equal(record_open(a, &file_key, payload, hash_str(&other), &back), ERR_INVALID);
    assert_int_equal(record_open(a, &file_key, payload, hash_str(&commitment), &back), ERR_INVALID);
    arena_close(a);
}

static void other_lines_are_refused(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    core_keys keys = keys_of(1);
    declaration d = declaration_of(a, RECORDS_SEALED, 2);
    record r = sample(), back;
    hash32 commitment = record_commitment(a, &r), again;
    age_file_key file_key;
    str plain;
    str payload = record_seal(a, &keys, &d, &r, &commitment, &file_key).payload;
    assert_int_equal(age_payload_open(a, &file_key, payload, &plain), OK);
    assert_int_equal(record_read(a, plain, NULL, &back, &again), OK);
    for (size_t cut = 0; cut < plain.n; cut++)
        assert_int_equal(record_read(a, str_head(plain, cut), NULL, &back, &again), ERR_INVALID);
    assert_int_equal(record_read(a, arena_printf(a, "%.*sx", STR_FMT(plain)), NULL, &back, &again),
                     ERR_INVALID);
    static const char *const broken[] = {"",
                                         "\n",
                                         "undersigned record 2\n",
                                         "seed 00\n",
                                         "undersigned record 1\nseed 00\n",
                                         "undersigned record 1\ncommitment 00\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_int_equal(record_read(a, str_of(broken[i]), NULL, &back, &again), ERR_INVALID);
    arena_close(a);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commitment_follows_the_formula),
        cmocka_unit_test(every_committed_field_counts),
        cmocka_unit_test(fields_do_not_run_together),
        cmocka_unit_test(files_come_back),
        cmocka_unit_test(the_server_opens_only_what_it_may),
        cmocka_unit_test(files_belong_to_their_commitment),
        cmocka_unit_test(other_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
