/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Commands: one table row each; the parser, --help and the manual page come from it. Data goes to
 * stdout, messages to stderr. */

#include "core/core.h"

/* Exit codes, the same for all commands. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NOT_FOUND = 3,
    EXIT_CONFLICT = 4,
    EXIT_DENIED = 5,
    EXIT_LATER = 75,
};

/* The exit code of an outcome. */
int command_exit(err e);

/* A flag of one command. */
typedef struct command_flag {
    const char *name;  /* without "--" */
    const char *value; /* what its value is called; NULL: it has none */
    const char *help;
} command_flag;

enum { COMMAND_FLAGS_MOST = 10, COMMAND_ARGUMENTS_MOST = 16 };

/* What a command works with. Opened before it runs as far as its row asks. */
typedef struct command_context {
    arena *a;
    str data;     /* the data folder */
    str database; /* URL */
    str standbys; /* URLs of its standbys, separated by spaces; may be empty */
    str origin;   /* "https://host" */
    str sandbox;  /* confine_level_of */
    str mail_from, mailing_from;
    str mail_bounce;                               /* may be empty */
    str mail_dkim_selector, mailing_dkim_selector; /* may be empty */
    str timestamp_url, timestamp_ca_file;          /* may be empty */
    str given;                                     /* " --option value …" as typed */
    bool is_json;
    core core;                     /* with COMMAND_DATABASE */
    str flags[COMMAND_FLAGS_MOST]; /* beside the row's flags; .at NULL: not given */
    str arguments[COMMAND_ARGUMENTS_MOST];
    size_t argument_count;
    const void *options; /* of app/, for its own commands */
} command_context;

typedef enum command_needs {
    COMMAND_NOTHING = 0,
    COMMAND_KEYS = 1,     /* the data folder's keys */
    COMMAND_DATABASE = 3, /* keys, and the database with all migrations applied */
} command_needs;

/* Under which heading of the help it stands. */
typedef enum command_topic {
    COMMAND_RUNS,
    COMMAND_WRITES,
    COMMAND_COUNTS,
    COMMAND_SEALS,
    COMMAND_JOINS,
    COMMAND_PROVES,
    COMMAND_TOPICS
} command_topic;

typedef struct command {
    const char *name;
    command_topic topic;
    const char *arguments; /* "[FOLDER]" */
    const char *summary;   /* one line */
    const char *text;      /* for --help and the manual */
    command_needs needs;
    int (*run)(command_context *c);
    command_flag flags[COMMAND_FLAGS_MOST];
} command;

/* Ends with a row without a name. */
extern const command cli_commands[];

/* For commands whose row asks for less than they may need. What fails is said on stderr. The
 * database is closed after the command. */
MUST_USE err command_load_keys(command_context *c);
MUST_USE err command_open_database(command_context *c);

/* The flag's value, or empty; given tells whether it stood there. */
str command_flag_value(const command_context *c, size_t flag);
bool command_flag_given(const command_context *c, size_t flag);

/* A line to stderr: what happened, why, what to do. */
/* Whether it has been called. */
bool command_has_said(void);
void command_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
