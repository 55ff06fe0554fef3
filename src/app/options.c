/* SPDX-License-Identifier: EUPL-1.2 */
/* The option table, and how values find their way into it. */

#include "app/options.h"

#include "app/help.h"

#include "base/number.h"
#include "base/utf8.h"

#include <errno.h>

enum { FILE_BYTES_MOST = 64 << 10, VALUE_BYTES_MOST = 1000 };

const option option_table[OPTION_COUNT] = {
    [OPTION_DATA] = {"data", "FOLDER", OPTION_TEXT, "data", 0, 0, NULL,
                     "keys, database, log files"},
    [OPTION_DATABASE] = {"database", "URL", OPTION_TEXT, "", 0, 0, NULL,
                         "sqlite:FILE or postgres://…; default: a file in the data folder"},
    [OPTION_DB_STANDBY] = {"db-standby", "URLS", OPTION_TEXT, "", 0, 0, NULL,
                           "standbys of a PostgreSQL database, postgres://… separated by spaces: "
                           "work signs nothing that contradicts them"},
    [OPTION_ERASURES] = {"erasures", "FILE", OPTION_TEXT, "", 0, 0, NULL,
                         "journal of erased signatures, not to be kept with backups of the "
                         "database; default: a file in the data folder"},
    [OPTION_LISTEN] = {"listen", "ADDRESS", OPTION_TEXT, "127.0.0.1:8080", 0, 0, NULL,
                       "HOST:PORT, [IPV6]:PORT or unix:/PATH"},
    [OPTION_ORIGIN] = {"origin", "URL", OPTION_TEXT, "", 0, 0, NULL,
                       "scheme and host of the public site; default: http:// and listen"},
    [OPTION_TRUSTED_PROXIES] =
        {"trusted-proxies", "NETWORKS", OPTION_TEXT, "", 0, 0, NULL,
         "CIDR networks, separated by spaces, whose forwarding header counts"},
    [OPTION_FORWARDING] = {"forwarding", "HEADER", OPTION_CHOICE, "x-forwarded", 0, 0,
                           "x-forwarded forwarded", "the one header that those proxies set"},
    [OPTION_IO_THREADS] = {"io-threads", "N", OPTION_NUMBER, "1", 1, 16, NULL,
                           "threads that read, answer from the cache and write"},
    [OPTION_WORKERS] = {"workers", "N", OPTION_NUMBER, "64", 1, 128, NULL,
                        "threads that make pages and write to the database"},
    [OPTION_CONNECTIONS] = {"connections", "N", OPTION_NUMBER, "10000", 16, 200000, NULL,
                            "most open connections"},
    [OPTION_DB_CACHE_MIB] = {"db-cache-mib", "N", OPTION_NUMBER, "256", 8, 65536, NULL,
                             "page cache of the SQLite writer"},
    [OPTION_PAGE_CACHE_MIB] = {"page-cache-mib", "N", OPTION_NUMBER, "64", 4, 65536, NULL,
                               "whole replies kept in memory"},
    [OPTION_RATE_NARROW] = {"rate-narrow", "N", OPTION_NUMBER, "600", 1, 1000000000, NULL,
                            "signings an hour from one /32 or /64"},
    [OPTION_RATE_WIDE] = {"rate-wide", "N", OPTION_NUMBER, "2400", 1, 1000000000, NULL,
                          "signings an hour from one /24 or /48"},
    [OPTION_RATE_SOFT] = {"rate-soft", "N", OPTION_NUMBER, "60", 1, 1000000000, NULL,
                          "signings an hour from one /32 or /64 before its devices must compute"},
    [OPTION_WORK] = {"work", "WHEN", OPTION_CHOICE, "auto", 0, 0, "auto always never",
                     "when devices must compute a moment before a signature counts at once"},
    [OPTION_WATCH] = {"watch", "STATE", OPTION_CHOICE, "on", 0, 0, "on off",
                      "on: what looks forged is held; off only for tests and measurements"},
    [OPTION_FORM_SECONDS] = {"form-seconds", "N", OPTION_NUMBER, "3", 0, 60, NULL,
                             "least seconds between showing and sending a form"},
    [OPTION_MAIL_HOST] = {"mail-host", "HOST", OPTION_TEXT, "127.0.0.1", 0, 0, NULL,
                          "relay that takes our mail"},
    [OPTION_MAIL_PORT] = {"mail-port", "N", OPTION_NUMBER, "25", 1, 65535, NULL, "its port"},
    [OPTION_MAIL_SECURITY] = {"mail-security", "KIND", OPTION_CHOICE, "plain", 0, 0,
                              "plain starttls tls", "plain only to this machine"},
    [OPTION_MAIL_USER] = {"mail-user", "NAME", OPTION_TEXT, "", 0, 0, NULL,
                          "name for AUTH; empty: none"},
    [OPTION_MAIL_PASSWORD_FILE] = {"mail-password-file", "FILE", OPTION_TEXT, "", 0, 0, NULL,
                                   "file that holds the password for AUTH"},
    [OPTION_MAIL_CA_FILE] = {"mail-ca-file", "FILE", OPTION_TEXT, "", 0, 0, NULL,
                             "certificates that the relay's is checked against"},
    [OPTION_MAIL_FROM] = {"mail-from", "ADDRESS", OPTION_TEXT, "", 0, 0, NULL,
                          "sender of our mails; default: noreply@ and the origin's host"},
    [OPTION_MAIL_FROM_NAME] = {"mail-from-name", "NAME", OPTION_TEXT, "", 0, 0, NULL,
                               "sender's name; default: the alliance's in the mail's language"},
    [OPTION_MAIL_BOUNCE] = {"mail-bounce", "ADDRESS", OPTION_TEXT, "", 0, 0, NULL,
                            "where mails come back to, for `undersigned bounce`; empty: the "
                            "sender"},
    [OPTION_MAIL_DKIM_SELECTOR] = {"mail-dkim-selector", "NAME", OPTION_TEXT, "", 0, 0, NULL,
                                   "selector of the key that the relay signs with; for doctor"},
    [OPTION_MAILING_FROM] = {"mailing-from", "ADDRESS", OPTION_TEXT, "", 0, 0, NULL,
                             "sender of letters to who asked for news, best of a domain of its "
                             "own; default: mail-from"},
    [OPTION_MAILING_DKIM_SELECTOR] = {"mailing-dkim-selector", "NAME", OPTION_TEXT, "", 0, 0, NULL,
                                      "selector of the key for mailing-from; default: "
                                      "mail-dkim-selector"},
    [OPTION_MAILING_RATE] = {"mailing-rate", "N", OPTION_NUMBER, "60", 0, 900, NULL,
                             "letters of mailings a minute; 0: they wait"},
    [OPTION_WITNESS_PORTS] = {"witness-ports", "PORTS", OPTION_TEXT, "443", 0, 0, NULL,
                              "ports, separated by spaces, on which work may ask witnesses"},
    [OPTION_WITNESS_CA_FILE] = {"witness-ca-file", "FILE", OPTION_TEXT, "", 0, 0, NULL,
                                "certificates that witnesses' are checked against"},
    [OPTION_TIMESTAMP_URL] = {"timestamp-url", "URL", OPTION_TEXT, "", 0, 0, NULL,
                              "time-stamping authority (RFC 3161), http:// or https://…, that "
                              "work asks once a day and at the end; empty: none"},
    [OPTION_TIMESTAMP_POLICY] = {"timestamp-policy", "OID", OPTION_TEXT, "", 0, 0, NULL,
                                 "policy that it is asked to stamp under; empty: its own choice"},
    [OPTION_TIMESTAMP_CA_FILE] = {"timestamp-ca-file", "FILE", OPTION_TEXT, "", 0, 0, NULL,
                                  "its certificates (PEM), which stamps are checked against; "
                                  "empty: signatures are left to readers"},
    [OPTION_WEBHOOK_PORTS] = {"webhook-ports", "PORTS", OPTION_TEXT, "443", 0, 0, NULL,
                              "ports, separated by spaces, on which work may send to webhooks"},
    [OPTION_WEBHOOK_TARGETS] = {"webhook-targets", "WHICH", OPTION_CHOICE, "public", 0, 0,
                                "public any",
                                "public: https to public addresses alone; any: also http and "
                                "addresses of this machine and its networks"},
    [OPTION_WEBHOOK_CA_FILE] = {"webhook-ca-file", "FILE", OPTION_TEXT, "", 0, 0, NULL,
                                "certificates that webhooks' are checked against"},
    [OPTION_INBOX_URL] = {"inbox-url", "URL", OPTION_TEXT, "", 0, 0, NULL,
                          "demo only: where the mails can be read"},
    [OPTION_CONTENT_FOLDER] = {"content-folder", "FOLDER", OPTION_TEXT, "", 0, 0, NULL,
                               "content folder that is loaded whenever it changes, while the site "
                               "runs; for authors"},
    [OPTION_SANDBOX] = {"sandbox", "LEVEL", OPTION_CHOICE, "try", 0, 0, "off try require",
                        "whether processes give up files, ports and system calls they do not "
                        "need; require: or do not start"},
    [OPTION_LOG_LEVEL] = {"log-level", "LEVEL", OPTION_CHOICE, "info", 0, 0,
                          "debug info warn error", "least level of lines on stderr"},
};

