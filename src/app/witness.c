/* SPDX-License-Identifier: EUPL-1.2 */
/* `witness`: watches the logs of others. A small process with a key, a list and a folder of its
 * own; no database, nothing of an alliance. */

#include "witness/witness.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/keys.h"
#include "http/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLAG_LOGS, FLAG_NAME, WORKERS = 8, CONNECTIONS_MOST = 1000 };

static server *running; /* for the signal handler */

static void stop_running(int number)
{
    (void)number;
    server_stop(running);
}

static void put_text(reply *out, int status, str text)
{
    reply_no_store(out);
    buf_put(reply_body(out, status, S("text/plain; charset=utf-8")), text);
}

static err add_checkpoint(witness *w, req *rq, reply *out)
{
    witness_answer got;
    err e = witness_add(w, req_arena(rq), req_body(rq), clock_now_ms() / 1000, &got);
    if (e != OK) {
        put_text(out, 503, S("the checkpoint could not be kept, and was not cosigned\n"));
        return OK;
    }
    buf_put(reply_body(out, got.status, got.type), got.body);
    return OK;
}

static err handle(void *app, req *rq, reply *out)
{
    witness *w = app;
    bool is_read = req_method(rq) == HTTP_GET || req_method(rq) == HTTP_HEAD;
    bool is_add = str_eq(req_path(rq), S("/add-checkpoint"));
    if (req_refused(rq)) {
        put_text(out, req_refused(rq), S("refused\n"));
    } else if (is_add && req_method(rq) == HTTP_POST) {
        return add_checkpoint(w, rq, out);
    } else if (is_add) {
        put_text(out, 405, S("add-checkpoint takes POST\n"));
        reply_header(out, S("Allow"), S("POST"));
    } else if (is_read && str_eq(req_path(rq), S("/"))) {
        put_text(out, 200,
                 arena_printf(req_arena(rq), "%.*s\n\n%.*s",
                              STR_FMT(witness_vkey(w, req_arena(rq))),
                              STR_FMT(witness_state(w, req_arena(rq)))));
    } else {
        put_text(out, 404, S("there is nothing here\n"));
    }
    return OK;
}

/* The list in the data folder, made without logs at the first start: others need the witness's key
 * before there is something to watch. */
static err read_own_list(command_context *c, str *out_text)
{
    int folder = open(arena_cstr(c->a, c->data), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return ERR_IO;
    err e = file_read(c->a, folder, "logs", WITNESS_LIST_BYTES_MOST, out_text);
    bool is_first = e == ERR_NOT_FOUND;
    if (is_first) {
        *out_text = S("logs/v0\n");
        e = file_replace(folder, "logs", *out_text);
    }
    close(folder);
    if (e == OK && is_first)
        command_say("made %.*s/logs: write the logs to watch there, then start again",
                    STR_FMT(c->data));
    return e;
}

static err read_list(command_context *c, witness_logs *out_logs)
{
    str path = command_flag_value(c, FLAG_LOGS), text;
    int line = 0;
    bool is_own = path.n == 0;
    if (is_own)
        path = arena_printf(c->a, "%.*s/logs", STR_FMT(c->data));
    err e = is_own
                ? read_own_list(c, &text)
                : file_read(c->a, AT_FDCWD, arena_cstr(c->a, path), WITNESS_LIST_BYTES_MOST, &text);
    if (e != OK) {
        command_say("the list of logs %.*s cannot be read", STR_FMT(path));
        return ERR_NOT_FOUND;
    }
    e = witness_logs_read(c->a, text, out_logs, &line);
    if (e != OK)
        command_say("%.*s:%d: not a list of logs in the form logs/v0", STR_FMT(path), line);
    return e;
}

static err serve(command_context *c, witness *w)
{
    const options *o = c->options;
    server_options listening = {.listen = o->text[OPTION_LISTEN],
                                .origin = c->origin,
                                .workers = WORKERS,
                                .connections_most = CONNECTIONS_MOST,
                                .body_bytes_most = WITNESS_REQUEST_BYTES_MOST};
    server *s;
    TRY(server_open(&listening, handle, w, &s));
    running = s;
    struct sigaction act = {.sa_handler = stop_running};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    str vkey = witness_vkey(w, c->a);
    printf(c->is_json ? "{\"vkey\":\"%.*s\"}\n" : "%.*s\n", STR_FMT(vkey));
    fflush(stdout);
    LOG(LOG_INFO, "witness.ready", log_int("port", server_port(s)), log_str("vkey", vkey));
    err e = server_run(s);
    act.sa_handler = SIG_IGN;
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    server_close(s);
    return e;
}

/* Before threads: confinement is a thread's own. */
static err open_witness(command_context *c, witness **out_witness)
{
    witness_logs logs;
    sign_key key;
    str host = str_skip(c->origin, str_find_str(c->origin, S("://")) + 3);
    str name = command_flag_value(c, FLAG_NAME);
    if (name.n == 0)
        name = arena_printf(c->a, "%.*s/witness", STR_FMT(host));
    if (!note_name_ok(name)) {
        command_say("a witness's name holds no space and no +");
        return ERR_INVALID;
    }
    if (file_make_folder(AT_FDCWD, arena_cstr(c->a, c->data), 0750) != OK) {
        command_say("cannot make the folder %.*s: %s", STR_FMT(c->data), strerrordesc_np(errno));
        return ERR_IO;
    }
    TRY(read_list(c, &logs));
    TRY(keys_witness(c->a, c->data, &key));
    str directory = arena_printf(c->a, "%.*s/witness", STR_FMT(c->data));
    TRY(confine_witness(c, directory));
    return witness_open(arena_cstr(c->a, directory), name, &key, &logs, out_witness);
}

int app_witness(command_context *c)
{
    witness *w;
    err e = open_witness(c, &w);
    if (e == OK) {
        e = serve(c, w);
        witness_close(w);
    }
    if (e == ERR_BUSY)
        command_say("another witness works on this data folder");
    else if (e != OK)
        command_say("the witness cannot start: %s", err_name(e));
    return command_exit(e);
}
