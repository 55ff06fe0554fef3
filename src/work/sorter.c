/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop around core's order. It needs no lease: a step that two take is given to one. */

#include "work/sorter.h"

#include "base/log.h"
#include "core/listing.h"

enum { EVERY_MS = 1000, TROUBLE_REST_MS = 5000 };

void sorter_run(worker *w)
{
    err before = OK;
    do {
        int64_t sorted;
        err e = listing_sort(w->core, &sorted);
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_ERROR, "sorter.state",
                log_str("outcome", str_of(err_name(e))));
        before = e;
    } while (worker_rest(w, before == OK ? EVERY_MS : TROUBLE_REST_MS));
}
