/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* An outsider's recount of a log, written from docs/log.md alone: it shares no code with the
 * sequencer, so the two can disagree. */

#include "base/base.h"

typedef struct counted_leaf {
    char kind; /* p, o, m; 0: no add */
    char country[3];
    bool is_cancelled;
} counted_leaf;

typedef struct recount {
    arena *a;
    counted_leaf *at;
    size_t n, room;
    size_t tallies;
    const char *fault; /* NULL while the log keeps its rules */
} recount;

recount recount_in(arena *a, size_t room);

/* Takes the next leaf, with its LF; false and `fault` when it breaks a rule. */
bool recount_take(recount *r, str leaf);

int64_t recount_total(const recount *r);
/* "m DK 2\n" lines, sorted bytewise. */
str recount_breakdown(const recount *r);
