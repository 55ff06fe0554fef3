/* SPDX-License-Identifier: EUPL-1.2 */
/* SQLite: FILE, FILE-wal, FILE-shm and FILE-turn. They stay where they are while any process has
 * the database open, and are kept after the last (SQLITE_FCNTL_PERSIST_WAL, sqlite.c). PostgreSQL:
 * hosts and ports of the URL, else of the environment, as libpq finds them. */

#include "db/footprint.h"

#include "base/file.h"
#include "base/log.h"
#include "base/number.h"
#include "db/sqlite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

static err failed(str path)
{
    LOG(LOG_ERROR, "db.file", log_str("path", path),
        log_str("reason", str_of(strerrordesc_np(errno))));
    return ERR_IO;
}

/* mode: for a new file, whatever the umask. */
static err keep_file(arena *a, str path, mode_t mode)
{
    int fd = open(arena_cstr(a, path), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    bool is_good = fd < 0 ? errno == EEXIST : fchmod(fd, mode) == 0;
    if (fd >= 0)
        close(fd);
    return is_good ? OK : failed(path);
}

/* A commit that a killed process had written but not synced is one, for whoever starts: it must not
 * be answered from before it is on the disk. */
static err keep_bytes(arena *a, str path)
{
    int fd = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC);
    bool is_kept = fd >= 0 && fsync(fd) == 0;
    err e = is_kept ? OK : failed(path);
    if (fd >= 0)
        close(fd);
    return e;
}

static err of_sqlite(arena *a, str path, db_footprint *out)
{
    static const char *const beside[] = {"-wal", "-shm", "-turn"};
    struct stat info;
    if (stat(arena_cstr(a, path), &info) != 0 || info.st_size == 0)
        return ERR_NOT_FOUND;
    out->files[out->files_n++] = path;
    TRY(keep_file(a, arena_printf(a, "%.*s-turn", STR_FMT(path)), info.st_mode & 0777));
    TRY(sqlite_use_log(arena_cstr(a, path)));
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        str file = arena_printf(a, "%.*s%s", STR_FMT(path), beside[i]);
        TRY(keep_file(a, file, info.st_mode & 0777));
        out->files[out->files_n++] = file;
    }
    TRY(keep_bytes(a, out->files[1]));
    return file_keep_name(AT_FDCWD, arena_cstr(a, path));
}

static const char *value_of(const PQconninfoOption *url, const PQconninfoOption *usual,
                            const char *keyword)
{
    for (const PQconninfoOption *o = url; o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0 && o->val && *o->val)
            return o->val;
    for (const PQconninfoOption *o = usual; o && o->keyword; o++)
        if (strcmp(o->keyword, keyword) == 0 && o->val)
            return o->val;
    return "";
}

static bool is_number(arena *a, str host)
{
    unsigned char bytes[16];
    char *text = arena_cstr(a, host);
    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static void add_hosts(arena *a, str hosts, str addresses, db_footprint *out)
{
    out->connects = true;
    while (hosts.n && addresses.n == 0) {
        str host = str_cut(hosts, ',', &hosts);
        bool is_socket = host.n == 0 || host.at[0] == '/' || host.at[0] == '@';
        out->resolves = out->resolves || (!is_socket && !is_number(a, host));
    }
}

static void add_ports(str ports, db_footprint *out)
{
    do {
        int64_t port = 0;
        if (number_parse(str_cut(ports, ',', &ports), 1, 65535, &port) == OK &&
            out->ports_n < FOOTPRINT_PORTS_MOST)
            out->ports[out->ports_n++] = (uint16_t)port;
    } while (ports.n);
}

static err of_pg(arena *a, str url, db_footprint *out)
{
    static const char *const files[] = {"sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile"};
    PQconninfoOption *parsed = PQconninfoParse(arena_cstr(a, url), NULL);
    if (!parsed)
        return ERR_INVALID;
    PQconninfoOption *usual = PQconndefaults();
    add_hosts(a, str_of(value_of(parsed, usual, "host")),
              str_of(value_of(parsed, usual, "hostaddr")), out);
    add_ports(str_of(value_of(parsed, usual, "port")), out);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = value_of(parsed, usual, files[i]);
        if (*path == '/')
            out->trusted[out->trusted_n++] = arena_copy(a, str_of(path));
    }
    const char *home = getenv("HOME");
    if (home && *home)
        out->trusted[out->trusted_n++] = arena_printf(a, "%s/.postgresql", home);
    PQconninfoFree(parsed);
    PQconninfoFree(usual);
    return OK;
}

err db_footprint_of(str url, arena *a, db_footprint *out)
{
    *out = (db_footprint){.files_n = 0};
    if (str_starts(url, S("sqlite:")))
        return of_sqlite(a, str_skip(url, 7), out);
    return of_pg(a, url, out);
}

str db_place_of(arena *a, str url)
{
    PQconninfoOption *parsed = PQconninfoParse(arena_cstr(a, url), NULL);
    if (!parsed)
        return S("(not an address)");
    const char *host = value_of(parsed, NULL, "host");
    const char *address = value_of(parsed, NULL, "hostaddr");
    const char *port = value_of(parsed, NULL, "port");
    str place = arena_printf(a, "%s:%s/%s", *host ? host : address, *port ? port : "5432",
                             value_of(parsed, NULL, "dbname"));
    PQconninfoFree(parsed);
    return place;
}
