/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The sign form: what it asks of each kind of signer, and how it is shown again with what was
 * typed and what is wrong. */

#include "web/frame.h"
#include "web/sign_form.h"
#include "web/sign_seal.h"

typedef struct sign_choice {
    str url;
    str name, hint;
    str icon;
    bool is_present;
} sign_choice;

typedef struct sign_choice_list {
    const sign_choice *at;
    size_t n;
} sign_choice_list;

/* Why a form that is in order by itself was not taken. */
typedef enum sign_notice {
    SIGN_FINE,
    SIGN_STALE,     /* the form was open too long */
    SIGN_EARLY,     /* sent faster than a person can */
    SIGN_CHANGED,   /* the text has a new version */
    SIGN_TROUBLE,   /* the database is out of reach: nothing was stored */
    SIGN_UNCERTAIN, /* its answer got lost */
    SIGN_UNSEALED,  /* what the browser should have sealed did not come, or not whole */
} sign_notice;

typedef struct sign_page {
    const declaration *d;
    signer_kind kind;
    const declaration_text *text;
    bool is_foreign; /* the text is not in the reader's language */
    bool is_machine;
    safe_html body;
    str url, text_url, privacy_url;
    str work_url; /* where a script asks whether the device must compute */
    str token;
    sign_choice_list kinds;
    str partner, partner_title; /* through whom the signer came; empty: nobody */
    str partner_news;           /* its name, when it asks for a box of its own */
    str without_url;            /* the form without that partner */
    sign_fields fields;
    sign_notice notice;
    sign_seal seal;
} sign_page;

/* Instead of the form. */
typedef struct sign_closed_page {
    const declaration *d;
    int64_t count;
    bool is_early;
    bool is_unconfirmed; /* a signature waits that can no longer be confirmed */
    str text_url, list_url, act_url;
} sign_closed_page;

/* After the form. */
typedef struct sign_sent_page {
    const declaration *d;
    str url, form_url, token;
    int days;
    bool is_again;
    undelivered why; /* the letter did not arrive */
} sign_sent_page;

/* What the form brings. What a light declaration does not ask for is not kept, whoever sent it. */
signing sign_signing(const page_context *pc, const declaration *d, signer_kind kind,
                     const sign_form *sent);

/* How the form was sent, for rules that tell forged signatures from others; takes its tokens. */
sending sign_sending(struct app *ap, req *rq, const declaration *d, const sign_form *sent);

/* The form is closed, or not open yet: replies with that page. */
err sign_reply_closed(page_context *pc, reply *out, const declaration *d, bool is_unconfirmed);
