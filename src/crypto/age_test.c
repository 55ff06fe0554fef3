/* SPDX-License-Identifier: EUPL-1.2 */
/* The key texts of the published description, a file written by the age tool, and that each
 * reader refuses what differs from the one right form. tests/e2e/age.mjs lets other programs read
 * and write the same files. */

#include "base/number.h"
#include "base/random.h"
#include "crypto/age.h"
#include "crypto/bech32.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* The example keys of C2SP age.md: 32 bytes of 0x42. */
#define EXAMPLE_IDENTITY                                                                           \
    "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define EXAMPLE_RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

#define FILE_OF_THE_AGE_TOOL                                                                       \
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBBcWNZaHJPUFFib293blpKS3VoeU9K"                     \
    "b1lUOG94Zkk0cDFBL3dnMllhZEdFCmJWengrdHZCUEE1aVJGOWZNQy9XMTRTeGVxbXUzODc0"                     \
    "Qy8zcWloWm1UV2sKLS0tIGQwQzlkbFk5akZGaGdyOFNRQ2xKRFJTeWdCb0JRN3dPekVJR0N1"                     \
    "OUtVV0UKyxjIZSPM3hFKlk+8s9dqHalyDIbihW4c4hg5Dc7SysY5a4+lthzMxor5HI/HzjeM"                     \
    "YfbmiX0="

static arena *a;

static int open_arena(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(64 << 20);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

static void assert_str(str got, str wanted)
{
    assert_int_equal(got.n, wanted.n);
    if (got.n)
        assert_memory_equal(got.at, wanted.at, got.n);
}

static age_identity example(void)
{
    age_identity identity;
    memset(identity.at, 0x42, sizeof(identity.at));
    return identity;
}

static str joined(str left, str right)
{
    buf b = buf_in(a);
    buf_put(&b, left);
    buf_put(&b, right);
    return buf_str(&b);
}

static str with_byte(str s, size_t at, char byte)
{
    char *copy = arena_cstr(a, s);
    copy[at] = byte;
    return (str){copy, s.n};
}

static str replaced(str s, str part, str by)
{
    size_t at = str_find_str(s, part);
    assert_true(at < s.n);
    return joined(joined(str_head(s, at), by), str_skip(s, at + part.n));
}

static void keys_have_the_published_texts(void **state)
{
    (void)state;
    age_identity identity = example();
    age_recipient recipient = age_recipient_of(&identity);
    assert_str(age_identity_text(a, &identity), S(EXAMPLE_IDENTITY));
    assert_str(age_recipient_text(a, &recipient), S(EXAMPLE_RECIPIENT));
    age_identity again;
    age_recipient public_again;
    assert_int_equal(age_identity_read(S(EXAMPLE_IDENTITY), &again), OK);
    assert_memory_equal(&again, &identity, sizeof(again));
    assert_int_equal(age_recipient_read(S(EXAMPLE_RECIPIENT), &public_again), OK);
    assert_memory_equal(&public_again, &recipient, sizeof(recipient));

    for (int i = 0; i < 50; i++) {
        identity = age_identity_make();
        recipient = age_recipient_of(&identity);
        assert_int_equal(age_identity_read(age_identity_text(a, &identity), &again), OK);
        assert_memory_equal(&again, &identity, sizeof(again));
        assert_int_equal(age_recipient_read(age_recipient_text(a, &recipient), &public_again), OK);
        assert_memory_equal(&public_again, &recipient, sizeof(recipient));
    }
}

static void mistyped_keys_are_refused(void **state)
{
    (void)state;
    age_recipient recipient;
    age_identity identity;
    str right = S(EXAMPLE_RECIPIENT);
    for (size_t i = 0; i < right.n; i++)
        assert_int_equal(
            age_recipient_read(with_byte(right, i, right.at[i] == 'q' ? 'p' : 'q'), &recipient),
            ERR_INVALID);
    assert_int_equal(age_recipient_read(S(""), &recipient), ERR_INVALID);
    assert_int_equal(age_recipient_read(str_head(right, right.n - 1), &recipient), ERR_INVALID);
    assert_int_equal(age_recipient_read(joined(right, S("q")), &recipient), ERR_INVALID);
    assert_int_equal(age_recipient_read(S(EXAMPLE_IDENTITY), &recipient), ERR_INVALID);
    assert_int_equal(age_identity_read(right, &identity), ERR_INVALID);
    assert_int_equal(
        age_recipient_read(S("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ"),
                           &recipient),
        ERR_INVALID);
    str lower = S("age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex");
    assert_int_equal(age_identity_read(lower, &identity), ERR_INVALID);
    assert_int_equal(age_identity_read(S("AGE-SECRET-KEY-1"), &identity), ERR_INVALID);
    /* Right checksums over bits that are left over: the last letter of the data holds one bit. */
    str left_over = S("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73e");
    assert_int_equal(age_recipient_read(left_over, &recipient), ERR_INVALID);
}

/* RFC 7748 section 6.1 names the all-zero check; these points lead to it for every secret. */
static void points_of_low_order_are_refused(void **state)
{
    (void)state;
    static const char *points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    age_identity identity = example();
    age_recipient to_example = age_recipient_of(&identity);
    age_file_key file_key = age_file_key_make();
    str header = age_header(a, &file_key, &to_example, 1);
    str share = str_head(str_skip(header, sizeof("age-encryption.org/v1\n-> X25519 ") - 1), 43);
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        unsigned char point[32];
        assert_int_equal(number_parse_hex(str_of(points[i]), point, sizeof(point)), OK);
        age_recipient recipient;
        assert_int_equal(age_recipient_read(bech32_make(a, S("age"), point), &recipient),
                         ERR_INVALID);
        str low = base64raw_make(a, (str){(const char *)point, sizeof(point)});
        assert_int_equal(age_header_open(replaced(header, share, low), &identity, 1, &file_key),
                         ERR_INVALID);
    }
}

