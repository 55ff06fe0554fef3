/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* From a letter of the core to a message that a relay takes: the words, in the signer's language,
 * as text and as HTML. A letter holds one link (and, to who asked for news, one to end them), no
 * picture, and nothing that a stranger typed into the form: mails must not carry somebody's
 * advertising to somebody else. */

#include "core/alliance.h"
#include "core/letter.h"
#include "lang/lang.h"
#include "mail/mail.h"

/* Addresses of the site's pages, behind its origin. The route table belongs to the pages, which
 * this floor does not see; the program hands their functions in. */
typedef struct letter_paths {
    str (*own)(arena *a, str lang, str token);      /* "/da/s/TOKEN": the signer's own page */
    str (*ask)(arena *a, str lang);                 /* "/da/link": where to ask for links */
    str (*interest)(arena *a, str lang, str token); /* "/da/i/TOKEN": of LETTER_INTEREST */
    str (*join)(arena *a, str lang, str token);  /* "/da/partners/join/TOKEN": a request to join */
    str (*leave)(arena *a, str lang, str token); /* "/da/leave/TOKEN": ends the news */
} letter_paths;

typedef struct composer {
    str origin;                  /* "https://host" of the site */
    str from_name;               /* empty: the alliance's name in the language of the letter */
    email_address from;          /* sender, also of bounces */
    email_address mailing_from;  /* sender of letters to who asked for news */
    email_address leave_by_mail; /* takes "leave-TOKEN" as a subject; empty: nobody does */
    str reply_to;                /* address or empty */
    str id_host;                 /* of message ids */
    letter_paths paths;
} composer;

/* What the views of mails show. */
typedef struct letter_page {
    str subject;
    str lead; /* first sentence, also the preview in lists of messages */
    str button;
    str link;
    str alliance;
    str host;
    str until; /* the last day to confirm */
    int days;  /* that a link to the own page works */
    int64_t per_mailbox;
    bool is_numbered; /* several may sign by the address, and each gives itself a number */
    str leave;        /* where the news end; empty: the letter is none of them */
} letter_page;

/* ERR_INVALID: an address that no message can carry, or
 * a declaration or an action that is gone. Everything lives in the arena. */
MUST_USE err composer_write(const composer *c, arena *a, const alliance *al, const letter *what,
                            int64_t now_ms, mail_message *out_message);
