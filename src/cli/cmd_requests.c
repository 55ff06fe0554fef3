/* SPDX-License-Identifier: EUPL-1.2 */
/* `requests`: who asks to join as a partner, and the alliance's answer. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/joining.h"

enum { REQUESTS_LISTED = 200, FLAG_NOTE = 0 };

static const char *state_name(joining_state state)
{
    static const char *const names[] = {[JOINING_SENT] = "unconfirmed",
                                        [JOINING_WAITS] = "waits",
                                        [JOINING_ACCEPTED] = "accepted",
                                        [JOINING_REFUSED] = "refused"};
    return names[state];
}

static void put_text(buf *b, const char *name, str value)
{
    buf_printf(b, ",\"%s\":", name);
    buf_put_json(b, value);
}

static void print_json(const command_context *c, const joining *j)
{
    char stamp[32];
    clock_iso8601(j->created_ms, stamp);
    buf b = buf_in(c->a);
    buf_printf(&b, "{\"number\":%lld,\"state\":\"%s\",\"sent\":\"%s\"", (long long)j->number,
               state_name(j->state), stamp);
    put_text(&b, "language", j->lang);
    put_text(&b, "organisation", j->words.organisation);
    put_text(&b, "country", j->words.country);
    put_text(&b, "website", j->words.website);
    put_text(&b, "contact", personal_text(j->words.contact));
    put_text(&b, "role", j->words.role);
    put_text(&b, "email", personal_text(j->words.mail));
    put_text(&b, "message", j->words.message);
    put_text(&b, "note", j->note);
    printf("%.*s}\n", STR_FMT(buf_str(&b)));
}

static err list(command_context *c)
{
    joining_list all;
    TRY(joining_all(&c->core, c->a, REQUESTS_LISTED, &all));
    for (size_t i = 0; i < all.n; i++) {
        const joining *j = &all.at[i];
        char stamp[32];
        clock_iso8601(j->created_ms, stamp);
        if (c->is_json)
            print_json(c, j);
        else
            printf("%lld\t%s\t%.10s\t%.*s\t%.*s\n", (long long)j->number, state_name(j->state),
                   stamp, STR_FMT(j->words.country), STR_FMT(j->words.organisation));
    }
    if (all.n == 0)
        command_say("nobody asks to join");
    return OK;
}

static err show(command_context *c, int64_t number)
{
    joining j;
    TRY(joining_get(&c->core, c->a, number, &j));
    if (c->is_json) {
        print_json(c, &j);
        return OK;
    }
    const joining_words *w = &j.words;
    printf("number        %lld\nstate         %s\nlanguage      %.*s\norganisation  %.*s\n"
           "country       %.*s\nwebsite       %.*s\ncontact       %.*s\nrole          %.*s\n"
           "e-mail        %.*s\n",
           (long long)number, state_name(j.state), STR_FMT(j.lang), STR_FMT(w->organisation),
           STR_FMT(w->country), STR_FMT(w->website), STR_FMT(personal_text(w->contact)),
           STR_FMT(w->role), STR_FMT(personal_text(w->mail)));
    if (w->message.n)
        printf("\n%.*s\n", STR_FMT(w->message));
    if (j.note.n)
        printf("\nanswered: %.*s\n", STR_FMT(j.note));
    return OK;
}

static err decide(command_context *c, int64_t number, bool is_accepted)
{
    TRY(joining_decide(&c->core, c->a, number, is_accepted, command_flag_value(c, FLAG_NOTE),
                       clock_now_ms()));
    command_say("%s; a letter tells the sender%s", is_accepted ? "accepted" : "refused",
                is_accepted ? ". To show the partner, add its folder partner/NAME and import" : "");
    return OK;
}

int cmd_requests(command_context *c)
{
    static const char usage[] = "requests takes nothing, or one of: show N, accept N, refuse N";
    str verb = c->argument_count ? c->arguments[0] : S("");
    bool is_show = str_eq(verb, S("show")), is_accepted = str_eq(verb, S("accept"));
    bool is_known = is_show || is_accepted || str_eq(verb, S("refuse"));
    int64_t number;
    if (c->argument_count == 0 && !command_flag_given(c, FLAG_NOTE))
        return command_exit(list(c));
    if (!is_known || c->argument_count != 2 || (is_show && command_flag_given(c, FLAG_NOTE))) {
        command_say("%s", usage);
        return EXIT_USAGE;
    }
    if (number_parse(c->arguments[1], 1, INT64_MAX, &number) != OK) {
        command_say("\"%.*s\" is no number of a request", STR_FMT(c->arguments[1]));
        return EXIT_USAGE;
    }
    err e = is_show ? show(c, number) : decide(c, number, is_accepted);
    if (e == ERR_CONFLICT)
        command_say("request %lld is decided already", (long long)number);
    else if (e == ERR_LIMIT)
        command_say("--note takes at most %d bytes", JOINING_NOTE_BYTES_MOST);
    else if (e == ERR_NOT_FOUND)
        command_say("there is no request %lld", (long long)number);
    else if (e != OK)
        command_say("request %lld: %s", (long long)number, err_name(e));
    return command_exit(e);
}
