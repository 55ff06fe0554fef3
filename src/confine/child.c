/* SPDX-License-Identifier: EUPL-1.2 */
/* The child between fork and execve: nothing of the parent's stays open in it but what it writes
 * to. */

#include "confine/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void become(arena *a, confine_plan *plan, confine_level level,
                             const confine_command *command)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nothing, STDIN_FILENO);
    dup2(command->has_output ? command->output : nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    confine_add_path(&plan->runs, str_of(command->arguments[0]));
    confine_add_loaders(plan);
    signal(SIGPIPE, SIG_DFL); /* whoever reads its output may have enough of it */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); /* what we wait for in a thread must still end it */
    err e = confine_program(a, plan, level, command->arguments, command->environment);
    _exit(e == OK ? 0 : 127);
}

err confine_start(arena *a, confine_plan *plan, confine_level level, const confine_command *command,
                  pid_t *out_child)
{
    *out_child = fork();
    if (*out_child == 0)
        become(a, plan, level, command);
    return *out_child < 0 ? ERR_IO : OK;
}

err confine_wait(pid_t child)
{
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return ERR_IO;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? OK : ERR_INVALID;
}
