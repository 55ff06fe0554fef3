/* SPDX-License-Identifier: EUPL-1.2 */
/* libcurl speaks SMTP; this file decides what an outcome means. libcurl does not say which
 * extensions a relay offers, nor at which step a reply came, so the replies are read along as they
 * pass: `stage` follows the dialogue up to the point where the relay takes mail. Only a 5xx from
 * there on is about the message; before, it is about us, and the message waits. */

#include "base/log.h"
#include "mail/mail.h"

#include <curl/curl.h>
#include <pthread.h>

typedef enum stage {
    STAGE_GREETING, /* connected or not yet */
    STAGE_HELLO,    /* greeted: EHLO or HELO is out */
    STAGE_PLAIN,    /* that was answered in clear, STARTTLS is next */
    STAGE_OPEN,     /* the relay takes AUTH and mail */
} stage;

struct mail_session {
    CURL *curl;
    arena *home;
    mail_security security;
    stage stage;
    bool is_secure;   /* STARTTLS has been answered */
    bool offers_utf8; /* in the last EHLO */
    bool needs_utf8;  /* the message under way */
    bool lacks_utf8;  /* why it was broken off */
    str body;
    size_t body_at;
    bool body_asked;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void library_init(void)
{
    BUG_IF(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK);
}

static bool is_ascii(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.at[i] > 0x7E)
            return false;
    return true;
}

static bool has_only(str s, const char *also)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        bool is_common = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!is_common && (c == '\0' || !strchr(also, c)))
            return false;
    }
    return true;
}

static bool is_this_machine(str host)
{
    return str_eq_nocase(host, S("localhost")) || str_starts(host, S("127.")) ||
           str_eq(host, S("::1"));
}

static int connection_begins(void *from, curl_socket_t socket, curlsocktype purpose)
{
    (void)socket, (void)purpose;
    mail_session *s = from;
    s->stage = STAGE_GREETING;
    s->is_secure = s->security == MAIL_TLS;
    s->offers_utf8 = false;
    return CURL_SOCKOPT_OK;
}

/* One line of the answer to EHLO; true while the dialogue may go on. */
static bool hello_line(mail_session *s, str line)
{
    if (str_eq_nocase(str_trim(str_skip(line, 4)), S("SMTPUTF8")))
        s->offers_utf8 = true;
    if (line.at[3] == '-')
        return true;
    s->stage = s->security == MAIL_STARTTLS && !s->is_secure ? STAGE_PLAIN : STAGE_OPEN;
    s->lacks_utf8 = s->stage == STAGE_OPEN && s->needs_utf8 && !s->offers_utf8;
    return !s->lacks_utf8;
}

/* Each line that the relay sends. Returning less than its length makes libcurl break off. */
static size_t reply_line(char *at, size_t one, size_t n, void *from)
{
    (void)one;
    mail_session *s = from;
    str line = {at, n};
    if (n < 4)
        return n;
    if (str_starts(line, S("220")) && s->stage != STAGE_OPEN && line.at[3] == ' ') {
        s->is_secure = s->is_secure || s->stage == STAGE_PLAIN;
        s->stage = STAGE_HELLO;
        s->offers_utf8 = false;
    } else if (str_starts(line, S("250")) && s->stage == STAGE_HELLO) {
        return hello_line(s, line) ? n : 0;
    }
    return n;
}

static size_t body_read(char *to, size_t one, size_t n, void *from)
{
    mail_session *s = from;
    s->body_asked = true;
    str part = str_head(str_skip(s->body, s->body_at), one * n);
    if (part.n > 0)
        memcpy(to, part.at, part.n);
    s->body_at += part.n;
    return part.n;
}

static size_t nothing_written(char *at, size_t one, size_t n, void *to)
{
    (void)at, (void)to;
    return one * n;
}

static err relay_check(const mail_relay *r)
{
    if (r->host.n == 0 || r->host.n > 253 || !has_only(r->host, ".-:") || r->port < 1 ||
        r->port > 65535 || r->timeout_ms < 1 || r->own_name.n > 253 ||
        !has_only(r->own_name, ".-") || str_find(r->user, '\0') != r->user.n ||
        str_find(r->password, '\0') != r->password.n || r->user.n > 512 || r->password.n > 4096 ||
        r->ca_file.n > 4096)
        return ERR_INVALID;
    if (r->security == MAIL_PLAIN && !r->may_be_plain && !is_this_machine(r->host))
        return ERR_DENIED;
    return OK;
}

#define SET(option, value) BUG_IF(curl_easy_setopt(s->curl, (option), (value)) != CURLE_OK)

