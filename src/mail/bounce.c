/* SPDX-License-Identifier: EUPL-1.2 */
/* Reports on delivery.
 *
 * A report with fields (RFC 3464) is taken at its fields. One in prose counts only if a mail
 * system wrote it, and then only what stands before the returned letter. In prose a bare "5.1.1"
 * may be a version or an address of a host, so a status needs its reply code or a '#' before it. */

#include "mail/bounce.h"

#include "mail/mime.h"

enum { NESTED_MOST = 3, PROSE_MAX_BYTES = 64 << 10 };

/* What the recipients seen so far come to. */
typedef struct tally {
    bounce all;
    bool is_any;
} tally;

static const mail_status no_status = {0, 0, 0};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char before(str s, size_t at)
{
    return at > 0 ? s.at[at - 1] : ' ';
}

static bool starts_nocase(str s, str prefix)
{
    return s.n >= prefix.n && str_eq_nocase(str_head(s, prefix.n), prefix);
}

static bool has_nocase(str s, str part)
{
    for (size_t i = 0; i + part.n <= s.n; i++)
        if (starts_nocase(str_skip(s, i), part))
            return true;
    return false;
}

/* One to three digits at the front of s. */
static bool digits_take(str *s, int *out_value)
{
    size_t n = 0;
    int value = 0;
    while (n < 3 && n < s->n && is_digit(s->at[n]))
        value = value * 10 + (s->at[n++] - '0');
    *s = str_skip(*s, n);
    *out_value = value;
    return n > 0;
}

static bool dot_take(str *s)
{
    bool is_dot = s->n > 0 && s->at[0] == '.';
    *s = str_skip(*s, is_dot);
    return is_dot;
}

/* "5.1.1" at the front of s, and no fourth number behind it. */
static bool status_take(str s, mail_status *out_status)
{
    mail_status found;
    if (s.n == 0 || (s.at[0] != '2' && s.at[0] != '4' && s.at[0] != '5'))
        return false;
    if (!digits_take(&s, &found.class) || found.class > 5 || !dot_take(&s) ||
        !digits_take(&s, &found.subject) || !dot_take(&s) || !digits_take(&s, &found.detail))
        return false;
    if (s.n > 0 && is_digit(s.at[0]))
        return false;
    if (s.n > 1 && s.at[0] == '.' && is_digit(s.at[1]))
        return false;
    *out_status = found;
    return true;
}

/* The reply code of SMTP at a place where one may stand; 0: none. Codes that are as likely to be
 * an amount ("500 MB") are none. */
static int reply_at(str s, size_t at)
{
    static const int codes[] = {421, 450, 451, 452, 454, 455, 521, 523,
                                530, 535, 550, 551, 552, 553, 554, 556};
    str rest = str_skip(s, at);
    if (rest.n < 3 || is_digit(before(s, at)) || before(s, at) == '.' || before(s, at) == '-' ||
        (rest.n > 3 && rest.at[3] != ' ' && rest.at[3] != '-' && rest.at[3] != '\r' &&
         rest.at[3] != '\n' && rest.at[3] != ':' && rest.at[3] != ';'))
        return 0;
    int code = 0;
    if (!digits_take(&rest, &code))
        return 0;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return code;
    return 0;
}

/* What a reply code alone says: 552 is a full mailbox (RFC 5321 4.2.3). */
static mail_status status_of_reply(int code)
{
    return code == 552 ? (mail_status){5, 2, 2} : (mail_status){code / 100, 0, 0};
}

/* The first status behind its reply code or '#', else what the first reply code says. */
static mail_status status_in(str text)
{
    mail_status found, of_reply = no_status;
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] == '#' && status_take(str_skip(text, i + 1), &found))
            return found;
        int code = is_digit(text.at[i]) ? reply_at(text, i) : 0;
        if (code == 0)
            continue;
        str rest = str_skip(text, i + 4);
        rest = str_skip(rest, rest.n > 0 && (rest.at[0] == ' ' || rest.at[0] == '#'));
        if (status_take(rest, &found) && found.class == code / 100)
            return found;
        if (of_reply.class == 0)
            of_reply = status_of_reply(code);
    }
    return of_reply;
}

