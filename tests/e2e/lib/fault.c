/* SPDX-License-Identifier: EUPL-1.2 */
/* Faults for tests: preloaded into the real program, it lets the n-th call of a kind fail once. A
 * script arms it through a file that web or work has mapped before it was confined: $FAULT/web and
 * $FAULT/work. Only regular files count, not sockets, not the log on stderr. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum call { NONE, WRITE, SYNC, RENAME, OPEN, TRUNCATE, MEMORY };
enum { SHORT = -1 };

/* The same words, in the same order, stand in faults.mjs. */
typedef struct order {
    int32_t call;
    int32_t error; /* an errno, or SHORT */
    int32_t nth;   /* counts down; fires at 1 */
    int32_t fired;
} order;

static order *armed;

static int is_due(enum call call)
{
    if (!armed || __atomic_load_n(&armed->call, __ATOMIC_ACQUIRE) != (int32_t)call)
        return 0;
    if (__atomic_fetch_sub(&armed->nth, 1, __ATOMIC_ACQ_REL) != 1)
        return 0;
    __atomic_store_n(&armed->call, NONE, __ATOMIC_RELEASE);
    __atomic_store_n(&armed->fired, 1, __ATOMIC_RELEASE);
    return 1;
}

static int is_file(int fd)
{
    struct stat info;
    int kept = errno, is = fd > 2 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    errno = kept;
    return is;
}

static long fail(void)
{
    errno = armed->error;
    return -1;
}

#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *at, size_t n)
{
    REAL(write);
    if (armed && is_file(fd) && is_due(WRITE))
        return armed->error == SHORT && n > 1 ? real(fd, at, n / 2) : fail();
    return real(fd, at, n);
}

ssize_t pwrite64(int fd, const void *at, size_t n, off64_t where)
{
    REAL(pwrite64);
    if (armed && is_file(fd) && is_due(WRITE))
        return armed->error == SHORT && n > 1 ? real(fd, at, n / 2, where) : fail();
    return real(fd, at, n, where);
}

ssize_t pwrite(int fd, const void *at, size_t n, off_t where)
{
    return pwrite64(fd, at, n, where);
}

int fsync(int fd)
{
    REAL(fsync);
    return is_due(SYNC) ? (int)fail() : real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    return is_due(SYNC) ? (int)fail() : real(fd);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    return is_due(RENAME) ? (int)fail() : real(from, to);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    REAL(renameat);
    return is_due(RENAME) ? (int)fail() : real(from_fd, from, to_fd, to);
}

int ftruncate64(int fd, off64_t n)
{
    REAL(ftruncate64);
    return is_due(TRUNCATE) ? (int)fail() : real(fd, n);
}

int ftruncate(int fd, off_t n)
{
    return ftruncate64(fd, n);
}

static int open_with(int folder, const char *path, int flags, mode_t mode)
{
    static int (*real)(int, const char *, int, ...);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "openat64");
    return is_due(OPEN) ? (int)fail() : real(folder, path, flags, mode);
}

#define MODE_OF(flags)                                                                             \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                       \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_with(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_with(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_with(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags)
    return open_with(folder, path, flags, mode);
}

/* glibc's own, as dlsym itself allocates. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t each);
void *__libc_realloc(void *at, size_t n);

void *malloc(size_t n)
{
    return is_due(MEMORY) ? (errno = ENOMEM, NULL) : __libc_malloc(n);
}

void *calloc(size_t n, size_t each)
{
    return is_due(MEMORY) ? (errno = ENOMEM, NULL) : __libc_calloc(n, each);
}

void *realloc(void *at, size_t n)
{
    return is_due(MEMORY) ? (errno = ENOMEM, NULL) : __libc_realloc(at, n);
}

__attribute__((constructor)) static void settle(void)
{
    char words[8192], path[1000];
    const char *folder = getenv("FAULT"), *kind = NULL;
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, words, sizeof words - 1);
    close(fd);
    words[n > 0 ? n : 0] = '\0';
    for (char *at = words; at < words + n; at += strlen(at) + 1)
        kind = strcmp(at, "--only") == 0 ? at + strlen(at) + 1 : kind;
    if (!folder || !kind || kind >= words + n)
        return;
    snprintf(path, sizeof path, "%s/%s", folder, kind);
    fd = open(path, O_RDWR | O_CLOEXEC);
    void *at = mmap(NULL, sizeof *armed, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    armed = at == MAP_FAILED ? NULL : at;
}
