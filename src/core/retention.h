/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What must not be kept longer: pending signatures 14 days, withdrawn ones 24 hours, links no
 * longer than their signature and until they expire, mail budgets and traces two days, names of
 * attempts by partners' keys a day, the mail log 30 days, requests to join (core/joining.h),
 * interest in an action until the day it named; and everything personal of a declaration until the
 * day that it named, together with the key of its address tags. */

#include "core/alliance.h"

enum { MAIL_LOG_DAYS = 30 };

typedef struct retention_report {
    int64_t pending;   /* signatures erased, never confirmed */
    int64_t withdrawn; /* records erased after the time to undo */
    int64_t ended;     /* signatures erased because their declaration's day has come */
    int64_t links;
    int64_t traces; /* of where signatures came from, after TRACE_HOURS */
    int64_t mail_log;
    int64_t interest;    /* rows of core/interest.h */
    int64_t requests;    /* to join, JOINING_…_DAYS */
    int64_t attempts;    /* names that partners gave to what they sent */
    int64_t checkpoints; /* of the past, as core/history.h says */
} retention_report;

/* Erases what is due, in small transactions, and clears the disk of what is no more in the rows;
 * call it every few minutes. */
MUST_USE err retention_run(core *c, int64_t now_ms, retention_report *out_report);

/* What would go, and when, if nothing else happened. */
typedef struct retention_prospect {
    str what; /* unconfirmed, withdrawn, links, traces, mail-log, interest, requests or declaration
               */
    const declaration *declaration; /* of the last; else NULL */
    int64_t n;                      /* that are there */
    int64_t due;                    /* of them, now */
    int64_t next_ms;                /* when the first of them goes; 0: none does */
} retention_prospect;

typedef struct retention_forecast {
    retention_prospect *at;
    size_t n;
} retention_forecast;

MUST_USE err retention_foresee(core *c, arena *a, const alliance *al, int64_t now_ms,
                               retention_forecast *out_forecast);

/* The day of the declaration has come, and the cleaner has not. */
bool retention_is_due(const declaration *d, int64_t now_ms);
