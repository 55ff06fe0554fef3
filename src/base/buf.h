/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A growing text, bound to an arena. Always valid; `at` is NULL only while nothing was put. */

#include "base/arena.h"

typedef struct buf {
    arena *home;
    char *at;
    size_t n;
    size_t room;
} buf;

static inline buf buf_in(arena *home)
{
    return (buf){home, NULL, 0, 0};
}

/* Makes room for n more bytes, so that the next puts do not copy. */
void buf_reserve(buf *b, size_t n);

void buf_put(buf *b, str s);
void buf_put_char(buf *b, char c);
void buf_put_int(buf *b, int64_t number);
void buf_put_hex(buf *b, const void *bytes, size_t n); /* lower case */
void buf_put_json(buf *b, str s); /* a JSON string with its quotes (RFC 8259) */
void buf_printf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was put so far; valid until the next put. */
static inline str buf_str(const buf *b)
{
    return b->at ? (str){b->at, b->n} : (str){"", 0};
}
