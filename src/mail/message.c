/* SPDX-License-Identifier: EUPL-1.2 */
/* Every byte of a message is either ours, an encoded form, or a checked printable character: there
 * is no path by which a value can start a line of its own. The boundary needs no randomness: it
 * begins with "=_", which quoted-printable never produces (RFC 2045 6.7). */

#include "base/clock.h"
#include "base/random.h"
#include "base/utf8.h"
#include "mail/mail.h"

#include <time.h>

#define BOUNDARY "=_part"
#define CRLF "\r\n"

enum {
    LINE_BYTES = 76,      /* RFC 2047 2 and RFC 2045 6.7 */
    WORD_FRAME_BYTES = 12 /* "=?utf-8?B?" and "?=" */
};

static bool is_printable_ascii(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i] < 0x20 || s.at[i] > 0x7E)
            return false;
    return true;
}

static bool has_any(str s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.at[i] != '\0' && strchr(set, s.at[i]))
            return true;
    return false;
}

bool mail_address_ok(email_address address)
{
    str s = personal_text(address);
    size_t at = str_find(s, '@');
    str host = str_skip(s, at + 1);
    return s.n <= MAIL_ADDRESS_MAX_BYTES && at > 0 && host.n > 0 && str_find(host, '@') == host.n &&
           utf8_is_valid(s) && !utf8_has_controls(s) && !has_any(s, " <>()[]:;\\,\"");
}

static void base64_put(buf *b, str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < s.n; i += 3) {
        unsigned char at[3] = {0};
        size_t n = s.n - i < 3 ? s.n - i : 3;
        memcpy(at, s.at + i, n);
        unsigned bits = (unsigned)at[0] << 16 | (unsigned)at[1] << 8 | at[2];
        buf_put_char(b, digits[bits >> 18]);
        buf_put_char(b, digits[bits >> 12 & 63]);
        buf_put_char(b, n > 1 ? digits[bits >> 6 & 63] : '=');
        buf_put_char(b, n > 2 ? digits[bits & 63] : '=');
    }
}

/* The longest start of s of at most room bytes that ends between two code points. */
static str head_of_whole_points(str s, size_t room)
{
    if (s.n <= room)
        return s;
    while (room > 0 && ((unsigned char)s.at[room] & 0xC0) == 0x80)
        room--;
    return str_head(s, room);
}

/* How far the last line of b has come. */
static size_t column_of(const buf *b)
{
    size_t column = 0;
    while (column < b->n && b->at[b->n - 1 - column] != '\n')
        column++;
    return column;
}

/* RFC 2047 words, each of them whole UTF-8, as section 5 asks. */
static void words_put(buf *b, str s)
{
    while (s.n > 0) {
        size_t room = (LINE_BYTES - column_of(b) - WORD_FRAME_BYTES) / 4 * 3;
        str word = head_of_whole_points(s, room);
        buf_put(b, S("=?utf-8?B?"));
        base64_put(b, word);
        buf_put(b, S("?="));
        s = str_skip(s, word.n);
        if (s.n > 0)
            buf_put(b, S(CRLF " "));
    }
}

/* Short printable ASCII stands as it is; "=?" would be taken for a word. */
static bool needs_words(const buf *b, str s, size_t frame)
{
    return !is_printable_ascii(s) || column_of(b) + s.n + frame > LINE_BYTES ||
           str_find_str(s, S("=?")) != s.n;
}

static void text_put(buf *b, str s)
{
    if (needs_words(b, s, 0) || !str_eq(s, str_trim(s)))
        words_put(b, s);
    else
        buf_put(b, s);
}

static void name_put(buf *b, str name)
{
    if (needs_words(b, name, 2) || has_any(name, "\"\\")) {
        words_put(b, name);
        return;
    }
    buf_put_char(b, '"');
    buf_put(b, name);
    buf_put_char(b, '"');
}

/* " <value>", on a folded line where it would be long. */
static void angle_put(buf *b, str value)
{
    buf_put(b, column_of(b) + value.n + 3 > LINE_BYTES ? S(CRLF " <") : S(" <"));
    buf_put(b, value);
    buf_put_char(b, '>');
}

/* RFC 5322 3.3; strftime would speak the locale's language. */
static void date_put(buf *b, int64_t unix_ms)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm t;
    BUG_IF(!gmtime_r(&seconds, &t));
    buf_printf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000" CRLF, days[t.tm_wday], t.tm_mday,
               months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* RFC 2045 6.7. Lines stay within 76 bytes; what a relay or an old mailbox format could change
 * (white space at the end of a line, "From " at its start) is encoded too. */
static void quoted_put(buf *b, str s)
{
    static const char hex[] = "0123456789ABCDEF";
    buf_reserve(b, s.n + s.n / 8);
    size_t column = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '\n') {
            buf_put(b, S(CRLF));
            column = 0;
            continue;
        }
        bool ends_line = i + 1 == s.n || s.at[i + 1] == '\n';
        bool is_plain =
            (c > 0x20 && c < 0x7F && c != '=') || ((c == ' ' || c == '\t') && !ends_line);
        if (column == 0 && str_starts(str_skip(s, i), S("From ")))
            is_plain = false;
        size_t width = is_plain ? 1 : 3;
        if (column + width > LINE_BYTES - (ends_line ? 0 : 1)) {
            buf_put(b, S("=" CRLF));
            column = 0;
        }
        if (is_plain) {
            buf_put_char(b, (char)c);
        } else {
            buf_put_char(b, '=');
            buf_put_char(b, hex[c >> 4]);
            buf_put_char(b, hex[c & 15]);
        }
        column += width;
    }
    buf_put(b, S(CRLF)); /* belongs to the boundary that follows */
}

