/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What sqlc knows of a file of statements after reading it; written out by sqlc_write.c. */

#include "source.h"

enum { FIELDS_MOST = 40, STATEMENTS_MOST = 300, ARENA_BYTES = 64 << 20 };

/* A type of the language of headers, and what it is in C. */
typedef struct kind {
    const char *word;
    const char *c_type;
    const char *c_nullable;
    const char *constant;
    bool is_bytes;
} kind;

typedef enum shape { NONE, COUNT, ONE, MAYBE, MANY } shape;

typedef struct field {
    str name;
    const kind *kind;
    bool is_nullable;
} field;

typedef struct field_list {
    field at[FIELDS_MOST];
    size_t n;
} field_list;

typedef struct statement {
    str name;
    size_t line;
    str comment;
    field_list in, out;
    shape shape;
    const char *reach;
    str sqlite_text, pg_text;
    bool has_override;
} statement;

typedef struct catalogue {
    arena *home;
    source s;
    str base; /* NAME of sql/NAME.sql */
    statement *at;
    size_t n;
    str rest;    /* not read yet */
    size_t line; /* of what is read now */
    buf comment; /* lines above the next header */
} catalogue;

/* Fills what follows `base`; home, s and base are the caller's. Refuses by source_refuse. */
void read_statements(catalogue *c);

/* The text of q_NAME.h and q_NAME.c. */
void write_header(const catalogue *c, buf *b);
void write_code(const catalogue *c, buf *b);
