/* SPDX-License-Identifier: EUPL-1.2 */
/* Both tables, in the width of a terminal. */

#include "app/help.h"

#include "app/app.h"

#include <stdio.h>

enum { COLUMNS = 79, NAME_BYTES_MOST = 40, LETTERS_APART_MOST = 2 };

static const char *const headings[COMMAND_TOPICS] = {
    [COMMAND_RUNS] = "Running it",
    [COMMAND_WRITES] = "Texts, partners, documents, stories",
    [COMMAND_COUNTS] = "Signatures",
    [COMMAND_SEALS] = "Sealed records and the organiser's keys",
    [COMMAND_JOINS] = "Partners and other sites",
    [COMMAND_PROVES] = "Proving the number",
};

static const command *const tables[] = {cli_commands, app_commands};

enum { TABLES = sizeof tables / sizeof *tables };

const command *help_find(str name)
{
    for (size_t t = 0; t < TABLES; t++)
        for (const command *row = tables[t]; row->name; row++)
            if (str_eq(str_of(row->name), name))
                return row;
    return NULL;
}

/* Characters, not bytes. */
static size_t columns_of(str word)
{
    size_t n = 0;
    for (size_t i = 0; i < word.n; i++)
        n += ((unsigned char)word.at[i] & 0xC0) != 0x80;
    return n;
}

/* Breaks lines between words, each behind as many blanks. */
static void print_wrapped(size_t indent, str text)
{
    size_t column = 0;
    while (text.n) {
        str word = str_cut(text, ' ', &text);
        size_t n = columns_of(word);
        if (column && column + 1 + n > COLUMNS) {
            putchar('\n');
            column = 0;
        }
        if (column)
            putchar(' ');
        else
            printf("%*s", (int)indent, "");
        printf("%.*s", STR_FMT(word));
        column = (column ? column + 1 : indent) + n;
    }
    putchar('\n');
}

void help_print(void)
{
    printf("undersigned: runs an alliance and its declaration\n\n"
           "  undersigned init --content content/cohesion   make keys and database\n"
           "  undersigned serve                             run it\n");
    for (int topic = 0; topic < COMMAND_TOPICS; topic++) {
        printf("\n%s\n", headings[topic]);
        for (size_t t = 0; t < TABLES; t++)
            for (const command *row = tables[t]; row->name; row++)
                if ((int)row->topic == topic)
                    printf("  %-11s %s\n", row->name, row->summary);
    }
    printf("\n`undersigned COMMAND --help` says more, `undersigned help options` lists the\n"
           "options, `undersigned help man` is the manual page.\n"
           "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 conflict, 5 denied,\n"
           "75 later.\n");
}

static void print_flag(const char *name, const char *value, const char *text)
{
    printf("\n  --%s%s%s\n", name, value ? " " : "", value ? value : "");
    print_wrapped(6, str_of(text));
}

void help_print_command(const command *row)
{
    printf("undersigned %s%s%s\n\n", row->name, row->arguments[0] ? " " : "", row->arguments);
    print_wrapped(0, str_of(row->text));
    for (size_t i = 0; i < COMMAND_FLAGS_MOST && row->flags[i].name; i++)
        print_flag(row->flags[i].name, row->flags[i].value, row->flags[i].help);
    print_flag("json", NULL, "machine-readable output, where there is output");
    printf("\nIt also takes the options that `undersigned help options` lists.\n");
}

void help_print_options(void)
{
    printf("Options of all commands; also in --config FILE and as UNDERSIGNED_NAME:\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        print_flag(option_table[i].name, option_table[i].value, option_table[i].help);
        if (option_table[i].fallback[0])
            printf("      default: %s\n", option_table[i].fallback);
    }
}

/* How many letters must be put in, taken out or changed (V. I. Levenshtein, 1966). */
static size_t letters_apart(str a, str b)
{
    size_t row[NAME_BYTES_MOST + 1];
    if (a.n > NAME_BYTES_MOST || b.n > NAME_BYTES_MOST)
        return NAME_BYTES_MOST;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t changed = diagonal + (a.at[i - 1] != b.at[j - 1]);
            size_t moved = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = changed < moved ? changed : moved;
        }
    }
    return row[b.n];
}

static void take_nearer(str name, const char *other, size_t *least, str *out_near)
{
    size_t apart = letters_apart(name, str_of(other));
    if (apart >= *least || apart >= name.n)
        return;
    *least = apart;
    *out_near = str_of(other);
}

str help_near_command(str name)
{
    str near = S("");
    size_t least = LETTERS_APART_MOST + 1;
    for (size_t t = 0; t < TABLES; t++)
        for (const command *row = tables[t]; row->name; row++)
            take_nearer(name, row->name, &least, &near);
    return near;
}

str help_near_option(str name)
{
    str near = S("");
    size_t least = LETTERS_APART_MOST + 1;
    for (size_t i = 0; i < OPTION_COUNT; i++)
        take_nearer(name, option_table[i].name, &least, &near);
    return near;
}
