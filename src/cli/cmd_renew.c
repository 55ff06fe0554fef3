/* SPDX-License-Identifier: EUPL-1.2 */
/* `renew`: asks who signed an older version of a text to sign the one that stands now. */

#include "cli/commands.h"

#include "base/clock.h"
#include "core/renewal.h"

enum { FLAG_APPLY };

static void print_outlook(const command_context *c, const declaration *d, const renewal_outlook *o)
{
    if (!c->is_json) {
        printf("declaration %.*s, version %lld\n", STR_FMT(d->slug), (long long)d->version);
        printf("behind an older version  %lld\n", (long long)o->older);
        printf("asked already            %lld\n", (long long)o->asked);
        printf("to be asked now          %lld\n", (long long)o->due);
        for (size_t i = 0; i < o->lang_count; i++)
            printf("  %.*s  %lld\n", STR_FMT(o->langs[i].lang), (long long)o->langs[i].n);
        return;
    }
    printf("{\"declaration\":\"%.*s\",\"version\":%lld,\"older\":%lld,\"asked\":%lld,\"due\":%lld,"
           "\"langs\":{",
           STR_FMT(d->slug), (long long)d->version, (long long)o->older, (long long)o->asked,
           (long long)o->due);
    for (size_t i = 0; i < o->lang_count; i++)
        printf("%s\"%.*s\":%lld", i ? "," : "", STR_FMT(o->langs[i].lang),
               (long long)o->langs[i].n);
    puts("}}");
}

static err renew(command_context *c, const declaration *d)
{
    renewal_outlook o;
    int64_t asked;
    TRY(renewal_look(&c->core, c->a, d, &o));
    print_outlook(c, d, &o);
    if (!command_flag_given(c, FLAG_APPLY)) {
        if (o.due)
            command_say("nobody was asked; --apply queues the letters");
        return OK;
    }
    err e = renewal_ask(&c->core, d, clock_now_ms(), &asked);
    if (e == ERR_CONFLICT)
        command_say("the declaration is not open: nobody can sign its new version");
    TRY(e);
    command_say("%lld letter(s) queued; work sends them, mailing-rate a minute", (long long)asked);
    return OK;
}

int cmd_renew(command_context *c)
{
    alliance *al = arena_alloc(c->a, sizeof *al);
    if (c->argument_count != 1) {
        command_say("renew takes a declaration: undersigned renew SLUG [--apply]");
        return EXIT_USAGE;
    }
    err e = alliance_load(&c->core, c->a, al);
    const declaration *d = e == OK ? alliance_declaration(al, c->arguments[0]) : NULL;
    if (e == OK && !d) {
        command_say("there is no declaration %.*s", STR_FMT(c->arguments[0]));
        e = ERR_NOT_FOUND;
    }
    return command_exit(e == OK ? renew(c, d) : e);
}
