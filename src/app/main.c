/* SPDX-License-Identifier: EUPL-1.2 */
/* The program: finds the command, reads options, opens what the command needs, runs it. */

#include "app/app.h"
#include "app/help.h"
#include "app/manual.h"
#include "base/log.h"
#include "cli/keys.h"
#include "core/alliance.h"

#include <signal.h>

enum { COMMAND_BYTES_MOST = 1 << 30 };

typedef struct parsing {
    arena *a;
    const command *row;
    command_context *c;
    options *o;
    char **arguments;
    int n;
} parsing;

/* "--name=value" or "--name value"; false when the value is missing. */
static bool take_value(parsing *p, int *i, str flag, str *out_name, str *out_value)
{
    *out_name = str_cut(flag, '=', out_value);
    if (str_find(flag, '=') < flag.n)
        return true;
    if (*i + 1 >= p->n)
        return false;
    *out_value = str_of(p->arguments[++*i]);
    return true;
}

/* For what is said of a next command: it needs the same options. */
static void keep_given(parsing *p, str name, str value)
{
    p->c->given =
        arena_printf(p->a, "%.*s --%.*s %.*s", STR_FMT(p->c->given), STR_FMT(name), STR_FMT(value));
}

static int parse_option(parsing *p, int *i, str flag)
{
    str name, value, why;
    bool has_value = take_value(p, i, flag, &name, &value);
    bool is_config = str_eq(name, S("config"));
    if (!has_value && (is_config || options_has(name))) {
        command_say("--%.*s needs a value", STR_FMT(name));
        return EXIT_USAGE;
    }
    err e = is_config ? options_file(p->o, p->a, arena_cstr(p->a, value), &why)
                      : options_set(p->o, p->a, name, value, SOURCE_FLAG, &why);
    if (e == OK) {
        keep_given(p, name, value);
        return EXIT_OK;
    }
    if (e == ERR_NOT_FOUND)
        command_say("%.*s; `undersigned %s --help` says what it takes", STR_FMT(why), p->row->name);
    else
        command_say("%.*s", STR_FMT(why));
    return EXIT_USAGE;
}

static int parse_flag(parsing *p, int *i)
{
    str flag = str_of(p->arguments[*i] + 2), name, value;
    str bare = str_cut(flag, '=', &value);
    if (str_eq(bare, S("json")) && bare.n == flag.n) {
        p->c->is_json = true;
        return EXIT_OK;
    }
    for (size_t f = 0; f < COMMAND_FLAGS_MOST && p->row->flags[f].name; f++) {
        const command_flag *row = &p->row->flags[f];
        if (!str_eq(bare, str_of(row->name)))
            continue;
        if (!row->value && bare.n < flag.n) {
            command_say("--%s takes no value", row->name);
            return EXIT_USAGE;
        }
        value = S("");
        if (row->value && !take_value(p, i, flag, &name, &value)) {
            command_say("--%s needs a value", row->name);
            return EXIT_USAGE;
        }
        p->c->flags[f] = value;
        return EXIT_OK;
    }
    if (str_eq(bare, S("json"))) {
        command_say("--json takes no value");
        return EXIT_USAGE;
    }
    return parse_option(p, i, flag);
}

static int parse(parsing *p)
{
    str why;
    options_init(p->o);
    if (options_environment(p->o, p->a, &why) != OK) {
        command_say("%.*s", STR_FMT(why));
        return EXIT_USAGE;
    }
    for (int i = 0; i < p->n; i++) {
        str argument = str_of(p->arguments[i]);
        if (str_starts(argument, S("--"))) {
            int code = parse_flag(p, &i);
            if (code != EXIT_OK)
                return code;
        } else if (!p->row->arguments[0]) {
            command_say("%s takes no arguments: what is %.*s?", p->row->name, STR_FMT(argument));
            return EXIT_USAGE;
        } else if (p->c->argument_count < COMMAND_ARGUMENTS_MOST) {
            p->c->arguments[p->c->argument_count++] = argument;
        } else {
            command_say("too many arguments");
            return EXIT_USAGE;
        }
    }
    options_complete(p->o, p->a);
    p->c->data = p->o->text[OPTION_DATA];
    p->c->database = p->o->text[OPTION_DATABASE];
    p->c->standbys = p->o->text[OPTION_DB_STANDBY];
    p->c->core.erasures = p->o->text[OPTION_ERASURES];
    p->c->origin = p->o->text[OPTION_ORIGIN];
    p->c->sandbox = p->o->text[OPTION_SANDBOX];
    p->c->mail_from = p->o->text[OPTION_MAIL_FROM];
    p->c->mailing_from = p->o->text[OPTION_MAILING_FROM];
    p->c->mail_bounce = p->o->text[OPTION_MAIL_BOUNCE];
    p->c->mailing_dkim_selector = p->o->text[OPTION_MAILING_DKIM_SELECTOR];
    p->c->timestamp_url = p->o->text[OPTION_TIMESTAMP_URL];
    p->c->timestamp_ca_file = p->o->text[OPTION_TIMESTAMP_CA_FILE];
    p->c->mail_dkim_selector = p->o->text[OPTION_MAIL_DKIM_SELECTOR];
    p->c->options = p->o;
    return EXIT_OK;
}