static void part_put(buf *b, str type, str content)
{
    buf_put(b, S("--" BOUNDARY CRLF "Content-Type: "));
    buf_put(b, type);
    buf_put(b, S("; charset=utf-8" CRLF "Content-Transfer-Encoding: quoted-printable" CRLF CRLF));
    quoted_put(b, content);
}

static err header_text_check(str s)
{
    if (s.n > MAIL_HEADER_MAX_BYTES)
        return ERR_LIMIT;
    return utf8_is_valid(s) && !utf8_has_controls(s) ? OK : ERR_INVALID;
}

/* What stands between angle brackets: visible ASCII without brackets. */
static err angle_check(str s)
{
    if (s.n > MAIL_HEADER_MAX_BYTES)
        return ERR_LIMIT;
    return s.n > 0 && is_printable_ascii(s) && !has_any(s, " <>") ? OK : ERR_INVALID;
}

static err message_id_check(str s)
{
    if (s.n < 5 || s.at[0] != '<' || s.at[s.n - 1] != '>')
        return ERR_INVALID;
    str inner = str_head(str_skip(s, 1), s.n - 2);
    TRY(angle_check(inner));
    return mail_address_ok((email_address){inner}) ? OK : ERR_INVALID;
}

static err language_check(str s)
{
    if (s.n == 0 || s.n > 35)
        return ERR_INVALID;
    for (size_t i = 0; i < s.n; i++)
        if (!(s.at[i] == '-' || (s.at[i] >= '0' && s.at[i] <= '9') ||
              ((s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z')))
            return ERR_INVALID;
    return OK;
}

static err body_check(str s)
{
    if (s.n > MAIL_BODY_MAX_BYTES)
        return ERR_LIMIT;
    return utf8_is_valid(s) ? OK : ERR_INVALID;
}

static err unsubscribe_check(const mail_message *m)
{
    str page = m->list_unsubscribe, mail = m->list_unsubscribe_mail;
    if (page.n > 0) {
        TRY(angle_check(page));
        if (!str_starts(page, S("https://")) && !str_starts(page, S("http://")))
            return ERR_INVALID;
    }
    if (mail.n > 0) {
        TRY(angle_check(mail));
        if (page.n == 0 || !str_starts(mail, S("mailto:")))
            return ERR_INVALID;
    }
    return OK;
}

static err message_check(const mail_message *m)
{
    TRY(header_text_check(m->from_name));
    TRY(header_text_check(m->subject));
    TRY(message_id_check(m->message_id));
    TRY(language_check(m->language));
    TRY(body_check(m->text));
    TRY(body_check(m->html));
    if (!mail_address_ok(m->from) || !mail_address_ok(m->to))
        return ERR_INVALID;
    if (m->reply_to.n > 0 && !mail_address_ok((email_address){m->reply_to}))
        return ERR_INVALID;
    return unsubscribe_check(m);
}

static void headers_put(buf *b, const mail_message *m)
{
    date_put(b, m->date_ms);
    buf_put(b, S("From:"));
    if (m->from_name.n > 0) {
        buf_put_char(b, ' ');
        name_put(b, m->from_name);
    }
    angle_put(b, personal_text(m->from));
    buf_put(b, S(CRLF "To:"));
    angle_put(b, personal_text(m->to));
    if (m->reply_to.n > 0) {
        buf_put(b, S(CRLF "Reply-To:"));
        angle_put(b, m->reply_to);
    }
    buf_put(b, S(CRLF "Subject: "));
    text_put(b, m->subject);
    buf_put(b, S(CRLF "Message-ID:"));
    angle_put(b, str_head(str_skip(m->message_id, 1), m->message_id.n - 2));
    buf_put(b, S(CRLF "Content-Language: "));
    buf_put(b, m->language);
    /* RFC 3834: no holiday notice answers this. */
    buf_put(b, S(CRLF "Auto-Submitted: auto-generated" CRLF));
    if (m->list_unsubscribe.n > 0) {
        buf_put(b, S("List-Unsubscribe:"));
        angle_put(b, m->list_unsubscribe);
        if (m->list_unsubscribe_mail.n > 0) {
            buf_put_char(b, ',');
            angle_put(b, m->list_unsubscribe_mail);
        }
        buf_put(b, S(CRLF "List-Unsubscribe-Post: List-Unsubscribe=One-Click" CRLF));
    }
    buf_put(b, S("MIME-Version: 1.0" CRLF
                 "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"" CRLF CRLF));
}

err mail_build(arena *a, const mail_message *m, str *out_rfc5322)
{
    TRY(message_check(m));
    buf b = buf_in(a);
    headers_put(&b, m);
    part_put(&b, S("text/plain"), m->text);
    part_put(&b, S("text/html"), m->html);
    buf_put(&b, S("--" BOUNDARY "--" CRLF));
    *out_rfc5322 = buf_str(&b);
    return OK;
}

str mail_message_id(arena *a, str host)
{
    unsigned char bytes[16];
    random_fill(bytes, sizeof(bytes));
    buf b = buf_in(a);
    buf_put_char(&b, '<');
    buf_put_hex(&b, bytes, sizeof(bytes));
    buf_put_char(&b, '@');
    buf_put(&b, host);
    buf_put_char(&b, '>');
    return buf_str(&b);
}
