/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8 decoding by the table of RFC 3629 section 4. */

#include "base/utf8.h"

int32_t utf8_next(str *s)
{
    if (s->n == 0)
        return -2;
    unsigned char lead = (unsigned char)s->at[0];
    if (lead < 0x80) {
        *s = str_skip(*s, 1);
        return lead;
    }
    size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                  : lead >= 0xE0 && lead <= 0xEF ? 3
                  : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                 : 0;
    int32_t code = size == 2 ? lead & 0x1F : size == 3 ? lead & 0x0F : lead & 0x07;
    bool is_good = size > 0 && s->n >= size;
    for (size_t i = 1; is_good && i < size; i++) {
        unsigned char c = (unsigned char)s->at[i];
        is_good = (c & 0xC0) == 0x80;
        code = (code << 6) | (c & 0x3F);
    }
    if (is_good && size == 3)
        is_good = code >= 0x800 && (code < 0xD800 || code > 0xDFFF);
    if (is_good && size == 4)
        is_good = code >= 0x10000 && code <= 0x10FFFF;
    *s = str_skip(*s, is_good ? size : 1);
    return is_good ? code : -1;
}

bool utf8_is_valid(str s)
{
    int32_t code;
    while ((code = utf8_next(&s)) >= 0)
        ;
    return code == -2;
}

size_t utf8_length(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

size_t utf8_encode(int32_t code, char out[static 4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | (code >> 6));
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | (code >> 12));
        out[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (code >> 18));
    out[1] = (char)(0x80 | ((code >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((code >> 6) & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

bool utf8_has_controls(str s)
{
    int32_t code;
    while ((code = utf8_next(&s)) >= 0) {
        bool is_control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
        bool is_separator = code == 0x2028 || code == 0x2029 || code == 0xFEFF;
        bool is_bidi = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
        bool is_noncharacter = (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
        if (is_control || is_separator || is_bidi || is_noncharacter)
            return true;
    }
    return false;
}
