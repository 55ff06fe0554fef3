/* SPDX-License-Identifier: EUPL-1.2 */
/* `import FOLDER`: check, say what changes, change it. */

#include "cli/commands.h"
#include "cli/content_files.h"
#include "cli/content_report.h"
#include "cli/keys.h"
#include "cli/organiser_keys.h"

#include "base/clock.h"

enum { FLAG_CHECK, FLAG_DRY_RUN, FLAG_STRICT };

typedef struct importing {
    command_context *c;
    str folder;
    bool is_check, is_dry, is_strict;
    bool makes_keys; /* for a first look, when a declaration names none */
    content_folder *read;
    content_report report;
    content_changes changes;
} importing;

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

static void say_result(importing *im, err e)
{
    const content_report *report = &im->report;
    str problems = content_count_problems(im->c->a, report);
    if (!im->c->is_json)
        content_say_problems(report);
    if (report->errors)
        command_say("content: %.*s; nothing was changed", STR_FMT(problems));
    else if (e == OK && im->is_check)
        command_say("content: %zu items, %zu texts; %.*s", report->items, report->texts,
                    STR_FMT(problems));
    else if (e == OK && im->is_dry)
        command_say("content: %zu items, %zu texts; nothing was changed (--dry-run)", report->items,
                    report->texts);
    else if (e == OK)
        command_say("content: %zu items, %zu texts, %zu declaration(s) opened", report->items,
                    report->texts, report->declarations_opened);
}

/* What changes is told before it is done, and the transaction holds to it or says otherwise. */
static err store(importing *im)
{
    command_context *c = im->c;
    sign_key log_key;
    if (str_starts(c->origin, S("http://unix:"))) {
        command_say(
            "listen is a socket: say --origin, which the logs of declarations bear for good");
        return ERR_INVALID;
    }
    TRY(keys_load_log(c->a, c->data, &log_key));
    content_write_options options = {
        .origin = c->origin, .log_public_key = log_key.public_key, .now_ms = clock_now_ms()};
    if (im->makes_keys && content_lacks_recipients(im->read))
        TRY(keys_for_a_first_look(c, &options.organiser));
    TRY(content_files_take(c, im->read, im->is_dry, NULL, &im->report));
    TRY(content_compare(&c->core, c->a, im->read, &options, &im->changes, &im->report));
    if (!c->is_json)
        content_print_changes(c->a, im->changes);
    if (im->is_dry)
        return OK;
    fflush(stdout);
    return content_write(&c->core, c->a, im->read, &options, &im->changes, &im->report);
}

static err run(importing *im)
{
    command_context *c = im->c;
    err e = content_read(c->a, im->folder, &im->read, &im->report);
    if (e == ERR_NOT_FOUND) {
        command_say("no content folder %.*s", STR_FMT(im->folder));
        return e;
    }
    if (im->is_check && !c->is_json)
        content_print_languages(c->a, content_items(im->read));
    if (e == OK && im->is_strict && im->report.warnings)
        e = ERR_INVALID;
    if (e == OK && !im->is_check)
        e = store(im);
    say_result(im, e);
    if (c->is_json)
        content_print_json(c->a, &im->report, content_items(im->read), im->changes);
    return e;
}

err cmd_import_folder(command_context *c, str folder)
{
    importing im = {.c = c, .folder = folder, .makes_keys = true};
    return run(&im);
}

int cmd_import(command_context *c)
{
    if (c->argument_count != 1) {
        command_say("import takes one folder, for example: undersigned import content/cohesion");
        return EXIT_USAGE;
    }
    importing im = {.c = c,
                    .folder = c->arguments[0],
                    .is_check = command_flag_given(c, FLAG_CHECK),
                    .is_dry = command_flag_given(c, FLAG_DRY_RUN),
                    .is_strict = command_flag_given(c, FLAG_STRICT)};
    err e = im.is_check ? OK : command_open_database(c);
    return command_exit(e == OK ? run(&im) : e);
}
