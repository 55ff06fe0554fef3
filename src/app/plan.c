/* SPDX-License-Identifier: EUPL-1.2 */
/* The plans: for each kind of process, every file, port and kind of call that it keeps. None
 * of them reaches the keys any more. */

#include "app/app.h"
#include "base/file.h"
#include "base/number.h"
#include "confine/confine.h"
#include "core/journal.h"
#include "db/footprint.h"
#include "paper/paper.h"
#include "picture/picture.h"
#include "work/standbys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { PORT_OF_NAMES = 53, PORT_OF_HTTP = 80, PORT_OF_HTTPS = 443 };

static str below(command_context *c, const char *name)
{
    return arena_printf(c->a, "%.*s/%s", STR_FMT(c->data), name);
}

static str folder_of(str path)
{
    while (path.n && path.at[path.n - 1] != '/')
        path.n--;
    return path.n ? path : S(".");
}

static err add_footprint(command_context *c, confine_plan *plan, str url)
{
    db_footprint f;
    TRY(db_footprint_of(url, c->a, &f));
    for (size_t i = 0; i < f.files_n; i++)
        confine_add_path(&plan->writes, f.files[i]);
    for (size_t i = 0; i < f.trusted_n; i++)
        confine_add_path(&plan->reads, f.trusted[i]);
    for (size_t i = 0; i < f.ports_n; i++)
        confine_add_port(&plan->connects, f.ports[i]);
    if (f.connects)
        plan->acts |= CONFINE_CONNECTS;
    if (f.resolves)
        plan->acts |= CONFINE_RESOLVES;
    return OK;
}

static err add_database(command_context *c, confine_plan *plan)
{
    err e = add_footprint(c, plan, c->database);
    if (e == ERR_NOT_FOUND) {
        command_say("there is no database yet: run `undersigned migrate`");
        return ERR_CONFLICT;
    }
    return e;
}

/* Addresses are not shown: they may hold a password. */
static err add_standbys(command_context *c, confine_plan *plan)
{
    str urls = c->standbys;
    for (int n = 0; urls.n;) {
        str url = str_cut(urls, ' ', &urls);
        if (url.n == 0)
            continue;
        bool is_pg = str_starts(url, S("postgres")) && str_starts(c->database, S("postgres"));
        if (++n > STANDBYS_MOST || !is_pg || add_footprint(c, plan, url) != OK) {
            command_say(n > STANDBYS_MOST ? "db-standby: %d are too many"
                        : is_pg           ? "db-standby: number %d is no address of PostgreSQL"
                                : "db-standby: number %d, or the database, is not PostgreSQL",
                        n);
            return ERR_INVALID;
        }
    }
    return OK;
}

/* Where erasures are noted; both kinds add lines. */
static err add_journal(command_context *c, confine_plan *plan)
{
    const options *o = c->options;
    str path = o->text[OPTION_ERASURES];
    confine_add_path(&plan->writes, path);
    return journal_create(arena_cstr(c->a, path));
}

/* How far a plan goes is the operator's word. */
static err confine(command_context *c, confine_plan *plan)
{
    const options *o = c->options;
    confinement held;
    if (plan->acts & CONFINE_RESOLVES) {
        confine_add_network(plan);
        confine_add_port(&plan->connects, PORT_OF_NAMES);
    }
    err e = confine_process(c->a, plan, confine_level_of(o->text[OPTION_SANDBOX]), &held);
    if (e == ERR_DENIED)
        command_say("%s cannot be confined as --sandbox=require asks: the line above says what "
                    "the kernel lacks",
                    plan->kind);
    return e;
}

err confine_web(command_context *c)
{
    str log = below(c, "log");
    confine_plan plan = {.kind = "web", .acts = CONFINE_ACCEPTS};
    str media = below(c, "media");
    mkdir(arena_cstr(c->a, log), 0750); /* at the very first start work may come later */
    mkdir(arena_cstr(c->a, media), 0750);
    confine_add_path(&plan.reads, log);
    confine_add_path(&plan.reads, media);
    TRY(add_database(c, &plan));
    TRY(add_journal(c, &plan));
    return confine(c, &plan);
}

/* A policy can change while the process runs; what it may reach cannot. */
static err add_ports(command_context *c, confine_plan *plan, option_id id)
{
    const options *o = c->options;
    str words = o->text[id];
    while (words.n) {
        int64_t port;
        str word = str_cut(words, ' ', &words);
        if (word.n == 0)
            continue;
        if (number_parse(word, 1, UINT16_MAX, &port) != OK) {
            command_say("%s: \"%.*s\" is no port", option_table[id].name, STR_FMT(word));
            return ERR_INVALID;
        }
        confine_add_port(&plan->connects, port);
    }
    return OK;
}

