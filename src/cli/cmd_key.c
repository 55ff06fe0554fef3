/* SPDX-License-Identifier: EUPL-1.2 */
/* `key`: a key of the organiser, made where it shall stay. */

#include "cli/commands.h"
#include "cli/organiser_keys.h"
#include "draw/key_sheet.h"

#include "base/clock.h"

enum { FLAG_NAME, FLAG_NO_SHEET };

static err write_sheet(command_context *c, str path, const age_identity *identity)
{
    char stamp[32];
    clock_iso8601(clock_now_ms(), stamp);
    age_recipient recipient = age_recipient_of(identity);
    str name = command_flag_value(c, FLAG_NAME);
    const key_sheet sheet = {
        .title = name.n ? name : S("Organiser's key"),
        .made = str_head(str_of(stamp), 10),
        .recipient = age_recipient_text(c->a, &recipient),
        .secret = age_identity_text(c->a, identity),
    };
    str stem = str_ends(path, S(".txt")) ? str_head(path, path.n - 4) : path;
    const char *pdf = arena_printf(c->a, "%.*s.pdf", STR_FMT(stem)).at;
    err e = key_sheet_write(c->a, pdf, &sheet);
    if (e == OK)
        command_say("made %s: print it, lock it away, then delete the file", pdf);
    else
        command_say("cannot make the sheet %s: %s", pdf,
                    e == ERR_CONFLICT  ? "it is there already"
                    : e == ERR_INVALID ? "no font here has the letters of the name"
                                       : "the disk refuses it");
    return e;
}

int cmd_key(command_context *c)
{
    age_identity identity;
    if (c->argument_count != 1) {
        command_say("key takes one file that is not there yet, for example organiser-1.txt");
        return EXIT_USAGE;
    }
    err e = organiser_key_make(c->a, arena_cstr(c->a, c->arguments[0]), &identity);
    if (e == OK && !command_flag_given(c, FLAG_NO_SHEET))
        e = write_sheet(c, c->arguments[0], &identity);
    if (e == OK) {
        age_recipient recipient = age_recipient_of(&identity);
        printf("%.*s\n", STR_FMT(age_recipient_text(c->a, &recipient)));
    }
    secret_wipe(&identity, sizeof identity);
    return command_exit(e);
}
