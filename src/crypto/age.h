/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Files of the age format, version 1 (C2SP age.md), for X25519 recipients, as two parts that can
 * be kept apart: the header, which holds the file key for each recipient, and the payload. Joined
 * they are a file that any age tool opens; without its header no payload can be opened by anyone.
 * Neither armour nor passphrases nor other kinds of recipient are written; stanzas of other kinds
 * are passed over when reading. */

#include "crypto/crypto.h"

enum {
    AGE_HEADER_MAX_BYTES = 64 << 10, /* a longer header is not read */
    AGE_CHUNK_BYTES = 64 << 10,      /* plain bytes of each chunk of a payload but the last */
};

typedef struct age_recipient {
    unsigned char at[32]; /* a public key */
} age_recipient;

typedef struct age_identity {
    unsigned char at[32]; /* the secret to it */
} age_identity;

/* Belongs to one file: never reuse one. */
typedef struct age_file_key {
    unsigned char at[16];
} age_file_key;

age_identity age_identity_make(void);
age_recipient age_recipient_of(const age_identity *identity);
age_file_key age_file_key_make(void);

/* The text forms "age1…" and "AGE-SECRET-KEY-1…" (Bech32, BIP173), each in its one case.
 * ERR_INVALID: another kind of key, a typing error, or a point no file may be sealed to. */
str age_recipient_text(arena *a, const age_recipient *recipient);
MUST_USE err age_recipient_read(str text, age_recipient *out_recipient);
str age_identity_text(arena *a, const age_identity *identity);
MUST_USE err age_identity_read(str text, age_identity *out_identity);

/* The header up to and including the line feed after its MAC; n from 1. */
str age_header(arena *a, const age_file_key *file_key, const age_recipient *recipients, size_t n);

/* ERR_DENIED: none of the identities is a recipient, or the header was changed since.
 * ERR_INVALID: not a header of this format, with nothing behind it. */
MUST_USE err age_header_open(str header, const age_identity *identities, size_t n,
                             age_file_key *out_file_key);

/* Whether a header that somebody else has written is for so many X25519 recipients and nothing
 * else. ERR_INVALID: it is not. For whom its stanzas are, and whether its MAC is right, nobody can
 * see who has none of their keys. */
MUST_USE err age_header_check(str header, size_t recipients);

/* A nonce of 16 random bytes and the sealed chunks: 32 bytes more than the plain text, and 16 for
 * each chunk after the first. Opening gives ERR_DENIED for another key and whenever the payload was
 * changed or cut. */
str age_payload(arena *a, const age_file_key *file_key, str plain);
MUST_USE err age_payload_open(arena *a, const age_file_key *file_key, str payload, str *out_plain);

/* Whether a payload is as long as one can be: no byte of the plain text is needed to see it. */
bool age_payload_fits(str payload);

/* Where the header of a whole file ends; views into it. ERR_INVALID: does not begin with one. */
MUST_USE err age_split(str file, str *out_header, str *out_payload);
