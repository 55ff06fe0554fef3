/* SPDX-License-Identifier: EUPL-1.2 */
/* `erase`: requests of persons that reach the operator. Shows what would go; --yes does it. No name
 * and no address is printed: who asks has told who it is. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/erasure.h"
#include "core/interest.h"

enum { FLAG_MAILBOX, FLAG_YES };

static void show(const command_context *c, const alliance *al, const erasure_candidate *one)
{
    static const char *const states[] = {"pending", "counts", "withdrawn",
                                         "erased",  "held",   "invalid"};
    static const char *const kinds[] = {"person", "organisation", "mandate"};
    const declaration *d = alliance_declaration_by_id(al, one->declaration);
    char day[32];
    clock_iso8601(one->created_ms, day);
    str slug = d ? d->slug : S("?");
    printf(c->is_json ? "{\"number\":%lld,\"declaration\":\"%.*s\",\"kind\":\"%s\",\"country\":"
                        "\"%.*s\",\"state\":\"%s\",\"day\":\"%.10s\",\"listed\":%s}\n"
                      : "%lld\t%.*s\t%s\t%.*s\t%s\t%.10s\t%s\n",
           (long long)one->signature, STR_FMT(slug), kinds[one->kind - SIGNER_PERSON],
           STR_FMT(one->country), states[one->state], day,
           c->is_json       ? (one->is_listed ? "true" : "false")
           : one->is_listed ? "listed"
                            : "hidden");
}

static err find_numbers(command_context *c, erasure_candidates *out)
{
    *out = (erasure_candidates){arena_array(c->a, erasure_candidate, COMMAND_ARGUMENTS_MOST), 0};
    for (size_t i = 0; i < c->argument_count; i++) {
        int64_t number;
        if (number_parse(c->arguments[i], 1, INT64_MAX, &number) != OK) {
            command_say("\"%.*s\" is no number of a signature", STR_FMT(c->arguments[i]));
            return ERR_INVALID;
        }
        err e = erasure_find(&c->core, c->a, number, &out->at[out->n]);
        if (e == ERR_NOT_FOUND)
            command_say("there is no signature %lld, or it is erased", (long long)number);
        TRY(e);
        out->n++;
    }
    return OK;
}

static err find(command_context *c, const alliance *al, erasure_candidates *out)
{
    if (!command_flag_given(c, FLAG_MAILBOX))
        return find_numbers(c, out);
    email_address address = {command_flag_value(c, FLAG_MAILBOX)};
    err e = erasure_find_mailbox(&c->core, c->a, al, address, out);
    if (e == ERR_INVALID)
        command_say("that is no e-mail address");
    if (e == OK && out->n == 0) {
        command_say("nothing was signed from that address, or it is erased");
        e = ERR_NOT_FOUND;
    }
    return e;
}

static err carry_out(command_context *c, const erasure_candidates *found)
{
    int64_t erased;
    int64_t *numbers = arena_array(c->a, int64_t, found->n);
    for (size_t i = 0; i < found->n; i++)
        numbers[i] = found->at[i].signature;
    TRY(erasure_of_all(&c->core, numbers, found->n, ERASURE_BY_OPERATOR, clock_now_ms(), &erased));
    command_say("%lld signature(s) erased for good", (long long)erased);
    return erasure_clear_disk(&c->core);
}

/* An address also goes from the lists of those who wait for an action. */
static err leave_lists(command_context *c, int64_t *out_n)
{
    *out_n = 0;
    if (!command_flag_given(c, FLAG_MAILBOX) || !command_flag_given(c, FLAG_YES))
        return OK;
    email_address address = {command_flag_value(c, FLAG_MAILBOX)};
    err e = interest_forget(&c->core, c->a, address, out_n);
    if (*out_n)
        command_say("%lld entry(ies) on lists of those interested in an action erased",
                    (long long)*out_n);
    return e == ERR_INVALID ? OK : e; /* the search says so */
}

int cmd_erase(command_context *c)
{
    int64_t left = 0;
    alliance al;
    erasure_candidates found;
    if ((c->argument_count == 0) == !command_flag_given(c, FLAG_MAILBOX)) {
        command_say("erase takes numbers of signatures, or --mailbox ADDRESS");
        return EXIT_USAGE;
    }
    err e = alliance_load(&c->core, c->a, &al);
    if (e == OK)
        e = leave_lists(c, &left);
    if (e == OK)
        e = find(c, &al, &found);
    if (e == ERR_NOT_FOUND && left > 0)
        return EXIT_OK;
    if (e != OK)
        return command_exit(e);
    for (size_t i = 0; i < found.n; i++)
        show(c, &al, &found.at[i]);
    if (!command_flag_given(c, FLAG_YES)) {
        command_say("nothing is erased yet: say --yes to erase these for good");
        return EXIT_OK;
    }
    e = carry_out(c, &found);
    if (e != OK)
        command_say("the erasure could not be finished: %s; what stands in the journal is erased "
                    "when work starts",
                    err_name(e));
    return command_exit(e);
}