void options_init(options *o)
{
    *o = (options){.number = {0}};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        o->text[i] = str_of(option_table[i].fallback);
        if (option_table[i].kind == OPTION_NUMBER)
            BUG_IF(number_parse(o->text[i], option_table[i].least, option_table[i].most,
                                &o->number[i]) != OK);
    }
}

static bool is_choice(const char *choices, str value)
{
    str rest = str_of(choices);
    while (rest.n)
        if (str_eq(str_cut(rest, ' ', &rest), value))
            return true;
    return false;
}

static bool is_database(str value)
{
    return str_starts(value, S("sqlite:")) || str_starts(value, S("postgres://")) ||
           str_starts(value, S("postgresql://"));
}

/* Its form; whether there is such an address shows when it is bound. */
static bool is_listen(str value)
{
    size_t colon = value.n;
    int64_t port;
    if (str_starts(value, S("unix:/")))
        return true;
    while (colon > 0 && value.at[colon - 1] != ':')
        colon--;
    return colon > 1 && number_parse(str_skip(value, colon), 0, 65535, &port) == OK;
}

static bool is_origin(str value)
{
    str host = str_skip(value, str_find_str(value, S("://")));
    return (str_starts(value, S("https://")) || str_starts(value, S("http://"))) && host.n > 3 &&
           host.at[3] != '/' && str_find(value, ' ') == value.n;
}

