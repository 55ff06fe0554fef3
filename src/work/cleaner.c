/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop around core's retention rules. */

#include "work/cleaner.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/erasure.h"
#include "core/lease.h"
#include "core/retention.h"

enum { EVERY_MS = 300000 };

void cleaner_run(worker *w)
{
    err before = OK;
    int64_t journal_offset = 0;
    do {
        int64_t now_ms = clock_now_ms(), erased;
        retention_report r;
        /* The journal is this node's own, whoever cleans the database. */
        err e = erasure_replay(w->core, &journal_offset, now_ms, &erased);
        if (e == OK)
            e = lease_hold(w->core, S("cleaner"), w->name, now_ms, now_ms + EVERY_MS - 1000);
        if (e == OK)
            e = retention_run(w->core, now_ms, &r);
        if (e == OK && r.pending + r.withdrawn + r.ended > 0)
            LOG(LOG_INFO, "retention.erased", log_int("pending", r.pending),
                log_int("withdrawn", r.withdrawn), log_int("ended", r.ended));
        if (e == ERR_CONFLICT) /* another node's turn */
            e = OK;
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_ERROR, "cleaner.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, EVERY_MS));
}
