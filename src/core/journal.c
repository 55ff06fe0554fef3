/* SPDX-License-Identifier: EUPL-1.2 */
/* The file behind the journal. Each append is one write in append mode, so lines of several
 * processes do not mix. */

#include "core/journal.h"

#include "base/file.h"
#include "base/log.h"
#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { CHECK_BYTES = 8, LINES_A_WRITE = 200 };

static err failed(const char *what)
{
    LOG(LOG_ERROR, "journal.failed", log_str("act", str_of(what)),
        log_str("reason", str_of(strerrordesc_np(errno))));
    return ERR_IO;
}

journal_entry journal_entry_of(const core_keys *keys, int64_t signature, int64_t created_ms)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%lld %lld", (long long)signature, (long long)created_ms);
    key32 key = key_derive(&keys->link, S("erasure"));
    hash32 mac = mac_sha256(&key, (str){text, (size_t)n});
    journal_entry entry = {.signature = signature};
    memcpy(entry.check, mac.at, CHECK_BYTES);
    return entry;
}

bool journal_entry_eq(const journal_entry *left, const journal_entry *right)
{
    return left->signature == right->signature &&
           memcmp(left->check, right->check, CHECK_BYTES) == 0;
}

err journal_create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? OK : failed("make it");
    close(fd);
    return file_keep_name(AT_FDCWD, path);
}

/* Whether the last append was cut by a crash. */
static bool ends_torn(int fd)
{
    char last;
    off_t end = lseek(fd, 0, SEEK_END);
    return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

static err append(int fd, const journal_entry *entries, size_t n)
{
    char text[LINES_A_WRITE * JOURNAL_LINE_BYTES_MOST + 1];
    size_t length = 0;
    if (ends_torn(fd))
        text[length++] = '\n';
    for (size_t i = 0; i < n; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%lld ",
                                   (long long)entries[i].signature);
        for (size_t k = 0; k < CHECK_BYTES; k++)
            length +=
                (size_t)snprintf(text + length, sizeof text - length, "%02x", entries[i].check[k]);
        text[length++] = '\n';
    }
    return write(fd, text, length) == (ssize_t)length ? OK : failed("write");
}

err journal_append(const char *path, const journal_entry *entries, size_t n)
{
    TRY(journal_create(path));
    int fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return failed("open it");
    err e = OK;
    for (size_t i = 0; i < n && e == OK; i += LINES_A_WRITE)
        e = append(fd, entries + i, n - i < LINES_A_WRITE ? n - i : LINES_A_WRITE);
    if (e == OK && fsync(fd) != 0)
        e = failed("sync it");
    close(fd);
    return e;
}

err journal_line_read(str line, journal_entry *out_entry)
{
    str check;
    journal_entry entry;
    TRY(number_parse(str_cut(line, ' ', &check), 1, INT64_MAX, &entry.signature));
    TRY(number_parse_hex(check, entry.check, sizeof entry.check));
    *out_entry = entry;
    return OK;
}

err journal_read(arena *a, const char *path, int64_t *offset, size_t most,
                 journal_entries *out_entries)
{
    char line[JOURNAL_LINE_BYTES_MOST];
    journal_entries found = {arena_array(a, journal_entry, most), 0};
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? ERR_NOT_FOUND : failed("open it");
    int64_t at = *offset;
    bool is_readable = fseeko(file, (off_t)at, SEEK_SET) == 0;
    while (is_readable && found.n < most && fgets(line, sizeof line, file)) {
        str text = str_of(line);
        bool is_whole = text.n > 0 && text.at[text.n - 1] == '\n';
        if (!is_whole && text.n + 1 < sizeof line)
            break; /* still being written, or the work of a crash: nobody was told */
        at += (int64_t)text.n;
        if (journal_line_read(str_head(text, text.n - is_whole), &found.at[found.n]) == OK)
            found.n++;
        else if (text.n > 1)
            LOG(LOG_WARN, "journal.unreadable_line", log_int("end", at));
    }
    is_readable = is_readable && !ferror(file);
    fclose(file);
    if (!is_readable)
        return failed("read it");
    *offset = at;
    *out_entries = found;
    return OK;
}