static err check(const option *row, arena *a, str value, int64_t *out_number, str *out_why)
{
    if (value.n > VALUE_BYTES_MOST || !utf8_is_valid(value) || utf8_has_controls(value)) {
        *out_why = arena_printf(a, "%s: the value is too long or not plain text", row->name);
        return ERR_INVALID;
    }
    if (value.n == 0 && row == &option_table[OPTION_DATA]) {
        *out_why = S("data: must name a folder");
        return ERR_INVALID;
    }
    if (value.n && row == &option_table[OPTION_DATABASE] && !is_database(value)) {
        *out_why = S("database: must be sqlite:FILE or postgres://…");
        return ERR_INVALID;
    }
    if (row == &option_table[OPTION_LISTEN] && !is_listen(value)) {
        *out_why =
            arena_printf(a, "listen: must be HOST:PORT, [IPV6]:PORT or unix:/PATH, not \"%.*s\"",
                         STR_FMT(value));
        return ERR_INVALID;
    }
    if (value.n && row == &option_table[OPTION_ORIGIN] && !is_origin(value)) {
        *out_why =
            arena_printf(a, "origin: must be like https://your.host, not \"%.*s\"", STR_FMT(value));
        return ERR_INVALID;
    }
    if (row->kind == OPTION_NUMBER &&
        number_parse(value, row->least, row->most, out_number) != OK) {
        *out_why =
            arena_printf(a, "%s: must be a number from %lld to %lld, not \"%.*s\"", row->name,
                         (long long)row->least, (long long)row->most, STR_FMT(value));
        return ERR_INVALID;
    }
    if (row->kind == OPTION_CHOICE && !is_choice(row->choices, value)) {
        *out_why = arena_printf(a, "%s: must be one of %s, not \"%.*s\"", row->name, row->choices,
                                STR_FMT(value));
        return ERR_INVALID;
    }
    return OK;
}

bool options_has(str name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (str_eq(str_of(option_table[i].name), name))
            return true;
    return false;
}

