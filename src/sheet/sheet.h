/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Tables for people and programs outside: CSV (RFC 4180, UTF-8), JSON (one object a line) and XLSX,
 * written row by row, so that memory does not grow with them. All values are texts. In CSV a value
 * that a spreadsheet would take for a formula gets an apostrophe in front; XLSX stores it as the
 * text it is, JSON as it stands. */

#include "base/base.h"

typedef enum sheet_format { SHEET_CSV, SHEET_JSON, SHEET_XLSX } sheet_format;

/* By the ending of a file's name. ERR_INVALID: none of .csv, .json, .jsonl, .xlsx. */
MUST_USE err sheet_format_of(str path, sheet_format *out_format);

typedef struct sheet sheet;

/* Creates the file (0600) with a heading of n columns; views must outlive the sheet, which is gone
 * with the arena. ERR_CONFLICT: there is such a file; ERR_IO: cannot be made. */
MUST_USE err sheet_create(arena *a, const char *path, sheet_format format, const str *columns,
                          size_t n, sheet **out_sheet);

/* Goes on behind the first `bytes` of a CSV or JSON file, as sheet_sync gave them; what follows is
 * cut off. ERR_INVALID: XLSX, which can only be written whole. */
MUST_USE err sheet_resume(arena *a, const char *path, sheet_format format, const str *columns,
                          size_t n, int64_t bytes, sheet **out_sheet);

/* One value a column. ERR_IO: the disk. */
MUST_USE err sheet_row(sheet *s, const str *values);

/* Puts what was written so far onto the disk, and says how long the file is. XLSX: 0. */
MUST_USE err sheet_sync(sheet *s, int64_t *out_bytes);

/* The last call. */
MUST_USE err sheet_finish(sheet *s);
