/* SPDX-License-Identifier: EUPL-1.2 */
/* `log rebuild`: the published files of every log, made anew from the rows. */

#include "app/app.h"
#include "app/seat.h"
#include "base/clock.h"
#include "cli/keys.h"
#include "work/publisher.h"
#include "work/timestamp_files.h"

static err rebuild_one(command_context *c, const declaration *d, const sign_key *key,
                       standbys *others)
{
    str host = str_skip(c->origin, str_find_str(c->origin, S("://")) + 3);
    publisher_options plan = {
        .directory = arena_printf(c->a, "%.*s/log", STR_FMT(c->data)),
        .origin = arena_printf(c->a, "%.*s/log/%.*s", STR_FMT(host), STR_FMT(d->slug)),
        .declaration = d->id,
        .slug = d->slug,
        .manifest = d->manifest,
        .key = *key,
        .policy = d->policy,
        .witness_ca_file = ((const options *)c->options)->text[OPTION_WITNESS_CA_FILE],
        .standbys = others,
    };
    publisher *p;
    int64_t size = 0, stamped;
    TRY(publisher_open(&c->core, &plan, &p));
    err e = publisher_rebuild(p, clock_now_ms(), &size);
    publisher_close(p);
    if (e == OK)
        e = timestamp_files_write(&c->core, plan.directory, d->id, d->slug, 0, &stamped);
    if (e == OK)
        printf(c->is_json ? "{\"log\":\"%.*s\",\"size\":%lld}\n" : "%.*s\t%lld\n", STR_FMT(d->slug),
               (long long)size);
    return e;
}

int app_log(command_context *c)
{
    if (c->argument_count != 1 || !str_eq(c->arguments[0], S("rebuild"))) {
        command_say("log takes rebuild");
        return EXIT_USAGE;
    }
    sign_key key;
    alliance al;
    seat s;
    standbys *others = NULL;
    err e = seat_take(c->a, c->data, &s);
    if (e == ERR_CONFLICT)
        command_say("stop the work process first: it writes the same files");
    if (e != OK)
        return e == ERR_CONFLICT ? EXIT_LATER : command_exit(e);
    e = keys_load_log(c->a, c->data, &key);
    if (e == OK)
        e = alliance_load(&c->core, c->a, &al);
    if (e == OK)
        e = standbys_open(&c->core, c->standbys, &others);
    for (size_t i = 0; e == OK && i < al.declarations.n; i++)
        e = rebuild_one(c, &al.declarations.at[i], &key, others);
    standbys_close(others);
    if (e != OK)
        command_say("the log files could not be made anew: %s", err_name(e));
    seat_leave(&s);
    return command_exit(e);
}
