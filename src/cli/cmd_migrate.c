/* SPDX-License-Identifier: EUPL-1.2 */
/* `migrate`. */

#include "cli/commands.h"
#include "cli/keys.h"
#include "sql/schema.h"

#include "base/clock.h"
#include "core/erasure.h"

/* This may be the first start of a restored backup. */
static err erase_again(command_context *c)
{
    int64_t offset = 0, erased;
    TRY(keys_fit(&c->core));
    TRY(erasure_replay(&c->core, &offset, clock_now_ms(), &erased));
    if (erased)
        command_say("%lld signature(s) erased again, as the journal says", (long long)erased);
    return OK;
}

int cmd_migrate(command_context *c)
{
    db_options options = {.schema = &schema_all,
                          .url = c->database,
                          .reach = DB_WORKER,
                          .sessions = 1,
                          .cache_bytes = 64 << 20};
    int applied = 0;
    err e = db_open(&options, &c->core.db);
    if (e == OK)
        e = db_migrate(c->core.db, &applied);
    if (e == OK)
        command_say("%d migration(s) applied", applied);
    if (e == OK)
        e = erase_again(c);
    else if (e == ERR_CONFLICT)
        command_say("the database was made by another version: an applied migration differs");
    db_close(c->core.db);
    c->core.db = NULL;
    return command_exit(e);
}
