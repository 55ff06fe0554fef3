/* SPDX-License-Identifier: EUPL-1.2 */
/* A growing text. Old storage stays in the arena: doubling keeps that waste below the text. */

#include "base/buf.h"

#include "base/err.h"

#include <inttypes.h>
#include <stdio.h>

void buf_reserve(buf *b, size_t n)
{
    if (b->room - b->n >= n)
        return;
    size_t room = b->room ? b->room * 2 : 256;
    while (room - b->n < n)
        room *= 2;
    char *larger = arena_alloc(b->home, room);
    if (b->n)
        memcpy(larger, b->at, b->n);
    b->at = larger;
    b->room = room;
}

void buf_put(buf *b, str s)
{
    if (s.n == 0)
        return;
    buf_reserve(b, s.n);
    memcpy(b->at + b->n, s.at, s.n);
    b->n += s.n;
}

void buf_put_char(buf *b, char c)
{
    buf_put(b, (str){&c, 1});
}

void buf_put_int(buf *b, int64_t number)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%" PRId64, number);
    buf_put(b, (str){text, (size_t)n});
}

void buf_put_hex(buf *b, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = bytes;
    buf_reserve(b, n * 2);
    for (size_t i = 0; i < n; i++) {
        b->at[b->n++] = digits[from[i] >> 4];
        b->at[b->n++] = digits[from[i] & 15];
    }
}

void buf_put_json(buf *b, str s)
{
    buf_put_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < ' ') {
            buf_printf(b, "\\u%04x", c);
            continue;
        }
        if (c == '"' || c == '\\')
            buf_put_char(b, '\\');
        buf_put_char(b, (char)c);
    }
    buf_put_char(b, '"');
}

void buf_printf(buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    BUG_IF(n < 0);
    buf_reserve(b, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(b->at + b->n, (size_t)n + 1, format, args);
    va_end(args);
    b->n += (size_t)n;
}
