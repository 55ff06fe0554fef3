/* SPDX-License-Identifier: EUPL-1.2 */
/* Written by us, read by tar; written by tar, read by us; and what is refused. */

#include "bundle/bundle.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/bundle-test-XXXXXX";

static void run(const char *const words[])
{
    pid_t pid = fork();
    if (pid == 0) {
        execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int open_in(const char *name, int flags)
{
    char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, flags | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fd;
}

static void put_file(const char *name, const char *text)
{
    int fd = open_in(name, O_WRONLY | O_CREAT | O_TRUNC);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static str content_of(arena *a, const char *name)
{
    char *bytes = arena_alloc(a, 1000);
    int fd = open_in(name, O_RDONLY);
    ssize_t n = read(fd, bytes, 1000);
    close(fd);
    assert_true(n >= 0);
    return (str){bytes, (size_t)n};
}

static void tar_reads_ours(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    put_file("list", "number\n1\n");
    int list = open_in("list", O_RDONLY), fd = open_in("ours.tar", O_RDWR | O_CREAT | O_TRUNC);
    bundle_writer *w = bundle_create(a, fd);
    assert_int_equal(bundle_add_file(w, S("records.csv"), list), OK);
    assert_int_equal(bundle_add(w, S("records/1.age"), S("one\0two")), OK);
    assert_int_equal(bundle_add(w, S("records/2.age"), S("")), OK);
    assert_int_equal(bundle_finish(w), OK);
    close(fd);
    close(list);
    char tar[100];
    snprintf(tar, sizeof tar, "%s/ours.tar", folder);
    run((const char *const[]){"tar", "-xf", tar, "-C", folder, NULL});
    assert_true(str_eq(content_of(a, "records.csv"), S("number\n1\n")));
    assert_true(str_eq(content_of(a, "records/1.age"), S("one\0two")));
    assert_int_equal(content_of(a, "records/2.age").n, 0);
    arena_close(a);
}

static void reads_what_tar_wrote(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    str name, bytes;
    put_file("first", "first file");
    put_file("second", "the second");
    char tar[100];
    snprintf(tar, sizeof tar, "%s/theirs.tar", folder);
    run((const char *const[]){"tar", "-cf", tar, "-C", folder, "first", "second", NULL});
    int fd = open_in("theirs.tar", O_RDONLY);
    bundle_reader *r = bundle_open(a, fd);
    assert_int_equal(bundle_next(r, a, 100, &name, &bytes), OK);
    assert_true(str_eq(name, S("first")) && str_eq(bytes, S("first file")));
    assert_int_equal(bundle_next(r, a, 9, &name, &bytes), ERR_LIMIT);
    assert_int_equal(bundle_next(r, a, 100, &name, &bytes), ERR_NOT_FOUND);
    close(fd);
    arena_close(a);
}

static void refuses_what_is_no_bundle(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    str name, bytes;
    put_file("text", "this is no bundle at all, whatever its name may say");
    int fd = open_in("text", O_RDONLY);
    assert_int_equal(bundle_next(bundle_open(a, fd), a, 100, &name, &bytes), ERR_INVALID);
    close(fd);
    str whole = content_of(a, "theirs.tar");
    fd = open_in("cut.tar", O_RDWR | O_CREAT | O_TRUNC);
    assert_int_equal(write(fd, whole.at, 515), 515);
    lseek(fd, 0, SEEK_SET);
    assert_int_equal(bundle_next(bundle_open(a, fd), a, 100, &name, &bytes), ERR_INVALID);
    close(fd);
    arena_close(a);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    (void)state;
    run((const char *const[]){"rm", "-rf", folder, NULL});
    return 0;
}

static void unzip_reads_ours(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    buf zip = buf_in(a);
    bundle_writer *w = bundle_create_zip(a, 1795737600);
    bundle_to(w, &zip);
    char *zeros = arena_alloc(a, 4000);
    memset(zeros, '0', 4000);
    assert_int_equal(bundle_add(w, S("squeezed.txt"), (str){zeros, 4000}), OK);
    size_t before = zip.n;
    assert_int_equal(bundle_add(w, S("stored.png"), (str){zeros, 900}), OK);
    assert_true(zip.n >= before + 900); /* at once */
    assert_int_equal(bundle_add(w, S("empty.txt"), S("")), OK);
    assert_int_equal(bundle_finish(w), OK);
    assert_true(zip.n > 900 && zip.n < 2000); /* the text was squeezed, the picture was not */
    int fd = open_in("ours.zip", O_WRONLY | O_CREAT | O_TRUNC);
    assert_int_equal(write(fd, zip.at, zip.n), (ssize_t)zip.n);
    close(fd);
    char path[100];
    snprintf(path, sizeof path, "%s/ours.zip", folder);
    run((const char *const[]){"unzip", "-tqq", path, NULL});
    run((const char *const[]){"unzip", "-qq", path, "-d", folder, NULL});
    str back = content_of(a, "stored.png");
    assert_true(str_eq(back, (str){zeros, 900}));
    assert_int_equal(content_of(a, "empty.txt").n, 0);
    arena_close(a);
}

/* What is given up in the middle writes nothing behind the end of its buffer. */
static void unfinished_is_let_go(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20), *part = arena_open(1 << 20);
    buf zip = buf_in(part);
    bundle_writer *w = bundle_create_zip(a, 1795737600);
    bundle_to(w, &zip);
    assert_int_equal(bundle_add(w, S("one.txt"), S("one")), OK);
    size_t n = zip.n;
    arena_reset(part);
    arena_close(a);
    assert_int_equal(zip.n, n);
    arena_close(part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tar_reads_ours),
        cmocka_unit_test(reads_what_tar_wrote),
        cmocka_unit_test(refuses_what_is_no_bundle),
        cmocka_unit_test(unzip_reads_ours),
        cmocka_unit_test(unfinished_is_let_go),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