err options_set(options *o, arena *a, str name, str value, option_source source, str *out_why)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!str_eq(str_of(option_table[i].name), name))
            continue;
        int64_t number = 0;
        TRY(check(&option_table[i], a, value, &number, out_why));
        if (source < o->source[i])
            return OK;
        o->text[i] = arena_copy(a, value);
        o->number[i] = number;
        o->source[i] = source;
        return OK;
    }
    str near = help_near_option(name);
    *out_why = near.n ? arena_printf(a, "there is no option %.*s: do you mean %.*s?", STR_FMT(name),
                                     STR_FMT(near))
                      : arena_printf(a, "there is no option %.*s", STR_FMT(name));
    return ERR_NOT_FOUND;
}

err options_environment(options *o, arena *a, str *out_why)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        int n = snprintf(name, sizeof name, "UNDERSIGNED_%s", option_table[i].name);
        BUG_IF(n < 0 || (size_t)n >= sizeof name);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
        const char *value = getenv(name);
        if (value)
            TRY(options_set(o, a, str_of(option_table[i].name), str_of(value), SOURCE_ENVIRONMENT,
                            out_why));
    }
    return OK;
}

err options_file(options *o, arena *a, const char *path, str *out_why)
{
    FILE *file = fopen(path, "rb");
    char *text = arena_alloc(a, FILE_BYTES_MOST);
    size_t n = file ? fread(text, 1, FILE_BYTES_MOST, file) : 0;
    bool is_read = file && !ferror(file);
    const char *reason = is_read ? "it is larger than 64 KiB" : strerrordesc_np(errno);
    if (file)
        fclose(file);
    if (!is_read || n == FILE_BYTES_MOST) {
        *out_why = arena_printf(a, "the configuration %s cannot be read: %s", path, reason);
        return ERR_IO;
    }
    str rest = {text, n};
    for (int number = 1; rest.n; number++) {
        str value, why;
        str line = str_trim(str_cut(rest, '\n', &rest));
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (str_find(line, '=') == line.n) {
            *out_why = arena_printf(a, "%s:%d: a line is `name = value`", path, number);
            return ERR_INVALID;
        }
        str name = str_trim(str_cut(line, '=', &value));
        if (options_set(o, a, name, str_trim(value), SOURCE_FILE, &why) != OK) {
            *out_why = arena_printf(a, "%s:%d: %.*s", path, number, STR_FMT(why));
            return ERR_INVALID;
        }
    }
    return OK;
}

bool options_lack_origin(const options *o)
{
    return o->source[OPTION_ORIGIN] == SOURCE_DEFAULT &&
           str_starts(o->text[OPTION_LISTEN], S("unix:"));
}

void options_complete(options *o, arena *a)
{
    if (o->text[OPTION_DATABASE].n == 0)
        o->text[OPTION_DATABASE] =
            arena_printf(a, "sqlite:%.*s/undersigned.db", STR_FMT(o->text[OPTION_DATA]));
    if (o->text[OPTION_ERASURES].n == 0)
        o->text[OPTION_ERASURES] = arena_printf(a, "%.*s/erasures", STR_FMT(o->text[OPTION_DATA]));
    if (o->text[OPTION_ORIGIN].n == 0)
        o->text[OPTION_ORIGIN] = arena_printf(a, "http://%.*s", STR_FMT(o->text[OPTION_LISTEN]));
    str origin = o->text[OPTION_ORIGIN];
    if (origin.n && origin.at[origin.n - 1] == '/')
        o->text[OPTION_ORIGIN] = str_head(origin, origin.n - 1);
    if (o->text[OPTION_MAIL_FROM].n == 0) {
        str host = str_skip(origin, str_find_str(origin, S("://")) + 3), rest;
        o->text[OPTION_MAIL_FROM] =
            arena_printf(a, "noreply@%.*s", STR_FMT(str_cut(host, ':', &rest)));
    }
    if (o->text[OPTION_MAILING_FROM].n == 0)
        o->text[OPTION_MAILING_FROM] = o->text[OPTION_MAIL_FROM];
    if (o->text[OPTION_MAILING_DKIM_SELECTOR].n == 0)
        o->text[OPTION_MAILING_DKIM_SELECTOR] = o->text[OPTION_MAIL_DKIM_SELECTOR];
}
