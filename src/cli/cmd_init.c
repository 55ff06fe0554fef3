/* SPDX-License-Identifier: EUPL-1.2 */
/* `init`: everything a first start needs, and nothing that a second one would harm. */

#include "base/file.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/keys.h"
#include "sql/schema.h"

#include "core/alliance.h"
#include "core/journal.h"

#include <errno.h>
#include <fcntl.h>

enum { FLAG_CONTENT };

static err make_folder(arena *a, str path)
{
    if (file_make_folder(AT_FDCWD, arena_cstr(a, path), 0750) == OK)
        return OK;
    command_say("cannot make the folder %.*s: %s", STR_FMT(path), strerrordesc_np(errno));
    return ERR_IO;
}

static err open_database(command_context *c)
{
    key32 master;
    TRY(keys_load_master(c->a, c->data, &master));
    c->core.keys = core_keys_derive(&master);
    db_options options = {.schema = &schema_all,
                          .url = c->database,
                          .reach = DB_WORKER,
                          .sessions = 2,
                          .cache_bytes = 64 << 20};
    TRY(db_open(&options, &c->core.db));
    int applied;
    TRY(db_migrate(c->core.db, &applied));
    if (applied)
        command_say("database: %d migration(s) applied", applied);
    return keys_fit(&c->core);
}

static void say_what_next(command_context *c)
{
    alliance al;
    if (alliance_load(&c->core, c->a, &al) == OK)
        command_say("ready: start it with `undersigned serve%.*s`", STR_FMT(c->given));
    else
        command_say("made; texts are missing: `undersigned init%.*s --content FOLDER` loads them",
                    STR_FMT(c->given));
}

int cmd_init(command_context *c)
{
    str content = command_flag_value(c, FLAG_CONTENT);
    err e = make_folder(c->a, c->data);
    if (e == OK)
        e = make_folder(c->a, arena_printf(c->a, "%.*s/log", STR_FMT(c->data)));
    if (e == OK)
        e = make_folder(c->a, arena_printf(c->a, "%.*s/media", STR_FMT(c->data)));
    if (e == OK)
        e = keys_create(c->a, c->data);
    if (e == OK)
        e = journal_create(arena_cstr(c->a, c->core.erasures));
    if (e == OK)
        e = open_database(c);
    if (e == OK && content.n)
        e = cmd_import_folder(c, content);
    if (e == OK)
        say_what_next(c);
    db_close(c->core.db);
    c->core.db = NULL;
    return command_exit(e);
}
