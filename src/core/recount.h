/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The recount of a log: its leaves one after another, each held against every rule of docs/log.md.
 * Written from that page; it shares no code with the sequencer, so that the two can disagree. It
 * reads nothing itself, and takes leaves from anybody.
 *
 * What grows with the log is 2 bytes a leaf for what it was, and for each add 8 bytes, in a table
 * that is between three eighths and three quarters full, to find a commitment that comes twice. */

#include "core/core.h"
#include "crypto/merkle.h"

typedef struct recount recount;

recount *recount_open(void);
void recount_close(recount *r); /* NULL is accepted */

/* Takes the next leaf, with its LF. false: it breaks a rule, see recount_fault; the recount stays
 * as it was before. That a commitment came twice is decided by 64 bits of a hash with a random key:
 * at a million leaves a false alarm has a chance of 3 in 100 million, and is gone when counted
 * again.
 */
bool recount_take(recount *r, str leaf);

/* Why the last leaf was refused, in English. */
const char *recount_fault(const recount *r);

typedef struct recounted {
    uint64_t leaves;
    uint64_t adds, subs, undos, tallies, keys;
    int64_t of[SIGNER_KINDS]; /* that count: persons, organisations, mandate holders */
    int64_t total;
    bool is_closed;
    const char *mode; /* the word of the last mode; NULL: none */
    uint64_t mode_at; /* its position */
    hash32 manifest;  /* as leaf 0 names it */
    hash32 root;      /* of the tree over all leaves so far */
} recounted;

uint64_t recount_size(const recount *r); /* leaves so far */
recounted recount_state(const recount *r);

/* The hash of the last leaf taken; there was one. */
hash32 recount_leaf(const recount *r);

/* "m DK 2\n" lines, sorted by bytes: what the hash of a tally speaks of. */
str recount_breakdown(const recount *r, arena *a);

/* Whether leaf i is an add that counts. */
bool recount_counts(const recount *r, uint64_t i);
