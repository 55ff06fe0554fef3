/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What `export` hands to the organiser and `open` reads: a tar file of
 *
 *   records.csv          one line a record: what the server knows in clear (sealed_line)
 *   records/NUMBER.age   the record, a file of the age format, which any age tool opens
 *
 * in the same order, so that both are read as streams (docs/records.md). */

#include "bundle/bundle.h"
#include "core/export.h"

enum { SEALED_FILE_BYTES_MOST = 128 << 10 };

/* A line of records.csv. */
typedef struct sealed_line {
    int64_t number; /* of the signature */
    int64_t leaf;   /* in the log; -1: none yet */
    bool is_withdrawn, is_listed, wants_news, is_sample;
    int64_t text_version;
    hash32 commitment;
    bool has_mailbox; /* older exports name none */
    mailbox_id mailbox;
} sealed_line;

void sealed_line_heading(buf *b);
void sealed_line_put(buf *b, const exported_record *r);
/* ERR_INVALID: no such line. */
MUST_USE err sealed_line_read(str line, sealed_line *out_line);

/* "records/17.age" */
str sealed_name(arena *a, int64_t number);
/* ERR_INVALID: no such name. */
MUST_USE err sealed_name_read(str name, int64_t *out_number);
