/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How the count came about: one point for each checkpoint that is kept, which is the last of every
 * day that has ended, one an hour of the last days, and the latest (core/log.h). Nothing is
 * computed from signatures, so a history costs the same at any size. */

#include "core/log.h"

typedef struct history_point {
    int64_t at_ms; /* of the checkpoint */
    int64_t size;  /* of the log then */
    log_counts counts;
} history_point;

typedef struct history {
    const history_point *at; /* oldest first */
    size_t n;
} history;

enum { HISTORY_MOST = 1000 };

typedef struct history_range {
    int64_t after_size;        /* behind the point of this size; 0: from the first */
    int64_t from_ms, until_ms; /* from <= at < until; until 0: no end */
} history_range;

/* At most `most` (up to HISTORY_MOST) points of the range, the oldest. For paging: go on with
 * after_size of the last one. */
MUST_USE err history_read(core *c, arena *a, int64_t declaration_id, const history_range *range,
                          size_t most, history *out_history);

/* The range as a curve: of each day (UTC) its last point; when that are more than `most` (2 to
 * HISTORY_MOST), as many of them as evenly apart as whole days allow, the first and the last among
 * them. */
MUST_USE err history_days(core *c, arena *a, int64_t declaration_id, const history_range *range,
                          size_t most, history *out_history);
