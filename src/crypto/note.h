/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* C2SP signed-note and tlog-checkpoint: text, blank line, `— name base64(keyid ‖ signature)`.
 * Key id = first 4 bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key) for Ed25519. Names are not
 * empty and hold no white space and no '+'. */

#include "crypto/crypto.h"

enum {
    NOTE_MAX_BYTES = 65536,   /* a longer note is not read */
    NOTE_MAX_SIGNATURES = 64, /* nor one with more signature lines */
    NOTE_NAME_MAX_BYTES = 255,
};

bool note_name_ok(str name);

/* The note over text, which is UTF-8, ends with LF and holds no other control character. */
str note_make(arena *a, str text, str name, const sign_key *key);

/* The text of a note that bears a valid signature of that vkey. ERR_INVALID: malformed note or
 * vkey; ERR_DENIED: no signature by the key, or a wrong one. Lines of other keys are skipped.
 * A view into note. */
MUST_USE err note_read(arena *a, str note, str vkey, str *out_text);

/* A signed checkpoint note for origin (also the key name), without extension lines. */
str note_checkpoint(arena *a, str origin, uint64_t size, const hash32 *root, const sign_key *key);

/* The verifier key: `name+hex(keyid)+base64(0x01 ‖ public key)`. */
str note_vkey(arena *a, str name, const unsigned char public_key[static 32]);

typedef struct checkpoint {
    str origin;
    uint64_t size;
    hash32 root;
} checkpoint;

/* Reads a note and checks the signature of that vkey, whose name must be the origin. ERR_INVALID:
 * malformed, or with extension lines (our logs have none); ERR_DENIED: no valid signature by the
 * key. Views into note. */
MUST_USE err note_checkpoint_read(arena *a, str note, str vkey, checkpoint *out_checkpoint);
