/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading stored letters back. A letter may come from anyone who reached the sink, so this parser
 * is total: it walks each byte once, nests nothing, and shows what it does not understand as it
 * stands. */

#include "mail/sink.h"

#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LETTER_MAX_BYTES = MAIL_SINK_MESSAGE_MAX_BYTES + 4096, PARTS = 20, NAME_MAX_BYTES = 64 };

static str text_clean(arena *a, str s)
{
    if (utf8_is_valid(s))
        return s;
    buf b = buf_in(a);
    while (s.n > 0) {
        str before = s;
        int32_t code = utf8_next(&s);
        buf_put(&b, code < 0 ? S("\xEF\xBF\xBD") : str_head(before, before.n - s.n));
    }
    return buf_str(&b);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "=XX" to its byte; in_header also "_" to a space. CRLF becomes LF. */
static str quoted_read(arena *a, str s, bool in_header)
{
    buf b = buf_in(a);
    buf_reserve(&b, s.n);
    for (size_t i = 0; i < s.n; i++) {
        str rest = str_skip(s, i);
        if (str_starts(rest, S("=\r\n"))) {
            i += 2;
        } else if (rest.n >= 3 && rest.at[0] == '=' && hex_value(rest.at[1]) >= 0 &&
                   hex_value(rest.at[2]) >= 0) {
            buf_put_char(&b, (char)(hex_value(rest.at[1]) << 4 | hex_value(rest.at[2])));
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

/* RFC 2045 6.8: characters outside the alphabet are passed over. */
static str base64_decode(arena *a, str s)
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

/* One "=?charset?B?text?=" at the front of s: its length, 0 when there is none. */
static size_t word_read(arena *a, str s, str *out_text)
{
    if (!str_starts(s, S("=?")))
        return 0;
    str rest;
    str charset = str_cut(str_skip(s, 2), '?', &rest);
    str encoding = str_cut(rest, '?', &rest);
    size_t end = str_find_str(rest, S("?="));
    if (encoding.n != 1 || end == rest.n || charset.n > 20)
        return 0;
    str text = str_head(rest, end);
    char kind = (char)(encoding.at[0] | 0x20);
    if (kind != 'b' && kind != 'q')
        return 0;
    *out_text = kind == 'b' ? base64_decode(a, text) : quoted_read(a, text, true);
    return s.n - str_skip(rest, end + 2).n;
}

/* RFC 2047: words decoded, white space between two words dropped. */
static str header_decode(arena *a, str s)
{
    buf b = buf_in(a);
    bool after_word = false;
    while (s.n > 0) {
        str text;
        size_t gap = 0;
        while (gap < s.n && (s.at[gap] == ' ' || s.at[gap] == '\t'))
            gap++;
        size_t n = word_read(a, str_skip(s, gap), &text);
        if (n > 0) {
            if (!after_word)
                buf_put(&b, str_head(s, gap));
            buf_put(&b, text);
            s = str_skip(s, gap + n);
            after_word = true;
        } else {
            size_t step = gap > 0 ? gap : 1;
            buf_put(&b, str_head(s, step));
            s = str_skip(s, step);
            after_word = false;
        }
    }
    return text_clean(a, buf_str(&b));
}

/* The value of the first header of that name, unfolded; empty when there is none. */
static str header_find(arena *a, str head, str name)
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

static void head_cut(str whole, str *out_head, str *out_body)
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

static void part_read(arena *a, str head, str body, mail_letter *letter)
{
    str encoding = header_find(a, head, S("Content-Transfer-Encoding"));
    str type = header_find(a, head, S("Content-Type"));
    str decoded;
    if (str_eq_nocase(encoding, S("quoted-printable")))
        decoded = quoted_read(a, body, false);
    else if (str_eq_nocase(encoding, S("base64")))
        decoded = lines_unix(a, base64_decode(a, body));
    else
        decoded = lines_unix(a, body);
    decoded = text_clean(a, decoded);
    if (str_eq_nocase(str_head(type, 9), S("text/html"))) {
        if (letter->html.n == 0)
            letter->html = decoded;
    } else if (letter->text.n == 0) {
        letter->text = decoded;
    }
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

static void parts_read(arena *a, str body, str boundary, mail_letter *letter)
{
    buf mark = buf_in(a);
    buf_put(&mark, S("\r\n--"));
    buf_put(&mark, boundary);
    str marker = buf_str(&mark);
    size_t at = str_starts(body, str_skip(marker, 2)) ? 0 : str_find_str(body, marker) + 2;
    str rest = str_skip(body, at + marker.n - 2);
    for (int parts = 0; parts < PARTS && rest.n > 0 && !str_starts(rest, S("--")); parts++) {
        size_t end = str_find_str(rest, marker);
        str part = str_head(rest, end);
        part = str_skip(part, str_find_str(part, S("\r\n")) + 2);
        str part_head;
        str part_body;
        head_cut(part, &part_head, &part_body);
        part_read(a, part_head, part_body, letter);
        rest = str_skip(rest, end + marker.n);
    }
}

err mail_letter_read(arena *a, str rfc5322, mail_letter *out_letter)
{
    if (rfc5322.n > LETTER_MAX_BYTES)
        return ERR_LIMIT;
    str head;
    str body;
    head_cut(rfc5322, &head, &body);
    if (str_find(head, ':') == head.n)
        return ERR_INVALID;
    mail_letter letter = {
        .from = header_decode(a, header_find(a, head, S("From"))),
        .to = header_decode(a, header_find(a, head, S("To"))),
        .subject = header_decode(a, header_find(a, head, S("Subject"))),
        .date = header_decode(a, header_find(a, head, S("Date"))),
        .language = header_decode(a, header_find(a, head, S("Content-Language"))),
        .message_id = header_decode(a, header_find(a, head, S("Message-ID"))),
        .delivered_to = header_decode(a, header_find(a, head, S("Delivered-To"))),
    };
    str type = header_find(a, head, S("Content-Type"));
    str boundary = boundary_of(type);
    if (str_eq_nocase(str_head(type, 10), S("multipart/")) && boundary.n > 0 && boundary.n <= 70)
        parts_read(a, body, boundary, &letter);
    else
        part_read(a, head, body, &letter);
    *out_letter = letter;
    return OK;
}

/* The sink's own names: digits, hex and dashes, then ".eml". */
static bool is_letter_name(str name)
{
    if (name.n < 5 || name.n > NAME_MAX_BYTES || !str_ends(name, S(".eml")))
        return false;
    for (size_t i = 0; i < name.n - 4; i++)
        if (name.at[i] != '-' && hex_value(name.at[i]) < 0)
            return false;
    return true;
}

static int newest_first(const void *left, const void *right)
{
    const str *l = left;
    const str *r = right;
    return str_cmp(*r, *l);
}

err mail_inbox_list(arena *a, str folder, size_t n, str_list *out_names)
{
    DIR *dir = opendir(arena_cstr(a, folder));
    if (!dir)
        return ERR_IO;
    size_t room = 64;
    str_list names = {arena_array(a, str, room), 0};
    for (struct dirent *entry; (entry = readdir(dir));) {
        str name = str_of(entry->d_name);
        if (!is_letter_name(name))
            continue;
        if (names.n == room) {
            str *more = arena_array(a, str, room * 2);
            memcpy(more, names.at, names.n * sizeof(str));
            names.at = more;
            room *= 2;
        }
        names.at[names.n++] = arena_copy(a, name);
    }
    closedir(dir);
    qsort(names.at, names.n, sizeof(str), newest_first);
    if (names.n > n)
        names.n = n;
    *out_names = names;
    return OK;
}

err mail_inbox_read(arena *a, str folder, str name, str *out_rfc5322)
{
    if (!is_letter_name(name))
        return ERR_NOT_FOUND;
    str path = arena_printf(a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(name));
    int file = open(arena_cstr(a, path), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0)
        return ERR_NOT_FOUND;
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size > LETTER_MAX_BYTES) {
        close(file);
        return ERR_NOT_FOUND;
    }
    size_t room = (size_t)status.st_size;
    char *bytes = arena_alloc(a, room);
    size_t n = 0;
    for (ssize_t got; n < room && (got = read(file, bytes + n, room - n)) > 0;)
        n += (size_t)got;
    close(file);
    *out_rfc5322 = (str){bytes, n};
    return OK;
}
