/* SPDX-License-Identifier: EUPL-1.2 */
/* `sources`: from where visitors of the sign page came. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/visit.h"

enum { DAYS_USUAL = 30, DAYS_MOST = 36500 };

static void print_one(const command_context *c, str source, int64_t n)
{
    if (c->is_json)
        printf("{\"source\":\"%.*s\",\"visits\":%lld}\n", STR_FMT(source), (long long)n);
    else
        printf("%.*s\t%lld\n", STR_FMT(source), (long long)n);
}

int cmd_sources(command_context *c)
{
    int64_t days = DAYS_USUAL;
    if (c->argument_count > 1 ||
        (c->argument_count == 1 && number_parse(c->arguments[0], 1, DAYS_MOST, &days) != OK)) {
        command_say("sources takes a number of days from 1 to %d", DAYS_MOST);
        return EXIT_USAGE;
    }
    visit_report r;
    err e = visit_read(&c->core, c->a, clock_day(clock_now_ms()) - days + 1, &r);
    for (size_t i = 0; e == OK && i < r.n; i++)
        print_one(c, r.at[i].source, r.at[i].n);
    if (e == OK && r.others > 0)
        print_one(c, S("others"), r.others);
    if (e == OK && r.n == 0 && r.others <= 0)
        command_say("no visit was counted in the last %lld days", (long long)days);
    return command_exit(e);
}
