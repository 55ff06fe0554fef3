/* SPDX-License-Identifier: EUPL-1.2 */
/* `opening FILE`: the same opening with some fields kept back. */

#include "cli/commands.h"
#include "cli/verify_file.h"

#include "core/opening.h"

enum { FLAG_KEEP };

/* "name,org" */
static int read_keep(const command_context *c, bool keep[static OPENING_FIELDS])
{
    str rest = command_flag_value(c, FLAG_KEEP);
    while (rest.n) {
        str name = str_cut(rest, ',', &rest);
        int field = opening_field(name);
        if (field < 0) {
            command_say(
                "an opening has no field %.*s; it has campaign, text, lang, kind, name, org, "
                "mail, cc, region, show, uniq, day",
                STR_FMT(name));
            return EXIT_USAGE;
        }
        keep[field] = true;
    }
    return EXIT_OK;
}

int cmd_opening(command_context *c)
{
    bool keep[OPENING_FIELDS] = {false};
    opening o;
    str text;
    if (c->argument_count != 1 || !command_flag_given(c, FLAG_KEEP)) {
        command_say("opening takes a FILE and --keep with the fields to show: --keep name,org");
        return EXIT_USAGE;
    }
    int code = read_keep(c, keep);
    if (code != EXIT_OK)
        return code;
    if (verify_file_read(c->a, c->arguments[0], OPENING_BYTES_MOST, &text) != OK)
        return EXIT_NOT_FOUND;
    if (opening_read(c->a, text, &o) != OK) {
        command_say("%.*s is no opening", STR_FMT(c->arguments[0]));
        return EXIT_FAILED;
    }
    str reduced = opening_reduced(c->a, &o, keep);
    fwrite(reduced.at, 1, reduced.n, stdout);
    return EXIT_OK;
}
