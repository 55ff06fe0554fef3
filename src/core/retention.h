/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What must not be kept longer: pending signatures 14 days, withdrawn ones 24 hours, links until
 * they expire, mail budgets and traces two days, the mail log 30 days. */

#include "core/core.h"

typedef struct retention_report {
    int64_t pending;   /* signatures erased, never confirmed */
    int64_t withdrawn; /* records erased after the time to undo */
    int64_t links;
    int64_t traces; /* of where signatures came from, after TRACE_HOURS */
    int64_t mail_log;
    int64_t checkpoints; /* all but the last of each day, two days later */
} retention_report;

/* Erases what is due, in small transactions, and clears the disk of what is no more in the rows;
 * call it every few minutes. */
MUST_USE err retention_run(core *c, int64_t now_ms, retention_report *out_report);
