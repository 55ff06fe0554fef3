/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The log of a declaration: an append-only list of `sig1` lines under a Merkle tree (docs/log.md).
 * Confirming only queues; one sealer takes the queue, gives positions and counts, in one
 * transaction. Publishing files and signing are work/'s; what is public is the last checkpoint. */

#include "core/alliance.h"
#include "crypto/merkle.h"

typedef enum log_verb {
    LOG_ADD = 1,
    LOG_WITHDRAWN = 2, /* sub … withdrawn */
    LOG_UNDO = 3,
    LOG_INVALID = 4,   /* sub … invalid */
    LOG_DUPLICATE = 5, /* sub … duplicate: another leaf stands for the same signer */
    LOG_KEY = 6,       /* key organiser …: commitment is the key's text */
} log_verb;

enum {
    LOG_CLOSE_AFTER_MS = 120000, /* what was confirmed in the last moment is in the queue by then */
    LOG_BATCH_MOST = 256,        /* leaves of one transaction */
    LOG_TALLY_EVERY_MS = 600000, /* a tally leaf at most this often, and only after changes */
    LOG_ENTRY_BYTES_MOST = 200,
};

/* Leaf 0 and the empty head; part of opening a declaration. */
MUST_USE err log_open(db_tx *tx, arena *scratch, int64_t declaration_id, str manifest,
                      int64_t now_ms);

/* First a mode, when commits have begun or ceased to wait for another server. Then it takes at most
 * LOG_BATCH_MOST from the queue: adds sorted by commitment (so that the order inside a batch says
 * nothing), then subs, undos and keys in their order, then a tally when due. When the declaration
 * has closed, nothing waits and nobody is held any more, the close, once; an add that is queued
 * behind it stays there. Out: leaves appended (0: nothing to do). ERR_CONFLICT: another sealer
 * moved the head. */
MUST_USE err log_sequence(core *c, int64_t declaration_id, int64_t now_ms, int64_t *out_appended);

typedef struct log_counts {
    int64_t of[SIGNER_KINDS]; /* persons, organisations, mandate holders */
} log_counts;

int64_t log_counts_total(const log_counts *counts);

/* The tree and its counts at one instant. breakdown: "p DK 12\n" lines sorted bytewise, zero
 * counts left out. */
typedef struct log_state {
    merkle_frontier frontier;
    log_counts counts;
    str breakdown;
    str versions;  /* "1 12\n" lines: how many behind which version of the text */
    str sources;   /* "aer 12\n" lines: how many through the link of which partner */
    str regions;   /* "2021 AT22 12\n" lines: how many of those who named a region, by NUTS */
    str languages; /* "da 12\n" lines: how many signed in which language */
    str types;     /* "ngo 3\n" lines: how many organisations of which type, where it is known */
    bool is_closed;
} log_state;
MUST_USE err log_state_now(core *c, arena *a, int64_t declaration_id, log_state *out_state);

/* Whether the close stands: no add can follow, and so no correction of what was committed. */
MUST_USE err log_is_closed(db_tx *tx, arena *scratch, int64_t declaration_id, bool *out_is_closed);

/* Queues a key leaf for each recipient; part of changing them. */
MUST_USE err log_queue_recipients(db_tx *tx, arena *scratch, int64_t declaration_id,
                                  recipient_list to);

/* Entries [start, stop), each with its LF. */
MUST_USE err log_entries(core *c, arena *a, int64_t declaration_id, int64_t start, int64_t stop,
                         str_list *out_entries);

typedef struct published {
    int64_t size;
    hash32 root;
    str note;
    log_counts counts;
    str breakdown;
    str versions;
    str sources;
    str regions; /* these three not for publishing as they are: small numbers point at people */
    str languages;
    str types;
    int64_t at_ms;
} published;

/* Records what has been published; of the checkpoints before it, the last of each minute stays,
 * with its numbers alone. ERR_CONFLICT: that size stands already. */
MUST_USE err log_publish(core *c, int64_t declaration_id, const published *p);
/* The same checkpoint with other cosignatures behind it. */
MUST_USE err log_cosigned(core *c, int64_t declaration_id, int64_t size, str note);
/* The last checkpoint. ERR_NOT_FOUND: none yet. */
MUST_USE err log_published(core *c, arena *a, int64_t declaration_id, published *out_published);

/* What is wrong with publishing a log, for doctor and the signers' pages. An empty text: nothing.
 */
typedef struct log_trouble {
    bool is_refused; /* nothing is signed until the cause is gone */
    str text;        /* in English, for operators */
    int64_t since_ms;
} log_trouble;
/* Keeps since_ms of a trouble that stands already. */
MUST_USE err log_trouble_set(core *c, str slug, const log_trouble *t);
MUST_USE err log_trouble_get(core *c, arena *a, str slug, log_trouble *out_trouble);

/* One small read that changes whenever any declaration has a new checkpoint, or a time stamp, or
 * the register shows something else without one. */
MUST_USE err log_published_mark(core *c, int64_t *out_mark);

/* Confirmed but not yet in the log, over all declarations. */
MUST_USE err log_waiting(core *c, int64_t *out_waiting);

/* The next line of such a text. False at its end. */
bool log_version_next(str *versions, int64_t *out_version, int64_t *out_n);

/* The same of sources, languages and types. */
bool log_share_next(str *lines, str *out_value, int64_t *out_n);
/* How many came through the link of a partner. */
int64_t log_source_count(str sources, str partner);
/* The next line of regions: version of NUTS, code, how many. False at its end. */
bool log_region_next(str *regions, int64_t *out_version, str *out_code, int64_t *out_n);

/* How many in a breakdown have that kind and country. */
int64_t log_breakdown_count(str breakdown, signer_kind kind, str country);
