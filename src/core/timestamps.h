/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Time stamps of checkpoints: when one is due, and what is kept of it. Who asks is work's. */

#include "core/log.h"

/* A checkpoint that was stamped. */
typedef struct timestamp_kept {
    int64_t size; /* 0: none */
    str note;     /* the stamped file */
    str reply;    /* the authority's answer */
    int64_t time_ms;
    str authority;
    int64_t at_ms; /* by our clock */
} timestamp_kept;

typedef struct timestamp_list {
    timestamp_kept *at;
    size_t n;
} timestamp_list;

/* The last checkpoint, when it should be stamped: it is larger than the last one stamped, and that
 * was not today (UTC) or does not hold the close that this one holds. ERR_NOT_FOUND: not now. */
MUST_USE err timestamps_due(core *c, arena *a, int64_t declaration_id, int64_t now_ms,
                            published *out_checkpoint);

MUST_USE err timestamps_keep(core *c, int64_t declaration_id, const timestamp_kept *kept);

/* The last, without note and reply. Its size is 0 when there is none. */
MUST_USE err timestamps_last(core *c, arena *a, int64_t declaration_id, timestamp_kept *out_last);

/* At most `most` of those behind a size, with note and reply alone. */
MUST_USE err timestamps_after(core *c, arena *a, int64_t declaration_id, int64_t after,
                              int64_t most, timestamp_list *out_list);

/* All, with size and time alone. */
MUST_USE err timestamps_times(core *c, arena *a, int64_t declaration_id, timestamp_list *out_list);

/* Why the authority gives none, for doctor. Empty: it does, or nobody was asked. */
MUST_USE err timestamps_trouble_set(core *c, str text, int64_t now_ms);
MUST_USE err timestamps_trouble_get(core *c, arena *a, str *out_text, int64_t *out_since_ms);
