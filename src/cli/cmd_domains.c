/* SPDX-License-Identifier: EUPL-1.2 */
/* `domains`: the mail domains known by name, and the rules. */

#include "cli/commands.h"

#include "core/watch.h"

static const char *const class_names[] = {[DOMAIN_SEEN] = "seen",
                                          [DOMAIN_COMMON] = "common",
                                          [DOMAIN_DISPOSABLE] = "disposable",
                                          [DOMAIN_HELD] = "held",
                                          [DOMAIN_UNKNOWN] = "forget"};

static err list_domains(command_context *c)
{
    known_domains all;
    TRY(watch_domains(&c->core, c->a, &all));
    for (size_t i = 0; i < all.n; i++)
        printf(c->is_json ? "{\"domain\":\"%.*s\",\"class\":\"%s\"}\n" : "%.*s\t%s\n",
               STR_FMT(all.at[i].name), class_names[all.at[i].class]);
    if (c->is_json)
        return OK;
    printf("\nrule\tan hour late from\tfor a person from\tsignatures in 24 hours\n");
    watch_threshold t;
    for (size_t i = 0; watch_threshold_at(i, &t); i++)
        printf("%s\t%d\t%d\t%s\n", t.name, t.look, t.hold, t.what);
    return OK;
}

int cmd_domains(command_context *c)
{
    if (c->argument_count == 0)
        return command_exit(list_domains(c));
    size_t class = DOMAIN_COMMON;
    while (class <= DOMAIN_UNKNOWN && !str_eq(c->arguments[0], str_of(class_names[class])))
        class ++;
    if (class > DOMAIN_UNKNOWN || c->argument_count < 2) {
        command_say("domains takes nothing, or one of common, disposable, held, forget and names");
        return EXIT_USAGE;
    }
    for (size_t i = 1; i < c->argument_count; i++) {
        err e = watch_domain_set(&c->core, c->a, c->arguments[i], (domain_class) class);
        if (e != OK) {
            command_say("%.*s: %s", STR_FMT(c->arguments[i]),
                        e == ERR_INVALID ? "no name of a mail domain" : err_name(e));
            return command_exit(e);
        }
    }
    command_say("known to a running site within half a minute");
    return EXIT_OK;
}
