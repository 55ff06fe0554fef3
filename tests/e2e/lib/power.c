/* SPDX-License-Identifier: EUPL-1.2 */
/* A power cut for tests: preloaded into the real program, it notes in order each change of a file
 * and of a folder, with its bytes, and which of them a sync has made safe. disk.mjs works out from
 * these notes what a disk could hold after a cut, and checks that they explain the real folder.
 *
 * The notes are in a file that all processes have mapped before they were confined: $POWER. Each
 * change is done and noted under one lock; once the script, or a countdown, has set is_dead, no
 * change and no sync comes to an end any more. Nothing is really synced: a sync takes a while, and
 * what was changed before it began is safe once it has ended. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* The same words, in the same order, stand in disk.mjs. BEGIN is of a sync, and only counted. */
enum kind { ANY, WRITE, SIZE, SYNC, MAKE, LINK, DROP, MOVE, MAPPED, UNSEEN, BEGIN };

typedef struct area {
    uint64_t device; /* only its files are looked at */
    uint64_t bytes;  /* of the whole file */
    uint64_t head;   /* where the next note goes */
    uint64_t held;   /* the file whose syncs do not end */
    uint32_t is_dead;
    uint32_t due_kind; /* the countdown: at the due_n-th of this kind the power goes */
    int32_t due_n;     /* 0: it does not */
    uint32_t most_us;  /* how long a sync may take */
    uint32_t is_full;
    uint32_t is_busy; /* somebody has the lock */
    uint32_t stage;   /* of the lock: 2 when it is made */
    uint32_t unused;
    pthread_mutex_t lock;
} area;

enum { NOTES = 4096 };

typedef struct note {
    uint32_t kind;
    uint32_t bytes; /* that follow it, padded to 8 */
    uint64_t file;
    uint64_t at;
    uint64_t folder;
} note;

static area *disk;

#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

static void wait_us(long us)
{
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

static void leave(void)
{
    __atomic_store_n(&disk->is_busy, 0, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&disk->lock);
}

/* Takes the lock; not while there is no power. */
static void enter(enum kind kind)
{
    for (;;) {
        pthread_mutex_lock(&disk->lock);
        __atomic_store_n(&disk->is_busy, 1, __ATOMIC_SEQ_CST);
        if (disk->due_n > 0 && (disk->due_kind == ANY || disk->due_kind == (uint32_t)kind))
            if (--disk->due_n == 0)
                __atomic_store_n(&disk->is_dead, 1, __ATOMIC_SEQ_CST);
        if (!__atomic_load_n(&disk->is_dead, __ATOMIC_SEQ_CST))
            return;
        leave();
        wait_us(100000);
    }
}

static void keep(enum kind kind, uint64_t file, uint64_t at, uint64_t folder, const void *bytes,
                 size_t n)
{
    size_t padded = (n + 7) & ~(size_t)7;
    if (disk->head + sizeof(note) + padded > disk->bytes) {
        disk->is_full = 1;
        return;
    }
    char *to = (char *)disk + disk->head;
    note one = {kind, (uint32_t)n, file, at, folder};
    memcpy(to, &one, sizeof one);
    memcpy(to + sizeof one, bytes, n);
    __atomic_store_n(&disk->head, disk->head + sizeof one + padded, __ATOMIC_RELEASE);
}

static void unseen(const char *call)
{
    enter(UNSEEN);
    keep(UNSEEN, 0, 0, 0, call, strlen(call));
    leave();
}

static int is_watched(int fd, struct stat *out)
{
    int kept = errno;
    int is = disk && fd > 2 && fstat(fd, out) == 0 && S_ISREG(out->st_mode) &&
             out->st_dev == disk->device;
    errno = kept;
    return is;
}

/* --- bytes --- */

static off_t place(int fd, const struct stat *info)
{
    struct stat now;
    if (!(fcntl(fd, F_GETFL) & O_APPEND))
        return lseek(fd, 0, SEEK_CUR);
    return fstat(fd, &now) == 0 ? now.st_size : info->st_size;
}

static void keep_parts(uint64_t file, off_t where, const struct iovec *parts, int n, ssize_t done)
{
    for (int i = 0; i < n && done > 0; i++) {
        size_t length = parts[i].iov_len < (size_t)done ? parts[i].iov_len : (size_t)done;
        if (length)
            keep(WRITE, file, (uint64_t)where, 0, parts[i].iov_base, length);
        where += (off_t)length;
        done -= (ssize_t)length;
    }
}

ssize_t write(int fd, const void *at, size_t n)
{
    REAL(write);
    struct stat info;
    if (!is_watched(fd, &info))
        return real(fd, at, n);
    enter(WRITE);
    off_t where = place(fd, &info);
    ssize_t done = real(fd, at, n);
    if (done > 0)
        keep(WRITE, info.st_ino, (uint64_t)where, 0, at, (size_t)done);
    leave();
    return done;
}

ssize_t pwrite64(int fd, const void *at, size_t n, off64_t where)
{
    REAL(pwrite64);
    struct stat info;
    if (!is_watched(fd, &info))
        return real(fd, at, n, where);
    enter(WRITE);
    ssize_t done = real(fd, at, n, where);
    if (done > 0)
        keep(WRITE, info.st_ino, (uint64_t)where, 0, at, (size_t)done);
    leave();
    return done;
}

ssize_t pwrite(int fd, const void *at, size_t n, off_t where)
{
    return pwrite64(fd, at, n, where);
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
    REAL(writev);
    struct stat info;
    if (!is_watched(fd, &info))
        return real(fd, parts, n);
    enter(WRITE);
    off_t where = place(fd, &info);
    ssize_t done = real(fd, parts, n);
    keep_parts(info.st_ino, where, parts, n, done);
    leave();
    return done;
}

ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t where)
{
    REAL(pwritev64);
    struct stat info;
    if (!is_watched(fd, &info))
        return real(fd, parts, n, where);
    enter(WRITE);
    ssize_t done = real(fd, parts, n, where);
    keep_parts(info.st_ino, where, parts, n, done);
    leave();
    return done;
}

ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t where)
{
    return pwritev64(fd, parts, n, where);
}