/* Made by the Debian package age 1.1.1 for the example recipient. */
static void a_file_of_the_age_tool_is_opened(void **state)
{
    (void)state;
    str file;
    assert_int_equal(base64_read(a, S(FILE_OF_THE_AGE_TOOL), &file), OK);
    str header, payload, plain;
    age_file_key file_key;
    age_identity identity = example();
    assert_int_equal(age_split(file, &header, &payload), OK);
    assert_int_equal(age_header_open(header, &identity, 1, &file_key), OK);
    assert_int_equal(age_payload_open(a, &file_key, payload, &plain), OK);
    assert_str(plain, S("We, the undersigned.\n"));
}

static void every_recipient_opens_and_nobody_else(void **state)
{
    (void)state;
    age_identity identities[4];
    age_recipient recipients[4];
    for (int i = 0; i < 4; i++) {
        identities[i] = age_identity_make();
        recipients[i] = age_recipient_of(&identities[i]);
    }
    age_file_key file_key = age_file_key_make();
    age_file_key got;
    str header = age_header(a, &file_key, recipients, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(age_header_open(header, &identities[i], 1, &got), OK);
        assert_memory_equal(&got, &file_key, sizeof(got));
    }
    assert_int_equal(age_header_open(header, &identities[3], 1, &got), ERR_DENIED);
    assert_int_equal(age_header_open(header, &identities[2], 2, &got), OK);
    assert_int_equal(age_header(a, &file_key, recipients, 2).n, 266);
}

static void changed_headers_are_refused(void **state)
{
    (void)state;
    age_identity identity = example();
    age_recipient recipient = age_recipient_of(&identity);
    age_file_key file_key = age_file_key_make();
    age_file_key got;
    str header = age_header(a, &file_key, &recipient, 1);
    for (size_t i = 0; i < header.n; i++) {
        assert_int_not_equal(age_header_open(with_byte(header, i, header.at[i] == 'B' ? 'C' : 'B'),
                                             &identity, 1, &got),
                             OK);
        assert_int_not_equal(age_header_open(str_head(header, i), &identity, 1, &got), OK);
    }
    struct {
        str part, by;
    } const changes[] = {
        {S("/v1"), S("/v2")},          {S("/v1\n"), S("/v1\r\n")},     {S("-> X"), S("->  X")},
        {S("X25519 "), S("X25519  ")}, {S("X25519 "), S("X25519 X ")}, {S("-> X"), S("->X")},
        {S("\n--- "), S("\n---  ")},   {S("\n--- "), S("\n---")},      {S("\n--- "), S("\n\n--- ")},
        {S("\n--- "), S("=\n--- ")},
    };
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
        assert_int_equal(
            age_header_open(replaced(header, changes[i].part, changes[i].by), &identity, 1, &got),
            ERR_INVALID);
    assert_int_equal(age_header_open(joined(header, S("x")), &identity, 1, &got), ERR_INVALID);
    /* A stanza of another kind may stand beside ours, but the MAC sees it. */
    str grease = replaced(header, S("\n---"), S("\n-> new-kind 1 ~\nAAAA\n---"));
    assert_int_equal(age_header_open(grease, &identity, 1, &got), ERR_DENIED);
    str passphrase = replaced(header, S("\n---"), S("\n-> scrypt a 1\nAAAA\n---"));
    assert_int_equal(age_header_open(passphrase, &identity, 1, &got), ERR_INVALID);
    str empty = S("age-encryption.org/v1\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    assert_int_equal(age_header_open(empty, &identity, 1, &got), ERR_INVALID);
}

/* What can be seen of a header without a key to it. */
static void strange_headers_are_measured(void **state)
{
    (void)state;
    age_recipient recipients[3];
    for (size_t i = 0; i < 3; i++) {
        age_identity identity = age_identity_make();
        recipients[i] = age_recipient_of(&identity);
    }
    age_file_key file_key = age_file_key_make();
    str header = age_header(a, &file_key, recipients, 2);
    assert_int_equal(age_header_check(header, 2), OK);
    assert_int_equal(age_header_check(age_header(a, &file_key, recipients, 1), 2), ERR_INVALID);
    assert_int_equal(age_header_check(age_header(a, &file_key, recipients, 3), 2), ERR_INVALID);
    assert_int_equal(age_header_check(header, 0), ERR_INVALID);
    for (size_t n = 0; n < header.n; n++)
        assert_int_equal(age_header_check(str_head(header, n), 2), ERR_INVALID);
    assert_int_equal(age_header_check(joined(header, S("\n")), 2), ERR_INVALID);
    const struct {
        str part, by;
    } changes[] = {
        {S("-> X25519 "), S("-> X448 ")},
        {S("-> X25519 "), S("-> X25519 x ")},
        {S("-> X25519 "), S("-> X25519  ")},
        {S("-> X25519 "), S("-> scrypt ")},
        {S("\n---"), S("\n-> grease\n\n---")},
        {S("age-encryption.org/v1"), S("age-encryption.org/v2")},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        assert_int_equal(age_header_check(replaced(header, changes[i].part, changes[i].by), 2),
                         ERR_INVALID);
    str share = str_head(str_skip(header, sizeof("age-encryption.org/v1\n-> X25519 ") - 1), 43);
    str low = S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_int_equal(age_header_check(replaced(header, share, low), 2), ERR_INVALID);
}

static void payloads_of_every_length_come_back(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 15, 600, 65535, 65536, 65537, 131071, 131072, 131073};
    age_identity identity = example();
    age_recipient recipient = age_recipient_of(&identity);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        size_t n = lengths[i];
        char *bytes = arena_alloc(a, n);
        random_fill(bytes, n);
        age_file_key file_key = age_file_key_make();
        str header = age_header(a, &file_key, &recipient, 1);
        str payload = age_payload(a, &file_key, (str){bytes, n});
        assert_int_equal(payload.n, 32 + n + (n ? (n - 1) / 65536 : 0) * 16);
        str header_again, payload_again, plain;
        assert_int_equal(age_split(joined(header, payload), &header_again, &payload_again), OK);
        assert_str(header_again, header);
        assert_str(payload_again, payload);
        assert_int_equal(age_payload_open(a, &file_key, payload, &plain), OK);
        assert_str(plain, (str){bytes, n});
    }
}

