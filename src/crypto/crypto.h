/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The few cryptographic acts of the program, on libsodium and OpenSSL's primitives. Nothing here
 * decides a rule; keys come in, bytes go out. Every key has one purpose: derive, don't share.
 * All calls are safe from any thread. */

#include "base/base.h"

typedef struct hash32 {
    unsigned char at[32];
} hash32;

typedef struct key32 {
    unsigned char at[32];
} key32;

/* Once at start, before any other call. */
void crypto_init(void);

hash32 hash_sha256(str message);
/* SHA-256 over the parts as if they were joined. */
hash32 hash_sha256_parts(const str *parts, size_t n);
hash32 mac_sha256(const key32 *key, str message); /* HMAC, RFC 2104 */
hash32 mac_sha256_parts(const key32 *key, const str *parts, size_t n);

/* The 32 bytes as a view; lives as long as *hash. */
static inline str hash_str(const hash32 *hash)
{
    return (str){(const char *)hash->at, sizeof(hash->at)};
}

/* SipHash-2-4: 64 bits for tables, under a random key, so that nobody can choose what collides. */
uint64_t hash_keyed64(const unsigned char key[static 16], str message);

/* Constant time, so that the same call serves for MACs. */
bool hash_eq(const hash32 *left, const hash32 *right);

/* A key for one purpose: HKDF-SHA256 (RFC 5869) of the master key, info = purpose ("mail/queue",
 * "uniq/17" …), no salt. */
key32 key_derive(const key32 *master, str purpose);
/* HKDF-SHA256 of any secret; salt up to 64 bytes, empty for none. */
key32 key_derive_salted(str secret, str salt, str info);

/* PBKDF2-HMAC-SHA256 (RFC 8018): slow on purpose, in proportion to rounds. */
void key_stretch(str password, str salt, int rounds, unsigned char out_key[static 32]);

/* Overwrites a secret; the compiler does not drop it. */
void secret_wipe(void *secret, size_t n);

/* Sealing under a server key: XChaCha20-Poly1305-IETF, random 24-byte nonce in front, `context`
 * authenticated beside it ("record/17"). Sealed length = plain length + SEAL_EXTRA.
 * ERR_DENIED: not sealed under this key for this context, or changed or cut since. */
#define SEAL_EXTRA 40
str seal_make(arena *a, const key32 *key, str context, str plain);
MUST_USE err seal_open(arena *a, const key32 *key, str context, str sealed, str *out_plain);

/* Text forms. base64: RFC 4648 section 4 with padding; base64url: section 5 without padding.
 * Each byte string has one text: other alphabets, white space, missing or superfluous padding and
 * left-over bits are ERR_INVALID. */
str base64_make(arena *a, str bytes);
MUST_USE err base64_read(arena *a, str text, str *out_bytes);
str base64raw_make(arena *a, str bytes); /* section 4 without padding */
MUST_USE err base64raw_read(arena *a, str text, str *out_bytes);
/* Into room bytes of the caller's. ERR_INVALID: also more than these. */
MUST_USE err base64raw_read_into(str text, unsigned char *out, size_t room, size_t *out_n);
str base64url_make(arena *a, str bytes);
MUST_USE err base64url_read(arena *a, str text, str *out_bytes);
str hex_make(arena *a, str bytes); /* lower case; number_parse_hex reads it */

/* Ed25519 (RFC 8032); seed is the 32-byte private key. */
typedef struct sign_key {
    unsigned char seed[32];
    unsigned char public_key[32];
} sign_key;
sign_key sign_key_make(void);
sign_key sign_key_from_seed(const unsigned char seed[static 32]);
void sign_make(const sign_key *key, str message, unsigned char out_signature[static 64]);
bool sign_check(const unsigned char public_key[static 32], str message,
                const unsigned char signature[static 64]);
