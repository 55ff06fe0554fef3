/* SPDX-License-Identifier: EUPL-1.2 */
/* `sink`: the demo's mail server and its inbox page. */

#include "mail/sink.h"
#include "app/app.h"
#include "app/inbox.h"
#include "base/log.h"
#include "base/number.h"
#include "http/server.h"

#include <signal.h>
#include <sys/stat.h>

enum { FLAG_SMTP_PORT, FLAG_WEB_PORT, FLAG_FOLDER };

static server *running; /* for the signal handler */

static void stop_running(int number)
{
    (void)number;
    server_stop(running);
}

static bool port_of(command_context *c, size_t flag, int64_t otherwise, int64_t *out_port)
{
    *out_port = otherwise;
    return !command_flag_given(c, flag) ||
           number_parse(command_flag_value(c, flag), 0, 65535, out_port) == OK;
}

static err show(command_context *c, str folder, int64_t port)
{
    str address = arena_printf(c->a, "127.0.0.1:%lld", (long long)port);
    server_options listening = {.listen = address,
                                .origin = arena_printf(c->a, "http://%.*s", STR_FMT(address)),
                                .workers = 2};
    inbox in = {folder};
    server *s;
    TRY(server_open(&listening, inbox_handle, &in, &s));
    running = s;
    struct sigaction act = {.sa_handler = stop_running};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    LOG(LOG_INFO, "sink.ready", log_int("web_port", server_port(s)));
    err e = server_run(s);
    server_close(s);
    return e;
}

int app_sink(command_context *c)
{
    int64_t smtp_port, web_port;
    str folder = command_flag_value(c, FLAG_FOLDER);
    if (folder.n == 0)
        folder = arena_printf(c->a, "%.*s/inbox", STR_FMT(c->data));
    if (!port_of(c, FLAG_SMTP_PORT, 2525, &smtp_port) ||
        !port_of(c, FLAG_WEB_PORT, 8081, &web_port)) {
        command_say("a port is a number from 0 to 65535");
        return EXIT_USAGE;
    }
    mail_sink_plan plan = {.folder = folder, .port = (int)smtp_port, .offers_utf8 = true};
    mail_sink *sink;
    mkdir(arena_cstr(c->a, folder), 0700); /* what is not there now is out of reach later */
    err e = confine_sink(c, folder, smtp_port, web_port);
    if (e == OK)
        e = mail_sink_open(&plan, &sink);
    if (e == OK) {
        e = show(c, folder, web_port);
        mail_sink_close(sink);
    }
    if (e != OK)
        command_say("the sink cannot start: %s", err_name(e));
    return command_exit(e);
}