/* What systems without codes write. */
static mail_status status_of_phrase(str text)
{
    static const struct {
        str phrase;
        mail_status status;
    } phrases[] = {
        {STR_INIT("mailbox is full"), {5, 2, 2}},
        {STR_INIT("mailbox full"), {5, 2, 2}},
        {STR_INIT("over quota"), {5, 2, 2}},
        {STR_INIT("quota exceeded"), {5, 2, 2}},
        {STR_INIT("user unknown"), {5, 1, 1}},
        {STR_INIT("unknown user"), {5, 1, 1}},
        {STR_INIT("no such user"), {5, 1, 1}},
        {STR_INIT("no mailbox here by that name"), {5, 1, 1}},
        {STR_INIT("not listed in"), {5, 1, 1}},
        {STR_INIT("unrouteable address"), {5, 1, 2}},
        {STR_INIT("this is a permanent error"), {5, 0, 0}},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (has_nocase(text, phrases[i].phrase))
            return phrases[i].status;
    return no_status;
}

static bool is_of_sender(mail_status s)
{
    return s.class == 5 && s.subject == 7 &&
           (s.detail == 515 || (s.detail >= 20 && s.detail <= 29));
}

static bounce_rule rule_of(bounce_action action, mail_status s)
{
    if (action != BOUNCE_FAILED)
        return BOUNCE_IGNORE;
    if (is_of_sender(s))
        return BOUNCE_ALARM;
    if (s.class == 5)
        return s.subject == 2 && s.detail == 2 ? BOUNCE_KEEP : BOUNCE_STOP;
    return s.class == 4 ? BOUNCE_KEEP : BOUNCE_IGNORE;
}

static void tally_add(tally *t, bounce_action action, mail_status status)
{
    bounce one = {action, status, rule_of(action, status)};
    bool goes_before =
        one.rule == BOUNCE_ALARM || (t->all.rule != BOUNCE_ALARM && one.rule < t->all.rule);
    if (!t->is_any || goes_before)
        t->all = one;
    t->is_any = true;
}

static bool action_of(str value, bounce_action *out_action)
{
    static const struct {
        str word;
        bounce_action action;
    } words[] = {{STR_INIT("failed"), BOUNCE_FAILED},     {STR_INIT("failure"), BOUNCE_FAILED},
                 {STR_INIT("delayed"), BOUNCE_DELAYED},   {STR_INIT("delivered"), BOUNCE_DELIVERED},
                 {STR_INIT("relayed"), BOUNCE_DELIVERED}, {STR_INIT("expanded"), BOUNCE_DELIVERED}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (starts_nocase(value, words[i].word)) {
            *out_action = words[i].action;
            return true;
        }
    return false;
}

/* Status tells less than the reply of the server when it names no subject (5.0.0), and some
 * gateways put numbers of their own there (5.0.350). */
static mail_status status_of_fields(arena *a, str fields)
{
    mail_status status = no_status;
    (void)status_take(mime_field(a, fields, S("Status")), &status);
    mail_status said = status_in(mime_field(a, fields, S("Diagnostic-Code")));
    bool is_vague = status.class == 0 || (status.class == said.class && status.subject == 0);
    return said.class != 0 && (is_vague || is_of_sender(said)) ? said : status;
}

/* Groups of fields parted by blank lines; one with an Action is a recipient. */
static void fields_read(arena *a, str text, tally *t)
{
    while (text.n > 0) {
        size_t end = str_find_str(text, S("\r\n\r\n"));
        str group = str_head(text, end);
        bounce_action action;
        if (action_of(mime_field(a, group, S("Action")), &action))
            tally_add(t, action, status_of_fields(a, group));
        text = str_skip(text, end + 4);
    }
}

/* Up to where the letter itself comes back. */
static str prose_head(str text)
{
    static const str marks[] = {
        STR_INIT("--- Below this line is a copy of the message"),
        STR_INIT("------ This is a copy of"),
        STR_INIT("----- Unsent message follows"),
        STR_INIT("----- Original message -----"),
        STR_INIT("--- The header of the original message"),
        STR_INIT("\r\nReturn-Path:"),
        STR_INIT("\r\nReceived:"),
    };
    text = str_head(text, PROSE_MAX_BYTES);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        text = str_head(text, str_find_str(text, marks[i]));
    return text;
}

static bool is_of_system(arena *a, str head)
{
    static const str names[] = {
        STR_INIT("mailer-daemon"), STR_INIT("postmaster"),  STR_INIT("mail delivery"),
        STR_INIT("maildelivery"),  STR_INIT("mdaemon"),     STR_INIT("<>"),
        STR_INIT("mailadmin"),     STR_INIT("mail-daemon"),
    };
    if (mime_field(a, head, S("X-Failed-Recipients")).n > 0)
        return true;
    str from = mime_field(a, head, S("From"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has_nocase(from, names[i]))
            return true;
    return false;
}

/* A daemon that calls its own report a reply is no automatic reply. */
static bool is_auto_reply(arena *a, str head)
{
    return str_eq_nocase(mime_field(a, head, S("Precedence")), S("auto_reply")) ||
           mime_field(a, head, S("X-Autoreply")).n > 0 ||
           mime_field(a, head, S("X-Autorespond")).n > 0;
}

static bool is_delay(str subject, str text)
{
    return has_nocase(subject, S("delayed")) || has_nocase(subject, S("warning: could not send")) ||
           has_nocase(text, S("this is a warning message only")) ||
           has_nocase(text, S("delivery attempts will continue"));
}

static void prose_read(arena *a, str head, str text, tally *t)
{
    if (!is_of_system(a, head) || is_auto_reply(a, head))
        return;
    text = prose_head(text);
    if (is_delay(mime_field(a, head, S("Subject")), text)) {
        tally_add(t, BOUNCE_DELAYED, status_in(text));
        return;
    }
    mail_status status = status_in(text);
    if (status.class == 0 || (status.subject == 0 && status.class == 5)) {
        mail_status named = status_of_phrase(text);
        status = named.subject > 0 || status.class == 0 ? named : status;
    }
    if (status.class != 0)
        tally_add(t, BOUNCE_FAILED, status);
}

/* A pipe brings LF, a file perhaps CRLF. */
static str with_crlf(arena *a, str s)
{
    buf b = buf_in(a);
    buf_reserve(&b, s.n + s.n / 16);
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] == '\n' && before(s, i) != '\r')
            buf_put_char(&b, '\r');
        buf_put_char(&b, s.at[i]);
    }
    return buf_str(&b);
}

