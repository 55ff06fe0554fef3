/* SPDX-License-Identifier: EUPL-1.2 */
/* Copies of the file while it is in use, and the check that a file is whole. */

#include "db/sqlite.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The copy is made by us first, because SQLite would make it readable for all; it fills an empty
 * file, and refuses any other. */
static err make_empty(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST)
        return ERR_CONFLICT;
    if (fd < 0) {
        LOG(LOG_ERROR, "db.backup", log_str("reason", str_of(strerrordesc_np(errno))));
        return ERR_IO;
    }
    close(fd);
    return OK;
}

static err copy_into(sqlite3 *conn, const char *path)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(conn, "VACUUM INTO ?1", -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, path, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? OK : sqlite_outcome(conn, code, "copy");
}

/* "ok" is the only good answer. */
static err check_whole(sqlite3 *conn)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(conn, "PRAGMA integrity_check(1)", -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    err e = OK;
    if (code != SQLITE_ROW)
        e = sqlite_outcome(conn, code, "check");
    else if (!str_eq(str_of((const char *)sqlite3_column_text(s, 0)), S("ok")))
        e = ERR_INVALID;
    sqlite3_finalize(s);
    return e;
}

/* The copy keeps a rollback journal until it is told otherwise, and turning that into a write-ahead
 * log makes a file beside it, which a confined process may not. */
static err check_file(const char *path)
{
    sqlite3 *conn = NULL;
    int code = sqlite3_open_v2(path, &conn, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(conn, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    err e = code == SQLITE_OK ? check_whole(conn) : sqlite_outcome(conn, code, "open the copy");
    sqlite3_close(conn);
    return e;
}

static err sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_kept = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return is_kept ? OK : ERR_IO;
}

err sqlite_backup(db *base, const char *path)
{
    sqlite_db *d = (sqlite_db *)base;
    sqlite_session n;
    TRY(make_empty(path));
    err e = sqlite_session_open(d, COPIER, &n);
    if (e == OK) {
        e = copy_into(n.conn, path);
        sqlite_session_close(&n);
    }
    if (e == OK)
        e = check_file(path);
    if (e == OK)
        e = sync_file(path);
    if (e != OK)
        unlink(path);
    return e;
}

err sqlite_verify(db *base)
{
    sqlite_db *d = (sqlite_db *)base;
    sqlite_session n;
    TRY(sqlite_session_open(d, COPIER, &n));
    err e = check_whole(n.conn);
    sqlite_session_close(&n);
    return e;
}
