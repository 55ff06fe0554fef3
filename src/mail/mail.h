/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A message and its delivery to one relay. Building never fails on content that passed the door;
 * a CR, LF or other control character in a header value is refused here again (ERR_INVALID). */

#include "base/base.h"
#include "base/personal.h"

typedef struct mail_message {
    str from_name; /* UTF-8, written as RFC 2047 words */
    email_address from;
    email_address to;
    str reply_to;         /* address or empty */
    str subject;          /* UTF-8 */
    str message_id;       /* "<…@host>", random, unrelated to the recipient */
    str language;         /* Content-Language */
    str text;             /* UTF-8, LF lines */
    str html;             /* whole document */
    str list_unsubscribe; /* https URL or empty; given, List-Unsubscribe-Post follows (RFC 8058) */
    str list_unsubscribe_mail; /* mailto URL or empty; beside the other */
    int64_t date_ms;
} mail_message;

enum {
    MAIL_ADDRESS_MAX_BYTES = 254,  /* RFC 5321 4.5.3.1.3, less the angle brackets */
    MAIL_HEADER_MAX_BYTES = 900,   /* of one value as given */
    MAIL_BODY_MAX_BYTES = 1 << 20, /* of the text, and of the HTML */
};

/* An address that may stand in a header and in an SMTP command: one '@' with something on both
 * sides, valid UTF-8, no control character, no space and none of <>()[]:;\," — so neither quoted
 * local parts nor address literals. Whether it is a sensible address is the door's question. */
bool mail_address_ok(email_address address);

/* RFC 5322 with multipart/alternative, quoted-printable, CRLF lines <= 998 bytes. The same message
 * gives the same bytes. ERR_INVALID: a value that no header may carry, or text that is not UTF-8;
 * ERR_LIMIT: longer than the bounds above. */
MUST_USE err mail_build(arena *a, const mail_message *m, str *out_rfc5322);

/* "<32 hex digits@host>". */
str mail_message_id(arena *a, str host);

typedef enum mail_security { MAIL_PLAIN, MAIL_STARTTLS, MAIL_TLS } mail_security;

typedef struct mail_relay {
    str host;
    int port;
    mail_security security;
    bool may_be_plain; /* MAIL_PLAIN to another machine than this one */
    str user;          /* empty: no AUTH */
    str password;
    str ca_file;    /* empty: the system's */
    str own_name;   /* said in EHLO; empty: the machine's name */
    int timeout_ms; /* for a connection, and for one message */
} mail_relay;

typedef enum mail_fate {
    MAIL_SENT,
    MAIL_LATER,     /* 4xx, no connection, dropped, not let in: try again */
    MAIL_REFUSED,   /* 5xx for this recipient or message: give up */
    MAIL_NEEDS_EAI, /* non-ASCII address and the relay does not offer SMTPUTF8 */
} mail_fate;

typedef struct mail_session mail_session;

/* Connects only when the first message is sent. One session belongs to one thread at a time.
 * ERR_INVALID: the relay's fields; ERR_DENIED: MAIL_PLAIN to another machine without the word. */
MUST_USE err mail_open(const mail_relay *relay, mail_session **out_session);
void mail_close(mail_session *s); /* NULL is accepted */

/* One message on the kept connection. code is the SMTP reply that decided (0: none). A 5xx before
 * the relay let us in (greeting, AUTH, TLS) is MAIL_LATER: not this recipient's fault. After a
 * drop between the last byte and the reply the message may arrive twice, never not at all. Never
 * logs an address; failures of the connection are logged here. */
mail_fate mail_send(mail_session *s, email_address from, email_address to, str rfc5322,
                    int *out_code);
