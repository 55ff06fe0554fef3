/* SPDX-License-Identifier: EUPL-1.2 */
/* `init`: everything a first start needs, and nothing that a second one would harm. */

#include "cli/command.h"
#include "cli/commands.h"
#include "cli/content_files.h"
#include "cli/keys.h"
#include "cli/organiser_keys.h"
#include "sql/schema.h"

#include "base/clock.h"
#include "core/content.h"
#include "core/journal.h"

#include <errno.h>
#include <sys/stat.h>

enum { FLAG_CONTENT };

static err make_folder(arena *a, str path)
{
    if (mkdir(arena_cstr(a, path), 0750) == 0 || errno == EEXIST)
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

static err keys_for_a_first_look(command_context *c, recipient_list *out_organiser)
{
    age_identity keys[RECIPIENTS_LEAST];
    age_recipient *all = arena_array(c->a, age_recipient, RECIPIENTS_LEAST);
    TRY(organiser_keys_here(c->a, c->data, keys));
    for (size_t i = 0; i < RECIPIENTS_LEAST; i++) {
        TRY(ceremony_here(c, &keys[i]));
        all[i] = age_recipient_of(&keys[i]);
    }
    secret_wipe(keys, sizeof keys);
    *out_organiser = (recipient_list){all, RECIPIENTS_LEAST};
    return OK;
}

err cmd_import_folder(command_context *c, str folder, bool may_make_keys)
{
    content_folder *read;
    content_report report;
    sign_key log_key;
    TRY(keys_load_log(c->a, c->data, &log_key));
    err e = content_read(c->a, folder, &read, &report);
    if (e == ERR_NOT_FOUND)
        command_say("no content folder %.*s", STR_FMT(folder));
    recipient_list organiser = {NULL, 0};
    if (e == OK && may_make_keys && content_lacks_recipients(read))
        e = keys_for_a_first_look(c, &organiser);
    if (e == OK)
        e = content_files_take(c, read, &report);
    if (e == OK)
        e = content_write(&c->core, c->a, read, c->origin, log_key.public_key, organiser,
                          clock_now_ms(), &report);
    for (size_t i = 0; i < report.problems.n && e != ERR_NOT_FOUND; i++) {
        const content_problem *p = &report.problems.at[i];
        command_say("%.*s:%zu: %.*s", STR_FMT(p->file), p->line, STR_FMT(p->message));
    }
    if (e == OK)
        command_say("content: %zu items, %zu texts, %zu declaration(s) opened", report.items,
                    report.texts, report.declarations_opened);
    return e;
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
        e = cmd_import_folder(c, content, true);
    if (e == OK)
        command_say("ready: start it with `undersigned serve --data %.*s`", STR_FMT(c->data));
    db_close(c->core.db);
    c->core.db = NULL;
    return command_exit(e);
}
