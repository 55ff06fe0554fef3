/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* From where visitors of the sign page came: sums by day and source, and no trace of a visitor. */

#include "core/core.h"

enum {
    VISIT_SOURCE_BYTES_MOST = 64,
    VISIT_LEAST = 5, /* a smaller sum is not shown alone: it could be about one person */
};

typedef struct visit_count {
    int64_t day; /* since 1970-01-01 */
    str source;
    int64_t n;
} visit_count;

/* Adds to what stands, in one transaction. Who calls sees to it that sources are known ones. */
MUST_USE err visit_add(core *c, const visit_count *at, size_t n);

typedef struct visit_source {
    str source;
    int64_t n;
} visit_source;

typedef struct visit_report {
    const visit_source *at; /* the largest first */
    size_t n;
    int64_t others; /* sum of the sources with less than VISIT_LEAST */
} visit_report;

MUST_USE err visit_read(core *c, arena *a, int64_t from_day, visit_report *out_report);
