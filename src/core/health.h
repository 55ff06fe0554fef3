/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How the installation fares, for doctor and, later, the office. */

#include "core/core.h"

typedef struct health {
    int64_t pending, withdrawn; /* not yet erased */
    int64_t counted;            /* in the log */
    int64_t queue;              /* confirmed, not yet in the log */
    bool is_sealing;            /* somebody holds the sealer's lease */
    int64_t mail_waiting, mail_overdue;
    int64_t mail_oldest_ms; /* when the oldest waiting mail was queued; 0: none */
    int64_t
        relay_away_ms; /* since when the mail relay is not there; 0: it is, as far as is known */
    int64_t mail_sent, mail_later, mail_refused, mail_budget; /* in the last 24 hours */
    /* came back then: for good, for now, and because our domain was refused */
    int64_t mail_eai; /* never sent: the relay does not take addresses beyond ASCII */
    int64_t mail_returned, mail_kept, mail_alarm;
} health;

MUST_USE err health_read(core *c, arena *a, int64_t now_ms, health *out_health);

/* Writes a setting of its own, to see whether the database takes anything: as db_write. */
MUST_USE err health_probe(core *c, int64_t now_ms);
