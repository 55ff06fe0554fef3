/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The options of the program: one table (options.c) for the parser, `config`, --help and the
 * manual. Flags stand over environment (UNDERSIGNED_LISTEN for --listen), environment over the
 * file (`name = value` lines), the file over defaults. Secrets come by the path of a file. */

#include "base/base.h"

typedef enum option_id {
    OPTION_DATA,
    OPTION_DATABASE,
    OPTION_DB_STANDBY,
    OPTION_ERASURES,
    OPTION_LISTEN,
    OPTION_ORIGIN,
    OPTION_TRUSTED_PROXIES,
    OPTION_FORWARDING,
    OPTION_IO_THREADS,
    OPTION_WORKERS,
    OPTION_CONNECTIONS,
    OPTION_DB_CACHE_MIB,
    OPTION_PAGE_CACHE_MIB,
    OPTION_RATE_NARROW,
    OPTION_RATE_WIDE,
    OPTION_RATE_SOFT,
    OPTION_WORK,
    OPTION_WATCH,
    OPTION_FORM_SECONDS,
    OPTION_MAIL_HOST,
    OPTION_MAIL_PORT,
    OPTION_MAIL_SECURITY,
    OPTION_MAIL_USER,
    OPTION_MAIL_PASSWORD_FILE,
    OPTION_MAIL_CA_FILE,
    OPTION_MAIL_FROM,
    OPTION_MAIL_FROM_NAME,
    OPTION_MAIL_BOUNCE,
    OPTION_MAIL_DKIM_SELECTOR,
    OPTION_MAILING_FROM,
    OPTION_MAILING_DKIM_SELECTOR,
    OPTION_MAILING_RATE,
    OPTION_WITNESS_PORTS,
    OPTION_WITNESS_CA_FILE,
    OPTION_TIMESTAMP_URL,
    OPTION_TIMESTAMP_POLICY,
    OPTION_TIMESTAMP_CA_FILE,
    OPTION_WEBHOOK_PORTS,
    OPTION_WEBHOOK_TARGETS,
    OPTION_WEBHOOK_CA_FILE,
    OPTION_INBOX_URL,
    OPTION_CONTENT_FOLDER,
    OPTION_SANDBOX,
    OPTION_LOG_LEVEL,
    OPTION_COUNT
} option_id;

typedef enum option_kind { OPTION_TEXT, OPTION_NUMBER, OPTION_CHOICE } option_kind;

typedef struct option {
    const char *name;
    const char *value; /* what the value is called */
    option_kind kind;
    const char *fallback;
    int64_t least, most; /* OPTION_NUMBER */
    const char *choices; /* OPTION_CHOICE: separated by spaces */
    const char *help;
} option;

extern const option option_table[OPTION_COUNT];

typedef enum option_source {
    SOURCE_DEFAULT,
    SOURCE_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_FLAG
} option_source;

typedef struct options {
    str text[OPTION_COUNT];
    int64_t number[OPTION_COUNT];
    option_source source[OPTION_COUNT];
} options;

/* Defaults. */
void options_init(options *o);

/* Whether there is one of that name. */
bool options_has(str name);

/* Sets one by its name. ERR_NOT_FOUND: no such option; ERR_INVALID: the value does not fit;
 * *out_why then says what is wrong. A value from a lower source does not replace a higher one. */
MUST_USE err options_set(options *o, arena *a, str name, str value, option_source source,
                         str *out_why);

/* Reads the environment. */
MUST_USE err options_environment(options *o, arena *a, str *out_why);

/* Reads a file of `name = value` lines, `#` comments. *out_why names the line. */
MUST_USE err options_file(options *o, arena *a, const char *path, str *out_why);

/* Whether the address of the site is not given and does not follow from where it listens. */
bool options_lack_origin(const options *o);

/* What follows from others where nothing was said: database below data, origin from listen. */
void options_complete(options *o, arena *a);
