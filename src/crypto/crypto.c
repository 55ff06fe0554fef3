/* SPDX-License-Identifier: EUPL-1.2 */
/* SHA-256 goes through OpenSSL because it uses the processor's SHA instructions: a log of a million
 * leaves is rehashed five times faster than with libsodium's portable code. The fetched algorithm
 * is shared; each thread keeps one digest context, which its exit gives back. Everything else is
 * libsodium. A failure of either library on valid arguments is a bug or out of memory: it stops
 * the program, so no caller has to handle "could not hash". */

#include "crypto/crypto.h"
#include "base/random.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>

_Static_assert(SEAL_EXTRA == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES +
                                 crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "the sealed form is nonce, cipher text, tag");

enum { NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, BLOCK_BYTES = 64 };

static EVP_MD *sha256;
static pthread_key_t digest_of_thread;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void digest_end(void *digest)
{
    EVP_MD_CTX_free(digest);
}

static void init(void)
{
    BUG_IF(sodium_init() < 0);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    BUG_IF(!sha256);
    BUG_IF(pthread_key_create(&digest_of_thread, digest_end) != 0);
}

void crypto_init(void)
{
    BUG_IF(pthread_once(&once, init) != 0);
}

static EVP_MD_CTX *digest_begin(void)
{
    BUG_IF(!sha256);
    EVP_MD_CTX *digest = pthread_getspecific(digest_of_thread);
    if (!digest) {
        digest = EVP_MD_CTX_new();
        BUG_IF(!digest || pthread_setspecific(digest_of_thread, digest) != 0);
    }
    BUG_IF(EVP_DigestInit_ex2(digest, sha256, NULL) != 1);
    return digest;
}

static void digest_put(EVP_MD_CTX *digest, const void *bytes, size_t n)
{
    BUG_IF(EVP_DigestUpdate(digest, bytes, n) != 1);
}

static hash32 digest_result(EVP_MD_CTX *digest)
{
    hash32 hash;
    BUG_IF(EVP_DigestFinal_ex(digest, hash.at, NULL) != 1);
    return hash;
}

hash32 hash_sha256(str message)
{
    return hash_sha256_parts(&message, 1);
}

hash32 hash_sha256_parts(const str *parts, size_t n)
{
    EVP_MD_CTX *digest = digest_begin();
    for (size_t i = 0; i < n; i++)
        digest_put(digest, parts[i].at, parts[i].n);
    return digest_result(digest);
}

uint64_t hash_keyed64(const unsigned char key[static 16], str message)
{
    unsigned char bytes[crypto_shorthash_BYTES];
    uint64_t hash;
    crypto_shorthash(bytes, (const unsigned char *)message.at, message.n, key);
    memcpy(&hash, bytes, sizeof hash);
    return hash;
}

/* HMAC for keys up to one block, which RFC 2104 fills with zeros. */
static hash32 mac_make(str key, const str *parts, size_t n)
{
    BUG_IF(key.n > BLOCK_BYTES);
    unsigned char pad[BLOCK_BYTES];
    memset(pad, 0x36, sizeof(pad));
    for (size_t i = 0; i < key.n; i++)
        pad[i] ^= (unsigned char)key.at[i];
    EVP_MD_CTX *digest = digest_begin();
    digest_put(digest, pad, sizeof(pad));
    for (size_t i = 0; i < n; i++)
        digest_put(digest, parts[i].at, parts[i].n);
    hash32 inner = digest_result(digest);

    for (size_t i = 0; i < sizeof(pad); i++)
        pad[i] ^= 0x36 ^ 0x5c;
    digest = digest_begin();
    digest_put(digest, pad, sizeof(pad));
    digest_put(digest, inner.at, sizeof(inner.at));
    sodium_memzero(pad, sizeof(pad));
    return digest_result(digest);
}

static str key_str(const key32 *key)
{
    return (str){(const char *)key->at, sizeof(key->at)};
}

hash32 mac_sha256(const key32 *key, str message)
{
    return mac_make(key_str(key), &message, 1);
}

hash32 mac_sha256_parts(const key32 *key, const str *parts, size_t n)
{
    return mac_make(key_str(key), parts, n);
}

bool hash_eq(const hash32 *left, const hash32 *right)
{
    return sodium_memcmp(left->at, right->at, sizeof(left->at)) == 0;
}

key32 key_derive(const key32 *master, str purpose)
{
    return key_derive_salted(key_str(master), S(""), purpose);
}

/* No salt is a salt of zeros, which is what an empty key of HMAC is. */
key32 key_derive_salted(str secret, str salt, str info)
{
    hash32 extracted = mac_make(salt, &secret, 1);
    const str parts[] = {info, S("\x01")};
    hash32 expanded = mac_make(hash_str(&extracted), parts, 2);
    key32 key;
    memcpy(key.at, expanded.at, sizeof(key.at));
    sodium_memzero(&extracted, sizeof(extracted));
    sodium_memzero(&expanded, sizeof(expanded));
    return key;
}

