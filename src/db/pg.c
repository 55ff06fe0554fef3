/* SPDX-License-Identifier: EUPL-1.2 */
/* PostgreSQL: not yet. */

#include "db/engine.h"

err pg_open(const db_options *options, arena *home, db **out_db)
{
    (void)options;
    (void)home;
    (void)out_db;
    return ERR_IO;
}
