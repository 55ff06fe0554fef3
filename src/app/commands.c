/* SPDX-License-Identifier: EUPL-1.2 */
/* The rows of the commands that app/ runs itself, and the two small ones. */

#include "app/app.h"
#include "app/version.h"

const command app_commands[] = {
    {"serve",
     COMMAND_RUNS,
     "",
     "run the site",
     "Starts and supervises two processes: web (HTTP and database) and work (log, mail, erasure), "
     "and with --content-folder a third: author (loads that folder when it changes). --only runs "
     "one of them, for separate units or several machines.",
     COMMAND_KEYS,
     app_serve,
     {{"only", "KIND", "web, work or author"}}},
    {"sink",
     COMMAND_RUNS,
     "",
     "keep mails in a folder instead of sending them",
     "For demonstrations and tests: takes mail by SMTP on 127.0.0.1 and shows it as a page.",
     COMMAND_NOTHING,
     app_sink,
     {{"smtp-port", "N", "where mail comes in; default 2525"},
      {"web-port", "N", "where the inbox is shown; default 8081"},
      {"folder", "FOLDER", "where mails are kept; default: inbox in the data folder"}}},
    {"witness",
     COMMAND_PROVES,
     "",
     "watch the logs of other alliances",
     "Answers the witness protocol (c2sp.org/tlog-witness): cosigns a checkpoint of a log on the "
     "list when it continues the one before. Needs a data folder of its own; makes its key there "
     "and prints what verifiers need to know of it.",
     COMMAND_NOTHING,
     app_witness,
     {{"logs", "FILE", "the list, in the form logs/v0; default: logs in the data folder"},
      {"name", "NAME", "the witness's name; default: the origin's host and /witness"}}},
    {"log",
     COMMAND_RUNS,
     "rebuild",
     "make the published log files anew",
     "Writes tiles and checkpoint of every log again from the rows. Refuses when the rows do not "
     "lead "
     "to the last checkpoint.",
     COMMAND_DATABASE,
     app_log,
     {{0}}},
    {"bounce",
     COMMAND_RUNS,
     "ADDRESS",
     "take in a mail that came back",
     "For the mail server: reads one message on stdin that came to ADDRESS, mail-bounce with a "
     "token in it. A delivery report that names no such mailbox ends all mail to that signature. "
     "Anything else, and a token that is not ours, changes nothing. A mail to mail-bounce itself "
     "whose subject ends mailings (leave-TOKEN, from List-Unsubscribe) ends them. Ends with 75 "
     "when "
     "the database or the master key is away, so that the server tries again.",
     COMMAND_NOTHING,
     app_bounce,
     {{0}}},
    {"report",
     COMMAND_RUNS,
     "dpia|processing",
     "print a paper for the data protection officer",
     "Markdown: the impact assessment (GDPR Article 35) or the record of processing activities "
     "(Article 30), filled in from the options, declarations and counts of this installation. What "
     "only people know is marked to be filled in.",
     COMMAND_DATABASE,
     app_report,
     {{0}}},
    {"config",
     COMMAND_RUNS,
     "show|check",
     "show the options that are in force, or check them",
     "show prints every option with its value and where it comes from. check ends with 0 when all "
     "of them make sense.",
     COMMAND_NOTHING,
     app_config,
     {{0}}},
    {"version",
     COMMAND_RUNS,
     "",
     "print the version",
     "Prints the version.",
     COMMAND_NOTHING,
     app_version,
     {{0}}},
    {.name = NULL},
};

int app_version(command_context *c)
{
    bool is_json = c && c->is_json;
    printf(is_json ? "{\"version\":\"" VERSION "\"}\n" : "undersigned " VERSION "\n");
    return EXIT_OK;
}

int app_config(command_context *c)
{
    static const char *const sources[] = {"default", "file", "environment", "flag"};
    const options *o = c->options;
    bool is_show = c->argument_count == 1 && str_eq(c->arguments[0], S("show"));
    bool is_check = c->argument_count == 1 && str_eq(c->arguments[0], S("check"));
    if (!is_show && !is_check) {
        command_say("config takes show or check");
        return EXIT_USAGE;
    }
    for (size_t i = 0; is_show && i < OPTION_COUNT; i++) {
        buf line = buf_in(c->a);
        if (c->is_json) {
            buf_printf(&line, "{\"option\":\"%s\",\"value\":", option_table[i].name);
            buf_put_json(&line, o->text[i]);
            buf_printf(&line, ",\"from\":\"%s\"}\n", sources[o->source[i]]);
        } else {
            buf_printf(&line, "%s = %.*s\t# %s\n", option_table[i].name, STR_FMT(o->text[i]),
                       sources[o->source[i]]);
        }
        printf("%.*s", STR_FMT(buf_str(&line)));
    }
    /* A value that does not fit was refused before this command ran. */
    if (is_check && options_lack_origin(o)) {
        command_say("listen is a socket: say --origin, the address of the public site");
        return EXIT_FAILED;
    }
    if (is_check)
        command_say("the options make sense");
    return EXIT_OK;
}
