/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The part of the audit that reads time stamps (docs/log.md). */

#include "core/audit.h"

/* All that the log lists, into the report: each stamp is of its file, and each file a checkpoint of
 * this log, signed by the key of the report. That the leaves give its root, the walk says. None is
 * listed: OK. Outcomes as of audit_run. */
MUST_USE err audit_stamps_read(arena *kept, arena *scratch, const audit_plan *plan,
                               audit_report *report);
