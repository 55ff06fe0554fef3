/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The other end of the line for demos and tests: an SMTP receiver on this machine's loopback that
 * keeps each message as one file, and the reading of such files for an inbox page. It delivers
 * nowhere. A relay for the public it must never be: no TLS, no AUTH, no queue. */

#include "base/base.h"

typedef struct mail_sink_plan {
    str folder;         /* made when it is missing; files are for the owner only */
    int port;           /* on 127.0.0.1; 0: any free one */
    bool offers_utf8;   /* SMTPUTF8 */
    size_t max_letters; /* the oldest go first; 0: 1000 */
} mail_sink_plan;

enum { MAIL_SINK_MESSAGE_MAX_BYTES = 4 << 20 };

typedef struct mail_sink mail_sink;

/* Listens and serves on a thread of its own. ERR_IO: folder or port cannot be had (logged);
 * ERR_INVALID: port. */
MUST_USE err mail_sink_open(const mail_sink_plan *plan, mail_sink **out_sink);
int mail_sink_port(const mail_sink *sink);
/* Breaks connections off and waits for the thread. NULL is accepted. */
void mail_sink_close(mail_sink *sink);

/* What a person wants to see of a message; all UTF-8, bytes that are not become U+FFFD. */
typedef struct mail_letter {
    str from;
    str to; /* as the header says it */
    str subject;
    str date;
    str language;
    str message_id;
    str delivered_to; /* as the envelope said it */
    str text;         /* LF lines; empty when there is no such part */
    str html;
} mail_letter;

/* Reads one level of multipart/alternative or a single text part, in quoted-printable, base64, 7bit
 * or 8bit. ERR_INVALID: no header at all; ERR_LIMIT: larger than the sink stores. */
MUST_USE err mail_letter_read(arena *a, str rfc5322, mail_letter *out_letter);

/* Names of stored letters, newest first, at most n. ERR_IO: the folder cannot be read. */
MUST_USE err mail_inbox_list(arena *a, str folder, size_t n, str_list *out_names);
/* The bytes of one. ERR_NOT_FOUND: no letter of that name (names come from strangers' URLs). */
MUST_USE err mail_inbox_read(arena *a, str folder, str name, str *out_rfc5322);
