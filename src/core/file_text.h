/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The words of files beside items, kept for search alone, by the SHA-256 of the author's file
 * (content_file.source). They are written before the import that refers to the file, as its bytes
 * are; the next import drops those that nothing refers to. */

#include "core/core.h"

enum { FILE_TEXT_BYTES_MOST = 256 << 10 };

/* Raises the revision when an item has the file already. ERR_INVALID: not UTF-8, or too long. */
MUST_USE err file_text_put(core *c, str source, str words);
MUST_USE err file_text_is_there(core *c, str source, bool *out_is_there);
/* ERR_NOT_FOUND: nothing was read from the file. */
MUST_USE err file_text_read(core *c, arena *a, str source, str *out_words);
