/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the parts of an audit share. Private to core/audit*.c. */

#include "core/audit.h"

typedef struct audit_work {
    const audit_plan *plan;
    audit_report *report;
    arena *kept;    /* what the report points to */
    arena *scratch; /* of one bundle, or one stamp */
} audit_work;

/* Into report->finding; e. */
__attribute__((format(printf, 3, 4))) err audit_find(const audit_work *w, err e, const char *format,
                                                     ...);

/* As plan->read, counted. ERR_DENIED: longer than it can be; ERR_NOT_FOUND: missing. The finding
 * says so. */
MUST_USE err audit_file(const audit_work *w, arena *a, str path, size_t most_bytes, str *out_bytes);

/* All time stamps that the log lists (docs/log.md), into the report: each stamp is of its file, and
 * each file a checkpoint of this log, signed by the key of the report. That the leaves give its
 * root, the walk says. None is listed: OK. Outcomes as of audit_run. */
MUST_USE err audit_stamps_read(const audit_work *w);
