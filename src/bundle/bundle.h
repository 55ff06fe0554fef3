/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Many files in one: tar, which any system opens, written and read as a stream, so that memory does
 * not grow with the number of files; or ZIP, written only. By libarchive. */

#include "base/base.h"

typedef struct bundle_writer bundle_writer;

/* Writes to fd, which stays the caller's. The writer is gone with the arena. */
bundle_writer *bundle_create(arena *a, int fd);

/* The same as ZIP, which every desktop opens; files bear that time. What is compressed in itself
 * (PNG, PDF, by the name) is stored as it is. Nothing is held back: what a call writes goes whole
 * into the buffer that bundle_to named last. */
bundle_writer *bundle_create_zip(arena *a, int64_t unix_s);
void bundle_to(bundle_writer *w, buf *to);

/* Adds a file. ERR_IO: cannot be written (logged); the bundle is then of no use. */
MUST_USE err bundle_add(bundle_writer *w, str name, str bytes);
/* As bundle_add, with what another open file holds, from its beginning. */
MUST_USE err bundle_add_file(bundle_writer *w, str name, int fd);

/* Writes what is still held back; the last call. */
MUST_USE err bundle_finish(bundle_writer *w);

typedef struct bundle_reader bundle_reader;

/* Reads from fd, which stays the caller's. The reader is gone with the arena. */
bundle_reader *bundle_open(arena *a, int fd);

/* The next regular file; others are passed over. ERR_NOT_FOUND: that was the last one; ERR_INVALID:
 * no bundle, or damaged; ERR_LIMIT: larger than most_bytes. Views live in `into`. */
MUST_USE err bundle_next(bundle_reader *r, arena *into, size_t most_bytes, str *out_name,
                         str *out_bytes);
