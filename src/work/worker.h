/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the loops of the work process share: the core, a name for leases, the way to stop, and the
 * alliance as it stands. Each loop is a thread of its own. */

#include "core/alliance.h"

#include <pthread.h>

typedef struct worker {
    core *core;
    str name; /* holder of leases */
    pthread_mutex_t lock;
    pthread_cond_t stop_signal;
    bool is_stopping;
} worker;

void worker_init(worker *w, core *c, str name);
void worker_clear(worker *w);

/* From any thread: all loops end soon. */
void worker_stop(worker *w);

/* Sleeps, at most ms; false when the worker is being stopped. */
bool worker_rest(worker *w, int ms);

/* The alliance, loaded anew only when its revision changed; *home holds it between calls. */
typedef struct alliance_copy {
    arena *home;
    alliance al;
} alliance_copy;
MUST_USE err worker_alliance(worker *w, alliance_copy *copy);
