/* SPDX-License-Identifier: EUPL-1.2 */
#include "mail/mime.h"

#include "base/number.h"

enum { BOUNDARY_MAX_BYTES = 70 }; /* RFC 2046 5.1.1 */

str mime_quoted_read(arena *a, str s, bool in_header)
{
    buf b = buf_in(a);
    buf_reserve(&b, s.n);
    for (size_t i = 0; i < s.n; i++) {
        str rest = str_skip(s, i);
        if (str_starts(rest, S("=\r\n"))) {
            i += 2;
        } else if (rest.n >= 3 && rest.at[0] == '=' && number_hex_digit(rest.at[1]) >= 0 &&
                   number_hex_digit(rest.at[2]) >= 0) {
            buf_put_char(&b,
                         (char)(number_hex_digit(rest.at[1]) << 4 | number_hex_digit(rest.at[2])));
            i += 2;
        } else if (in_header && rest.at[0] == '_') {
            buf_put_char(&b, ' ');
        } else if (!str_starts(rest, S("\r\n"))) {
            buf_put_char(&b, rest.at[0]);
        }
    }
    return buf_str(&b);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

str mime_base64_read(arena *a, str s)
{
    buf b = buf_in(a);
    unsigned bits = 0;
    int n = 0;
    for (size_t i = 0; i < s.n && s.at[i] != '='; i++) {
        int value = base64_value(s.at[i]);
        if (value < 0)
            continue;
        bits = bits << 6 | (unsigned)value;
        n += 6;
        if (n >= 8) {
            n -= 8;
            buf_put_char(&b, (char)(bits >> n & 0xFF));
        }
    }
    return buf_str(&b);
}

str mime_field(arena *a, str head, str name)
{
    buf value = buf_in(a);
    bool is_found = false;
    while (head.n > 0) {
        size_t end = str_find_str(head, S("\r\n"));
        str line = str_head(head, end);
        head = str_skip(head, end + 2);
        bool is_folded = line.n > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
        if (is_found && !is_folded)
            break;
        if (is_found) {
            buf_put_char(&value, ' ');
            buf_put(&value, str_trim(line));
        } else if (!is_folded && line.n > name.n && line.at[name.n] == ':' &&
                   str_eq_nocase(str_head(line, name.n), name)) {
            is_found = true;
            buf_put(&value, str_trim(str_skip(line, name.n + 1)));
        }
    }
    return str_trim(buf_str(&value));
}

void mime_cut(str whole, str *out_head, str *out_body)
{
    if (str_starts(whole, S("\r\n"))) {
        *out_head = S("");
        *out_body = str_skip(whole, 2);
        return;
    }
    size_t end = str_find_str(whole, S("\r\n\r\n"));
    *out_head = str_head(whole, end);
    *out_body = str_skip(whole, end + 4);
}

static str lines_unix(arena *a, str s)
{
    buf b = buf_in(a);
    buf_reserve(&b, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (!(s.at[i] == '\r' && i + 1 < s.n && s.at[i + 1] == '\n'))
            buf_put_char(&b, s.at[i]);
    return buf_str(&b);
}

str mime_body(arena *a, str head, str body)
{
    str encoding = mime_field(a, head, S("Content-Transfer-Encoding"));
    if (str_eq_nocase(encoding, S("quoted-printable")))
        return mime_quoted_read(a, body, false);
    if (str_eq_nocase(encoding, S("base64")))
        return lines_unix(a, mime_base64_read(a, body));
    return lines_unix(a, body);
}

/* boundary=token or boundary="quoted". */
static str boundary_of(str type)
{
    static const str word = STR_INIT("boundary=");
    for (size_t i = 0; i + word.n < type.n; i++) {
        str rest = str_skip(type, i);
        if (!str_eq_nocase(str_head(rest, word.n), word))
            continue;
        rest = str_skip(rest, word.n);
        if (rest.at[0] == '"')
            return str_head(str_skip(rest, 1), str_find(str_skip(rest, 1), '"'));
        return str_head(rest, str_find(rest, ';'));
    }
    return S("");
}

bool mime_parts_open(arena *a, str type, str body, mime_parts *out_parts)
{
    str boundary = boundary_of(type);
    if (!str_eq_nocase(str_head(type, 10), S("multipart/")) || boundary.n == 0 ||
        boundary.n > BOUNDARY_MAX_BYTES)
        return false;
    buf mark = buf_in(a);
    buf_put(&mark, S("\r\n--"));
    buf_put(&mark, boundary);
    str marker = buf_str(&mark);
    size_t at = str_starts(body, str_skip(marker, 2)) ? 0 : str_find_str(body, marker) + 2;
    *out_parts = (mime_parts){str_skip(body, at + marker.n - 2), marker, MIME_PARTS_MOST};
    return true;
}

bool mime_parts_next(mime_parts *parts, str *out_head, str *out_body)
{
    if (parts->left == 0 || parts->rest.n == 0 || str_starts(parts->rest, S("--")))
        return false;
    size_t end = str_find_str(parts->rest, parts->marker);
    str part = str_head(parts->rest, end);
    part = str_skip(part, str_find_str(part, S("\r\n")) + 2);
    mime_cut(part, out_head, out_body);
    parts->rest = str_skip(parts->rest, end + parts->marker.n);
    parts->left--;
    return true;
}
