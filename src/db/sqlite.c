/* SPDX-License-Identifier: EUPL-1.2 */
/* SQLite: opening the file, and readers.
 *
 * Invariant: a commit is on the disk before it is answered (WAL, synchronous=FULL), what was
 * deleted is overwritten (secure_delete), and no connection copies the log on a writer's time
 * (wal_autocheckpoint=0; sqlite_log.c does it). Each connection is used by one thread at a time, so
 * SQLite's own mutexes are off. */

#include "db/sqlite.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

enum {
    LOWEST_VERSION = 3038000, /* STRICT, RETURNING, UPDATE FROM */
    WRITER_CACHE_BYTES = 64 << 20,
    READER_CACHE_BYTES = 4 << 20,
    READER_MMAP_BYTES = 256 << 20,
    LOG_KEPT_BYTES = 64 << 20, /* the log's size on disk when it starts anew */
    SAVEPOINT_BYTES = 1 << 20, /* a savepoint's pages up to this stay in memory */
    PATH_BYTES_MOST = 3000,
};

static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, (int)SAVEPOINT_BYTES);
    sqlite3_initialize();
}

static err set_up(sqlite_session *n, const char *text)
{
    int code = sqlite3_exec(n->conn, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_outcome(n->conn, code, "set up");
}

/* Empty, once all have closed it: processes are confined to the files that are there. */
static void keep_log_file(sqlite_session *n)
{
    int stays = 1;
    sqlite3_file_control(n->conn, "main", SQLITE_FCNTL_PERSIST_WAL, &stays);
}

static err set_wal(sqlite_session *n)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(n->conn, "PRAGMA journal_mode=WAL", -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    bool is_wal =
        code == SQLITE_ROW && str_eq(str_of((const char *)sqlite3_column_text(s, 0)), S("wal"));
    sqlite3_finalize(s);
    if (is_wal)
        return OK;
    return code == SQLITE_ROW ? ERR_IO : sqlite_outcome(n->conn, code, "set up the log");
}

static void configure_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
}

static err turn_log_on(const char *path)
{
    sqlite_session n = {0};
    int code = sqlite3_open_v2(
        path, &n.conn, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK)
        sqlite3_busy_timeout(n.conn, DB_WAIT_MS);
    keep_log_file(&n);
    err e = code == SQLITE_OK ? set_wal(&n) : sqlite_outcome(n.conn, code, "open");
    sqlite3_close(n.conn);
    return e;
}

err sqlite_use_log(const char *path)
{
    char turn_path[PATH_BYTES_MOST + 8];
    turn t;
    configure_once();
    snprintf(turn_path, sizeof turn_path, "%s-turn", path);
    TRY(turn_open(turn_path, &t));
    err e = turn_take(&t, 2 * (int64_t)DB_WAIT_MS);
    if (e == OK) {
        e = turn_log_on(path);
        turn_give(&t);
    }
    turn_close(&t);
    return e;
}

static err prepare_frames(sqlite_session *n)
{
    static const char *const texts[FRAMES] = {
        [BEGIN_READ] = "BEGIN",      [BEGIN_WRITE] = "BEGIN IMMEDIATE", [COMMIT] = "COMMIT",
        [ROLLBACK] = "ROLLBACK",     [SAVE] = "SAVEPOINT work",         [RELEASE] = "RELEASE work",
        [UNDO] = "ROLLBACK TO work",
    };
    for (int i = 0; i < FRAMES; i++) {
        int code = sqlite3_prepare_v3(n->conn, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                      &n->frames[i], NULL);
        if (code != SQLITE_OK)
            return sqlite_outcome(n->conn, code, texts[i]);
    }
    return OK;
}

