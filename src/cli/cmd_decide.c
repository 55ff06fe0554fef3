/* SPDX-License-Identifier: EUPL-1.2 */
/* `held` and `invalidate`: which signatures, what they look like together, and the decision. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/alliance.h"
#include "core/decision.h"
#include "core/hold.h"

#include <pwd.h>
#include <unistd.h>

enum {
    FLAG_DECLARATION,
    FLAG_DOMAIN,
    FLAG_ON,
    FLAG_COUNTRY,
    FLAG_NETWORK,
    FLAG_NUMBERS,
    FLAG_REASON,
    FLAG_WHO,
    FLAG_APPLY
};
enum { LISTED_MOST = 1000, HOUR_MS = 3600000, DAY_MS = 86400000, REASON_BYTES_MOST = 500 };

typedef struct deciding {
    command_context *c;
    alliance al;
    decision_terms terms;
    str words; /* the terms as they were typed */
} deciding;

static bool usage(const char *what)
{
    command_say("%s", what);
    return false;
}

static str who_is(command_context *c)
{
    if (command_flag_given(c, FLAG_WHO))
        return command_flag_value(c, FLAG_WHO);
    const struct passwd *user = getpwuid(getuid());
    return user ? arena_copy(c->a, str_of(user->pw_name)) : S("unknown");
}

/* --- the terms --- */

static bool read_declaration(deciding *d)
{
    str named = command_flag_value(d->c, FLAG_DECLARATION);
    declaration_list all = d->al.declarations;
    if (named.n == 0 && all.n == 1) {
        d->terms.declaration = all.at[0].id;
        return true;
    }
    if (named.n == 0)
        return usage("there is more than one declaration: name it with --declaration");
    const declaration *found = alliance_declaration(&d->al, named);
    if (!found)
        return usage("there is no declaration of that name");
    d->terms.declaration = found->id;
    return true;
}

/* "2026-06-15" or "2026-06-15T14" */
static bool read_time(deciding *d)
{
    str text = command_flag_value(d->c, FLAG_ON), hour;
    if (text.n == 0)
        return true;
    struct tm date = {0};
    char *day = arena_cstr(d->c->a, str_cut(text, 'T', &hour));
    const char *end = strptime(day, "%Y-%m-%d", &date);
    int64_t start_ms = end && *end == '\0' ? (int64_t)timegm(&date) * 1000 : -1, h = 0;
    if (start_ms < 0 || (hour.n && number_parse(hour, 0, 23, &h) != OK))
        return usage("--on takes a day or an hour in UTC: 2026-06-15 or 2026-06-15T14");
    d->terms.first_ms = start_ms + h * HOUR_MS;
    d->terms.before_ms = d->terms.first_ms + (hour.n ? HOUR_MS : DAY_MS);
    return true;
}

static bool read_numbers(deciding *d)
{
    str text = command_flag_value(d->c, FLAG_NUMBERS), last;
    if (text.n == 0)
        return true;
    str first = str_cut(text, '-', &last);
    if (number_parse(first, 1, INT64_MAX, &d->terms.number_first) != OK ||
        number_parse(last.n ? last : first, d->terms.number_first, INT64_MAX,
                     &d->terms.number_last) != OK)
        return usage("--numbers takes FIRST-LAST");
    return true;
}

static bool read_terms(deciding *d)
{
    command_context *c = d->c;
    decision_terms *t = &d->terms;
    str domain = command_flag_value(c, FLAG_DOMAIN), network = command_flag_value(c, FLAG_NETWORK);
    t->country = command_flag_value(c, FLAG_COUNTRY);
    t->has_domain = domain.n > 0;
    t->has_network = network.n > 0;
    if (domain.n && watch_domain_read(&c->core.keys, c->a, domain, &t->domain) != OK)
        return usage("--domain takes a mail domain, or its tag");
    if (network.n && number_parse_hex(network, t->network.at, sizeof t->network.at) != OK)
        return usage("--network takes a tag of 16 hexadecimal digits");
    if (!read_declaration(d) || !read_time(d) || !read_numbers(d))
        return false;
    static const char *const names[] = {"declaration", "domain",  "on",
                                        "country",     "network", "numbers"};
    buf words = buf_in(c->a);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (command_flag_given(c, i))
            buf_printf(&words, "%s--%s %.*s", words.n ? " " : "", names[i], STR_FMT(c->flags[i]));
    d->words = buf_str(&words);
    return true;
}

