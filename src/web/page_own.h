/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The signer's own page, behind the mailed link: what it shows in each state of a signature. */

#include "core/signer.h"
#include "web/figure.h"
#include "web/page_sign.h"
#include "web/share.h"
#include "web/shown.h"

/* One thing that is known of the signer. */
typedef struct own_fact {
    str label;
    str value;
    str url; /* where to change it; empty: it stays */
} own_fact;

typedef struct own_fact_list {
    const own_fact *at;
    size_t n;
} own_fact_list;

/* Who asks, for everything on these pages. */
typedef struct own_context {
    page_context pc;
    str token;
    signer_view view;
    const declaration *d;
} own_context;

typedef struct own_tokens {
    str confirm, choices, correct, withdraw, undo, erase, renew;
} own_tokens;

typedef struct own_page {
    const own_context *own;
    str name; /* who signed: the person, or the organisation */
    own_fact_list facts;
    own_tokens tokens;
    figure figure;   /* the public count as everywhere else */
    bool is_first;   /* this signature is all that it holds */
    bool is_counted; /* it holds this signature */
    bool is_included, is_saved;
    bool may_correct; /* collecting goes on */
    bool is_outdated; /* another version of the text is signed now */
    bool is_halted;   /* not included, and the log takes nothing before an operator acts */
    share share;
    str partner_name;        /* whose news were asked for when signing; empty: of none */
    str commitment, mailbox; /* hexadecimal: what a copy kept by the signer is compared with */
    bool has_opening, has_promise;
    str log_place, receipt_name, opening_name; /* as the command to check them names them */
    str log_url, proof_url, actions_url;
    shown_list actions;
} own_page;

typedef struct own_correct_page {
    const own_context *own;
    sign_fields fields;
    str token;
    sign_seal seal;
    sign_notice notice;
    bool may_renew; /* what is said anew may be said of the new version of the text */
    bool is_renewed;
} own_correct_page;

/* A handler of these pages; ERR_NOT_FOUND becomes the page for links that lead nowhere, the same
 * for unknown, foreign, expired and erased ones. */
typedef err own_act(own_context *own, req *rq, reply *out);
err own_answer(struct app *ap, req *rq, reply *out, own_act *act);

/* Back to the own page; `query` may be empty ("saved=1"). */
err own_see(const own_context *own, reply *out, const char *query);

/* Another version of the text is signed now, and can be. */
bool own_is_outdated(const own_context *own);

own_fact_list own_facts(const own_context *own);

/* The signed promise that the log will have this signature. ERR_NOT_FOUND: the declaration opened
 * before promises were given. */
MUST_USE err own_promise_text(const own_context *own, str *out_text);

/* The name under which a file for the signer is saved: "receipt-2026-17.tlog-proof". */
str own_file_name(const own_context *own, const char *what, const char *ending);
