/* SPDX-License-Identifier: EUPL-1.2 */
/* Leases: one row a name. */

#include "core/lease.h"

#include "sql/q_job.h"

typedef struct leasing {
    str name, holder;
    int64_t now_ms, until_ms;
} leasing;

static err write_lease(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const leasing *l = arg;
    int64_t taken;
    TRY(q_lease_take(tx, l->name, l->holder, l->until_ms, l->now_ms, l->until_ms + LEASE_DOUBT_MS,
                     &taken));
    return taken == 1 ? OK : ERR_CONFLICT;
}

err lease_hold(core *c, str name, str holder, int64_t now_ms, int64_t until_ms)
{
    leasing l = {name, holder, now_ms, until_ms};
    return db_write(c->db, write_lease, &l);
}

static err write_release(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const leasing *l = arg;
    return q_lease_release(tx, l->name, l->holder);
}

err lease_give_up(core *c, str name, str holder)
{
    leasing l = {name, holder, 0, 0};
    return db_write(c->db, write_release, &l);
}
