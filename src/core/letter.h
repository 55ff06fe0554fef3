/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Letters: the mails of the program as jobs. A job is written with the fact it announces, leased
 * by a worker, prepared (what to say is decided only now), sent, and settled. An address gets at
 * most LETTERS_A_DAY, whatever the declaration. */

#include "core/address.h"
#include "core/alliance.h"
#include "core/link.h"

typedef enum letter_kind {
    LETTER_CONFIRM = 1, /* please confirm */
    LETTER_REMIND = 2,  /* once, REMIND_AFTER_DAYS later */
    LETTER_LINK = 3,    /* somebody asked for the link to the own page */
    LETTER_AGAIN = 4,   /* as LETTER_CONFIRM, asked for once more: brings no reminder */
    /* decided when one of the first is prepared */
    LETTER_ALREADY = 5, /* this signer stands in the count: link to the own page */
    LETTER_FULL = 6,    /* the mailbox has its declared number of signers */
    /* about a request to join (core/joining.h), whose number the job has in the place of a link */
    LETTER_JOIN = 7,   /* please confirm it */
    LETTER_JOINED = 8, /* it is decided */
    /* likewise about interest in an action (core/interest.h) */
    LETTER_INTEREST = 9, /* please confirm it */
    /* to who asked for news */
    LETTER_RENEW = 10, /* the text that was signed has a new version (core/renewal.h) */
} letter_kind;

enum { LETTERS_A_DAY = 3, LETTER_LEASE_MS = 120000, LETTER_HELD_MS = 10000 };

/* As claimed; opaque to the worker but for attempts. */
typedef struct letter_job {
    int64_t id;
    letter_kind kind;
    int64_t attempts; /* before this one */
    int64_t created_ms;
    int64_t signature;
    int64_t link;
    str lang;
    str sealed;
} letter_job;

typedef struct letter_jobs {
    letter_job *at;
    size_t n;
} letter_jobs;

typedef struct letter {
    letter_kind kind;
    str lang;
    int64_t declaration; /* 0: of none */
    str action;          /* of LETTER_INTEREST */
    email_address to;    /* deliverable form */
    str token;           /* of the link that the mail brings */
    int64_t until_ms;    /* the last day to confirm is that of this moment */
    str return_token;    /* of its return path (core/return_path.h); empty: it has none */
    str leave_token;     /* ends the news (core/news.h); empty: the letter is none of them */
} letter;

typedef enum letter_fate {
    LETTER_SENT,
    LETTER_LATER,   /* this letter was put off */
    LETTER_REFUSED, /* this letter never goes */
    LETTER_EAI,     /* nor does this one: its address needs SMTPUTF8, and the relay lacks it */
    LETTER_HELD,    /* nothing goes: the relay is not there */
} letter_fate;

/* Writes the job, inside the transaction of the fact. secret belongs to the link row. */
MUST_USE err letter_queue(db_tx *tx, letter_kind kind, int64_t signature, int64_t link, str sealed,
                          str lang, int64_t now_ms);
/* The sealed payload: secret of the link and the deliverable address. */
str letter_seal(arena *a, const core_keys *keys, const link_secret *secret, email_address to);

/* Somebody asks for links to the signatures of an address; the answer is the same whatever there
 * is. ERR_INVALID: not an address. */
MUST_USE err letter_ask_link(core *c, arena *a, email_address address, str lang, int64_t now_ms);

/* Deletes what waits because somebody asked for links with the address of that mailbox. */
MUST_USE err letter_forget(db_tx *tx, arena *scratch, const core_keys *keys, int64_t declaration_id,
                           mailbox_id mailbox);

/* Leases up to most due jobs, confirmations first, mailings never. */
MUST_USE err letter_claim(core *c, arena *a, int64_t now_ms, int most, letter_jobs *out_jobs);
/* The same of mailings, no more than a_minute over all mailers; 0: none. */
MUST_USE err letter_claim_mailing(core *c, arena *a, int64_t now_ms, int most, int64_t a_minute,
                                  letter_jobs *out_jobs);

/* What to send for the job; several when a link was asked for an address with several signatures,
 * as many as the budget allows. None (n = 0): nothing to say any more, or the budget is spent; the
 * job is gone, or, of a mailing, waits a day. ERR_INVALID: sealed under another key; settle it as
 * refused. */
typedef struct letters {
    letter *at;
    size_t n;
} letters;
MUST_USE err letter_prepare(core *c, arena *a, const letter_job *job, const alliance *al,
                            int64_t now_ms, letters *out_letters);

/* Sent: the job ends, or waits as the one reminder. Later: backs off 5, 15, 30 min, 1, 2, then
 * 4 h, and ends after 3 days, a mailing after 5. Refused: ends. What ends unsent marks a signature
 * that waits for it as undelivered. Held: as letter_release, and noted. code is the SMTP
 * reply; no address is kept. A worker whose lease has ended meanwhile changes nothing. */
MUST_USE err letter_settle(core *c, const letter_job *job, letter_fate fate, int code,
                           int64_t now_ms);

/* Gives back letters whose turn did not come, or came while the relay was away: due again at
 * due_ms, and no attempt the worse. is_prepared: they were, and have spent their budget. */
MUST_USE err letter_release(core *c, const letter_job *jobs, size_t n, bool is_prepared,
                            int64_t due_ms);
