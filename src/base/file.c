/* SPDX-License-Identifier: EUPL-1.2 */
/* Whole files. The order matters: bytes, fsync, rename, fsync of the folder. */

#include "base/file.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES_MOST = 512 };

static err failed(const char *path, const char *what)
{
    LOG(LOG_ERROR, "file.failed", log_str("path", str_of(path)), log_str("act", str_of(what)),
        log_str("reason", str_of(strerrordesc_np(errno))));
    return ERR_IO;
}

err file_keep_name(int directory_fd, const char *path)
{
    char folder[PATH_MAX];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n >= sizeof folder)
        return ERR_INVALID;
    memcpy(folder, n ? path : ".", n ? n : 1);
    folder[n ? n : 1] = '\0';
    int fd = openat(directory_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = fd >= 0 && fsync(fd) == 0;
    err e = is_synced ? OK : failed(folder, "fsync");
    if (fd >= 0)
        close(fd);
    return e;
}

err file_make_folder(int directory_fd, const char *path, mode_t mode)
{
    if (mkdirat(directory_fd, path, mode) == 0)
        return file_keep_name(directory_fd, path);
    return errno == EEXIST ? OK : ERR_IO;
}

static err make_folders(int directory_fd, const char *path)
{
    char folder[PATH_BYTES_MOST];
    for (size_t i = 0; path[i]; i++) {
        BUG_IF(i >= sizeof folder);
        folder[i] = path[i];
        if (path[i] != '/')
            continue;
        folder[i] = '\0';
        if (file_make_folder(directory_fd, folder, 0755) != OK)
            return failed(folder, "mkdir");
        folder[i] = '/';
    }
    return OK;
}

static bool write_all(int fd, str bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.at, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = str_skip(bytes, (size_t)n);
    }
    return true;
}

err file_replace(int directory_fd, const char *path, str bytes)
{
    char beside[PATH_BYTES_MOST];
    int n = snprintf(beside, sizeof beside, "%s.new", path);
    BUG_IF(n < 0 || (size_t)n >= sizeof beside);
    TRY(make_folders(directory_fd, path));
    int fd = openat(directory_fd, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return failed(path, "open");
    bool is_kept = write_all(fd, bytes) && fsync(fd) == 0;
    int reason = errno;
    is_kept = close(fd) == 0 && is_kept;
    errno = reason;
    if (!is_kept) {
        err e = failed(path, "write");
        unlinkat(directory_fd, beside, 0);
        return e;
    }
    if (renameat(directory_fd, beside, directory_fd, path) != 0)
        return failed(path, "rename");
    return file_keep_name(directory_fd, path);
}

err file_read(arena *a, int directory_fd, const char *path, size_t most_bytes, str *out_bytes)
{
    int fd = openat(directory_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        (size_t)info.st_size > most_bytes) {
        if (fd >= 0)
            close(fd);
        return ERR_NOT_FOUND;
    }
    size_t size = (size_t)info.st_size, n = 0;
    char *bytes = arena_alloc(a, size + 1);
    while (n < size) {
        ssize_t got = read(fd, bytes + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    close(fd);
    if (n != size)
        return failed(path, "read");
    *out_bytes = (str){bytes, n};
    return OK;
}

void file_drop_folder(int directory_fd, const char *path)
{
    int fd = openat(directory_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlinkat(fd, entry->d_name, 0);
    closedir(dir);
    unlinkat(directory_fd, path, AT_REMOVEDIR);
}
