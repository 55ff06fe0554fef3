/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A message and its delivery to one relay. Building never fails on content that passed the door;
 * a CR, LF or NUL in a header value is refused here again (ERR_INVALID). */

#include "base/base.h"
#include "base/personal.h"

typedef struct mail_message {
    str from_name;        /* UTF-8, written as RFC 2047 words */
    email_address from;
    email_address to;
    str reply_to;         /* address or empty */
    str subject;          /* UTF-8 */
    str message_id;       /* "<…@host>", random, unrelated to the recipient */
    str language;         /* Content-Language */
    str text;             /* UTF-8, LF lines */
    str html;             /* whole document */
    str list_unsubscribe; /* https URL or empty: then with List-Unsubscribe-Post */
    int64_t date_ms;
} mail_message;

/* RFC 5322 with multipart/alternative, quoted-printable, CRLF lines <= 998 bytes. */
MUST_USE err mail_build(arena *a, const mail_message *m, str *out_rfc5322);

typedef enum mail_security { MAIL_PLAIN, MAIL_STARTTLS, MAIL_TLS } mail_security;

typedef struct mail_relay {
    str host;
    int port;
    mail_security security; /* MAIL_PLAIN only to loopback or when said so */
    str user;               /* empty: no AUTH */
    str password;
    str ca_file;            /* empty: the system's */
    int timeout_ms;
} mail_relay;

typedef enum mail_fate {
    MAIL_SENT,
    MAIL_LATER,     /* 4xx, no connection, dropped: try again */
    MAIL_REFUSED,   /* 5xx for this recipient or message: give up */
    MAIL_NEEDS_EAI, /* non-ASCII address and the relay does not offer SMTPUTF8 */
} mail_fate;

typedef struct mail_session mail_session;
MUST_USE err mail_open(const mail_relay *relay, mail_session **out_session);
void mail_close(mail_session *s);

/* One message on the kept connection. code is the SMTP reply (0: none). Never logs an address. */
mail_fate mail_send(mail_session *s, email_address from, email_address to, str rfc5322,
                    int *out_code);
