/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Loading a content folder (docs/content.md) into the database: everything or nothing, repeatable.
 * A declaration that is not there yet is opened: its texts hashed, its manifest written, its log
 * begun. Texts of an open declaration's version never change; a change needs a new version. */

#include "core/alliance.h"

enum { CONTENT_FILE_BYTES_MOST = 256 << 10, CONTENT_FILES_MOST = 20000 };

/* A problem with its file and line (0: the file as a whole). */
typedef struct content_problem {
    str file;
    size_t line;
    str message;
} content_problem;

typedef struct content_problems {
    content_problem *at;
    size_t n;
} content_problems;

typedef struct content_report {
    size_t items;
    size_t texts;
    size_t declarations_opened;
    content_problems problems; /* all at once */
} content_report;

/* One more, unless there are too many already. file and message must outlive the report. */
void content_report_add(content_report *report, str file, size_t line, str message);

/* Reads the folder into memory and checks it. ERR_INVALID: there are problems (see the report);
 * ERR_NOT_FOUND: no such folder. */
typedef struct content_folder content_folder;
MUST_USE err content_read(arena *a, str folder, content_folder **out_folder,
                          content_report *out_report);

/* Whether a declaration seals its records and names nobody who could open them. */
bool content_lacks_recipients(const content_folder *folder);

/* Writes it in one transaction and raises the revision. origin is "https://host", used for new
 * declarations' manifests; log_public_key is of the key that signs their logs; organiser, which
 * may be empty, stands in where a new declaration names no recipients. ERR_CONFLICT: a text that
 * people have signed differs under the same version, or nobody could open the records (named in
 * the report). */
MUST_USE err content_write(core *c, arena *a, const content_folder *folder, str origin,
                           const unsigned char log_public_key[static 32], recipient_list organiser,
                           int64_t now_ms, content_report *report);