static void relay_set(mail_session *s, const mail_relay *r)
{
    bool is_v6 = str_find(r->host, ':') < r->host.n;
    str url =
        arena_printf(s->home, "%s://%s%.*s%s:%d%s%.*s", r->security == MAIL_TLS ? "smtps" : "smtp",
                     is_v6 ? "[" : "", STR_FMT(r->host), is_v6 ? "]" : "", r->port,
                     r->own_name.n > 0 ? "/" : "", STR_FMT(r->own_name));
    SET(CURLOPT_URL, arena_cstr(s->home, url));
    SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    SET(CURLOPT_USE_SSL, r->security == MAIL_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (r->ca_file.n > 0) {
        SET(CURLOPT_CAINFO, arena_cstr(s->home, r->ca_file));
        SET(CURLOPT_CAPATH, NULL);
    }
    if (r->user.n > 0) {
        SET(CURLOPT_USERNAME, arena_cstr(s->home, r->user));
        SET(CURLOPT_PASSWORD, arena_cstr(s->home, r->password));
    }
    SET(CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)r->timeout_ms);
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(r->timeout_ms + 999) / 1000);
}

err mail_open(const mail_relay *relay, mail_session **out_session)
{
    TRY(relay_check(relay));
    BUG_IF(pthread_once(&once, library_init) != 0);
    arena *home = arena_open(1 << 16);
    mail_session *s = arena_new(home, mail_session);
    *s = (mail_session){.home = home, .security = relay->security, .curl = curl_easy_init()};
    BUG_IF(!s->curl);
    relay_set(s, relay);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, ""); /* whatever the environment says */
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, body_read);
    SET(CURLOPT_READDATA, s);
    SET(CURLOPT_HEADERFUNCTION, reply_line);
    SET(CURLOPT_HEADERDATA, s);
    SET(CURLOPT_WRITEFUNCTION, nothing_written);
    SET(CURLOPT_SOCKOPTFUNCTION, connection_begins);
    SET(CURLOPT_SOCKOPTDATA, s);
    *out_session = s;
    return OK;
}

void mail_close(mail_session *s)
{
    if (!s)
        return;
    curl_easy_cleanup(s->curl);
    arena_close(s->home);
}

static CURLcode deliver(mail_session *s, const char *from, struct curl_slist *to, str rfc5322)
{
    s->body = rfc5322;
    s->body_at = 0;
    s->body_asked = false;
    s->lacks_utf8 = false;
    SET(CURLOPT_MAIL_FROM, from);
    SET(CURLOPT_MAIL_RCPT, to);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)rfc5322.n);
    CURLcode result = curl_easy_perform(s->curl);
    SET(CURLOPT_MAIL_RCPT, NULL);
    SET(CURLOPT_MAIL_FROM, NULL);
    return result;
}

static int reply_code(const mail_session *s)
{
    long code = 0;
    if (curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code) != CURLE_OK)
        return 0;
    return (int)code;
}

/* Codes that ask us to log in, which no other recipient would spare us. */
static bool is_about_login(int code)
{
    return code == 530 || code == 534 || code == 535 || code == 538;
}

static mail_fate failure_fate(mail_session *s, CURLcode result, int code)
{
    if (s->lacks_utf8) {
        s->stage = STAGE_GREETING; /* that connection is gone */
        return MAIL_NEEDS_EAI;
    }
    if (s->stage == STAGE_OPEN && code >= 500 && code <= 599 && !is_about_login(code) &&
        result != CURLE_LOGIN_DENIED)
        return MAIL_REFUSED;
    if (code < 400 || s->stage != STAGE_OPEN || is_about_login(code))
        LOG(LOG_WARN, "mail.relay", log_int("code", code),
            log_str("reason", str_of(curl_easy_strerror(result))));
    return MAIL_LATER;
}

mail_fate mail_send(mail_session *s, email_address from, email_address to, str rfc5322,
                    int *out_code)
{
    *out_code = 0;
    if (!mail_address_ok(from) || !mail_address_ok(to))
        return MAIL_REFUSED;
    s->needs_utf8 = !is_ascii(personal_text(from)) || !is_ascii(personal_text(to));
    if (s->needs_utf8 && s->stage == STAGE_OPEN && !s->offers_utf8)
        return MAIL_NEEDS_EAI;

    arena *a = arena_open(1 << 14);
    const char *from_text = arena_cstr(a, personal_text(from));
    struct curl_slist *recipients = curl_slist_append(NULL, arena_cstr(a, personal_text(to)));
    BUG_IF(!recipients);
    bool had_connection = s->stage == STAGE_OPEN;
    CURLcode result = deliver(s, from_text, recipients, rfc5322);
    /* A kept connection may have died unnoticed; before the body went out, once more is safe. */
    if (result != CURLE_OK && had_connection && !s->lacks_utf8 && !s->body_asked &&
        reply_code(s) < 400) {
        SET(CURLOPT_FRESH_CONNECT, 1L);
        result = deliver(s, from_text, recipients, rfc5322);
        SET(CURLOPT_FRESH_CONNECT, 0L);
    }
    curl_slist_free_all(recipients);
    arena_close(a);

    int code = reply_code(s);
    if (result == CURLE_OK) {
        *out_code = code;
        return MAIL_SENT;
    }
    if (code >= 400)
        *out_code = code;
    return failure_fate(s, result, code);
}
