/* SPDX-License-Identifier: EUPL-1.2 */
/* Published vectors where there are any; OpenSSL's own HKDF as a second opinion; and that each
 * reader refuses what differs from the one right form. */

#include "base/number.h"
#include "crypto/crypto.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static arena *a;

static int open_arena(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(1 << 24);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

static void assert_hash(hash32 hash, const char *hex)
{
    assert_string_equal(arena_cstr(a, hex_make(a, hash_str(&hash))), hex);
}

static str from_hex(const char *hex)
{
    size_t n = strlen(hex) / 2;
    char *bytes = arena_alloc(a, n);
    assert_int_equal(number_parse_hex(str_of(hex), bytes, n), OK);
    return (str){bytes, n};
}

/* FIPS 180-2 examples. */
static void sha256_gives_published_hashes(void **state)
{
    (void)state;
    assert_hash(hash_sha256(S("")),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(hash_sha256(S("abc")),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const str parts[] = {S("abcdbcdecdefdefgefghfghigh"), S(""),
                         S("ijhijkijkljklmklmnlmnomnopnopq")};
    assert_hash(hash_sha256_parts(parts, 3),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    assert_hash(hash_sha256_parts(NULL, 0),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void *hash_in_thread(void *out)
{
    hash32 *hash = out;
    *hash = hash_sha256(S("abc"));
    return NULL;
}

static void each_thread_hashes_alone(void **state)
{
    (void)state;
    pthread_t threads[8];
    hash32 hashes[8];
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_in_thread, &hashes[i]), 0);
    for (size_t i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        assert_hash(hashes[i], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}

/* RFC 4231 cases 1, 2 and 4: shorter keys equal ours with zero bytes behind, by RFC 2104. */
static void hmac_gives_published_macs(void **state)
{
    (void)state;
    key32 key = {{0}};
    memset(key.at, 0x0b, 20);
    assert_hash(mac_sha256(&key, S("Hi There")),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    key = (key32){"Jefe"};
    assert_hash(mac_sha256(&key, S("what do ya want for nothing?")),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key.at, 0, sizeof(key.at));
    for (unsigned char i = 0; i < 25; i++)
        key.at[i] = (unsigned char)(i + 1);
    char message[50];
    memset(message, 0xcd, sizeof(message));
    const str parts[] = {{message, 7}, {message + 7, 43}};
    assert_hash(mac_sha256_parts(&key, parts, 2),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

static void derived_keys_are_hkdf(void **state)
{
    (void)state;
    /* RFC 5869 case 3 (no salt, no info) through the two steps that key_derive takes. */
    key32 no_salt = {{0}};
    hash32 extracted =
        mac_sha256(&no_salt, from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"));
    assert_hash(extracted, "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
    key32 expander;
    memcpy(expander.at, extracted.at, 32);
    assert_hash(mac_sha256(&expander, S("\x01")),
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");

    key32 master;
    for (unsigned char i = 0; i < 32; i++)
        master.at[i] = (unsigned char)(i * 7);
    char purpose[] = "mail/queue";
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, master.at, 32),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, purpose, strlen(purpose)),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    unsigned char expected[32];
    assert_int_equal(EVP_KDF_derive(context, expected, sizeof(expected), params), 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    key32 key = key_derive(&master, S("mail/queue"));
    assert_memory_equal(key.at, expected, 32);
    key32 other = key_derive(&master, S("mail/queu"));
    assert_memory_not_equal(other.at, expected, 32);
}

static void seal_opens_only_whole_and_in_context(void **state)
{
    (void)state;
    key32 key;
    memset(key.at, 3, sizeof(key.at));
    str sealed = seal_make(a, &key, S("record/17"), S("Αθήνα"));
    assert_int_equal(sealed.n, S("Αθήνα").n + SEAL_EXTRA);
    str plain = S("untouched");
    assert_int_equal(seal_open(a, &key, S("record/17"), sealed, &plain), OK);
    assert_true(str_eq(plain, S("Αθήνα")));
    assert_false(str_eq(sealed, seal_make(a, &key, S("record/17"), S("Αθήνα"))));

    plain = S("untouched");
    assert_int_equal(seal_open(a, &key, S("record/18"), sealed, &plain), ERR_DENIED);
    for (size_t n = 0; n < sealed.n; n++)
        assert_int_equal(seal_open(a, &key, S("record/17"), str_head(sealed, n), &plain),
                         ERR_DENIED);
    for (size_t i = 0; i < sealed.n; i++) {
        char *changed = arena_cstr(a, sealed);
        changed[i] ^= 0x20;
        assert_int_equal(seal_open(a, &key, S("record/17"), (str){changed, sealed.n}, &plain),
                         ERR_DENIED);
    }
    key.at[31] ^= 1;
    assert_int_equal(seal_open(a, &key, S("record/17"), sealed, &plain), ERR_DENIED);
    assert_true(str_eq(plain, S("untouched")));

    sealed = seal_make(a, &key, S(""), S(""));
    assert_int_equal(seal_open(a, &key, S(""), sealed, &plain), OK);
    assert_int_equal(plain.n, 0);
}

/* RFC 4648 section 10, and what section 3 leaves to a strict reader. */
static void base64_has_one_form(void **state)
{
    (void)state;
    static const char *const pairs[][3] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        str bytes;
        assert_true(str_eq(base64_make(a, str_of(pairs[i][0])), str_of(pairs[i][1])));
        assert_true(str_eq(base64url_make(a, str_of(pairs[i][0])), str_of(pairs[i][2])));
        assert_int_equal(base64_read(a, str_of(pairs[i][1]), &bytes), OK);
        assert_true(str_eq(bytes, str_of(pairs[i][0])));
        assert_int_equal(base64url_read(a, str_of(pairs[i][2]), &bytes), OK);
        assert_true(str_eq(bytes, str_of(pairs[i][0])));
    }
    static const char *const bad[] = {"Zg",    "Zg=",   "Zg===", "Zh==",     "Zm9=", "Z", "Zm9v\n",
                                      " Zm9v", "Zm 9v", "Zm9v=", "Zm9v====", "_-__", "=", "===="};
    static const char *const bad_url[] = {"Zg==", "Zh", "Zm9", "Z", "Zm9v\n", "+/++", "Zm9v="};
    str bytes = S("untouched");
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(base64_read(a, str_of(bad[i]), &bytes), ERR_INVALID);
    for (size_t i = 0; i < sizeof(bad_url) / sizeof(bad_url[0]); i++)
        assert_int_equal(base64url_read(a, str_of(bad_url[i]), &bytes), ERR_INVALID);
    assert_int_equal(base64_read(a, (str){"Zm9v\0", 5}, &bytes), ERR_INVALID);
    for (int c = 0x80; c <= 0xff; c++) {
        const char high[] = {'Z', 'm', (char)c, 'v'};
        assert_int_equal(base64_read(a, (str){high, 4}, &bytes), ERR_INVALID);
        assert_int_equal(base64url_read(a, (str){high, 4}, &bytes), ERR_INVALID);
        assert_int_equal(base64raw_read(a, (str){high, 4}, &bytes), ERR_INVALID);
    }
    assert_true(str_eq(bytes, S("untouched")));
    assert_true(str_eq(base64url_make(a, (str){"\xff\xef\xbe", 3}), S("_---")));
    assert_true(str_eq(base64_make(a, (str){"\xff\xef\xbe", 3}), S("/+++")));
}

/* RFC 8032 section 7.1, tests 1 to 3. */
static void ed25519_gives_published_signatures(void **state)
{
    (void)state;
    static const char *const vectors[][4] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
         "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    };
    for (size_t i = 0; i < 3; i++) {
        sign_key key = sign_key_from_seed((const unsigned char *)from_hex(vectors[i][0]).at);
        assert_memory_equal(key.public_key, from_hex(vectors[i][1]).at, 32);
        str message = from_hex(vectors[i][2]);
        unsigned char signature[64];
        sign_make(&key, message, signature);
        assert_memory_equal(signature, from_hex(vectors[i][3]).at, 64);
        assert_true(sign_check(key.public_key, message, signature));
        signature[i * 20] ^= 1;
        assert_false(sign_check(key.public_key, message, signature));
        signature[i * 20] ^= 1;
        assert_false(sign_check(key.public_key, S("other"), signature));
        key.public_key[5] ^= 4;
        assert_false(sign_check(key.public_key, message, signature));
    }
    sign_key made = sign_key_make();
    sign_key other = sign_key_make();
    assert_memory_not_equal(made.seed, other.seed, 32);
    unsigned char signature[64];
    sign_make(&made, S("x"), signature);
    assert_true(sign_check(made.public_key, S("x"), signature));
    assert_false(sign_check(other.public_key, S("x"), signature));
}

static void secrets_are_wiped(void **state)
{
    (void)state;
    char secret[] = "hunter2";
    secret_wipe(secret, sizeof(secret));
    for (size_t i = 0; i < sizeof(secret); i++)
        assert_int_equal(secret[i], 0);
    hash32 one = {{1}};
    hash32 two = {{1}};
    assert_true(hash_eq(&one, &two));
    two.at[31] = 1;
    assert_false(hash_eq(&one, &two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_gives_published_hashes),
        cmocka_unit_test(each_thread_hashes_alone),
        cmocka_unit_test(hmac_gives_published_macs),
        cmocka_unit_test(derived_keys_are_hkdf),
        cmocka_unit_test(seal_opens_only_whole_and_in_context),
        cmocka_unit_test(base64_has_one_form),
        cmocka_unit_test(ed25519_gives_published_signatures),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
