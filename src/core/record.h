/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The personal record of one signature. Its twelve committed fields and its seed make the
 * commitment that the log shows (docs/log.md); the rest belongs to the record only. A record is a
 * file of the age format, sealed to the organiser and stored in two parts (docs/records.md). */

#include "core/address.h"
#include "core/alliance.h"
#include "core/opening.h"

typedef struct record {
    key32 seed; /* random; makes the commitment hide what it holds */
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

/* Its committed fields, in their order, as the commitment takes them. */
void record_committed(arena *a, const record *r, str out_values[static OPENING_FIELDS]);

/* Of its twelve fields (core/opening.h). */
hash32 record_commitment(arena *a, const record *r);

/* The whole opening. ERR_INVALID: a value holds a line end. */
MUST_USE err record_opening(arena *a, const record *r, str *out_text);

/* header ‖ payload is an age file for the declaration's recipients; the header is empty when there
 * are none. server: the file key sealed under the server's key, where it may read; else empty. */
typedef struct sealed_record {
    str header;
    str server;
    str payload;
} sealed_record;

/* Seals under a fresh file key. Costs two multiplications on a curve for each recipient: not for a
 * transaction. */
sealed_record record_seal(arena *a, const core_keys *keys, const declaration *d, const record *r,
                          const hash32 *commitment, age_file_key *out_file_key);

/* The file key that the server holds. ERR_NOT_FOUND: it holds none for this commitment. */
MUST_USE err record_server_key(arena *a, const core_keys *keys, str server, str commitment,
                               age_file_key *out_file_key);

/* ERR_INVALID: not sealed under this file key, or not the record of this commitment. Views live in
 * the arena. */
MUST_USE err record_open(arena *a, const age_file_key *file_key, str payload, str commitment,
                         record *out_record);

/* What the file holds once it is open, for who opens it with another tool: the lines of
 * docs/records.md. mailbox: what the server adds to a record that a browser sealed, which names no
 * commitment either: compare it with the leaf's. NULL: not known, and no such record is read.
 * ERR_INVALID: not those lines, or they do not give the commitment that they name. */
MUST_USE err record_read(arena *a, str plain, const mailbox_id *mailbox, record *out_record,
                         hash32 *out_commitment);

/* The rows of a sealed record. Without the one of its key a record is erased, even
 * where a copy of the other is left. */
MUST_USE err record_add(db_tx *tx, int64_t signature, const sealed_record *sealed);
MUST_USE err record_erase(db_tx *tx, int64_t signature);