static void changed_payloads_are_refused(void **state)
{
    (void)state;
    age_file_key file_key = age_file_key_make();
    age_file_key other = age_file_key_make();
    str plain;
    str small = age_payload(a, &file_key, S("the plain text"));
    assert_int_equal(age_payload_open(a, &other, small, &plain), ERR_DENIED);
    for (size_t i = 0; i < small.n; i++) {
        assert_int_equal(
            age_payload_open(a, &file_key, with_byte(small, i, (char)(small.at[i] ^ 1)), &plain),
            ERR_DENIED);
        assert_int_equal(age_payload_open(a, &file_key, str_head(small, i), &plain), ERR_DENIED);
    }
    assert_int_equal(age_payload_open(a, &file_key, joined(small, S("x")), &plain), ERR_DENIED);

    /* Whole chunks taken away, doubled, or exchanged; an empty last chunk. */
    char *bytes = arena_alloc(a, (size_t)2 * AGE_CHUNK_BYTES);
    enum { SEALED = AGE_CHUNK_BYTES + 16 };
    str large = age_payload(a, &file_key, (str){bytes, (size_t)2 * AGE_CHUNK_BYTES});
    str nonce = str_head(large, 16);
    str first = str_head(str_skip(large, 16), SEALED);
    str second = str_skip(large, 16 + SEALED);
    const str wrong[] = {
        joined(nonce, first),
        joined(nonce, second),
        joined(joined(nonce, second), first),
        joined(joined(nonce, first), first),
        joined(large, second),
        joined(large, str_skip(age_payload(a, &file_key, S("")), 16)),
        str_head(large, large.n - 16),
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(age_payload_open(a, &file_key, wrong[i], &plain), ERR_DENIED);
}

static void splitting_needs_a_header(void **state)
{
    (void)state;
    str header, payload;
    assert_int_equal(age_split(S(""), &header, &payload), ERR_INVALID);
    assert_int_equal(age_split(S("age-encryption.org/v1\n"), &header, &payload), ERR_INVALID);
    assert_int_equal(age_split(S("-----BEGIN AGE ENCRYPTED FILE-----\n"), &header, &payload),
                     ERR_INVALID);
    /* A header that never ends is not read to its end. */
    buf b = buf_in(a);
    buf_put(&b, S("age-encryption.org/v1\n-> X25519 A\n"));
    while (b.n < AGE_HEADER_MAX_BYTES + 65)
        buf_put(&b, S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"));
    buf_put(&b, S("\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"));
    assert_int_equal(age_split(buf_str(&b), &header, &payload), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_have_the_published_texts, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(mistyped_keys_are_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(points_of_low_order_are_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(a_file_of_the_age_tool_is_opened, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(every_recipient_opens_and_nobody_else, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(changed_headers_are_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(strange_headers_are_measured, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(payloads_of_every_length_come_back, open_arena,
                                        close_arena),
        cmocka_unit_test_setup_teardown(changed_payloads_are_refused, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(splitting_needs_a_header, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
