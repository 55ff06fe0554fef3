/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop around core's rule for held signatures. */

#include "work/releaser.h"

#include "base/clock.h"
#include "base/log.h"
#include "core/hold.h"
#include "core/lease.h"

enum { EVERY_MS = 60000 };

void releaser_run(worker *w)
{
    err before = OK;
    do {
        int64_t now_ms = clock_now_ms(), released = 0;
        err e = lease_hold(w->core, S("releaser"), w->name, now_ms, now_ms + EVERY_MS - 1000);
        if (e == OK)
            e = hold_run(w->core, now_ms, &released);
        if (released > 0)
            LOG(LOG_INFO, "hold.released", log_int("signatures", released));
        if (e == ERR_CONFLICT) /* another node's turn */
            e = OK;
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_ERROR, "releaser.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, EVERY_MS));
}
