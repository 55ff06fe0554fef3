/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Lists of those who want to be told when an action begins. An address comes onto a list when its
 * owner presses a button behind a mailed link, and off it by the same link. What is kept, address
 * and name, lies sealed under the key for mailings, and ends on a day that is named beforehand.
 * Nothing here counts as a signature. */

#include "core/link.h"

enum { INTEREST_DAYS = 365 }; /* at most, from confirming on */

typedef struct interest_request {
    str action; /* slug */
    email_address address;
    person_name name; /* may be empty */
    str lang;
    int64_t retain_ms; /* nothing is kept longer; 0 or past: no such day */
    int64_t now_ms;
} interest_request;

/* Until when what is kept now would be kept. */
int64_t interest_ends_ms(int64_t retain_ms, int64_t now_ms);

/* Sends the link; the answer is the same whether the address is on the list already. Unconfirmed
 * ones end after PENDING_DAYS. ERR_INVALID: not an address. */
MUST_USE err interest_ask(core *c, arena *a, const interest_request *asks);

typedef struct interest {
    int64_t id;
    str action;
    bool is_confirmed;
    int64_t ends_ms;
} interest;

/* Behind a mailed link; changes nothing. ERR_NOT_FOUND: unknown, forged, or over. */
MUST_USE err interest_see(core *c, arena *a, str token, int64_t now_ms, interest *out);
/* Both may be repeated; errors as interest_see. */
MUST_USE err interest_confirm(core *c, str token, int64_t retain_ms, int64_t now_ms);
MUST_USE err interest_leave(core *c, str token, int64_t now_ms);

/* Takes an address off all lists. ERR_INVALID: not an address. */
MUST_USE err interest_forget(core *c, arena *a, email_address address, int64_t *out_n);

/* What a letter about it needs (core/letter.c). ERR_NOT_FOUND: no longer there. */
MUST_USE err interest_letter(db_tx *tx, arena *a, const core_keys *keys, int64_t id,
                             str *out_action, str *out_token, int64_t *out_asked_ms);

typedef struct interest_count {
    str action;
    int64_t asked, confirmed;
} interest_count;

typedef struct interest_counts {
    interest_count *at;
    size_t n;
} interest_counts;

MUST_USE err interest_count_all(core *c, arena *a, interest_counts *out);

typedef struct interested {
    email_address address;
    person_name name;
    str lang;
    int64_t confirmed_ms;
} interested;

/* Those on the list of an action, in turn; for the organiser, whose reach it needs. Stops at the
 * first error of the caller's. */
typedef err interest_take(void *arg, const interested *one);
MUST_USE err interest_each(core *c, str action, interest_take *take, void *arg);