int sqlite_step_frame(sqlite_session *n, frame f)
{
    int code = sqlite3_step(n->frames[f]);
    sqlite3_reset(n->frames[f]);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static err session_start(sqlite_db *d, session_kind kind, sqlite_session *n)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(d->path, &n->conn, flags, NULL);
    if (code != SQLITE_OK)
        return sqlite_outcome(n->conn, code, "open");
    sqlite3_busy_timeout(n->conn, DB_WAIT_MS);
    sqlite3_db_config(n->conn, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    keep_log_file(n);
    if (kind == WRITER)
        TRY(set_wal(n));
    int64_t cache_bytes = kind == WRITER   ? d->cache_bytes
                          : kind == READER ? READER_CACHE_BYTES
                                           : 1 << 20;
    char text[600];
    snprintf(text, sizeof text,
             "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=ON;"
             "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
             "PRAGMA journal_size_limit=%d; PRAGMA cache_size=-%" PRId64 "; PRAGMA mmap_size=%d;"
             "PRAGMA query_only=%d",
             LOG_KEPT_BYTES, cache_bytes / 1024, kind == READER ? READER_MMAP_BYTES : 0,
             kind == READER);
    TRY(set_up(n, text));
    return kind == COPIER ? OK : prepare_frames(n);
}

err sqlite_session_open(sqlite_db *d, session_kind kind, sqlite_session *out_session)
{
    *out_session = (sqlite_session){0};
    out_session->home = arena_open(4 << 20);
    out_session->scratch = arena_open(DB_SCRATCH_BYTES);
    err e = session_start(d, kind, out_session);
    if (e != OK)
        sqlite_session_close(out_session);
    return e;
}

void sqlite_session_close(sqlite_session *n)
{
    for (int i = 0; i < FRAMES; i++)
        sqlite3_finalize(n->frames[i]);
    for (size_t i = 0; i < n->prepared.room; i++)
        sqlite3_finalize(n->prepared.at[i].made);
    sqlite3_close(n->conn);
    arena_close(n->scratch);
    arena_close(n->home);
    *n = (sqlite_session){0};
}

/* --- readers --- */

static err read_with(sqlite_db *d, sqlite_session *n, db_work *work, void *arg)
{
    if (!n->conn)
        TRY(sqlite_session_open(d, READER, n));
    int code = sqlite_step_frame(n, BEGIN_READ);
    if (code != SQLITE_OK)
        return sqlite_outcome(n->conn, code, "begin to read");
    db_tx tx = {.home = &d->base, .session = n, .scratch = n->scratch, .is_read = true};
    err e = db_attempt(&tx, work, arg);
    if (!sqlite3_get_autocommit(n->conn))
        sqlite_step_frame(n, ROLLBACK);
    return e;
}

static err read_once(db *base, db_work *work, void *arg)
{
    sqlite_db *d = (sqlite_db *)base;
    int number;
    TRY(pool_take(&d->free_readers, DB_WAIT_MS, &number));
    err e = read_with(d, &d->readers[number], work, arg);
    pool_give(&d->free_readers, number);
    return e;
}

/* --- opening and closing --- */

static err version(db *base, arena *a, str *out_version)
{
    (void)base;
    *out_version = arena_copy(a, str_of(sqlite3_libversion()));
    return OK;
}

static void close_all(db *base)
{
    sqlite_db *d = (sqlite_db *)base;
    sqlite_log_close(d);
    BUG_IF(d->first);
    sqlite_session_close(&d->writer);
    for (int i = 0; i < d->readers_n; i++)
        sqlite_session_close(&d->readers[i]);
    turn_close(&d->writer_turn);
    turn_close(&d->copier_turn);
    pool_clear(&d->free_readers);
    pthread_mutex_destroy(&d->queue_lock);
}

static const db_driver driver = {
    .name = STR_INIT("sqlite"),
    .write = sqlite_write,
    .write_keyed = sqlite_write,
    .write_alone = sqlite_write,
    .read = read_once,
    .run = sqlite_run,
    .script = sqlite_script,
    .check = sqlite_check,
    .version = version,
    .checkpoint = sqlite_checkpoint,
    .empty_log = sqlite_empty_log,
    .backup = sqlite_backup,
    .verify = sqlite_verify,
    .close = close_all,
};

/* The file is made by us, because SQLite would make it readable for all. */
static err make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        LOG(LOG_ERROR, "db.open", log_str("file", str_of(path)),
            log_str("reason", str_of(strerrordesc_np(errno))));
        return ERR_IO;
    }
    close(fd);
    return OK;
}

static void init_locks(sqlite_db *d)
{
    pthread_cond_init(&d->copier_wake, NULL);
    pthread_mutex_init(&d->queue_lock, NULL);
    pthread_mutex_init(&d->copier_lock, NULL);
    pthread_mutex_init(&d->step_lock, NULL);
}

static err open_all(sqlite_db *d)
{
    char turn_path[PATH_BYTES_MOST + 8];
    snprintf(turn_path, sizeof turn_path, "%s-turn", d->path);
    TRY(make_file(d->path));
    TRY(turn_open(turn_path, &d->writer_turn));
    TRY(turn_open(turn_path, &d->copier_turn));
    /* Two processes that start at once must not both turn the log on. */
    TRY(turn_take(&d->writer_turn, 2 * (int64_t)DB_WAIT_MS));
    err e = sqlite_session_open(d, WRITER, &d->writer);
    turn_give(&d->writer_turn);
    TRY(e);
    return sqlite_log_open(d);
}

err sqlite_open(const db_options *options, arena *home, db **out_db)
{
    configure_once();
    str path = str_skip(options->url, strlen("sqlite:"));
    if (path.n == 0 || path.n > PATH_BYTES_MOST || str_starts(path, S(":")))
        return ERR_INVALID;
    if (sqlite3_libversion_number() < LOWEST_VERSION) {
        LOG(LOG_ERROR, "db.sqlite_too_old", log_str("version", str_of(sqlite3_libversion())));
        return ERR_IO;
    }
    sqlite_db *d = arena_new(home, sqlite_db);
    d->base.driver = &driver;
    d->path = arena_cstr(home, path);
    d->cache_bytes = options->cache_bytes ? options->cache_bytes : WRITER_CACHE_BYTES;
    d->readers = arena_array(home, sqlite_session, (size_t)options->sessions);
    d->readers_n = options->sessions;
    pool_init(&d->free_readers, home, options->sessions);
    d->writer_turn.fd = d->copier_turn.fd = -1;
    init_locks(d);
    err e = open_all(d);
    if (e != OK) {
        close_all(&d->base);
        return e;
    }
    *out_db = &d->base;
    return OK;
}
