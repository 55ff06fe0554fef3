/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What every rule needs: the database and the keys. Core knows no HTTP, no HTML, no language; it
 * is told the time and never asks for it. */

#include "base/base.h"
#include "base/personal.h"
#include "crypto/crypto.h"
#include "db/db.h"

/* One purpose each, derived from the server's master key. */
typedef struct core_keys {
    key32 record;  /* seals the file keys of records that the server may read */
    key32 mail;    /* seals addresses in the mail queue */
    key32 news;    /* seals addresses of those who want news */
    key32 link;    /* masks row numbers in mailed links */
    key32 mailbox; /* uniqueness of addresses; one further derivation per declaration */
    key32 rate;    /* prefixes in rate limits; one further derivation per day */
    key32 form;    /* form tokens */
    key32 promise; /* seed of the Ed25519 key that promises inclusion in the log */
    key32 watch;   /* domains and networks of traces; further derivations for each day */
    key32 work;    /* proofs of work */
    key32 returns; /* tokens of return paths */
    key32 joining; /* seals requests to join */
    key32 api;     /* what was sent by partners' keys, in hashes */
    key32 hooks;   /* secrets of webhooks; one further derivation each */
} core_keys;

struct watch; /* core/watch.h */

typedef struct core {
    db *db;
    core_keys keys;
    str erasures;        /* file of the erasure journal (core/journal.h); empty: none is kept */
    struct watch *watch; /* NULL: nothing is counted, and nothing held */
} core;

core_keys core_keys_derive(const key32 *master);

/* Whether the database belongs to these keys. The first to ask marks it as theirs. ERR_DENIED: it
 * was made with another master key: no record would open, and known addresses would seem new. */
MUST_USE err core_keys_fit(core *c);

/* How many signers of a kind there are never mix: the three kinds. */
typedef enum signer_kind {
    SIGNER_PERSON = 1,
    SIGNER_ORGANISATION = 2,
    SIGNER_MANDATE = 3,
} signer_kind;

enum { SIGNER_KINDS = 3 };

/* 'p', 'o' or 'm', as in the log. */
char signer_kind_letter(signer_kind kind);