/* No command ends in silence that did not do what was asked; what failed stands in a log line. */
static void explain(const command *row, command_context *c, int code)
{
    static const char *const words[] = {
        [EXIT_USAGE] = "not used like this",
        [EXIT_NOT_FOUND] = "not found",
        [EXIT_CONFLICT] = "contradicts what is there",
        [EXIT_DENIED] = "denied",
    };
    alliance al;
    if (code == EXIT_NOT_FOUND && c->core.db && alliance_load(&c->core, c->a, &al) == ERR_NOT_FOUND)
        command_say("nothing is loaded yet: run `undersigned import FOLDER%.*s` first",
                    STR_FMT(c->given));
    else if (code != EXIT_FAILED && !command_has_said())
        command_say("%s: %s", row->name, code == EXIT_LATER ? "try again later" : words[code]);
}

static int run(const command *row, command_context *c)
{
    err e = OK;
    if (row->needs == COMMAND_DATABASE)
        e = command_open_database(c);
    else if (row->needs == COMMAND_KEYS)
        e = command_load_keys(c);
    int code = e == OK ? row->run(c) : command_exit(e);
    if (code != EXIT_OK)
        explain(row, c, code);
    db_close(c->core.db);
    return code;
}

static void set_log_level(const options *o)
{
    static const str names[] = {STR_INIT("debug"), STR_INIT("info"), STR_INIT("warn"),
                                STR_INIT("error")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(names[i], o->text[OPTION_LOG_LEVEL]))
            log_set_level((log_level)i);
}

static int start(arena *a, int n, char **arguments)
{
    str name = n > 1 ? str_of(arguments[1]) : S("help");
    const command *row = help_find(name);
    if (!row) {
        bool is_help =
            str_eq(name, S("help")) || str_eq(name, S("--help")) || str_eq(name, S("-h"));
        if (str_eq(name, S("--version")))
            return app_version(NULL);
        if (is_help && n > 2 && (row = help_find(str_of(arguments[2])))) {
            help_print_command(row);
            return EXIT_OK;
        }
        if (is_help && n > 2 && str_eq(str_of(arguments[2]), S("options"))) {
            help_print_options();
            return EXIT_OK;
        }
        if (is_help && n > 2 && str_eq(str_of(arguments[2]), S("man"))) {
            manual_print();
            return EXIT_OK;
        }
        bool is_whole = is_help && n == 2;
        if (is_help && n > 2)
            name = str_of(arguments[2]);
        str near = help_near_command(name);
        if (is_whole || n < 2)
            help_print();
        else if (near.n)
            command_say("there is no command %.*s: do you mean %.*s?", STR_FMT(name),
                        STR_FMT(near));
        else
            command_say("there is no command %.*s; `undersigned help` lists them", STR_FMT(name));
        return is_whole || n < 2 ? EXIT_OK : EXIT_USAGE;
    }
    for (int i = 2; i < n; i++) {
        if (str_eq(str_of(arguments[i]), S("--help")) || str_eq(str_of(arguments[i]), S("-h"))) {
            help_print_command(row);
            return EXIT_OK;
        }
    }
    command_context *c = arena_new(a, command_context);
    options *o = arena_new(a, options);
    c->a = a;
    parsing p = {a, row, c, o, arguments + 2, n - 2};
    int code = parse(&p);
    if (code != EXIT_OK)
        return code;
    set_log_level(o);
    return run(row, c);
}

int main(int n, char **arguments)
{
    signal(SIGPIPE, SIG_IGN);
    crypto_init();
    arena *a = arena_open(COMMAND_BYTES_MOST);
    int code = start(a, n, arguments);
    arena_close(a);
    return code;
}
