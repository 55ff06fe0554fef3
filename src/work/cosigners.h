/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The witnesses of one log (C2SP tlog-witness), asked side by side by a thread each. A witness that
 * does not answer is left alone for a while and delays nobody; what it says later still counts.
 * One that knows a larger or another tree stops the publisher: its log was rolled back or forked.
 */

#include "crypto/policy.h"

enum {
    COSIGNERS_MOST = 16,           /* further witnesses of a policy are not asked */
    COSIGNERS_REFRESH_MS = 600000, /* the same checkpoint is cosigned again, for a newer time */
};

typedef struct cosigner_options {
    str origin;
    str policy;       /* text; without witnesses that have an address nobody is asked */
    int directory_fd; /* of the log, for proofs from its tiles; stays the caller's */
    str ca_file;      /* for https; empty: the system's */
} cosigner_options;

typedef struct cosigners cosigners;

/* ERR_INVALID: the policy is none. */
MUST_USE err cosigners_open(const cosigner_options *options, cosigners **out_cosigners);
void cosigners_close(cosigners *c); /* waits for exchanges under way; NULL is accepted */

size_t cosigners_count(const cosigners *c);

/* Gives a signed checkpoint to all, and waits until each that is at hand has answered, at most
 * wait_ms. rows: how many leaves the log has by its rows; a witness that has seen more, or other
 * ones, makes it ERR_DENIED, and cosigners_reason says which. The tiles of size must be on disk.
 * OK says nothing about how many have answered. */
MUST_USE err cosigners_ask(cosigners *c, str note, uint64_t rows, int wait_ms);

/* The cosignature lines for the checkpoint asked last, by the order of the policy. */
str cosigners_lines(cosigners *c, arena *a);

/* Whether there are other lines than cosigners_lines gave last. */
bool cosigners_has_news(cosigners *c);

/* Why ERR_DENIED; else which witnesses do not answer and why, empty: all do. */
str cosigners_reason(cosigners *c, arena *a);

/* A contradiction that came after cosigners_ask returned. */
bool cosigners_is_denied(cosigners *c);
