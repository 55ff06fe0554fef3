/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A content folder (docs/content.md): read and checked as a whole, compared with what the database
 * holds, and stored: everything or nothing, repeatable. A declaration that is not there yet is
 * opened: its texts hashed, its manifest written, its log begun. Texts of an open declaration's
 * version never change; a change needs a new version. */

#include "core/alliance.h"

enum {
    CONTENT_FILE_BYTES_MOST = 256 << 10,
    CONTENT_BYTES_MOST = 256 << 20, /* of all texts together */
    CONTENT_ITEMS_MOST = 20000,
    CONTENT_PROBLEMS_MOST = 5000, /* that are kept; all are counted */
};

/* A problem with its file and line (0: the file as a whole). An error refuses the import; a warning
 * tells what a careful author would mend. */
typedef struct content_problem {
    str file;
    size_t line;
    str message;
    bool is_warning;
} content_problem;

typedef struct content_problems {
    content_problem *at;
    size_t n;
    size_t room;
} content_problems;

typedef struct content_report {
    size_t items;
    size_t texts;
    size_t declarations_opened;
    size_t errors, warnings;
    content_problems problems; /* all at once, file by file */
} content_report;

/* One more error, unless there are too many already. file and message must outlive the report; a
 * holds the list. */
void content_report_add(arena *a, content_report *report, str file, size_t line, str message);

/* The same as a warning. */
void content_report_warn(arena *a, content_report *report, str file, size_t line, str message);

/* Reads the folder into memory and checks it. ERR_INVALID: there are errors (see the report);
 * ERR_NOT_FOUND: no such folder. The folder lives in a. Nothing outside it is read: no link is
 * followed below it. */
typedef struct content_folder content_folder;
MUST_USE err content_read(arena *a, str folder, content_folder **out_folder,
                          content_report *out_report);

/* Its items, in the order of kinds and names. A text whose original has changed since has the state
 * outdated. */
content_list content_items(const content_folder *folder);

/* How an item stands in a language. */
typedef enum content_state {
    CONTENT_MISSING,
    CONTENT_ORIGINAL,
    CONTENT_REVIEWED,
    CONTENT_MACHINE,
    CONTENT_OUTDATED,
} content_state;
enum { CONTENT_STATES = 5 };
content_state content_state_in(const content_item *item, str lang);
/* "missing", "original" … */
str content_state_name(content_state state);

/* Of the words of a text: what a translation of it says in `source`, 12 hexadecimal digits. */
str content_stamp(arena *a, const content_text *text);

/* Writes the stamp of the original into the translations of a folder that was read: those without
 * one; with names ("story/x", "story/x/el") these only, and anew. ERR_NOT_FOUND: a name names
 * nothing; ERR_IO: a file could not be replaced (logged). */
MUST_USE err content_stamp_folder(arena *a, const content_folder *folder, str_list names,
                                  size_t *out_stamped);

/* Whether a declaration seals its records and names nobody who could open them. */
bool content_lacks_recipients(const content_folder *folder);

/* What an import does to one item. */
typedef enum content_change_sort {
    CONTENT_ADDED,
    CONTENT_CHANGED,
    CONTENT_REMOVED
} content_change_sort;

typedef struct content_change {
    str kind, slug;
    content_change_sort sort;         /* of the item */
    bool has_facts;                   /* its language-free part changes */
    bool has_files;                   /* what lies beside it changes */
    str_list added, changed, removed; /* languages */
} content_change;

typedef struct content_changes {
    const content_change *at;
    size_t n;
} content_changes;

typedef struct content_write_options {
    str origin;                          /* "https://host", for manifests of new logs */
    const unsigned char *log_public_key; /* 32 bytes: of the key that signs their logs */
    recipient_list organiser;            /* for new declarations that name no recipients */
    bool opens_nothing;                  /* a new declaration is refused */
    int64_t now_ms;
} content_write_options;

/* What content_write would do, nothing done; the same outcomes. */
MUST_USE err content_compare(core *c, arena *a, const content_folder *folder,
                             const content_write_options *options, content_changes *out_changes,
                             content_report *report);

/* Stores the differences in one transaction and keeps what they replace (content_history). Where
 * there are none the revision stays. ERR_CONFLICT, with one problem in the report: a text that
 * people have signed differs under the same version, or nobody could open the records. */
MUST_USE err content_write(core *c, arena *a, const content_folder *folder,
                           const content_write_options *options, content_changes *out_changes,
                           content_report *report);

/* A text (lang empty: the facts) that an import replaced or removed. */
typedef struct content_past {
    str lang;
    int64_t until_ms; /* when that was */
    bool is_removed;
    str state;
    str header; /* "key: value" lines; of facts "key=value" */
    str body;
} content_past;

typedef struct content_past_list {
    const content_past *at;
    size_t n;
} content_past_list;

enum { CONTENT_PAST_MOST = 200 };

/* Newest first, at most CONTENT_PAST_MOST. lang empty: of all languages and the facts. */
MUST_USE err content_history(core *c, arena *a, str kind, str slug, str lang,
                             content_past_list *out_past);
