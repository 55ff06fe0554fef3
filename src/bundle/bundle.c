/* SPDX-License-Identifier: EUPL-1.2 */
/* By libarchive. Entries of a tar get fixed owners and times, so that the same files give the same
 * bytes. */

#include "bundle/bundle.h"

#include "base/log.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 << 10 };

struct bundle_writer {
    struct archive *tar; /* or ZIP */
    struct archive_entry *entry;
    bool is_zip;
    int64_t time_s;
    buf *to; /* of a ZIP */
};

struct bundle_reader {
    struct archive *tar;
};

static void close_writer(void *at)
{
    bundle_writer *w = at;
    archive_entry_free(w->entry);
    w->to = NULL; /* what is given up in the middle still writes its end */
    archive_write_free(w->tar);
}

static err failed(struct archive *tar, const char *act)
{
    const char *why = archive_error_string(tar);
    LOG(LOG_ERROR, "bundle.failed", log_str("act", str_of(act)),
        log_str("reason", str_of(why ? why : "unknown")));
    return ERR_IO;
}

static bundle_writer *begin(arena *a)
{
    bundle_writer *w = arena_alloc(a, sizeof *w);
    *w = (bundle_writer){.tar = archive_write_new(), .entry = archive_entry_new()};
    BUG_IF(!w->tar || !w->entry); /* out of memory */
    arena_defer(a, close_writer, w);
    return w;
}

bundle_writer *bundle_create(arena *a, int fd)
{
    bundle_writer *w = begin(a);
    BUG_IF(archive_write_set_format_ustar(w->tar) != ARCHIVE_OK);
    archive_write_set_bytes_in_last_block(w->tar, 1);
    if (archive_write_open_fd(w->tar, fd) != ARCHIVE_OK)
        (void)failed(w->tar, "open"); /* each write says so again */
    return w;
}

static la_ssize_t take_bytes(struct archive *zip, void *writer, const void *bytes, size_t n)
{
    bundle_writer *w = writer;
    (void)zip;
    if (w->to)
        buf_put(w->to, (str){bytes, n});
    return (la_ssize_t)n;
}

bundle_writer *bundle_create_zip(arena *a, int64_t unix_s)
{
    bundle_writer *w = begin(a);
    w->is_zip = true;
    w->time_s = unix_s;
    BUG_IF(archive_write_set_format_zip(w->tar) != ARCHIVE_OK);
    archive_write_set_bytes_per_block(w->tar, 0);
    if (archive_write_open(w->tar, w, NULL, take_bytes, NULL) != ARCHIVE_OK)
        (void)failed(w->tar, "open"); /* each write says so again */
    return w;
}

void bundle_to(bundle_writer *w, buf *to)
{
    w->to = to;
}

static bool is_compressed(str name)
{
    return str_ends(name, S(".png")) || str_ends(name, S(".pdf"));
}

static err begin_file(bundle_writer *w, str name, int64_t size)
{
    char path[100]; /* what ustar holds undivided */
    BUG_IF(name.n == 0 || name.n >= sizeof path);
    memcpy(path, name.at, name.n);
    path[name.n] = '\0';
    archive_entry_clear(w->entry);
    archive_entry_set_pathname(w->entry, path);
    archive_entry_set_filetype(w->entry, AE_IFREG);
    archive_entry_set_perm(w->entry, w->is_zip ? 0644 : 0600);
    archive_entry_set_size(w->entry, size);
    archive_entry_set_mtime(w->entry, w->time_s, 0);
    if (w->is_zip &&
        (is_compressed(name) ? archive_write_zip_set_compression_store(w->tar)
                             : archive_write_zip_set_compression_deflate(w->tar)) != ARCHIVE_OK)
        return failed(w->tar, "compression");
    return archive_write_header(w->tar, w->entry) == ARCHIVE_OK ? OK : failed(w->tar, "header");
}

/* At once, or what is compressed would keep its end, and memory, until the next file begins. */
static err end_file(bundle_writer *w)
{
    return archive_write_finish_entry(w->tar) == ARCHIVE_OK ? OK : failed(w->tar, "end");
}

err bundle_add(bundle_writer *w, str name, str bytes)
{
    TRY(begin_file(w, name, (int64_t)bytes.n));
    if (bytes.n && archive_write_data(w->tar, bytes.at, bytes.n) != (la_ssize_t)bytes.n)
        return failed(w->tar, "data");
    return end_file(w);
}

err bundle_add_file(bundle_writer *w, str name, int fd)
{
    char block[BLOCK_BYTES];
    struct stat info;
    if (fstat(fd, &info) != 0)
        return ERR_IO;
    TRY(begin_file(w, name, info.st_size));
    ssize_t n;
    for (off_t at = 0; (n = pread(fd, block, sizeof block, at)) > 0; at += n)
        if (archive_write_data(w->tar, block, (size_t)n) != n)
            return failed(w->tar, "data");
    return n == 0 ? end_file(w) : ERR_IO;
}

err bundle_finish(bundle_writer *w)
{
    return archive_write_close(w->tar) == ARCHIVE_OK ? OK : failed(w->tar, "close");
}

static void close_reader(void *at)
{
    bundle_reader *r = at;
    archive_read_free(r->tar);
}

bundle_reader *bundle_open(arena *a, int fd)
{
    bundle_reader *r = arena_alloc(a, sizeof *r);
    r->tar = archive_read_new();
    BUG_IF(!r->tar);
    arena_defer(a, close_reader, r);
    /* Nothing but plain tar: no other format and no compression is needed, so none is offered to
     * whoever made the file. */
    archive_read_support_format_tar(r->tar);
    (void)archive_read_open_fd(r->tar, fd, BLOCK_BYTES); /* reading says what is wrong */
    return r;
}

err bundle_next(bundle_reader *r, arena *into, size_t most_bytes, str *out_name, str *out_bytes)
{
    struct archive_entry *entry;
    int code;
    do {
        code = archive_read_next_header(r->tar, &entry);
        if (code == ARCHIVE_EOF)
            return ERR_NOT_FOUND;
        if (code != ARCHIVE_OK)
            return ERR_INVALID;
    } while (archive_entry_filetype(entry) != AE_IFREG);
    const char *name = archive_entry_pathname(entry);
    int64_t size = archive_entry_size(entry);
    if (!name || size < 0)
        return ERR_INVALID;
    if ((uint64_t)size > most_bytes)
        return ERR_LIMIT;
    char *bytes = arena_alloc(into, (size_t)size + 1);
    if (archive_read_data(r->tar, bytes, (size_t)size) != size)
        return ERR_INVALID;
    *out_name = arena_copy(into, str_of(name));
    *out_bytes = (str){bytes, (size_t)size};
    return OK;
}
