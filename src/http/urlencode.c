/* SPDX-License-Identifier: EUPL-1.2 */
/* One decoder for all three places; they differ in '+' and in what is refused afterwards. */

#include "http/urlencode.h"

#include "base/number.h"
#include "base/utf8.h"

/* Decoded text is never longer than raw. */
static err decode(arena *a, str raw, bool plus_is_space, str *out_text)
{
    bool is_plain = memchr(raw.at, '%', raw.n) == NULL;
    if (plus_is_space && is_plain)
        is_plain = memchr(raw.at, '+', raw.n) == NULL;
    str text = raw;
    if (!is_plain) {
        char *to = arena_alloc(a, raw.n + 1);
        size_t n = 0;
        for (size_t i = 0; i < raw.n; i++) {
            char c = raw.at[i];
            if (c == '%') {
                int high = i + 2 < raw.n ? number_hex_digit(raw.at[i + 1]) : -1;
                int low = i + 2 < raw.n ? number_hex_digit(raw.at[i + 2]) : -1;
                if (high < 0 || low < 0)
                    return ERR_INVALID;
                c = (char)(high << 4 | low);
                i += 2;
            } else if (c == '+' && plus_is_space) {
                c = ' ';
            }
            to[n++] = c;
        }
        text = (str){to, n};
    }
    if (memchr(text.at, 0, text.n) || !utf8_is_valid(text))
        return ERR_INVALID;
    *out_text = text;
    return OK;
}

/* An escape of '/' or '\' would change the number of segments for whoever decodes next. */
static bool has_encoded_slash(str raw)
{
    for (size_t i = 0; i + 2 < raw.n; i++) {
        if (raw.at[i] != '%')
            continue;
        int byte = number_hex_digit(raw.at[i + 1]) * 16 + number_hex_digit(raw.at[i + 2]);
        if (byte == '/' || byte == '\\')
            return true;
    }
    return false;
}

static bool has_odd_segment(str path)
{
    str rest = str_skip(path, 1);
    while (rest.n) {
        str after = {0};
        str segment = str_cut(rest, '/', &after);
        if (segment.n == 0 || str_eq(segment, S(".")) || str_eq(segment, S("..")))
            return true;
        rest = after;
    }
    return false;
}

err urlencode_read_path(arena *a, str raw, str *out_path)
{
    if (raw.n == 0 || raw.at[0] != '/' || has_encoded_slash(raw))
        return ERR_INVALID;
    str path = {0};
    TRY(decode(a, raw, false, &path));
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c < 0x20 || c == 0x7f || c == '\\')
            return ERR_INVALID;
    }
    if (has_odd_segment(path))
        return ERR_INVALID;
    *out_path = path;
    return OK;
}

err urlencode_read_pairs(arena *a, str raw, size_t most, url_pairs *out_pairs)
{
    url_pairs pairs = {0};
    if (raw.n == 0) {
        *out_pairs = pairs;
        return OK;
    }
    size_t n = 1;
    for (size_t i = 0; i < raw.n; i++)
        n += raw.at[i] == '&';
    if (n > most)
        return ERR_INVALID;
    pairs.at = arena_array(a, url_pair, n);
    while (raw.n) {
        str rest = {0};
        str value = {"", 0};
        str one = str_cut(raw, '&', &rest);
        str name = str_cut(one, '=', &value);
        url_pair *pair = &pairs.at[pairs.n++];
        TRY(decode(a, name, true, &pair->name));
        TRY(decode(a, value, true, &pair->value));
        if (pair->name.n == 0)
            return ERR_INVALID;
        raw = rest;
    }
    *out_pairs = pairs;
    return OK;
}

void urlencode_put(buf *b, str s)
{
    static const char digit[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (is_alnum || c == '-' || c == '.' || c == '_' || c == '~') {
            buf_put_char(b, (char)c);
        } else {
            buf_put_char(b, '%');
            buf_put_char(b, digit[c >> 4]);
            buf_put_char(b, digit[c & 15]);
        }
    }
}
