/* SPDX-License-Identifier: EUPL-1.2 */
/* `tally`: the public counts, from the last checkpoints. */

#include "cli/commands.h"

#include "core/log.h"

static void print_one(const command_context *c, const declaration *d, const published *p)
{
    const char *format = c->is_json
                             ? "{\"declaration\":\"%.*s\",\"persons\":%lld,\"organisations\":%lld,"
                               "\"mandates\":%lld,\"total\":%lld,\"log_size\":%lld}\n"
                             : "%.*s\t%lld\t%lld\t%lld\t%lld\t%lld\n";
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    printf(format, STR_FMT(d->slug), (long long)p->counts.of[0], (long long)p->counts.of[1],
           (long long)p->counts.of[2], (long long)log_counts_total(&p->counts), (long long)p->size);
#pragma GCC diagnostic pop
}

int cmd_tally(command_context *c)
{
    alliance al;
    err e = alliance_load(&c->core, c->a, &al);
    for (size_t i = 0; e == OK && i < al.declarations.n; i++) {
        published p = {.size = 0};
        e = log_published(&c->core, c->a, al.declarations.at[i].id, &p);
        if (e == ERR_NOT_FOUND)
            e = OK;
        if (e == OK)
            print_one(c, &al.declarations.at[i], &p);
    }
    return command_exit(e);
}
