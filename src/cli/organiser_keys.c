/* SPDX-License-Identifier: EUPL-1.2 */
/* Key files of the organiser: made once, never overwritten. */

#include "cli/organiser_keys.h"

#include "base/clock.h"
#include "base/file.h"
#include "cli/command.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES_MOST = 1024 };

static str file_text(arena *a, const age_identity *identity)
{
    char stamp[32];
    clock_iso8601(clock_now_ms(), stamp);
    age_recipient recipient = age_recipient_of(identity);
    return arena_printf(a, "# created: %s\n# public key: %.*s\n%.*s\n", stamp,
                        STR_FMT(age_recipient_text(a, &recipient)),
                        STR_FMT(age_identity_text(a, identity)));
}

static err write_key(arena *a, const char *path, int fd, age_identity *out_identity)
{
    *out_identity = age_identity_make();
    str text = file_text(a, out_identity);
    bool is_kept = write(fd, text.at, text.n) == (ssize_t)text.n && fsync(fd) == 0;
    is_kept = close(fd) == 0 && is_kept;
    if (is_kept && file_keep_name(AT_FDCWD, path) == OK) {
        command_say("made %s: it opens every record; it belongs on no server", path);
        return OK;
    }
    command_say("cannot write the key file %s: %s", path, strerrordesc_np(errno));
    unlink(path);
    return ERR_IO;
}

err organiser_key_read(const char *path, age_identity *out_identity)
{
    char bytes[FILE_BYTES_MOST];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        int why = errno;
        command_say("the key file %s cannot be read: %s", path, strerrordesc_np(why));
        return why == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    str rest = {bytes, n > 0 ? (size_t)n : 0};
    str line = str_cut(rest, '\n', &rest);
    while (rest.n && (line.n == 0 || line.at[0] == '#'))
        line = str_cut(rest, '\n', &rest);
    if (age_identity_read(str_trim(line), out_identity) == OK)
        return OK;
    command_say("%s is no key file as age-keygen writes it", path);
    return ERR_INVALID;
}

err organiser_key_make(arena *a, const char *path, age_identity *out_identity)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        return write_key(a, path, fd, out_identity);
    int why = errno;
    command_say("cannot write the key file %s: %s", path, strerrordesc_np(why));
    return why == EEXIST ? ERR_CONFLICT : ERR_IO;
}

err organiser_keys_here(arena *a, str data, age_identity out_identities[static RECIPIENTS_LEAST])
{
    str folder = arena_printf(a, "%.*s/organiser-keys", STR_FMT(data));
    if (file_make_folder(AT_FDCWD, arena_cstr(a, folder), 0700) != OK) {
        command_say("cannot make the folder %.*s: %s", STR_FMT(folder), strerrordesc_np(errno));
        return ERR_IO;
    }
    for (int i = 0; i < RECIPIENTS_LEAST; i++) {
        const char *path = arena_printf(a, "%.*s/organiser-%d.txt", STR_FMT(folder), i + 1).at;
        if (access(path, F_OK) == 0)
            TRY(organiser_key_read(path, &out_identities[i]));
        else
            TRY(organiser_key_make(a, path, &out_identities[i]));
    }
    return OK;
}
