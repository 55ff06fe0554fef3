/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Requests to join as a partner: sent by a form, confirmed by a mailed link, decided by the
 * alliance, told to the sender, and erased. What somebody wrote stands sealed under a key of the
 * server; beside it only state, language and days. */

#include "core/link.h"

typedef enum joining_state {
    JOINING_SENT = 0, /* not confirmed by mail yet; nobody reads it before */
    JOINING_WAITS = 1,
    JOINING_ACCEPTED = 2,
    JOINING_REFUSED = 3,
} joining_state;

/* The purpose of its mailed links (core/link.h). */
#define JOINING_TOKEN "joining/link"

enum {
    JOINING_SENT_DAYS = 14,    /* to confirm */
    JOINING_WAITS_DAYS = 365,  /* to decide */
    JOINING_DECIDED_DAYS = 90, /* kept after that */
    JOINING_NOTE_BYTES_MOST = 1000,
};

/* As the form brings it: trimmed UTF-8 without controls but line feeds; website as written. */
typedef struct joining_words {
    str organisation;
    str country; /* a known ISO code */
    str website;
    person_name contact;
    str role;
    email_address mail;
    str message;
} joining_words;

typedef struct joining {
    int64_t number;
    joining_state state;
    str lang;
    joining_words words;
    int64_t created_ms, decided_ms; /* 0: not */
    str note;                       /* of whoever decided, for the sender; may be empty */
} joining;

typedef struct joining_list {
    const joining *at;
    size_t n;
} joining_list;

/* Stores it and queues the letter that asks to confirm. ERR_INVALID: no address, or no website. */
MUST_USE err joining_submit(core *c, arena *a, const joining_words *words, str lang,
                            int64_t now_ms);

/* By the mailed link. ERR_NOT_FOUND: no such link, or erased. */
MUST_USE err joining_open(core *c, arena *a, str token, joining *out_joining);
/* OK also when it was confirmed before. */
MUST_USE err joining_confirm(core *c, str token);
/* Erases it at once, whatever its state. OK also when it is gone. */
MUST_USE err joining_take_back(core *c, str token);

/* Of the alliance. Those that wait come first; unconfirmed ones are not shown. */
MUST_USE err joining_all(core *c, arena *a, size_t most, joining_list *out_list);
/* ERR_NOT_FOUND. */
MUST_USE err joining_get(core *c, arena *a, int64_t number, joining *out_joining);
/* Decides and queues the letter that says so. ERR_NOT_FOUND; ERR_CONFLICT: not confirmed, or
 * decided already; ERR_LIMIT: the note is too long. */
MUST_USE err joining_decide(core *c, arena *a, int64_t number, bool is_accepted, str note,
                            int64_t now_ms);

/* How many wait to be decided. */
MUST_USE err joining_waiting(core *c, int64_t *out_n);

/* Erases what is too old, at most `most` rows. */
MUST_USE err joining_expire(db_tx *tx, int64_t now_ms, int64_t most, int64_t *out_n);
