/* SPDX-License-Identifier: EUPL-1.2 */
/* `migrate`. */

#include "cli/commands.h"
#include "sql/schema.h"

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
    else if (e == ERR_CONFLICT)
        command_say("the database was made by another version: an applied migration differs");
    db_close(c->core.db);
    c->core.db = NULL;
    return command_exit(e);
}
