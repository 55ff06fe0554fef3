/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Records that the signer's browser has sealed (records=browser). The server never has the seed,
 * the file key, or what is not shown in public. So it cannot see what a file holds, nor for whom it
 * is sealed; but the commitment is made of hashes for each field, and of those fields that the
 * server knows the browser shows it the salts: they must be what the form says (ADR 0022). */

#include "core/record.h"

enum {
    SEAL_OPENING_BYTES_MOST = 12 << 10,
    SEAL_FILE_BYTES_LEAST = 400,
    SEAL_FILE_BYTES_MOST = 24 << 10
};

/* opening: reduced (core/opening.h), with an empty `uniq`, which only the server can compute. file:
 * header and payload. recipients: for whom it says that it is sealed, as in the rules. */
typedef struct browser_seal {
    str opening;
    str file;
    str recipients;
} browser_seal;

/* r: what the server knows in clear. Name, organisation and region are compared where r is listed
 * and must be kept back where it is not; day may be the one before, when the form was opened: then
 * it is changed. ERR_CONFLICT: the parts are malformed, contradict r, or are of a page from before
 * the organiser had other keys. */
MUST_USE err sealing_take(arena *a, const declaration *d, const browser_seal *seal, record *r,
                          hash32 *out_commitment, sealed_record *out_sealed);

/* In the transaction that writes it. ERR_CONFLICT: that commitment was taken before; a log that has
 * one twice breaks its rules. */
MUST_USE err sealing_take_once(db_tx *tx, int64_t declaration_id, const hash32 *commitment);
