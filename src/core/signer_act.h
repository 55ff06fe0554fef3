/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What all acts on a signer's own page share: the link, the record behind it, and the traces that a
 * change leaves. Private to core/signer*.c.
 *
 * The server cannot open a sealed record: the link in the signer's first letter can, because it
 * carries the file key. Whatever needs what was said therefore asks the link, and has an answer
 * for links that carry none (ADR 0016). */

#include "core/signer.h"

#include "core/link.h"
#include "core/log.h"

#include "sql/q_signature.h"

typedef struct signer_act {
    core *c;
    arena *a; /* what is shown lives there; NULL: nothing is */
    str token;
    int64_t now_ms;
    str lang; /* in which a consent is given or taken back */
} signer_act;

/* The link and the signature behind the token. ERR_NOT_FOUND: as signer_open. */
MUST_USE err signer_follow(db_tx *tx, arena *scratch, const signer_act *act, mailed_link *out_link,
                           q_signature_get_row *out_row);

/* ERR_NOT_FOUND: neither the server nor this link can open it. */
MUST_USE err signer_open_record(db_tx *tx, arena *scratch, const core_keys *keys,
                                const mailed_link *l, str commitment, arena *into, record *out);
/* The whole record, or what is known without it. */
MUST_USE err signer_read_record(db_tx *tx, arena *scratch, const core_keys *keys,
                                const mailed_link *l, const q_signature_get_row *row, arena *into,
                                record *out, bool *out_is_whole);

/* A line for the log. leaf: what it speaks of; -1: not included yet. */
MUST_USE err signer_queue(db_tx *tx, log_verb verb, int64_t id, const q_signature_get_row *row,
                          int64_t leaf);
/* Into the public register, instead of what stands there. */
MUST_USE err signer_list(db_tx *tx, arena *scratch, int64_t id, const q_signature_get_row *row,
                         const record *r);
/* For the record of consents: what is "list", "news" or a partner's. */
MUST_USE err signer_note_consent(db_tx *tx, const signer_act *act, int64_t id,
                                 const q_signature_get_row *row, str what, bool is_given);