int ftruncate64(int fd, off64_t n)
{
    REAL(ftruncate64);
    struct stat info;
    if (!is_watched(fd, &info))
        return real(fd, n);
    enter(SIZE);
    int result = real(fd, n);
    if (result == 0)
        keep(SIZE, info.st_ino, (uint64_t)n, 0, "", 0);
    leave();
    return result;
}

int ftruncate(int fd, off_t n)
{
    return ftruncate64(fd, n);
}

int posix_fallocate64(int fd, off64_t at, off64_t n)
{
    REAL(posix_fallocate64);
    struct stat info;
    if (!is_watched(fd, &info))
        return real(fd, at, n);
    enter(SIZE);
    int result = real(fd, at, n);
    if (result == 0 && fstat(fd, &info) == 0)
        keep(SIZE, info.st_ino, (uint64_t)info.st_size, 0, "", 0);
    leave();
    return result;
}

int posix_fallocate(int fd, off_t at, off_t n)
{
    return posix_fallocate64(fd, at, n);
}

/* --- syncs --- */

static int end_sync(int fd)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return -1;
    enter(BEGIN);
    uint64_t before = disk->head;
    leave();
    if (disk->most_us) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        wait_us(now.tv_nsec / 7 % disk->most_us);
    }
    while (__atomic_load_n(&disk->held, __ATOMIC_ACQUIRE) == info.st_ino)
        wait_us(1000);
    enter(SYNC);
    keep(SYNC, info.st_ino, before, 0, "", 0);
    leave();
    return 0;
}

int fsync(int fd)
{
    REAL(fsync);
    return disk ? end_sync(fd) : real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    return disk ? end_sync(fd) : real(fd);
}

/* --- names --- */

/* The folder's number and the last name of the path. */
static uint64_t split(int folder, const char *path, char name[static 256])
{
    char head[4096];
    struct stat info;
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t start = n;
    while (start > 0 && path[start - 1] != '/')
        start--;
    snprintf(name, 256, "%.*s", (int)(n - start), path + start);
    snprintf(head, sizeof head, "%.*s", (int)(start ? start : 1), start ? path : ".");
    int kept = errno;
    uint64_t number = fstatat(folder, head, &info, 0) == 0 ? info.st_ino : 0;
    errno = kept;
    return number;
}

static void keep_name(enum kind kind, uint64_t file, uint64_t mode, int folder, const char *path)
{
    char name[256];
    uint64_t number = split(folder, path, name);
    keep(kind, file, mode, number, name, strlen(name));
}

