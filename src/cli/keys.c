/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files: made once, never overwritten. */

#include "cli/keys.h"

#include "base/file.h"
#include "base/number.h"
#include "base/random.h"
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_BYTES = 32 };

static err create(arena *a, str folder, const char *name)
{
    unsigned char key[KEY_BYTES];
    char *path = arena_cstr(a, arena_printf(a, "%.*s/%s", STR_FMT(folder), name));
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return file_keep_name(AT_FDCWD, path);
    random_fill(key, sizeof key);
    buf b = buf_in(a);
    buf_put_hex(&b, key, sizeof key);
    buf_put_char(&b, '\n');
    bool is_kept = fd >= 0 && write(fd, b.at, b.n) == (ssize_t)b.n && fsync(fd) == 0;
    if (fd >= 0)
        is_kept = close(fd) == 0 && is_kept;
    if (is_kept)
        return file_keep_name(AT_FDCWD, path);
    command_say("cannot write the key file %s: %s", path, strerrordesc_np(errno));
    if (fd >= 0)
        unlink(path); /* the next attempt would take a part of a key for one */
    return ERR_IO;
}

static err make_folder(arena *a, str data, str *out_folder)
{
    str folder = arena_printf(a, "%.*s/keys", STR_FMT(data));
    if (file_make_folder(AT_FDCWD, arena_cstr(a, folder), 0700) != OK) {
        command_say("cannot make the folder %.*s: %s", STR_FMT(folder), strerrordesc_np(errno));
        return ERR_IO;
    }
    *out_folder = folder;
    return OK;
}

err keys_create(arena *a, str data)
{
    str folder;
    TRY(make_folder(a, data, &folder));
    TRY(create(a, folder, "master.key"));
    return create(a, folder, "log.key");
}

static char *path_of(arena *a, str data, const char *name)
{
    const char *given = getenv("CREDENTIALS_DIRECTORY");
    if (given && *given) {
        char *path = arena_cstr(a, arena_printf(a, "%s/%s", given, name));
        if (access(path, F_OK) == 0)
            return path;
    }
    return arena_cstr(a, arena_printf(a, "%.*s/keys/%s", STR_FMT(data), name));
}

/* systemd lets the service's user read a file of root's by an access list, which shows as a mode
 * for the group: nobody else gains by that. */
static bool is_private(const struct stat *info)
{
    bool is_lent = info->st_uid == 0 && info->st_gid == 0 && geteuid() != 0;
    return (info->st_mode & 077 & ~(is_lent ? 040U : 0U)) == 0;
}

static err load(arena *a, str data, const char *name, unsigned char out[static KEY_BYTES])
{
    char *path = path_of(a, data, name);
    char text[2 * KEY_BYTES + 2];
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        if (errno != ENOENT) {
            command_say("the key file %s cannot be read: %s", path, strerrordesc_np(errno));
            return ERR_IO;
        }
        command_say("no key file %s: run `undersigned init` first, or put back the key that the "
                    "database was made with",
                    path);
        return ERR_NOT_FOUND;
    }
    ssize_t n = fstat(fd, &info) == 0 ? read(fd, text, sizeof text) : -1;
    close(fd);
    if (n >= 0 && !is_private(&info)) {
        command_say("the key file %s is readable by others: chmod 600 it", path);
        return ERR_INVALID;
    }
    str digits = n > 0 ? str_trim((str){text, (size_t)n}) : S("");
    if (number_parse_hex(digits, out, KEY_BYTES) != OK) {
        command_say("the key file %s is damaged: restore it from the backup", path);
        return ERR_INVALID;
    }
    return OK;
}

err keys_load_master(arena *a, str data, key32 *out_master)
{
    return load(a, data, "master.key", out_master->at);
}

static err load_sign_key(arena *a, str data, const char *name, sign_key *out_key)
{
    unsigned char seed[KEY_BYTES];
    TRY(load(a, data, name, seed));
    *out_key = sign_key_from_seed(seed);
    return OK;
}

err keys_load_log(arena *a, str data, sign_key *out_key)
{
    return load_sign_key(a, data, "log.key", out_key);
}

err keys_witness(arena *a, str data, sign_key *out_key)
{
    str folder;
    TRY(make_folder(a, data, &folder));
    TRY(create(a, folder, "witness.key"));
    return load_sign_key(a, data, "witness.key", out_key);
}

err keys_fit(core *c)
{
    err e = core_keys_fit(c);
    if (e == ERR_DENIED)
        command_say("this database was made with another master key: put back keys/master.key");
    return e;
}
