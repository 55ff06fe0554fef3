/* SPDX-License-Identifier: EUPL-1.2 */
/* `bounce`: the mail server hands over what came back. Whatever the message is, it was taken (0);
 * only a database or a master key that is away asks the server to try again later. */

#include "mail/bounce.h"
#include "app/app.h"
#include "base/clock.h"
#include "cli/keys.h"
#include "core/news.h"
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

/* Keys and database are opened only for what changes something. Without either the mail server is
 * to keep the message and try again: they may be on their way back. */
static err open_late(command_context *c)
{
    key32 master;
    TRY(keys_load_master(c->a, c->data, &master));
    c->core.keys = core_keys_derive(&master);
    secret_wipe(&master, sizeof master);
    return command_open_database(c);
}

/* Who asks by mail to get no more news need not be named by the address. */
static int leave(command_context *c, str token)
{
    if (open_late(c) != OK || news_leave(&c->core, token, S("en"), clock_now_ms()) != OK)
        return EXIT_LATER;
    puts("left");
    return EXIT_OK;
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
    str message = read_message(c->a);
    str leaving = bounce_leaving(c->a, message);
    if (leaving.n)
        return leave(c, leaving);
    bounce b = bounce_read(c->a, message);
    if (b.rule == BOUNCE_IGNORE) {
        puts("ignored");
        return EXIT_OK;
    }
    if (open_late(c) != OK)
        return EXIT_LATER;
    err e = return_note(&c->core, token_in(c->arguments[0]), of_rule[b.rule],
                        b.status.class * 1000000 + b.status.subject * 1000 + b.status.detail,
                        clock_now_ms());
    if (e != OK && e != ERR_NOT_FOUND)
        return EXIT_LATER;
    puts(e == OK ? names[b.rule] : "not ours");
    return EXIT_OK;
}
