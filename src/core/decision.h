/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Decisions of the organiser about many signatures at once: let held ones count, refuse them, take
 * counted ones out. Always in three steps: say which (terms), look at the counts (preview), decide
 * (apply). Each decision stays with who, when, the terms, the public reason and its signatures, and
 * refusals and invalidations can be undone. In the log each invalidation is one `sub … invalid`,
 * each undoing of it one `undo`. */

#include "core/watch.h"

typedef enum decision_verb {
    DECISION_RELEASE = 1,    /* held: counts from now on */
    DECISION_REFUSE = 2,     /* held: never counts */
    DECISION_INVALIDATE = 3, /* counted: counts no more */
} decision_verb;

/* Which signatures: those that fit everything that is given. */
typedef struct decision_terms {
    int64_t declaration;
    bool has_domain, has_network;
    watch_tag domain, network;
    str country;                       /* empty: any */
    int64_t first_ms, before_ms;       /* confirmed in that time; before_ms 0: any */
    int64_t number_first, number_last; /* number_last 0: any */
} decision_terms;

typedef struct decision_count {
    str label; /* name of a domain, code of a country, hour as "2026-06-15T14", tag of a network */
    int64_t n;
} decision_count;

typedef struct decision_counts {
    const decision_count *at;
    size_t n;
} decision_counts;

/* Groups smaller than DECISION_GROUP_LEAST are put together as "…", and domains whose name is not
 * known are shown by their tag: nothing here points to a person. */
enum { DECISION_GROUP_LEAST = 5 };

typedef struct decision_preview {
    int64_t n;
    decision_counts domains, countries, hours, networks;
} decision_preview;

MUST_USE err decision_look(core *c, arena *a, decision_verb verb, const decision_terms *terms,
                           decision_preview *out_preview);

/* What the organiser says of it. words: the terms as they were typed. */
typedef struct decision_note {
    str who, words;
    str reason; /* published, unless the verb is DECISION_RELEASE */
} decision_note;

/* Decides, in transactions of a few hundred signatures. When one fails, what is done stays done,
 * under the decision's number, and doing it again takes the rest. Out: number of the decision, 0
 * when nothing fits; how many. */
MUST_USE err decision_apply(core *c, decision_verb verb, const decision_terms *terms,
                            const decision_note *note, int64_t now_ms, int64_t *out_number,
                            int64_t *out_n);

/* Takes a refusal or an invalidation back: who was held is held again, who counted counts again.
 * Signatures that were erased meanwhile stay so. May be repeated after a failure.
 * ERR_NOT_FOUND: no such decision; ERR_CONFLICT: undone before, or a release: that is in the log.
 */
MUST_USE err decision_undo(core *c, int64_t number, str who, int64_t now_ms, int64_t *out_n);

typedef struct decision {
    int64_t number;
    int64_t declaration;
    decision_verb verb;
    int64_t at_ms;
    str who, words, reason;
    int64_t n;
    int64_t undone_ms; /* 0: it stands */
    str undone_by;
} decision;

typedef struct decisions {
    const decision *at;
    size_t n;
} decisions;

/* Newest first. */
MUST_USE err decision_list(core *c, arena *a, size_t most, decisions *out_decisions);

/* The public ones of a declaration, newest first: without who and words. */
MUST_USE err decision_public(core *c, arena *a, int64_t declaration_id, size_t most,
                             decisions *out_decisions);
