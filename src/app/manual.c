/* SPDX-License-Identifier: EUPL-1.2 */
/* man(7) markup on stdout. A word of a table can hold no markup: '\' and leading '.' or ''' are
 * written so that roff takes them as text. */

#include "app/manual.h"

#include "app/app.h"
#include "app/version.h"

static void put(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
    }
}

static void put_item(const char *name, const char *value)
{
    fputs(".TP\n.B ", stdout);
    put(name);
    if (value && *value) {
        fputs(" \\fI", stdout);
        put(value);
        fputs("\\fR", stdout);
    }
    putchar('\n');
}

static void put_commands(const command *row)
{
    for (; row->name; row++) {
        put_item(row->name, row->arguments);
        put(row->text);
        putchar('\n');
        for (size_t i = 0; i < COMMAND_FLAGS_MOST && row->flags[i].name; i++) {
            fputs(".br\n\\fB\\-\\-", stdout);
            put(row->flags[i].name);
            fputs("\\fR", stdout);
            if (row->flags[i].value) {
                fputs(" \\fI", stdout);
                put(row->flags[i].value);
                fputs("\\fR", stdout);
            }
            fputs(": ", stdout);
            put(row->flags[i].help);
            putchar('\n');
        }
    }
}

void manual_print(void)
{
    printf(".TH UNDERSIGNED 1 \"\" \"undersigned %s\"\n", VERSION);
    fputs(".SH NAME\nundersigned \\- runs an alliance and its declaration\n"
          ".SH SYNOPSIS\n.B undersigned\n.I COMMAND\n[\\fB\\-\\-\\fIoption value\\fR ...] "
          "[\\fIargument\\fR ...]\n"
          ".SH COMMANDS\n",
          stdout);
    put_commands(cli_commands);
    put_commands(app_commands);
    fputs(".SH OPTIONS\nEach may stand as a flag, as a line \\fIname = value\\fR in the file given "
          "by "
          "\\fB\\-\\-config\\fR, or in the environment as UNDERSIGNED_NAME. Flags stand over the "
          "environment, the environment over the file.\n",
          stdout);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        snprintf(name, sizeof name, "--%s", option_table[i].name);
        put_item(name, option_table[i].value);
        put(option_table[i].help);
        if (option_table[i].fallback[0]) {
            fputs("; default: ", stdout);
            put(option_table[i].fallback);
        }
        putchar('\n');
    }
    fputs(".SH EXIT STATUS\n0 done, 1 failed, 2 usage, 3 not found, 4 conflict, 5 denied, 75 try "
          "later.\n",
          stdout);
}