/* --- looking and deciding --- */

static void print_counts(const command_context *c, const char *what, decision_counts counts)
{
    for (size_t i = 0; i < counts.n; i++)
        printf(c->is_json ? "{\"by\":\"%s\",\"of\":\"%.*s\",\"n\":%lld}\n" : "%s\t%.*s\t%lld\n",
               what, STR_FMT(counts.at[i].label), (long long)counts.at[i].n);
}

static err print_preview(deciding *d, decision_verb verb, int64_t *out_n)
{
    decision_preview p;
    const command_context *c = d->c;
    TRY(decision_look(&d->c->core, d->c->a, verb, &d->terms, &p));
    print_counts(c, "domain", p.domains);
    print_counts(c, "country", p.countries);
    print_counts(c, "hour", p.hours);
    print_counts(c, "network", p.networks);
    printf(c->is_json ? "{\"by\":\"all\",\"n\":%lld}\n" : "all\t%lld\n", (long long)p.n);
    *out_n = p.n;
    return OK;
}

static int decide(deciding *d, decision_verb verb)
{
    static const char *const done[] = {[DECISION_RELEASE] = "count from now on",
                                       [DECISION_REFUSE] = "will not count",
                                       [DECISION_INVALIDATE] = "count no more"};
    command_context *c = d->c;
    str reason = command_flag_value(c, FLAG_REASON);
    int64_t n, number;
    if (!read_terms(d))
        return EXIT_USAGE;
    if (!command_flag_given(c, FLAG_APPLY)) {
        err e = print_preview(d, verb, &n);
        if (e == OK)
            command_say("nothing has changed; add --apply%s to decide",
                        verb == DECISION_RELEASE ? "" : " and --reason");
        return command_exit(e);
    }
    if (verb != DECISION_RELEASE && (reason.n == 0 || reason.n > REASON_BYTES_MOST)) {
        command_say("--reason is needed, at most %d bytes: it is published", REASON_BYTES_MOST);
        return EXIT_USAGE;
    }
    decision_note note = {.who = who_is(c), .words = d->words, .reason = reason};
    err e = decision_apply(&c->core, verb, &d->terms, &note, clock_now_ms(), &number, &n);
    if (e == ERR_DENIED)
        command_say("the log of this declaration is closed: nothing can be added to it");
    else if (e != OK)
        command_say("stopped (%s); %lld are done, run it again for the others", err_name(e),
                    (long long)n);
    else if (n == 0)
        command_say("no signature fits");
    if (n > 0)
        printf(c->is_json ? "{\"decision\":%lld,\"n\":%lld,\"done\":\"%s\"}\n"
                          : "decision %lld: %lld signature(s) %s\n",
               (long long)number, (long long)n, done[verb]);
    return command_exit(e);
}

/* --- lists --- */

static const declaration *declaration_of(const deciding *d, int64_t id)
{
    return alliance_declaration_by_id(&d->al, id);
}

static err list_held(deciding *d)
{
    held_groups all;
    const command_context *c = d->c;
    TRY(hold_groups(&d->c->core, d->c->a, &all));
    for (size_t i = 0; i < all.n; i++) {
        const held_group *g = &all.at[i];
        const declaration *of = declaration_of(d, g->declaration);
        char since[32];
        clock_iso8601(g->oldest_ms, since);
        printf(c->is_json ? "{\"declaration\":\"%.*s\",\"rule\":\"%.*s\",\"held\":%lld,\"for_a_"
                            "person\":%lld,\"since\":\"%s\"}\n"
                          : "%.*s\t%.*s\t%lld held\t%lld for a person\tsince %s\n",
               STR_FMT(of ? of->slug : S("?")), STR_FMT(g->rule), (long long)g->n,
               (long long)g->waiting, since);
    }
    if (all.n == 0)
        command_say("nothing is held");
    return OK;
}

