/* SPDX-License-Identifier: EUPL-1.2 */
/* `webhook`: who is told when something happened. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/webhook.h"

enum { FLAG_EVENTS };

static void print_hook(const command_context *c, const webhook *h)
{
    const char *state = h->is_off ? "off" : h->failing_ms ? "failing" : "well";
    if (!c->is_json) {
        printf("%lld\t%s\t%lld waiting\t%.*s\t%.*s\n", (long long)h->id, state,
               (long long)h->waiting, STR_FMT(h->events), STR_FMT(h->url));
        return;
    }
    buf b = buf_in(c->a);
    buf_printf(&b, "{\"id\":%lld,\"state\":\"%s\",\"waiting\":%lld,\"events\":", (long long)h->id,
               state, (long long)h->waiting);
    buf_put_json(&b, h->events);
    buf_put(&b, S(",\"url\":"));
    buf_put_json(&b, h->url);
    printf("%.*s}\n", STR_FMT(buf_str(&b)));
}

static err list_hooks(command_context *c)
{
    webhooks all;
    TRY(webhook_list(&c->core, c->a, &all));
    for (size_t i = 0; i < all.n; i++)
        print_hook(c, &all.at[i]);
    if (all.n == 0)
        command_say("there is no webhook yet: webhook add URL --events count.reached");
    return OK;
}

static int add_hook(command_context *c)
{
    int64_t id, now_ms = clock_now_ms();
    err e = webhook_add(&c->core, c->a, c->arguments[1], command_flag_value(c, FLAG_EVENTS), now_ms,
                        &id);
    if (e == ERR_INVALID) {
        command_say("an address is https://…, without a login; --events takes count.reached and "
                    "partner.signed, parted by commas");
        return EXIT_USAGE;
    }
    if (e != OK)
        return command_exit(e);
    printf("%.*s\n", STR_FMT(webhook_secret(c->a, &c->core.keys, id, now_ms)));
    command_say("webhook %lld: the line above is its secret, for whoever receives; try it with: "
                "webhook ping %lld",
                (long long)id, (long long)id);
    return EXIT_OK;
}

/* remove, on, ping or secret, of one. */
static err act(command_context *c, str verb, int64_t id, bool *out_is_known)
{
    *out_is_known = true;
    if (str_eq(verb, S("remove")))
        return webhook_remove(&c->core, id);
    if (str_eq(verb, S("on")))
        return webhook_on(&c->core, id);
    if (str_eq(verb, S("ping")))
        return webhook_ping(&c->core, id, clock_now_ms());
    *out_is_known = str_eq(verb, S("secret"));
    webhooks all = {NULL, 0};
    if (*out_is_known)
        TRY(webhook_list(&c->core, c->a, &all));
    for (size_t i = 0; i < all.n; i++) {
        if (all.at[i].id != id)
            continue;
        printf("%.*s\n", STR_FMT(webhook_secret(c->a, &c->core.keys, id, all.at[i].created_ms)));
        return OK;
    }
    return ERR_NOT_FOUND;
}

int cmd_webhook(command_context *c)
{
    int64_t id;
    bool is_known = false;
    if (c->argument_count == 0 || (c->argument_count == 1 && str_eq(c->arguments[0], S("list"))))
        return command_exit(list_hooks(c));
    if (c->argument_count == 2 && str_eq(c->arguments[0], S("add")))
        return add_hook(c);
    if (c->argument_count == 2 && number_parse(c->arguments[1], 1, INT64_MAX, &id) == OK) {
        err e = act(c, c->arguments[0], id, &is_known);
        if (is_known && e == ERR_NOT_FOUND)
            command_say("there is no webhook %lld", (long long)id);
        if (is_known)
            return command_exit(e);
    }
    command_say("webhook takes nothing, or: add URL --events …, or: ping, secret, on or remove N");
    return EXIT_USAGE;
}
