/* SPDX-License-Identifier: EUPL-1.2 */
/* `bounce`: the mail server hands over what came back. Whatever the message is, it was taken (0);
 * only a database that is away asks the server to try again later. */

#include "mail/bounce.h"
#include "app/app.h"
#include "base/clock.h"
#include "core/return_path.h"

#include <stdio.h>

/* The whole input is taken, so that the server's pipe never breaks; the head of it is read. */
static str read_message(arena *a)
{
    char *bytes = arena_alloc(a, BOUNCE_MAX_BYTES);
    char beyond[4096];
    size_t n = fread(bytes, 1, BOUNCE_MAX_BYTES, stdin);
    while (fread(beyond, 1, sizeof beyond, stdin) > 0)
        continue;
    return (str){bytes, n};
}

/* Of "local+TOKEN@domain", or the token itself. */
static str token_in(str address)
{
    str rest, local = str_cut(address, '@', &rest);
    while (str_find(local, '+') < local.n)
        local = str_skip(local, str_find(local, '+') + 1);
    return local;
}

int app_bounce(command_context *c)
{
    static const returned of_rule[] = {[BOUNCE_KEEP] = RETURNED_FOR_NOW,
                                       [BOUNCE_STOP] = RETURNED_FOR_GOOD,
                                       [BOUNCE_ALARM] = RETURNED_FOR_US};
    static const char *const names[] = {"ignored", "kept", "stopped", "alarm"};
    if (c->argument_count != 1) {
        command_say("bounce needs the address that the message came to");
        return EXIT_USAGE;
    }
    bounce b = bounce_read(c->a, read_message(c->a));
    if (b.rule == BOUNCE_IGNORE) {
        puts("ignored");
        return EXIT_OK;
    }
    if (command_open_database(c) != OK)
        return EXIT_LATER;
    err e = return_note(&c->core, token_in(c->arguments[0]), of_rule[b.rule],
                        b.status.class * 1000000 + b.status.subject * 1000 + b.status.detail,
                        clock_now_ms());
    if (e != OK && e != ERR_NOT_FOUND)
        return EXIT_LATER;
    puts(e == OK ? names[b.rule] : "not ours");
    return EXIT_OK;
}
