/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The erasure journal: an append-only file that says which signatures were erased, so that a
 * restored backup can be made to forget them again. It lies apart from the database and its
 * backups, and holds no personal data: a line is
 *
 *     NUMBER CHECK LF
 *
 * CHECK being 16 hexadecimal digits of a keyed hash of number and time of creation. It tells the
 * erased signature from a later one that got the same number after a restore. Lines are on the disk
 * before an erasure begins: one that is in the journal will be carried out, whatever happens. */

#include "core/core.h"

typedef struct journal_entry {
    int64_t signature;
    unsigned char check[8];
} journal_entry;

journal_entry journal_entry_of(const core_keys *keys, int64_t signature, int64_t created_ms);
bool journal_entry_eq(const journal_entry *left, const journal_entry *right);

/* Makes the file if there is none. ERR_IO: it cannot be made or written (logged). */
MUST_USE err journal_create(const char *path);

/* Appends the entries and waits for the disk. Safe from several threads and processes. */
MUST_USE err journal_append(const char *path, const journal_entry *entries, size_t n);

enum { JOURNAL_LINE_BYTES_MOST = 64 };

/* At most `most` entries from *offset on, which moves behind them; n = 0: the end. What a crash
 * left of a line is skipped. ERR_NOT_FOUND: no such file; ERR_IO: it cannot be read (logged). */
typedef struct journal_entries {
    journal_entry *at;
    size_t n;
} journal_entries;
MUST_USE err journal_read(arena *a, const char *path, int64_t *offset, size_t most,
                          journal_entries *out_entries);

/* One line without its LF. ERR_INVALID: not a line of a journal. */
MUST_USE err journal_line_read(str line, journal_entry *out_entry);