/* The port of an address; PORT_OF_HTTP or PORT_OF_HTTPS when it names none. */
static err add_address(command_context *c, confine_plan *plan, option_id id)
{
    const options *o = c->options;
    str url = o->text[id], rest;
    if (url.n == 0)
        return OK;
    bool is_https = str_starts(url, S("https://"));
    bool is_http = str_starts(url, S("http://"));
    str host = str_cut(str_skip(url, is_https ? 8 : 7), '/', &rest);
    size_t colon = host.n;
    while (colon > 0 && host.at[colon - 1] != ':' && host.at[colon - 1] != ']')
        colon--;
    bool has_port = colon > 0 && host.at[colon - 1] == ':';
    int64_t port = is_https ? PORT_OF_HTTPS : PORT_OF_HTTP;
    if ((!is_https && !is_http) || host.n == 0 ||
        (has_port && number_parse(str_skip(host, colon), 1, UINT16_MAX, &port) != OK)) {
        command_say("%s: \"%.*s\" is no http or https address", option_table[id].name,
                    STR_FMT(url));
        return ERR_INVALID;
    }
    confine_add_port(&plan->connects, port);
    return OK;
}

static void add_certificates(command_context *c, confine_plan *plan, option_id id)
{
    const options *o = c->options;
    if (o->text[id].n)
        confine_add_path(&plan->reads, o->text[id]);
}

err confine_work(command_context *c)
{
    const options *o = c->options;
    confine_plan plan = {.kind = "work",
                         .acts = CONFINE_CONNECTS | CONFINE_RESOLVES | CONFINE_ARRANGES};
    confine_add_path(&plan.arranged, below(c, "log"));
    add_certificates(c, &plan, OPTION_MAIL_CA_FILE);
    add_certificates(c, &plan, OPTION_WITNESS_CA_FILE);
    add_certificates(c, &plan, OPTION_WEBHOOK_CA_FILE);
    confine_add_port(&plan.connects, o->number[OPTION_MAIL_PORT]);
    TRY(add_ports(c, &plan, OPTION_WITNESS_PORTS));
    TRY(add_ports(c, &plan, OPTION_WEBHOOK_PORTS));
    TRY(add_address(c, &plan, OPTION_TIMESTAMP_URL));
    TRY(add_database(c, &plan));
    TRY(add_standbys(c, &plan));
    TRY(add_journal(c, &plan));
    return confine(c, &plan);
}

/* The programs that it starts see less: a file or a folder below media each. */
err confine_author(command_context *c)
{
    const options *o = c->options;
    str media = below(c, "media");
    confine_plan plan = {.kind = "author", .acts = CONFINE_ARRANGES | CONFINE_NOTICES};
    mkdir(arena_cstr(c->a, media), 0750);
    confine_add_path(&plan.reads, o->text[OPTION_CONTENT_FOLDER]);
    confine_add_path(&plan.arranged, media);
    confine_add_children(&plan);
    confine_add_path(&plan.runs, photograph_program());
    confine_add_path(&plan.runs, paper_program());
    TRY(add_database(c, &plan));
    return confine(c, &plan);
}

/* It listens after this; its folder is all that it reads and writes. */
err confine_witness(command_context *c, str folder)
{
    const options *o = c->options;
    str listen = o->text[OPTION_LISTEN];
    size_t colon = listen.n;
    int64_t port = 0;
    confine_plan plan = {.kind = "witness",
                         .acts = CONFINE_ACCEPTS | CONFINE_LISTENS | CONFINE_ARRANGES};
    /* What is not there now is out of reach later. */
    if (file_make_folder(AT_FDCWD, arena_cstr(c->a, folder), 0750) != OK) {
        command_say("cannot make %.*s: %s", STR_FMT(folder), strerrordesc_np(errno));
        return ERR_IO;
    }
    confine_add_path(&plan.arranged, folder);
    while (colon > 0 && listen.at[colon - 1] != ':')
        colon--;
    if (str_starts(listen, S("unix:")))
        confine_add_path(&plan.arranged, folder_of(str_skip(listen, 5)));
    else if (number_parse(str_skip(listen, colon), 0, UINT16_MAX, &port) == OK)
        confine_add_port(&plan.listens, port);
    return confine(c, &plan);
}

err confine_sink(command_context *c, str folder, int64_t smtp_port, int64_t web_port)
{
    confine_plan plan = {.kind = "sink",
                         .acts = CONFINE_ACCEPTS | CONFINE_LISTENS | CONFINE_ARRANGES};
    confine_add_path(&plan.arranged, folder);
    confine_add_port(&plan.listens, smtp_port);
    confine_add_port(&plan.listens, web_port);
    return confine(c, &plan);
}
