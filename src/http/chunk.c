/* SPDX-License-Identifier: EUPL-1.2 */
/* One state per position in the grammar; data is copied in runs, the rest byte by byte. */

#include "http/chunk.h"

#include "base/number.h"

enum { AT_SIZE, AT_SIZE_LF, AT_DATA, AT_DATA_CR, AT_DATA_LF, AT_LAST_CR, AT_LAST_LF, AT_END };

/* One byte of the size line. */
static bool size_byte(chunk *c, char byte)
{
    int digit = number_hex_digit(byte);
    if (digit >= 0) {
        if (c->digits++ == 8)
            return false;
        c->left = c->left << 4 | (uint32_t)digit;
        return true;
    }
    if (byte != '\r' || c->digits == 0)
        return false;
    c->state = AT_SIZE_LF;
    return true;
}

/* One byte outside of data. */
static bool frame_byte(chunk *c, char byte)
{
    switch (c->state) {
    case AT_SIZE:
        return size_byte(c, byte);
    case AT_SIZE_LF:
        c->state = c->left ? AT_DATA : AT_LAST_CR;
        c->digits = 0;
        return byte == '\n';
    case AT_DATA_CR:
    case AT_LAST_CR:
        c->state++;
        return byte == '\r';
    case AT_DATA_LF:
        c->state = AT_SIZE;
        return byte == '\n';
    case AT_LAST_LF:
        c->state = AT_END;
        return byte == '\n';
    default:
        return false;
    }
}

int chunk_read(chunk *c, str *in, char *out, size_t room, size_t *out_n)
{
    *out_n = 0;
    while (in->n) {
        if (c->state == AT_DATA) {
            if (*out_n == room)
                return CHUNK_FULL;
            size_t n = in->n < c->left ? in->n : c->left;
            if (n > room - *out_n)
                n = room - *out_n;
            memcpy(out + *out_n, in->at, n);
            *out_n += n;
            c->left -= (uint32_t)n;
            *in = str_skip(*in, n);
            if (c->left == 0)
                c->state = AT_DATA_CR;
            continue;
        }
        if (!frame_byte(c, in->at[0]))
            return CHUNK_BAD;
        *in = str_skip(*in, 1);
        if (c->state == AT_END)
            return CHUNK_DONE;
    }
    return CHUNK_MORE;
}
