/* SPDX-License-Identifier: EUPL-1.2 */
/* Tries what a confined process must not be able to do. Each try is a child of its own: there is
 * no way back. */

#include "app/confine.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/confine-XXXXXX";

static int make_home(void **state)
{
    (void)state;
    return mkdtemp(home) ? 0 : -1;
}

static bool can_write(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", home, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* What the child found, one bit each; 64: the kernel has no Landlock. */
static int in_child(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        char data[256];
        snprintf(data, sizeof data, "%s/data", home);
        mkdir(data, 0700);
        arena *a = arena_open(1 << 16);
        str folder = str_of(data);
        confinement c = confine_process(a, &folder, 1);
        struct rlimit core = {1, 1};
        getrlimit(RLIMIT_CORE, &core);
        int found = can_write("data/inside") | can_write("outside") << 1 |
                    c.has_no_new_privileges << 2 | c.has_no_dumps << 3 | (core.rlim_cur == 0) << 4 |
                    (open("/etc/hostname", O_RDONLY | O_CLOEXEC) >= 0) << 5 |
                    (c.landlock_abi == 0) << 6;
        arena_close(a);
        _exit(found);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void writes_only_where_it_may(void **state)
{
    (void)state;
    int found = in_child();
    assert_true(found >= 0);
    assert_true(found & 1);
    if (!(found & 64))
        assert_false(found & 2);
    assert_true(found & 4);
    assert_true(found & 8);
    assert_true(found & 16);
    assert_true(found & 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(writes_only_where_it_may)};
    return cmocka_run_group_tests(tests, make_home, NULL);
}
