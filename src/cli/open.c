/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys and database of a command. */

#include "cli/command.h"
#include "cli/keys.h"
#include "sql/schema.h"

err command_load_keys(command_context *c)
{
    key32 master;
    TRY(keys_load_master(c->a, c->data, &master));
    c->core.keys = core_keys_derive(&master);
    return OK;
}

err command_open_database(command_context *c)
{
    db_options open = {.url = c->database,
                       .schema = &schema_all,
                       .reach = DB_WORKER,
                       .sessions = 2,
                       .cache_bytes = 64 << 20};
    int missing = 0;
    TRY(command_load_keys(c));
    TRY(db_open(&open, &c->core.db));
    TRY(db_pending(c->core.db, &missing));
    if (missing == 0)
        return keys_fit(&c->core);
    command_say("the database misses %d migration(s): run `undersigned migrate`", missing);
    return ERR_CONFLICT;
}
