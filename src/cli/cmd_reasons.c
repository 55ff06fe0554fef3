/* SPDX-License-Identifier: EUPL-1.2 */
/* `reasons`: reading what signers wrote before it is shown to everybody. */

#include "cli/commands.h"

#include "base/number.h"
#include "core/listing.h"

enum { REASONS_LISTED = 100 };

static err list_unread(command_context *c)
{
    unread_reasons all;
    TRY(reason_unread(&c->core, c->a, REASONS_LISTED, &all));
    for (size_t i = 0; i < all.n; i++) {
        const unread_reason *r = &all.at[i];
        if (c->is_json) {
            buf line = buf_in(c->a);
            buf_printf(&line, "{\"number\":%lld,\"name\":", (long long)r->number);
            buf_put_json(&line, r->name);
            buf_put(&line, S(",\"organisation\":"));
            buf_put_json(&line, r->organisation);
            buf_put(&line, S(",\"reason\":"));
            buf_put_json(&line, r->reason);
            printf("%.*s}\n", STR_FMT(buf_str(&line)));
        } else {
            printf("%lld\t%.*s\t%.*s\n%.*s\n\n", (long long)r->number, STR_FMT(r->name),
                   STR_FMT(r->organisation), STR_FMT(r->reason));
        }
    }
    if (all.n == 0)
        command_say("no reason waits to be read");
    return OK;
}

int cmd_reasons(command_context *c)
{
    bool is_show = c->argument_count > 1 && str_eq(c->arguments[0], S("show"));
    bool is_refuse = c->argument_count > 1 && str_eq(c->arguments[0], S("refuse"));
    if (c->argument_count > 0 && !is_show && !is_refuse) {
        command_say("reasons takes nothing, or: show N …, or: refuse N …");
        return EXIT_USAGE;
    }
    if (c->argument_count == 0)
        return command_exit(list_unread(c));
    for (size_t i = 1; i < c->argument_count; i++) {
        int64_t number;
        if (number_parse(c->arguments[i], 1, INT64_MAX, &number) != OK) {
            command_say("\"%.*s\" is no number of a reason", STR_FMT(c->arguments[i]));
            return EXIT_USAGE;
        }
        err e = reason_settle(&c->core, number, is_show);
        if (e != OK) {
            if (e == ERR_NOT_FOUND)
                command_say("no reason %lld waits", (long long)number);
            else
                command_say("reason %lld: %s", (long long)number, err_name(e));
            return command_exit(e);
        }
    }
    return EXIT_OK;
}
