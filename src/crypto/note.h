/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* C2SP signed-note, tlog-checkpoint and tlog-cosignature: text, blank line, then lines
 * `— name base64(keyid ‖ signature)`. Key id = first 4 bytes of SHA-256(name ‖ "\n" ‖ kind ‖ public
 * key). Names are not empty and hold no white space and no '+'. All times are seconds since 1970.
 */

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

/* The verifier key of a log: `name+hex(keyid)+base64(0x01 ‖ public key)`. */
str note_vkey(arena *a, str name, const unsigned char public_key[static 32]);

typedef struct checkpoint {
    str origin;
    uint64_t size;
    hash32 root;
    str extension; /* further lines with their LF; our logs have none */
} checkpoint;

/* Reads a note and checks the signature of that vkey, whose name must be the origin. ERR_INVALID:
 * malformed, or with extension lines; ERR_DENIED: no valid signature by the key. Views into note.
 */
MUST_USE err note_checkpoint_read(arena *a, str note, str vkey, checkpoint *out_checkpoint);

/* --- The parts, for notes that several sign. --- */

typedef enum note_kind {
    NOTE_ED25519 = 0x01,     /* over the text: what a log signs with */
    NOTE_COSIGNATURE = 0x04, /* over "cosignature/v1", a time and the text: what a witness says */
} note_kind;

typedef struct note_key {
    str name;
    note_kind kind;
    unsigned char id[4];
    unsigned char public_key[32];
} note_key;

note_key note_key_of(str name, note_kind kind, const unsigned char public_key[static 32]);
str note_key_text(arena *a, const note_key *key); /* the vkey */
/* ERR_INVALID: no vkey of one of these kinds. A view into vkey. */
MUST_USE err note_key_read(arena *a, str vkey, note_key *out_key);

typedef struct note_line {
    str whole; /* with its LF */
    str name;
    str bytes; /* key id and signature; more than 4 */
} note_line;

typedef struct note_lines {
    note_line *at;
    size_t n;
} note_lines;

/* One or more signature lines, as a witness answers them. ERR_INVALID: one is malformed, or there
 * are more than NOTE_MAX_SIGNATURES. */
MUST_USE err note_lines_read(arena *a, str text, note_lines *out_lines);

/* A note apart, nothing verified. */
MUST_USE err note_split(arena *a, str note, str *out_text, note_lines *out_lines);

/* ERR_NOT_FOUND: another key's line, which says nothing; ERR_DENIED: a wrong signature. out_time_s:
 * of a cosignature; 0 for the other kind. */
MUST_USE err note_line_check(arena *a, const note_line *line, str text, const note_key *key,
                             int64_t *out_time_s);

/* The cosignature line of a witness for the text of a checkpoint. */
str note_cosign(arena *a, str text, str name, int64_t time_s, const sign_key *key);

/* The text of a checkpoint that somebody has verified. ERR_INVALID: it is none. */
MUST_USE err note_checkpoint_text(arena *a, str text, checkpoint *out_checkpoint);
