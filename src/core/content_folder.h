/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A content folder in memory, between the files of core/content*: content_file.c reads bytes,
 * content.c the folder, content_texts.c holds texts against each other, content_rules.c
 * understands a declaration, content_write.c stores. */

#include "core/content.h"
#include "core/content_field.h"

/* Where a text or its facts stand; path is empty when there is no file. */
typedef struct content_source {
    str path;
    str text; /* the whole file */
} content_source;

typedef struct content_origin {
    str path; /* of the item's folder */
    content_source facts;
    str kohesio;           /* path of the record of a story's project; empty: none */
    str members;           /* path of the list of a partner's members; empty: none */
    content_source *texts; /* beside the item's texts */
} content_origin;

struct content_folder {
    str path;
    content_item *items;
    content_origin *origins; /* beside items */
    size_t n, room;
    size_t bytes;
    str redirects; /* the file of that name, which redirect.h has read once; empty: none */
};

/* What is read where, and what is wrong with it. */
typedef struct content_reader {
    arena *a;
    content_folder *folder;
    content_report *report;
} content_reader;

/* The message lives as long as the report, or is copied by the second. */
void content_error(content_reader *r, str file, size_t line, const char *message);
void content_error_f(content_reader *r, str file, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void content_warn_f(content_reader *r, str file, size_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes over what another reader of the same folder found. */
void content_take_report(content_reader *r, const content_report *other);

/* The number of the line on which a part of the file begins. */
size_t content_line_of(const content_source *source, str part);

/* --- content_file.c --- */

/* Opens a folder below another one, never through a link. -1: there is none, or a problem. */
int content_open_folder(content_reader *r, int above_fd, str name, str path);

/* Names in an open folder, sorted, without those that start with a dot. */
str_list content_names(content_reader *r, int folder_fd, str path);

/* The text of a plain file: bounded, UTF-8, LF. False: there is a problem. */
bool content_read_file(content_reader *r, int folder_fd, str name, content_source *out_source);

/* Whether it is UTF-8 with LF line ends and without controls; else there is a problem. */
bool content_is_clean(content_reader *r, const content_source *source);

/* The same for what others' programs write: any line ends, a byte order mark or none. */
bool content_read_foreign(content_reader *r, int folder_fd, str name, content_source *out_source);

/* "key SEPARATOR value" lines up to an empty line (separator ':') or the end; *rest is what
 * follows. The pairs are views of the source. */
fact_list content_read_facts(content_reader *r, const content_source *source, str *rest,
                             char separator);

/* --- content_texts.c --- */

/* What holds between the texts of an item, and between items. */
void content_check(content_reader *r);

/* The item's original: NULL when no text or several say so. */
const content_text *content_original(const content_item *item);

/* --- content_stamp.c --- */

/* Gives translations of an original that has changed since the state outdated. */
void content_mark_outdated(arena *a, content_item *item);

/* --- content_rules.c --- */

/* The INI of a declaration, understood. */
typedef struct declaration_rules {
    int64_t version;
    int64_t opens_ms, closes_ms;
    int64_t retain_ms; /* everything personal is erased then */
    int64_t goal;
    int64_t per_mailbox;
    int64_t kinds; /* bits 1 << (signer_kind - 1) */
    bool is_light;
    record_mode records;
    str recipients; /* empty: none named */
    str original;
} declaration_rules;

/* ERR_INVALID: that key has a value that the message refuses. */
MUST_USE err declaration_rules_read(fact_list facts, declaration_rules *out_rules, str *out_key,
                                    const char **out_message);

/* --- content_check.c --- */

/* An item of a folder that is read; NULL: there is none. */
const content_item *content_find(const content_folder *folder, str kind, str slug);

/* What other kinds must say. ERR_INVALID: that key has a value that the message refuses. */
MUST_USE err content_item_check(const content_folder *folder, const content_item *item,
                                str *out_key, const char **out_message);
