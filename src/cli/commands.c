/* SPDX-License-Identifier: EUPL-1.2 */
/* The command table. */

#include "cli/commands.h"

#include <stdarg.h>

const command cli_commands[] = {
    {"init",
     "",
     "make the data folder, keys and database",
     "Makes what is missing and leaves alone what is there, so it may be run again. With "
     "--content it also loads a content folder and opens the declarations in it.",
     COMMAND_NOTHING,
     cmd_init,
     {{"content", "FOLDER", "load this content folder"}}},
    {"migrate",
     "",
     "bring the database to this version",
     "Applies the missing migrations, each in one transaction. serve refuses to start while some "
     "are missing.",
     COMMAND_KEYS,
     cmd_migrate,
     {{0}}},
    {"import",
     "FOLDER",
     "load a content folder",
     "Checks the folder, reports every problem at once with file and line, then loads it in one "
     "transaction. Texts that people have signed cannot change: raise the version instead.",
     COMMAND_DATABASE,
     cmd_import,
     {{0}}},
    {"tally",
     "",
     "print the published counts",
     "One line a declaration: name, persons, organisations, mandate holders, total, and the size "
     "of the log they were counted from.",
     COMMAND_DATABASE,
     cmd_tally,
     {{0}}},
    {"sample",
     "N",
     "add N sample signatures",
     "For demonstrations only. Samples are signatures of invented signers, marked as samples "
     "wherever they are shown. Asks for --yes when real signatures are there.",
     COMMAND_DATABASE,
     cmd_sample,
     {{"yes", NULL, "also beside real signatures"}}},
    {"reasons",
     "[show|refuse N …]",
     "read what signers wrote, before it is shown",
     "Without arguments: up to 100 reasons (\"why I sign\") that wait, oldest first, with their "
     "numbers. "
     "show lets the named ones appear in the register, refuse keeps them out. Nothing that a "
     "signer "
     "wrote there is public before.",
     COMMAND_DATABASE,
     cmd_reasons,
     {{0}}},
    {"erase",
     "[N …]",
     "erase signatures for good, on request",
     "Shows what the numbers or the address lead to, without names; with --yes it stops counting "
     "and everything that says who signed is erased at once, also from backups that are restored "
     "later. Nobody can undo it.",
     COMMAND_DATABASE,
     cmd_erase,
     {{"mailbox", "ADDRESS", "all signatures made from this address"}, {"yes", NULL, "do it"}}},
    {"backup",
     "FILE",
     "copy the database while it is in use",
     "Writes a checked copy to a file that is not there yet. It holds neither the keys nor the "
     "erasure journal: keep each of the three in a place of its own. PostgreSQL: use pg_dump.",
     COMMAND_DATABASE,
     cmd_backup,
     {{0}}},
    {"restore",
     "FILE",
     "put a backup back where there is no database",
     "Put the keys and the erasure journal back first. Copies the backup, checks it, brings it to "
     "this version, and erases again who was erased since. Nothing is signed while the published "
     "log is newer than it.",
     COMMAND_KEYS,
     cmd_restore,
     {{"without-journal", NULL, "although persons who were erased come back"}}},
    {"doctor",
     "",
     "say what is well and what is not",
     "Checks keys, database, log, queue and mail, one line each. Exit code 0: all well; 1: "
     "something needs attention.",
     COMMAND_KEYS,
     cmd_doctor,
     {{0}}},
    {.name = NULL},
};

int command_exit(err e)
{
    switch (e) {
    case OK:
        return EXIT_OK;
    case ERR_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case ERR_CONFLICT:
        return EXIT_CONFLICT;
    case ERR_DENIED:
        return EXIT_DENIED;
    case ERR_BUSY:
    case ERR_UNCERTAIN:
        return EXIT_LATER;
    case ERR_INVALID:
    case ERR_LIMIT:
    case ERR_IO:
        return EXIT_FAILED;
    }
    return EXIT_FAILED;
}

str command_flag_value(const command_context *c, size_t flag)
{
    return c->flags[flag].at ? c->flags[flag] : S("");
}

bool command_flag_given(const command_context *c, size_t flag)
{
    return c->flags[flag].at != NULL;
}

void command_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("undersigned: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}