static void print_decision(const command_context *c, const decision *one)
{
    static const char *const verbs[] = {[DECISION_RELEASE] = "released",
                                        [DECISION_REFUSE] = "refused",
                                        [DECISION_INVALIDATE] = "invalidated"};
    char at[32], undone[32] = "";
    clock_iso8601(one->at_ms, at);
    if (one->undone_ms)
        clock_iso8601(one->undone_ms, undone);
    if (!c->is_json) {
        printf("%lld\t%s %lld\t%s\t%.*s\t%.*s\t%.*s\t%s%s\n", (long long)one->number,
               verbs[one->verb], (long long)one->n, at, STR_FMT(one->who), STR_FMT(one->words),
               STR_FMT(one->reason), undone[0] ? "undone " : "", undone);
        return;
    }
    buf b = buf_in(c->a);
    buf_printf(&b, "{\"decision\":%lld,\"verb\":\"%s\",\"n\":%lld,\"at\":\"%s\",\"undone\":\"%s\"",
               (long long)one->number, verbs[one->verb], (long long)one->n, at, undone);
    buf_put(&b, S(",\"who\":"));
    buf_put_json(&b, one->who);
    buf_put(&b, S(",\"terms\":"));
    buf_put_json(&b, one->words);
    buf_put(&b, S(",\"reason\":"));
    buf_put_json(&b, one->reason);
    printf("%.*s}\n", STR_FMT(buf_str(&b)));
}

static err list_decisions(deciding *d)
{
    decisions all;
    TRY(decision_list(&d->c->core, d->c->a, LISTED_MOST, &all));
    for (size_t i = 0; i < all.n; i++)
        print_decision(d->c, &all.at[i]);
    if (all.n == 0)
        command_say("nothing has been decided yet");
    return OK;
}

static int undo(deciding *d)
{
    int64_t number, n;
    if (number_parse(d->c->arguments[1], 1, INT64_MAX, &number) != OK) {
        command_say("undo takes the number of a decision");
        return EXIT_USAGE;
    }
    err e = decision_undo(&d->c->core, number, who_is(d->c), clock_now_ms(), &n);
    if (e == ERR_NOT_FOUND)
        command_say("there is no decision %lld", (long long)number);
    else if (e == ERR_CONFLICT)
        command_say("decision %lld was undone before, or was a release, which is in the log",
                    (long long)number);
    else if (e != OK)
        command_say("stopped (%s); run it again for the others", err_name(e));
    else
        printf(d->c->is_json ? "{\"decision\":%lld,\"undone\":%lld}\n"
                             : "decision %lld undone: %lld signature(s) are as before\n",
               (long long)number, (long long)n);
    return command_exit(e);
}

static bool argument_is(const command_context *c, const char *word, size_t count)
{
    return c->argument_count == count && str_eq(c->arguments[0], str_of(word));
}

int cmd_held(command_context *c)
{
    deciding d = {.c = c};
    err e = alliance_load(&c->core, c->a, &d.al);
    if (e != OK)
        return command_exit(e);
    if (c->argument_count == 0 || argument_is(c, "list", 1))
        return command_exit(list_held(&d));
    if (argument_is(c, "release", 1))
        return decide(&d, DECISION_RELEASE);
    if (argument_is(c, "refuse", 1))
        return decide(&d, DECISION_REFUSE);
    command_say("held takes list, release or refuse");
    return EXIT_USAGE;
}

int cmd_invalidate(command_context *c)
{
    deciding d = {.c = c};
    err e = alliance_load(&c->core, c->a, &d.al);
    if (e != OK)
        return command_exit(e);
    if (argument_is(c, "list", 1))
        return command_exit(list_decisions(&d));
    if (argument_is(c, "undo", 2))
        return undo(&d);
    if (c->argument_count == 0)
        return decide(&d, DECISION_INVALIDATE);
    command_say("invalidate takes flags, or list, or undo N");
    return EXIT_USAGE;
}
