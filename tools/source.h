/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the build's own generators share: reading a source file, refusing it with its place, and
 * writing a generated file only when it changed (so that nothing rebuilds in vain).
 *
 * A generator reads line-based or character-based input, refuses whatever it does not know, and
 * writes only into the build folder. It exits 1 after the first refusal. */

#include "base/base.h"

typedef struct source {
    const char *path; /* as given, for messages and #line */
    str text;         /* valid UTF-8, LF line ends, ends with LF */
} source;

/* The whole file. Exits with a message when it cannot be read, is larger than 4 MiB, is not UTF-8
 * or has CR line ends. */
source source_read(arena *a, const char *path);

/* "path:line: message" on stderr, then exit 1. Lines count from 1. */
_Noreturn void source_refuse(const source *s, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Takes one line (without LF) off the front; false at the end. */
bool source_line(str *rest, str *out_line);

/* [A-Za-z_][A-Za-z0-9_]* at the front of s: its length, 0 when there is none. */
size_t source_identifier(str s);

/* Writes text to path unless it holds the same bytes. Exits with a message on failure. */
void source_write(const char *path, str text);

/* As a C string literal with quotes, octal escapes for what is not printable ASCII. */
void source_put_literal(buf *b, str s);
