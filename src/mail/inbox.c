/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading stored letters back. A letter may come from anyone who reached the sink, so this parser
 * is total: it walks each byte once, nests nothing, and shows what it does not understand as it
 * stands. */

#include "mail/sink.h"

#include "base/number.h"
#include "base/utf8.h"
#include "mail/mime.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LETTER_MAX_BYTES = MAIL_SINK_MESSAGE_MAX_BYTES + 4096, NAME_MAX_BYTES = 64 };

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
    *out_text = kind == 'b' ? mime_base64_read(a, text) : mime_quoted_read(a, text, true);
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

static void part_read(arena *a, str head, str body, mail_letter *letter)
{
    str type = mime_field(a, head, S("Content-Type"));
    str decoded = text_clean(a, mime_body(a, head, body));
    if (str_eq_nocase(str_head(type, 9), S("text/html"))) {
        if (letter->html.n == 0)
            letter->html = decoded;
    } else if (letter->text.n == 0) {
        letter->text = decoded;
    }
}

err mail_letter_read(arena *a, str rfc5322, mail_letter *out_letter)
{
    if (rfc5322.n > LETTER_MAX_BYTES)
        return ERR_LIMIT;
    str head;
    str body;
    mime_cut(rfc5322, &head, &body);
    if (str_find(head, ':') == head.n)
        return ERR_INVALID;
    mail_letter letter = {
        .from = header_decode(a, mime_field(a, head, S("From"))),
        .to = header_decode(a, mime_field(a, head, S("To"))),
        .subject = header_decode(a, mime_field(a, head, S("Subject"))),
        .date = header_decode(a, mime_field(a, head, S("Date"))),
        .language = header_decode(a, mime_field(a, head, S("Content-Language"))),
        .message_id = header_decode(a, mime_field(a, head, S("Message-ID"))),
        .delivered_to = header_decode(a, mime_field(a, head, S("Delivered-To"))),
    };
    str type = mime_field(a, head, S("Content-Type"));
    mime_parts parts;
    if (!mime_parts_open(a, type, body, &parts))
        part_read(a, head, body, &letter);
    else
        while (mime_parts_next(&parts, &head, &body))
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
        if (name.at[i] != '-' && number_hex_digit(name.at[i]) < 0)
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
