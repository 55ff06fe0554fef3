/* SPDX-License-Identifier: EUPL-1.2 */
/* `interest`: who wants to be told when an action begins; counts, or a list for the organiser. */

#include "cli/commands.h"

#include "base/clock.h"
#include "core/interest.h"
#include "sheet/sheet.h"

enum { FLAG_EXPORT, COLUMNS = 4 };

static err print_counts(command_context *c)
{
    interest_counts counts;
    bool is_there = c->argument_count == 0;
    TRY(interest_count_all(&c->core, c->a, &counts));
    for (size_t i = 0; i < counts.n; i++) {
        const interest_count *one = &counts.at[i];
        if (c->argument_count == 1 && !str_eq(one->action, c->arguments[0]))
            continue;
        is_there = true;
        printf(c->is_json ? "{\"action\":\"%.*s\",\"confirmed\":%lld,\"waiting\":%lld}\n"
                          : "%.*s\t%lld\t%lld\n",
               STR_FMT(one->action), (long long)one->confirmed, (long long)one->asked);
    }
    if (counts.n == 0 || !is_there)
        command_say("nobody is on a list%s", is_there ? "" : " of that name");
    return OK;
}

typedef struct listing_out {
    sheet *to;
    int64_t n;
} listing_out;

static err take(void *arg, const interested *one)
{
    listing_out *out = arg;
    char day[32];
    clock_iso8601(one->confirmed_ms, day);
    const str values[COLUMNS] = {personal_text(one->address), personal_text(one->name), one->lang,
                                 str_head(str_of(day), 10)};
    out->n++;
    return sheet_row(out->to, values);
}

static err export_list(command_context *c, str path)
{
    static const str columns[COLUMNS] = {STR_INIT("email"), STR_INIT("name"), STR_INIT("language"),
                                         STR_INIT("confirmed")};
    sheet_format format;
    listing_out out = {.n = 0};
    if (sheet_format_of(path, &format) != OK) {
        command_say("the table's name must end in .csv, .json or .xlsx, not be %.*s",
                    STR_FMT(path));
        return ERR_INVALID;
    }
    err e = sheet_create(c->a, arena_cstr(c->a, path), format, columns, COLUMNS, &out.to);
    if (e == ERR_CONFLICT)
        command_say("%.*s is there already", STR_FMT(path));
    TRY(e);
    e = interest_each(&c->core, c->arguments[0], take, &out);
    err finished = sheet_finish(out.to);
    TRY(e);
    TRY(finished);
    command_say("%lld address(es) in %.*s: for writing about this action only, and not to be kept "
                "longer than here",
                (long long)out.n, STR_FMT(path));
    return OK;
}

int cmd_interest(command_context *c)
{
    bool is_export = command_flag_given(c, FLAG_EXPORT);
    if (c->argument_count > 1 || (is_export && c->argument_count == 0)) {
        command_say("interest takes an action; --export needs one");
        return EXIT_USAGE;
    }
    err e = is_export ? export_list(c, command_flag_value(c, FLAG_EXPORT)) : print_counts(c);
    if (e != OK)
        command_say("interest: %s", err_name(e));
    return command_exit(e);
}
