/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The signer's own page, reached by the mailed link: see, correct, hide, leave the mailings,
 * withdraw and, for 24 hours, undo. Every act is one transaction and safe to repeat. */

#include "core/signature.h"

typedef struct signer_view {
    signature_state state;
    int64_t declaration;
    signer_kind kind;
    str lang;
    int64_t text_version;
    bool is_listed, wants_news, is_sample;
    str partner; /* slug of the one whose news were asked for when signing; empty: none */
    bool wants_partner;
    str source; /* slug of the partner through whose link the signer came; empty: none */
    int64_t created_ms, confirmed_ms, withdrawn_ms; /* 0: not */
    int64_t undo_until_ms;                          /* of a withdrawal; 0: none */
    int64_t held_until_ms; /* held: counts by itself then; 0: a person decides */
    int64_t decided_ms;    /* invalid: when it was decided, and why */
    str decided_why;
    int64_t leaf;     /* position in the log, -1: not included yet */
    int64_t log_size; /* of the last checkpoint; the leaf is public when it lies below */
    hash32 commitment;
    /* What the signer said. Without has_record it cannot be opened here: then only kind, country,
     * language, day, choices, the address and what is listed are there. The link in the first
     * letter opens it, or one through which it was said anew. */
    str nuts; /* the region that was named; empty: none */
    bool has_record;
    record record;
} signer_view;

/* ERR_NOT_FOUND: no such link, expired, or erased. Views live in the arena. */
MUST_USE err signer_open(core *c, arena *a, str token, int64_t now_ms, signer_view *out_view);

/* Takes the signature out of the count at once; can be undone until undo_until_ms. OK also when it
 * was withdrawn before. ERR_CONFLICT: not confirmed. */
MUST_USE err signer_withdraw(core *c, str token, int64_t now_ms);
/* OK also when it stands in the count. ERR_CONFLICT: the time to undo is over, nothing was ever
 * confirmed, or the same signer has signed anew meanwhile. */
MUST_USE err signer_undo(core *c, str token, int64_t now_ms);

/* Shows or hides in the public register; news on or off. Kept with day, language and version.
 * ERR_CONFLICT: to be listed needs the record, which this link does not open. */
MUST_USE err signer_set_consents(core *c, arena *a, str token, bool is_listed, bool wants_news,
                                 str lang, int64_t now_ms);

/* The news of signer_view.partner on or off, kept as above. OK also when there is no partner. */
MUST_USE err signer_set_partner(core *c, str token, bool is_wanted, str lang, int64_t now_ms);

typedef struct correction {
    person_name name;
    str organisation;
    str function;
    str country;
    str region;
    str nuts; /* as in signing */
    str reason;
    str website; /* as written */
    str group;
    str type, authority; /* read only where the record cannot be opened: all is said anew */
    /* Read only with records=browser, where everything above that is not listed is empty. */
    const browser_seal *seal;
    bool is_listed; /* from now on */
} correction;

/* Replaces what was said, in a record that from now on opens through this link and no other; when
 * something committed has changed, the log shows a new leaf, with a seed of its own, and the old
 * one as its duplicate. d is the declaration that was signed.
 * ERR_INVALID: no website. ERR_CONFLICT: not confirmed, what the browser should have sealed is not
 * in order (core/sealing.h), or that name stands on the same mailbox already. ERR_DENIED: something
 * committed has changed, and the declaration has closed. */
MUST_USE err signer_correct(core *c, arena *a, const declaration *d, str token,
                            const correction *fix, int64_t now_ms);

/* Signs the version of the text that is signed now, read in that language, with all that was said
 * before or, where fix is not NULL, is said now: the log shows a new leaf, and the old one as its
 * duplicate. OK also when it is signed already. ERR_CONFLICT: not confirmed, not open, or this link
 * does not open the record and nothing is said anew. ERR_INVALID: as signer_correct. */
MUST_USE err signer_renew(core *c, arena *a, const declaration *d, str token, const correction *fix,
                          str lang, int64_t now_ms);
