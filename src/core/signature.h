/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* From a filled form to a counted signature. Signing writes a pending signature, its sealed record
 * and one mail, in one transaction; only confirming counts. Nothing here tells the caller whether
 * an address has signed before: that difference is the mail's (ADR 0009). */

#include "core/alliance.h"
#include "core/api_key.h"
#include "core/record.h"
#include "core/sealing.h"
#include "core/watch.h"

/* What a form brings: decoded, trimmed, UTF-8. All but the address and consents are bounded by the
 * form; country is a known ISO code ("ZZ" when not given). */
typedef struct signing {
    signer_kind kind;
    person_name name;
    str organisation;
    str type;
    str function;
    str authority;
    email_address mail;
    str country;
    str region; /* as typed */
    str nuts;   /* code of that region in NUTS PLACE_VERSION; empty: none known */
    str reason;
    str website; /* as written */
    str group;
    str partner; /* slug of the partner whose own news were asked for; empty: of none */
    str source;  /* slug of the partner through whose link the signer came; empty: none */
    str lang;
    int64_t person; /* with records=browser: its number among those of the mailbox; 0 is 1 */
    bool is_listed;
    bool wants_news;
    bool is_sample;
    const browser_seal *seal;   /* where the declaration says records=browser: what it sealed */
    const api_attempt *attempt; /* sent by a partner's key; NULL: by a form */
    const sending *how; /* NULL: not by a form; nothing is counted for it, and it is never held */
} signing;

/* Both are empty when the attempt of a partner was made before: nothing is written again.
 * receipt: what "check your e-mail" needs to send the mail again; opaque, tells nothing about the
 * signer. token: of the mailed link, for samples and measurements only; a page never sees it. */
typedef struct submitted {
    str receipt;
    str token;
} submitted;

/* Writes the pending signature.
 * ERR_INVALID: not an address, or not one of a website; ERR_DENIED: the declaration is not open or
 * does not take the kind; ERR_CONFLICT: the attempt's name was used for another body, or what the
 * browser should have sealed is missing, malformed or of another form. With records=browser, name
 * and all that is not listed are empty in s.
 */
MUST_USE err signature_submit(core *c, arena *a, const declaration *d, const signing *s,
                              int64_t now_ms, submitted *out_submitted);

/* The code as it is kept in clear: empty unless it is a region of that country, and of who is not
 * listed no finer than figures need (PLACE_REGION). */
str signature_region(str nuts, str country, bool is_listed);

/* The type of an organisation as it is kept in clear, for the figures; empty for other kinds, and
 * for what is no word of such a list. */
str signature_type(signer_kind kind, str type);

/* Queues the mail once more unless one waits. Unknown receipts and confirmed signatures are OK too:
 * the answer is always the same, and the address has its daily budget. */
MUST_USE err signature_mail_again(core *c, arena *a, str receipt, int64_t now_ms);

/* Why the letter with the link did not arrive. */
typedef enum undelivered {
    UNDELIVERED_NOT = 0,    /* nothing is known; it may well have arrived */
    UNDELIVERED_FAILED = 1, /* refused for good, given up, or it came back */
    UNDELIVERED_EAI = 2,    /* the relay takes no addresses with letters beyond ASCII */
} undelivered;

/* What is known of the letter to whom the receipt is for. UNDELIVERED_NOT for all receipts that are
 * not genuine, and of signatures that wait no more: the answer does not depend on whether the
 * address had signed before. */
MUST_USE err signature_undelivered(core *c, arena *a, str receipt, undelivered *out_why);

typedef enum confirm_outcome {
    CONFIRM_DONE,    /* counted now, or held */
    CONFIRM_BEFORE,  /* was counted already: the same page again */
    CONFIRM_ALREADY, /* the same signer stands in the count through another signature */
    CONFIRM_FULL,    /* the mailbox has its declared number of signers */
    CONFIRM_CLOSED,  /* the declaration closed meanwhile */
} confirm_outcome;

/* The one button. Safe to repeat, alone or at once from many clients: exactly one signature of a
 * signer counts. ERR_NOT_FOUND: no such link. ERR_UNCERTAIN: pressing
 * again is the way to know; what the own page shows until then may still be lost. */
MUST_USE err signature_confirm(core *c, str token, int64_t now_ms, const alliance *al,
                               confirm_outcome *out_outcome);

typedef enum signature_state {
    SIGNATURE_PENDING = 0,
    SIGNATURE_CONFIRMED = 1,
    SIGNATURE_WITHDRAWN = 2, /* may be undone for WITHDRAW_UNDO_HOURS */
    SIGNATURE_ERASED = 3,
    SIGNATURE_HELD = 4,    /* confirmed, but looked at before it counts (core/hold.h) */
    SIGNATURE_INVALID = 5, /* taken out, or never let in, by the organiser (core/decision.h) */
} signature_state;

enum {
    PENDING_DAYS = 14,
    WITHDRAW_UNDO_HOURS = 24,
    REMIND_AFTER_DAYS = 3,
};
