/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The key ceremony: before a declaration opens, each of its recipients shows that the key to it is
 * at hand and works. The server seals a random code to the recipient; whoever opens the file reads
 * the code, and telling it is the proof. A key that was never tried is the one that is lost. */

#include "core/alliance.h"

typedef struct key_proof {
    str recipient; /* age1… */
    int64_t asked_ms;
    int64_t proven_ms; /* 0: not yet */
} key_proof;

typedef struct key_proofs {
    key_proof *at;
    size_t n;
} key_proofs;

/* A new test for the recipient, as a file of the age format; an earlier one, if any, ends.
 * ERR_CONFLICT: its key is proven already. */
MUST_USE err ceremony_ask(core *c, arena *a, const age_recipient *recipient, int64_t now_ms,
                          str *out_file);

/* The code, with or without its hyphens, as somebody types it. ERR_NOT_FOUND: no test has it. OK
 * also when it was told before. */
MUST_USE err ceremony_prove(core *c, arena *a, str code, int64_t now_ms, str *out_recipient);

MUST_USE err ceremony_list(core *c, arena *a, key_proofs *out_proofs);

/* Of a list, those whose key is not proven. */
MUST_USE err ceremony_unproven(db_tx *tx, arena *a, recipient_list recipients,
                               recipient_list *out_unproven);
