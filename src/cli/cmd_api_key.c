/* SPDX-License-Identifier: EUPL-1.2 */
/* `api-key`: keys with which sites of partners send signatures. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/alliance.h"
#include "core/api_key.h"

enum { FLAG_PARTNER };

static void print_key(const command_context *c, const api_key *k)
{
    char created[32], revoked[32] = "";
    clock_iso8601(k->created_ms, created);
    if (k->revoked_ms)
        clock_iso8601(k->revoked_ms, revoked);
    if (!c->is_json) {
        printf("%lld\t%.*s\t%.*s\t%.10s\t%s\t%lld\n", (long long)k->id, STR_FMT(k->name),
               STR_FMT(k->partner), created, k->revoked_ms ? "revoked" : "works",
               (long long)k->counted);
        return;
    }
    buf b = buf_in(c->a);
    buf_printf(&b, "{\"id\":%lld,\"name\":", (long long)k->id);
    buf_put_json(&b, k->name);
    buf_put(&b, S(",\"partner\":"));
    buf_put_json(&b, k->partner);
    buf_printf(&b, ",\"created\":\"%s\",\"revoked\":%s%s%s,\"counted\":%lld}", created,
               k->revoked_ms ? "\"" : "", k->revoked_ms ? revoked : "null",
               k->revoked_ms ? "\"" : "", (long long)k->counted);
    printf("%.*s\n", STR_FMT(buf_str(&b)));
}

static int list_keys(command_context *c)
{
    api_keys all = {NULL, 0};
    err e = api_key_list(&c->core, c->a, &all);
    for (size_t i = 0; i < all.n; i++)
        print_key(c, &all.at[i]);
    if (e == OK && all.n == 0)
        command_say("there is no key yet: api-key add NAME");
    return command_exit(e);
}

static int add_key(command_context *c)
{
    str key, partner = command_flag_value(c, FLAG_PARTNER);
    alliance al;
    err e = alliance_load(&c->core, c->a, &al);
    if (e != OK)
        return command_exit(e);
    if (partner.n && !alliance_item(&al, S("partner"), partner)) {
        command_say("there is no partner \"%.*s\"", STR_FMT(partner));
        return EXIT_NOT_FOUND;
    }
    e = api_key_add(&c->core, c->a, c->arguments[1], partner, clock_now_ms(), &key);
    if (e == ERR_INVALID)
        command_say("a name has 1 to %d characters on one line", API_KEY_NAME_MOST);
    if (e != OK)
        return command_exit(e);
    printf("%.*s\n", STR_FMT(key));
    command_say("this key is shown once: hand it to \"%.*s\" over a safe way",
                STR_FMT(c->arguments[1]));
    return EXIT_OK;
}

static int revoke_key(command_context *c)
{
    int64_t id;
    if (number_parse(c->arguments[1], 1, INT64_MAX, &id) != OK) {
        command_say("\"%.*s\" is no number of a key", STR_FMT(c->arguments[1]));
        return EXIT_USAGE;
    }
    err e = api_key_revoke(&c->core, id, clock_now_ms());
    if (e == ERR_NOT_FOUND)
        command_say("there is no key %lld that works", (long long)id);
    return command_exit(e);
}

int cmd_api_key(command_context *c)
{
    bool is_list =
        c->argument_count == 0 || (c->argument_count == 1 && str_eq(c->arguments[0], S("list")));
    if (is_list)
        return list_keys(c);
    if (c->argument_count == 2 && str_eq(c->arguments[0], S("add")))
        return add_key(c);
    if (c->argument_count == 2 && str_eq(c->arguments[0], S("revoke")))
        return revoke_key(c);
    command_say("api-key takes nothing, or: add NAME, or: revoke N");
    return EXIT_USAGE;
}
