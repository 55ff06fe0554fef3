/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The opening of a leaf: what its signer said, so that anybody can compute the commitment again
 * (docs/log.md). Private, until the signer shows it; any field can be kept back. */

#include "crypto/crypto.h"

enum { OPENING_FIELDS = 12, OPENING_BYTES_MOST = 65536 };

/* In the order of the commitment: "campaign", "text" … "day". */
extern const char *const opening_field_names[OPENING_FIELDS];

typedef struct opened_field {
    bool is_shown;
    str value;   /* when shown */
    hash32 salt; /* when shown */
    hash32 hash; /* what the commitment is made of */
} opened_field;

typedef struct opening {
    opened_field fields[OPENING_FIELDS];
    hash32 commitment;
} opening;

/* SHA-256("sig1/commit\n" ‖ h_1 … h_12) with h_f = SHA-256("sig1/field\n" ‖ salt_f ‖ f ‖ "\n" ‖
 * value) and salt_f = HMAC-SHA256(seed, "sig1/salt/" ‖ f). Values are in NFC already. */
hash32 opening_commitment(const key32 *seed, const str values[static OPENING_FIELDS]);

/* The text of the whole opening, with the seed. ERR_INVALID: a value holds a line end. */
MUST_USE err opening_make(arena *a, const key32 *seed, const str values[static OPENING_FIELDS],
                          str *out_text);

/* Either form. ERR_INVALID: not an opening. Views into text. */
MUST_USE err opening_read(arena *a, str text, opening *out_opening);

/* The text that shows only the fields whose `keep` is true and that o itself shows. */
str opening_reduced(arena *a, const opening *o, const bool keep[static OPENING_FIELDS]);

/* Gives a field that is shown another value under its salt. */
void opening_set(opening *o, size_t field, str value);

/* The position of a field by its name, -1: there is none. */
int opening_field(str name);

/* Whether the leaf is an add of this commitment; its kind and country must be those shown. */
bool opening_fits(const opening *o, arena *a, str leaf);
