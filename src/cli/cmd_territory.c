/* SPDX-License-Identifier: EUPL-1.2 */
/* `territory`: for which territory an organisation stands, entered by a person. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/alliance.h"
#include "core/listing.h"
#include "core/territory.h"

enum { FLAG_DECLARATION, FLAG_PEOPLE, FLAG_SOURCE, FLAG_DATE, FLAG_DROP };

static err find_declaration(command_context *c, int64_t *out_id)
{
    alliance al;
    TRY(alliance_load(&c->core, c->a, &al));
    str named = command_flag_value(c, FLAG_DECLARATION);
    const declaration *d = named.n                  ? alliance_declaration(&al, named)
                           : al.declarations.n == 1 ? &al.declarations.at[0]
                                                    : NULL;
    if (!d) {
        command_say("name the declaration with --declaration");
        return ERR_NOT_FOUND;
    }
    *out_id = d->id;
    return OK;
}

static void print_line(command_context *c, const listed *l, const territory *t)
{
    str code = t ? t->code : S(""), source = t ? t->source : S(""), date = t ? t->date : S("");
    long long number = l->number, people = t ? t->people : 0;
    if (!c->is_json) {
        printf("%lld\t%.*s\t%.*s\t%.*s\t%.*s\t%lld\n", number, STR_FMT(l->organisation),
               STR_FMT(l->type), STR_FMT(l->country), STR_FMT(code), people);
        return;
    }
    buf line = buf_in(c->a);
    buf_printf(&line, "{\"number\":%lld,\"organisation\":", number);
    buf_put_json(&line, l->organisation);
    buf_printf(&line, ",\"type\":\"%.*s\",\"country\":\"%.*s\",\"code\":\"%.*s\",\"people\":%lld",
               STR_FMT(l->type), STR_FMT(l->country), STR_FMT(code), people);
    buf_put(&line, S(",\"source\":"));
    buf_put_json(&line, source);
    buf_printf(&line, ",\"date\":\"%.*s\"}", STR_FMT(date));
    printf("%.*s\n", STR_FMT(buf_str(&line)));
}

static void print_all_of(command_context *c, const listed *l, const territories *all)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i].of.signature == l->number) {
            print_line(c, l, &all->at[i].of);
            n++;
        }
    if (n == 0)
        print_line(c, l, NULL);
}

static err list(command_context *c)
{
    int64_t declaration_id;
    territories all;
    TRY(find_declaration(c, &declaration_id));
    TRY(territory_read(&c->core, c->a, declaration_id, &all));
    listing_filter filter = {.kind = SIGNER_ORGANISATION, .country = S(""), .words = S("")};
    do {
        listing_page page;
        TRY(listing_read(&c->core, c->a, declaration_id, &filter, LISTING_PAGE, &page));
        for (size_t i = 0; i < page.n; i++)
            print_all_of(c, &page.at[i], &all);
        filter.before = page.next_before;
    } while (filter.before > 0);
    command_say("%lld people together", (long long)all.people);
    return OK;
}

static err enter(command_context *c, int64_t number, str code)
{
    territory t = {.signature = number,
                   .code = code,
                   .source = command_flag_value(c, FLAG_SOURCE),
                   .date = command_flag_value(c, FLAG_DATE)};
    err e = number_parse(command_flag_value(c, FLAG_PEOPLE), 1, INT64_MAX / 1000, &t.people);
    if (e == OK)
        e = territory_enter(&c->core, &t, clock_now_ms());
    else
        e = ERR_INVALID;
    if (e == ERR_INVALID)
        command_say("needed are a code of NUTS (EL30), of a country (EL) or of a municipality "
                    "(EL303:9186); --people, no more than the country has; --source; and --date "
                    "as 2024, 2024-01 or 2024-01-01");
    if (e == ERR_NOT_FOUND)
        command_say("no organisation in the public register has the number %lld",
                    (long long)number);
    return e;
}

int cmd_territory(command_context *c)
{
    int64_t number;
    if (c->argument_count == 0)
        return command_exit(list(c));
    if (c->argument_count != 2 || number_parse(c->arguments[0], 1, INT64_MAX, &number) != OK) {
        command_say("territory takes nothing, or the number of a signature and a code");
        return EXIT_USAGE;
    }
    if (!command_flag_given(c, FLAG_DROP))
        return command_exit(enter(c, number, c->arguments[1]));
    err e = territory_drop(&c->core, number, c->arguments[1]);
    if (e == ERR_NOT_FOUND)
        command_say("nothing was entered for them");
    return command_exit(e);
}
