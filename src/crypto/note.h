/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* C2SP signed-note and tlog-checkpoint: text, blank line, `— name base64(keyid ‖ signature)`.
 * Key id = first 4 bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key) for Ed25519. */

#include "crypto/crypto.h"

/* A signed checkpoint note for origin (also the key name), without extension lines. */
str note_checkpoint(arena *a, str origin, uint64_t size, const hash32 *root, const sign_key *key);

/* The verifier key: `name+hex(keyid)+base64(0x01 ‖ public key)`. */
str note_vkey(arena *a, str name, const unsigned char public_key[static 32]);

typedef struct checkpoint {
    str origin;
    uint64_t size;
    hash32 root;
} checkpoint;

/* Reads a note and checks the signature of that vkey. ERR_INVALID: malformed; ERR_DENIED: no
 * valid signature by the key. Views into note. */
MUST_USE err note_checkpoint_read(arena *a, str note, str vkey, checkpoint *out_checkpoint);
