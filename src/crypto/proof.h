/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* C2SP tlog-proof@v1: one text file that proves an entry of a log to whoever has the log's key.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra BASE64            what belongs to the entry; not proved by itself
 *     index N
 *     BASE64                  the inclusion path, from the leaf's sibling upwards
 *                             (an empty line)
 *     CHECKPOINT              the signed note, with cosignatures */

#include "crypto/merkle.h"
#include "crypto/note.h"

enum { PROOF_MAX_BYTES = NOTE_MAX_BYTES + 16384, PROOF_MAX_EXTRA_BYTES = 8192 };

typedef struct tlog_proof {
    str extra; /* empty: none */
    uint64_t index;
    hash_list path;
    str note;
} tlog_proof;

str tlog_proof_make(arena *a, const tlog_proof *p);

/* Nothing is verified. ERR_INVALID: not such a file; each proof has one spelling. note is a view
 * into text. */
MUST_USE err tlog_proof_read(arena *a, str text, tlog_proof *out_proof);

/* Whether the leaf stands at the proof's index in the tree of the checkpoint, which somebody has
 * verified. */
bool tlog_proof_holds(const tlog_proof *p, const checkpoint *tree, const hash32 *leaf);
