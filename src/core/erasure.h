/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Erasing a signature for good: it stops counting (a `sub … withdrawn` in the log), and whatever
 * says who signed is gone: record, public entry, links, mails that wait, changes of consent, place
 * on the mailbox. What stays is the number, kind, country and leaf, which nobody can open, and one
 * row that says that it happened.
 *
 * The erasure stands in the journal (core/journal.h) first. Each act is safe to repeat. */

#include "core/signature.h"

typedef enum erasure_cause {
    ERASURE_BY_SIGNER = 1,
    ERASURE_WITHDRAWN = 2, /* the time to undo is over */
    ERASURE_BY_OPERATOR = 3,
    ERASURE_AT_END = 5, /* the day that the declaration named: no sub, no journal, no row each */
    ERASURE_AGAIN = 4,  /* found in the journal, but not in the rows: a backup was restored */
} erasure_cause;

/* Behind the mailed link, in any state. ERR_NOT_FOUND: no such link; also when it is done. */
MUST_USE err erasure_by_link(core *c, str token, int64_t now_ms);

/* By numbers, for the operator and retention. Unknown and erased ones are passed over. */
MUST_USE err erasure_of_all(core *c, const int64_t *signatures, size_t n, erasure_cause cause,
                            int64_t now_ms, int64_t *out_erased);

/* Erases again what the journal names from *offset on (0: all of it); *offset moves to its end.
 * OK without a journal, too. */
MUST_USE err erasure_replay(core *c, int64_t *offset, int64_t now_ms, int64_t *out_erased);

/* What somebody has who asks about an address or a number: enough to decide, and no name. */
typedef struct erasure_candidate {
    int64_t signature;
    int64_t declaration;
    signer_kind kind;
    signature_state state;
    str country;
    int64_t created_ms;
    bool is_listed;
} erasure_candidate;

typedef struct erasure_candidates {
    erasure_candidate *at;
    size_t n;
} erasure_candidates;

/* ERR_INVALID: not an address. */
MUST_USE err erasure_find_mailbox(core *c, arena *a, const alliance *al, email_address address,
                                  erasure_candidates *out_candidates);
/* ERR_NOT_FOUND: there is none of that number, or it is erased. */
MUST_USE err erasure_find(core *c, arena *a, int64_t signature, erasure_candidate *out_candidate);

/* Makes the disk forget: what is no more in the rows still stands in SQLite's log. ERR_BUSY is OK
 * here: the cleaner tries again. */
MUST_USE err erasure_clear_disk(core *c);
