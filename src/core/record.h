/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The personal record of one signature: one opaque payload from the first day. Its twelve
 * committed fields and its seed make the commitment that the log shows (docs/log.md); the rest
 * belongs to the record only. Sealed under the server's record key, with the commitment as
 * context, so that a payload cannot be moved to another signature. */

#include "core/address.h"

typedef struct record {
    unsigned char seed[32]; /* random; makes the commitment hide what it holds */
    /* committed, in this order */
    str campaign;  /* slug of the declaration */
    str text_hash; /* hex of the hash of the text that was read */
    str lang;
    signer_kind kind;
    person_name name; /* the signer; for an organisation its contact */
    str organisation; /* or the institution of a mandate */
    email_address mail;
    str country;
    str region;
    bool is_listed;     /* as chosen when signing */
    mailbox_id mailbox; /* of the canonical address */
    int64_t day;        /* days since 1970-01-01 */
    /* not committed */
    str function;  /* role in the organisation, or the mandate */
    str type;      /* kind of organisation, or level of the mandate */
    str authority; /* on what the signer's authority rests, in own words */
    str reason;    /* why I sign */
    str website;   /* of an organisation, as website_normal gives it */
    str group;     /* political group of a mandate holder */
} record;

/* SHA-256("sig1/commit\n" ‖ h_1 … h_12) with h_f = SHA-256("sig1/field\n" ‖ salt_f ‖ f ‖ "\n" ‖
 * value) and salt_f = HMAC-SHA256(seed, "sig1/salt/" ‖ f). Values are in NFC already. */
hash32 record_commitment(arena *a, const record *r);

str record_seal(arena *a, const core_keys *keys, const record *r, const hash32 *commitment);

/* ERR_INVALID: not sealed by this key for this commitment. Views live in the arena. */
MUST_USE err record_open(arena *a, const core_keys *keys, str sealed, str commitment,
                         record *out_record);