static void keep_made(enum kind kind, int folder, const char *path)
{
    struct stat info;
    int kept = errno;
    if (fstatat(folder, path, &info, AT_SYMLINK_NOFOLLOW) == 0)
        keep_name(kind, info.st_ino, info.st_mode, folder, path);
    errno = kept;
}

static int open_with(int folder, const char *path, int flags, mode_t mode)
{
    static int (*real)(int, const char *, int, ...);
    struct stat info;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "openat64");
    if (!disk || !(flags & (O_CREAT | O_TRUNC)) || (flags & O_TMPFILE) == O_TMPFILE)
        return real(folder, path, flags, mode);
    enter(MAKE);
    int fd = flags & O_CREAT ? real(folder, path, flags | O_EXCL, mode) : -1;
    int is_new = fd >= 0;
    if (!is_new && !((flags & O_CREAT) && (flags & O_EXCL)))
        fd = real(folder, path, flags & ~O_CREAT, mode);
    if (is_new)
        keep_made(MAKE, folder, path);
    else if (fd >= 0 && (flags & O_TRUNC) && is_watched(fd, &info))
        keep(SIZE, info.st_ino, 0, 0, "", 0);
    leave();
    return fd;
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

int mkdirat(int folder, const char *path, mode_t mode)
{
    REAL(mkdirat);
    if (!disk)
        return real(folder, path, mode);
    enter(MAKE);
    int result = real(folder, path, mode);
    if (result == 0)
        keep_made(MAKE, folder, path);
    leave();
    return result;
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    REAL(linkat);
    if (!disk)
        return real(from_folder, from, to_folder, to, flags);
    enter(LINK);
    int result = real(from_folder, from, to_folder, to, flags);
    if (result == 0)
        keep_made(LINK, to_folder, to);
    leave();
    return result;
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder, const char *path, int flags)
{
    REAL(unlinkat);
    if (!disk)
        return real(folder, path, flags);
    enter(DROP);
    int result = real(folder, path, flags);
    if (result == 0)
        keep_name(DROP, 0, 0, folder, path);
    leave();
    return result;
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    REAL(renameat);
    if (!disk)
        return real(from_folder, from, to_folder, to);
    char names[512];
    enter(MOVE);
    int result = real(from_folder, from, to_folder, to);
    if (result == 0) {
        uint64_t old = split(from_folder, from, names);
        size_t n = strlen(names) + 1;
        uint64_t new = split(to_folder, to, names + n);
        keep(MOVE, 0, new, old, names, n + strlen(names + n));
    }
    leave();
    return result;
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* --- what the notes cannot explain --- */

void *mmap64(void *at, size_t n, int rights, int flags, int fd, off64_t offset)
{
    REAL(mmap64);
    struct stat info;
    if (fd >= 0 && (rights & PROT_WRITE) && (flags & MAP_SHARED) && is_watched(fd, &info)) {
        enter(MAPPED);
        keep(MAPPED, info.st_ino, 0, 0, "", 0);
        leave();
    }
    return real(at, n, rights, flags, fd, offset);
}

void *mmap(void *at, size_t n, int rights, int flags, int fd, off_t offset)
{
    return mmap64(at, n, rights, flags, fd, offset);
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t n,
                        unsigned flags)
{
    REAL(copy_file_range);
    struct stat info;
    if (is_watched(to, &info))
        unseen("copy_file_range");
    return real(from, from_at, to, to_at, n, flags);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t n)
{
    REAL(sendfile64);
    struct stat info;
    if (is_watched(to, &info))
        unseen("sendfile");
    return real(to, from, at, n);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    REAL(renameat2);
    if (disk && flags)
        unseen("renameat2");
    return flags ? real(from_folder, from, to_folder, to, flags)
                 : renameat(from_folder, from, to_folder, to);
}

/* --- the start --- */

static void make_lock(area *a)
{
    uint32_t none = 0;
    if (__atomic_compare_exchange_n(&a->stage, &none, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        pthread_mutexattr_t shared;
        pthread_mutexattr_init(&shared);
        pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
        pthread_mutex_init(&a->lock, &shared);
        __atomic_store_n(&a->stage, 2, __ATOMIC_SEQ_CST);
    }
    while (__atomic_load_n(&a->stage, __ATOMIC_SEQ_CST) != 2)
        wait_us(100);
}

__attribute__((constructor)) static void settle(void)
{
    struct stat info;
    const char *path = getenv("POWER");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size <= NOTES)
        return;
    area *at = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (at == MAP_FAILED)
        return;
    make_lock(at);
    disk = at;
}
