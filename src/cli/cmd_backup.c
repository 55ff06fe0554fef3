/* SPDX-License-Identifier: EUPL-1.2 */
/* `backup` and `restore`. A backup holds no keys and no erasure journal: these are kept apart from
 * it, so that neither opens the other, and a restored database forgets again who was erased. */

#include "cli/commands.h"
#include "cli/keys.h"
#include "sql/schema.h"

#include "base/clock.h"
#include "base/file.h"
#include "core/erasure.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLAG_NO_JOURNAL, COPY_BYTES = 1 << 16 };

int cmd_backup(command_context *c)
{
    struct stat info;
    if (c->argument_count != 1) {
        command_say("backup takes one file that is not there yet");
        return EXIT_USAGE;
    }
    const char *path = arena_cstr(c->a, c->arguments[0]);
    err e = db_backup(c->core.db, path);
    if (e == ERR_DENIED)
        command_say("PostgreSQL has its own tool: pg_dump --format=custom --file=%s DATABASE; "
                    "after pg_restore run `undersigned migrate`, which erases again who was erased",
                    path);
    else if (e == ERR_CONFLICT)
        command_say("%s is there already: a backup never overwrites", path);
    else if (e == ERR_INVALID)
        command_say("the copy is damaged, so the database may be: keep the older backups");
    else if (e != OK)
        command_say("the backup failed: %s", err_name(e));
    if (e != OK || stat(path, &info) != 0)
        return command_exit(e);
    if (c->is_json) {
        buf line = buf_in(c->a);
        buf_put_json(&line, c->arguments[0]);
        printf("{\"file\":%.*s,\"bytes\":%lld}\n", STR_FMT(buf_str(&line)),
               (long long)info.st_size);
    }
    command_say("%s: %lld bytes, checked. Keep keys/ and the erasure journal %.*s elsewhere", path,
                (long long)info.st_size, STR_FMT(c->core.erasures));
    return EXIT_OK;
}

/* --- restore --- */

static err copy_bytes(int from, int to)
{
    char bytes[COPY_BYTES];
    ssize_t n;
    while ((n = read(from, bytes, sizeof bytes)) > 0)
        if (write(to, bytes, (size_t)n) != n)
            return ERR_IO;
    return n == 0 && fsync(to) == 0 ? OK : ERR_IO;
}

static err copy_file(const char *from_path, const char *to_path)
{
    int from = open(from_path, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        command_say("the backup %s cannot be read: %s", from_path, strerrordesc_np(errno));
        return ERR_NOT_FOUND;
    }
    int to = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    err e = to >= 0 ? copy_bytes(from, to) : errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    if (e == ERR_CONFLICT)
        command_say("there is a database already at %s: restore only into an empty place", to_path);
    else if (e != OK)
        command_say("%s cannot be written: %s", to_path, strerrordesc_np(errno));
    if (e != OK && e != ERR_CONFLICT)
        unlink(to_path);
    if (to >= 0)
        close(to);
    close(from);
    return e == OK ? file_keep_name(AT_FDCWD, to_path) : e;
}

static err check_journal(const command_context *c)
{
    struct stat info;
    bool is_there = stat(arena_cstr(c->a, c->core.erasures), &info) == 0;
    if (is_there || command_flag_given(c, FLAG_NO_JOURNAL))
        return OK;
    command_say("there is no erasure journal at %.*s: without it persons who were erased since the "
                "backup come back. Put it there, or say --without-journal if it is lost",
                STR_FMT(c->core.erasures));
    return ERR_DENIED;
}

static err open_restored(command_context *c)
{
    db_options options = {.url = c->database,
                          .schema = &schema_all,
                          .reach = DB_WORKER,
                          .sessions = 2,
                          .cache_bytes = 64 << 20};
    int applied;
    err e = db_open(&options, &c->core.db);
    if (e == OK)
        e = db_verify(c->core.db);
    if (e != OK) {
        command_say("the backup is damaged, or no backup: %s", err_name(e));
        return e;
    }
    TRY(db_migrate(c->core.db, &applied));
    return keys_fit(&c->core);
}

static err restore(command_context *c, const char *from, const char *to)
{
    int64_t offset = 0, erased;
    TRY(check_journal(c));
    TRY(copy_file(from, to));
    err e = open_restored(c);
    if (e == OK)
        e = erasure_replay(&c->core, &offset, clock_now_ms(), &erased);
    if (e == OK) {
        command_say("restored; %lld signature(s) erased again. Run `undersigned doctor`: it says "
                    "whether the published log is newer, and nothing is signed below it",
                    (long long)erased);
        return OK;
    }
    /* What is half restored must not be started. */
    db_close(c->core.db);
    c->core.db = NULL;
    static const char *const parts[] = {"", "-wal", "-shm", "-turn"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        unlink(arena_printf(c->a, "%s%s", to, parts[i]).at);
    return e;
}

int cmd_restore(command_context *c)
{
    if (c->argument_count != 1) {
        command_say("restore takes one file that `backup` made");
        return EXIT_USAGE;
    }
    if (!str_starts(c->database, S("sqlite:"))) {
        command_say("PostgreSQL: pg_restore into an empty database, then `undersigned migrate`, "
                    "which erases again who was erased");
        return EXIT_DENIED;
    }
    const char *to = arena_cstr(c->a, str_skip(c->database, strlen("sqlite:")));
    err e = restore(c, arena_cstr(c->a, c->arguments[0]), to);
    db_close(c->core.db);
    c->core.db = NULL;
    return command_exit(e);
}