void key_stretch(str password, str salt, int rounds, unsigned char out_key[static 32])
{
    BUG_IF(PKCS5_PBKDF2_HMAC(password.at, (int)password.n, (const unsigned char *)salt.at,
                             (int)salt.n, rounds, sha256, 32, out_key) != 1);
}

void secret_wipe(void *secret, size_t n)
{
    sodium_memzero(secret, n);
}

/* libsodium takes unsigned bytes, views hold plain ones. */
static const unsigned char *bytes_of(str s)
{
    return (const unsigned char *)s.at;
}

str seal_make(arena *a, const key32 *key, str context, str plain)
{
    unsigned char *sealed = arena_alloc(a, plain.n + SEAL_EXTRA);
    random_fill(sealed, NONCE_BYTES);
    BUG_IF(crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE_BYTES, NULL, bytes_of(plain),
                                                      plain.n, bytes_of(context), context.n, NULL,
                                                      sealed, key->at) != 0);
    return (str){(const char *)sealed, plain.n + SEAL_EXTRA};
}

err seal_open(arena *a, const key32 *key, str context, str sealed, str *out_plain)
{
    if (sealed.n < SEAL_EXTRA)
        return ERR_DENIED;
    size_t plain_bytes = sealed.n - SEAL_EXTRA;
    unsigned char *plain = arena_alloc(a, plain_bytes);
    const unsigned char *from = bytes_of(sealed);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, from + NONCE_BYTES,
                                                   sealed.n - NONCE_BYTES, bytes_of(context),
                                                   context.n, from, key->at) != 0)
        return ERR_DENIED;
    *out_plain = (str){(const char *)plain, plain_bytes};
    return OK;
}

static str text_make(arena *a, str bytes, int variant)
{
    size_t room = sodium_base64_encoded_len(bytes.n, variant); /* counts the final NUL */
    char *text = arena_alloc(a, room);
    sodium_bin2base64(text, room, bytes_of(bytes), bytes.n, variant);
    return (str){text, room - 1};
}

static err letters_read(str text, int variant, unsigned char *out, size_t room, size_t *out_n)
{
    const char *end = NULL;
    /* libsodium 1.0.18 takes bytes above 0x7F for a plus sign or a slash. */
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.at[i] > 0x7f)
            return ERR_INVALID;
    if (sodium_base642bin(out, room, text.at, text.n, NULL, out_n, &end, variant) != 0 ||
        end != text.at + text.n)
        return ERR_INVALID;
    return OK;
}

static err text_read(arena *a, str text, int variant, str *out_bytes)
{
    size_t n, room = text.n / 4 * 3 + 3;
    unsigned char *bytes = arena_alloc(a, room);
    TRY(letters_read(text, variant, bytes, room, &n));
    *out_bytes = (str){(const char *)bytes, n};
    return OK;
}

str base64_make(arena *a, str bytes)
{
    return text_make(a, bytes, sodium_base64_VARIANT_ORIGINAL);
}

err base64_read(arena *a, str text, str *out_bytes)
{
    return text_read(a, text, sodium_base64_VARIANT_ORIGINAL, out_bytes);
}

str base64raw_make(arena *a, str bytes)
{
    return text_make(a, bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

err base64raw_read(arena *a, str text, str *out_bytes)
{
    return text_read(a, text, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, out_bytes);
}

err base64raw_read_into(str text, unsigned char *out, size_t room, size_t *out_n)
{
    return letters_read(text, sodium_base64_VARIANT_ORIGINAL_NO_PADDING, out, room, out_n);
}

str base64url_make(arena *a, str bytes)
{
    return text_make(a, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

err base64url_read(arena *a, str text, str *out_bytes)
{
    return text_read(a, text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out_bytes);
}

str hex_make(arena *a, str bytes)
{
    buf b = buf_in(a);
    buf_reserve(&b, bytes.n * 2);
    buf_put_hex(&b, bytes.at, bytes.n);
    return buf_str(&b);
}

sign_key sign_key_make(void)
{
    unsigned char seed[32];
    random_fill(seed, sizeof(seed));
    sign_key key = sign_key_from_seed(seed);
    sodium_memzero(seed, sizeof(seed));
    return key;
}

sign_key sign_key_from_seed(const unsigned char seed[static 32])
{
    sign_key key;
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    BUG_IF(crypto_sign_seed_keypair(key.public_key, secret, seed) != 0);
    memcpy(key.seed, seed, sizeof(key.seed));
    sodium_memzero(secret, sizeof(secret));
    return key;
}

void sign_make(const sign_key *key, str message, unsigned char out_signature[static 64])
{
    /* libsodium's secret key is the seed followed by the public key. */
    unsigned char secret[crypto_sign_SECRETKEYBYTES];
    memcpy(secret, key->seed, sizeof(key->seed));
    memcpy(secret + sizeof(key->seed), key->public_key, sizeof(key->public_key));
    BUG_IF(crypto_sign_detached(out_signature, NULL, bytes_of(message), message.n, secret) != 0);
    sodium_memzero(secret, sizeof(secret));
}

bool sign_check(const unsigned char public_key[static 32], str message,
                const unsigned char signature[static 64])
{
    return crypto_sign_verify_detached(signature, bytes_of(message), message.n, public_key) == 0;
}
