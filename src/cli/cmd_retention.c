/* SPDX-License-Identifier: EUPL-1.2 */
/* `retention`: what would be erased, and when. The work process does it by itself; --now does what
 * is due at once. */

#include "cli/commands.h"

#include "base/clock.h"
#include "core/retention.h"

enum { FLAG_DRY_RUN, FLAG_NOW };

static void show(const command_context *c, const retention_prospect *p)
{
    char next[32] = "";
    if (p->next_ms)
        clock_iso8601(p->next_ms, next);
    str slug = p->declaration ? p->declaration->slug : S("");
    if (c->is_json)
        printf("{\"what\":\"%.*s\",\"declaration\":\"%.*s\",\"n\":%lld,\"due\":%lld,\"next\":"
               "\"%s\"}\n",
               STR_FMT(p->what), STR_FMT(slug), (long long)p->n, (long long)p->due, next);
    else
        printf("%-12.*s %-16.*s %10lld there %10lld due now  next %s\n", STR_FMT(p->what),
               STR_FMT(slug), (long long)p->n, (long long)p->due,
               p->declaration && p->declaration->erased_ms ? "done"
               : *next                                     ? next
                                                           : "none");
}

static err foresee(command_context *c, int64_t now_ms)
{
    alliance al;
    retention_forecast forecast;
    TRY(alliance_load(&c->core, c->a, &al));
    TRY(retention_foresee(&c->core, c->a, &al, now_ms, &forecast));
    for (size_t i = 0; i < forecast.n; i++)
        show(c, &forecast.at[i]);
    return OK;
}

static err erase_due(command_context *c, int64_t now_ms)
{
    retention_report r;
    TRY(retention_run(&c->core, now_ms, &r));
    command_say("erased: %lld unconfirmed, %lld withdrawn, %lld of declarations that ended, %lld "
                "links, %lld lines of the mail log, %lld of those interested in an action, %lld "
                "requests to join",
                (long long)r.pending, (long long)r.withdrawn, (long long)r.ended,
                (long long)r.links, (long long)r.mail_log, (long long)r.interest,
                (long long)r.requests);
    return OK;
}

int cmd_retention(command_context *c)
{
    bool is_now = command_flag_given(c, FLAG_NOW);
    if (c->argument_count > 0 || (is_now && command_flag_given(c, FLAG_DRY_RUN))) {
        command_say("retention takes --dry-run, or --now");
        return EXIT_USAGE;
    }
    int64_t now_ms = clock_now_ms();
    err e = is_now ? erase_due(c, now_ms) : foresee(c, now_ms);
    if (e != OK)
        command_say("retention: %s", err_name(e));
    return command_exit(e);
}
