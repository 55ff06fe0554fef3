/* SPDX-License-Identifier: EUPL-1.2 */
/* `import FOLDER`. */

#include "cli/commands.h"

int cmd_import(command_context *c)
{
    if (c->argument_count != 1) {
        command_say("import takes one folder, for example: undersigned import content/cohesion");
        return EXIT_USAGE;
    }
    return command_exit(cmd_import_folder(c, c->arguments[0], false));
}