/* The parts of a message: out_prose gets the first that is plain text. */
static void parts_read(arena *a, str type, str body, int depth, tally *t, str *out_prose)
{
    mime_parts parts;
    str head, inner;
    if (depth == NESTED_MOST || !mime_parts_open(a, type, body, &parts))
        return;
    while (mime_parts_next(&parts, &head, &inner)) {
        str kind = mime_field(a, head, S("Content-Type"));
        if (starts_nocase(kind, S("multipart/")))
            parts_read(a, kind, inner, depth + 1, t, out_prose);
        bool is_status = starts_nocase(kind, S("message/delivery-status")) ||
                         starts_nocase(kind, S("message/global-delivery-status"));
        bool is_prose = kind.n == 0 || starts_nocase(kind, S("text/plain"));
        if (!is_status && !(is_prose && out_prose->n == 0))
            continue;
        str text = with_crlf(a, mime_body(a, head, inner));
        if (is_status)
            fields_read(a, text, t);
        else
            *out_prose = text;
    }
}

bounce bounce_read(arena *a, str message)
{
    str head, body, prose = S("");
    tally t = {.is_any = false};
    mime_cut(with_crlf(a, str_head(message, BOUNCE_MAX_BYTES)), &head, &body);
    str type = mime_field(a, head, S("Content-Type"));
    bool is_multipart = starts_nocase(type, S("multipart/"));
    if (is_multipart)
        parts_read(a, type, body, 0, &t, &prose);
    else
        prose = with_crlf(a, mime_body(a, head, body));
    bool is_other_report =
        has_nocase(type, S("disposition-notification")) || has_nocase(type, S("feedback-report"));
    if (!t.is_any && !is_other_report && is_of_system(a, head))
        fields_read(a, prose_head(prose), &t);
    if (!t.is_any && !is_other_report)
        prose_read(a, head, prose, &t);
    return t.all;
}

str bounce_leaving(arena *a, str message)
{
    str head, body, start = S("leave-");
    mime_cut(with_crlf(a, str_head(message, BOUNCE_MAX_BYTES)), &head, &body);
    str subject = str_trim(mime_field(a, head, S("Subject")));
    return starts_nocase(subject, start) ? str_skip(subject, start.n) : S("");
}
