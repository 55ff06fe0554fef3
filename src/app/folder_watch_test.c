/* SPDX-License-Identifier: EUPL-1.2 */
/* What counts as a change, and how long somebody who writes is waited for; with a clock of its own.
 */

#include "app/folder_watch.h"

#include "base/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/folder-watch-XXXXXX";
static int64_t now_ms;

int64_t __wrap_clock_steady_ms(void);

int64_t __wrap_clock_steady_ms(void)
{
    return now_ms;
}

static const char *at(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", home, name);
    return path;
}

static int begin_file(const char *name)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, "x", 1) == 1);
    return fd;
}

static folder_watch watch_home(void)
{
    folder_watch w;
    assert_int_equal(folder_watch_begin(&w, str_of(home)), OK);
    assert_false(folder_watch_is_busy(&w));
    return w;
}

static void a_file_is_waited_for_until_it_is_closed(void **state)
{
    (void)state;
    folder_watch w = watch_home();
    int fd = begin_file("story/one/front.jpg");
    for (int i = 0; i < 10; i++) {
        assert_true(folder_watch_is_busy(&w));
        now_ms += 4000;
        assert_true(folder_watch_is_busy(&w)); /* nothing is heard, but it is written on */
        assert_int_equal(write(fd, "x", 1), 1);
    }
    close(fd);
    assert_true(folder_watch_is_busy(&w));
    assert_false(folder_watch_is_busy(&w));
    folder_watch_end(&w);
}

static void nobody_is_waited_for_without_end(void **state)
{
    (void)state;
    folder_watch w = watch_home();
    int fd = begin_file("story/one/left.jpg");
    assert_true(folder_watch_is_busy(&w));
    now_ms += 4999;
    assert_true(folder_watch_is_busy(&w));
    now_ms += 2;
    assert_false(folder_watch_is_busy(&w));
    close(fd);
    assert_true(folder_watch_is_busy(&w)); /* but heard when he is done */
    assert_false(folder_watch_is_busy(&w));
    folder_watch_end(&w);
}

static void what_is_moved_or_removed_is_no_longer_waited_for(void **state)
{
    (void)state;
    folder_watch w = watch_home();
    int fd = begin_file("story/one/part");
    assert_true(folder_watch_is_busy(&w));
    assert_int_equal(unlink(at("story/one/part")), 0);
    assert_true(folder_watch_is_busy(&w));
    assert_false(folder_watch_is_busy(&w));
    close(fd);
    folder_watch_end(&w);
}

static void new_folders_are_taken_in(void **state)
{
    (void)state;
    folder_watch w = watch_home();
    assert_false(folder_watch_renew(&w));
    assert_int_equal(mkdir(at("story/two"), 0700), 0);
    assert_true(folder_watch_is_busy(&w));
    close(begin_file("story/two/unheard"));
    assert_false(folder_watch_is_busy(&w));
    assert_true(folder_watch_renew(&w));
    assert_false(folder_watch_renew(&w));
    close(begin_file("story/two/heard"));
    assert_true(folder_watch_is_busy(&w));
    folder_watch_end(&w);
}

/* More at once than are kept: each is told when it is closed. */
static void many_files_are_not_too_many(void **state)
{
    (void)state;
    enum { FILES = 2 * FOLDER_WATCH_OPEN_MOST };
    folder_watch w = watch_home();
    int fds[FILES];
    char name[32];
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "story/one/%d", i);
        fds[i] = begin_file(name);
    }
    assert_true(folder_watch_is_busy(&w));
    for (int i = 0; i < FILES; i++)
        close(fds[i]);
    assert_true(folder_watch_is_busy(&w));
    assert_false(folder_watch_is_busy(&w));
    folder_watch_end(&w);
}

static int make_home(void **state)
{
    (void)state;
    if (!mkdtemp(home) || mkdir(at("story"), 0700) != 0)
        return -1;
    return mkdir(at("story/one"), 0700);
}

static int drop_home(void **state)
{
    (void)state;
    int fd = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    file_drop_folder(fd, "story/one");
    file_drop_folder(fd, "story/two");
    close(fd);
    return rmdir(at("story")) == 0 ? rmdir(home) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_waited_for_until_it_is_closed),
        cmocka_unit_test(nobody_is_waited_for_without_end),
        cmocka_unit_test(what_is_moved_or_removed_is_no_longer_waited_for),
        cmocka_unit_test(new_folders_are_taken_in),
        cmocka_unit_test(many_files_are_not_too_many),
    };
    return cmocka_run_group_tests(tests, make_home, drop_home);
}
