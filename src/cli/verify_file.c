/* SPDX-License-Identifier: EUPL-1.2 */
/* A path is a folder and a name in it. */

#include "cli/verify_file.h"

#include "base/file.h"
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int open_folder(arena *a, str path, const char **out_name)
{
    char *folder = arena_cstr(a, path);
    char *slash = strrchr(folder, '/');
    *out_name = slash ? slash + 1 : folder;
    if (!slash)
        return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *slash = '\0';
    return open(slash == folder ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

err verify_file_read(arena *a, str path, size_t most_bytes, str *out_bytes)
{
    const char *name;
    int folder = open_folder(a, path, &name);
    err e = folder < 0 ? ERR_NOT_FOUND : file_read(a, folder, name, most_bytes, out_bytes);
    if (folder >= 0)
        close(folder);
    if (e == ERR_NOT_FOUND)
        command_say("no file %.*s of at most %zu bytes", STR_FMT(path), most_bytes);
    return e;
}

err verify_file_write(arena *a, str path, str bytes)
{
    const char *name;
    int folder = open_folder(a, path, &name);
    if (folder < 0) {
        command_say("no folder for %.*s: %s", STR_FMT(path), strerrordesc_np(errno));
        return ERR_NOT_FOUND;
    }
    err e = file_replace(folder, name, bytes);
    close(folder);
    return e;
}
