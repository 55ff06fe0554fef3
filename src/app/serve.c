/* SPDX-License-Identifier: EUPL-1.2 */
/* `serve`: supervises its children, one of a kind. A child is this same program with --only, so
 * that each has its own memory and keys: web never loads the log key or the mail password, work
 * never listens, author has no key at all. A child that ends is started again, with a pause that
 * grows. */

#include "app/app.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FLAG_ONLY, KINDS = 3, PAUSE_LEAST_MS = 500, PAUSE_MOST_MS = 30000, STOP_MS = 15000 };

typedef struct child {
    const char *kind;
    char **arguments;
    pid_t pid; /* 0: not running */
    int64_t started_ms;
    int64_t start_again_ms;
    int64_t pause_ms;
    bool is_unwanted;
} child;

/* The same arguments, and --only KIND behind them. */
static char **child_arguments(arena *a, const char *kind)
{
    FILE *file = fopen("/proc/self/cmdline", "rb");
    size_t most = 1 << 16, n = 0;
    char *text = arena_alloc(a, most + 1);
    if (file) {
        n = fread(text, 1, most, file);
        fclose(file);
    }
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += text[i] == '\0';
    char **arguments = arena_array(a, char *, count + 3);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        arguments[i] = at;
        at += strlen(at) + 1;
    }
    arguments[count] = arena_cstr(a, S("--only"));
    arguments[count + 1] = arena_cstr(a, str_of(kind));
    return arguments;
}

static void start_child(child *ch, const sigset_t *before)
{
    pid_t parent = getpid();
    ch->started_ms = clock_steady_ms();
    ch->pid = fork();
    if (ch->pid == 0) {
        sigprocmask(SIG_SETMASK, before, NULL);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(EXIT_FAILED);
        execv("/proc/self/exe", ch->arguments);
        _exit(EXIT_FAILED);
    }
    if (ch->pid < 0) {
        LOG(LOG_ERROR, "serve.fork_failed", log_str("reason", str_of(strerrordesc_np(errno))));
        ch->pid = 0;
        ch->start_again_ms = ch->started_ms + PAUSE_MOST_MS;
    }
}

static void note_end(child *ch, int status)
{
    int64_t now = clock_steady_ms();
    bool was_long = now - ch->started_ms > PAUSE_MOST_MS;
    ch->pause_ms = was_long || ch->pause_ms == 0 ? PAUSE_LEAST_MS : ch->pause_ms * 2;
    if (ch->pause_ms > PAUSE_MOST_MS)
        ch->pause_ms = PAUSE_MOST_MS;
    ch->pid = 0;
    ch->start_again_ms = now + ch->pause_ms;
    LOG(LOG_ERROR, "serve.child_ended", log_str("kind", str_of(ch->kind)),
        log_int("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
        log_int("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
        log_int("again_ms", ch->pause_ms));
}

static void reap(child *children, bool is_stopping)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (int i = 0; i < KINDS; i++) {
            if (children[i].pid != pid)
                continue;
            if (is_stopping)
                children[i].pid = 0;
            else
                note_end(&children[i], status);
        }
    }
}

static bool any_runs(const child *children)
{
    for (int i = 0; i < KINDS; i++)
        if (children[i].pid)
            return true;
    return false;
}

static void stop_children(child *children, const sigset_t *signals)
{
    int64_t until = clock_steady_ms() + STOP_MS;
    for (int i = 0; i < KINDS; i++)
        if (children[i].pid)
            kill(children[i].pid, SIGTERM);
    reap(children, true);
    while (any_runs(children) && clock_steady_ms() < until) {
        struct timespec step = {0, 100000000};
        sigtimedwait(signals, NULL, &step);
        reap(children, true);
    }
    for (int i = 0; i < KINDS; i++) {
        if (children[i].pid) {
            LOG(LOG_WARN, "serve.child_killed", log_str("kind", str_of(children[i].kind)));
            kill(children[i].pid, SIGKILL);
        }
    }
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

static int supervise(command_context *c)
{
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, &before);
    const options *o = c->options;
    child children[KINDS] = {
        {.kind = "web"},
        {.kind = "work"},
        {.kind = "author", .is_unwanted = o->text[OPTION_CONTENT_FOLDER].n == 0},
    };
    /* Once: a child that cannot start may be tried for days. */
    for (int i = 0; i < KINDS; i++)
        children[i].arguments = child_arguments(c->a, children[i].kind);
    for (;;) {
        int64_t now = clock_steady_ms(), soonest = now + 60000;
        for (int i = 0; i < KINDS; i++) {
            if (children[i].is_unwanted)
                continue;
            if (children[i].pid == 0 && children[i].start_again_ms <= now)
                start_child(&children[i], &before);
            if (children[i].pid == 0 && children[i].start_again_ms < soonest)
                soonest = children[i].start_again_ms;
        }
        int64_t wait_ms = soonest - now > 0 ? soonest - now : 1;
        struct timespec wait = {wait_ms / 1000, (long)(wait_ms % 1000) * 1000000};
        int got = sigtimedwait(&signals, NULL, &wait);
        if (got == SIGTERM || got == SIGINT || got == SIGHUP)
            break;
        reap(children, false);
    }
    stop_children(children, &signals);
    return EXIT_OK;
}

int app_serve(command_context *c)
{
    str only = command_flag_value(c, FLAG_ONLY);
    if (str_eq(only, S("web")))
        return process_web(c);
    if (str_eq(only, S("work")))
        return process_work(c);
    if (str_eq(only, S("author")))
        return process_author(c);
    if (only.n) {
        command_say("--only takes web, work or author");
        return EXIT_USAGE;
    }
    return supervise(c);
}
