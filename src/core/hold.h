/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Held signatures: confirmed by their signers, kept, on their mailbox, but not counted until they
 * have been looked at. The signer sees the same pages and reads on the own one how it stands.
 * Nobody is refused by a rule alone. */

#include "core/watch.h"

/* While a signature is written: its trace, and what the rules say already then. */
MUST_USE err hold_trace(db_tx *tx, const core *c, int64_t signature, int64_t declaration_id,
                        str domain, const sending *how, int64_t now_ms);

/* While it is confirmed: whether it is held. If so, it is in that state now. */
MUST_USE err hold_decide(db_tx *tx, arena *scratch, const core *c, int64_t signature,
                         int64_t now_ms, bool *out_is_held);

/* Lets a held signature go: it counts. ERR_CONFLICT: it is not held. */
MUST_USE err hold_release(db_tx *tx, arena *scratch, int64_t signature);

/* Those whose hour is over: each counts now, or waits for a person when more came of it.
 * Out: how many were let go. */
MUST_USE err hold_run(core *c, int64_t now_ms, int64_t *out_released);

/* What is held, by rule. */
typedef struct held_group {
    int64_t declaration;
    str rule;
    int64_t n, waiting; /* waiting: for a person */
    int64_t oldest_ms;
} held_group;
typedef struct held_groups {
    const held_group *at;
    size_t n;
} held_groups;
MUST_USE err hold_groups(core *c, arena *a, held_groups *out_groups);
