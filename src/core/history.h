/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How the count came about: one point for each checkpoint that is kept. Of the last two days that
 * is the last of each minute, of thirty days the last of each hour, before that the last of each
 * day; and always the latest. Nothing is computed from signatures, so a history costs the same at
 * any size. */

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

/* Whole days (UTC) that have ended, beside the one that runs. */
enum { HISTORY_MINUTES_DAYS = 2, HISTORY_HOURS_DAYS = 30 };

enum {
    HISTORY_MOST = 1000,        /* of one read */
    HISTORY_STEPS_MOST = 10000, /* all that is kept of more than fifteen years */
    HISTORY_MINUTE = 60000,
    HISTORY_HOUR = 3600000,
    HISTORY_DAY = 86400000,
};

typedef struct history_range {
    int64_t after_size;        /* behind the point of this size; 0: from the first */
    int64_t from_ms, until_ms; /* from <= at < until; until 0: no end */
} history_range;

/* At most `most` (up to HISTORY_MOST) points of the range, the oldest. For paging: go on with
 * after_size of the last one. */
MUST_USE err history_read(core *c, arena *a, int64_t declaration_id, const history_range *range,
                          size_t most, history *out_history);

/* The range as a curve: of each step (HISTORY_DAY and the like, UTC) its last point; when that are
 * more than `most` (2 to HISTORY_STEPS_MOST), as many of them as evenly apart as whole steps allow,
 * the first and the last among them. */
MUST_USE err history_steps(core *c, arena *a, int64_t declaration_id, const history_range *range,
                           int64_t step_ms, size_t most, history *out_history);
