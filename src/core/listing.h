/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The public register of a declaration: only those who chose it, newest first or by name, paged by
 * key. */

#include "core/alliance.h"
#include "core/record.h"

/* A page looks at no more than LISTING_SCANNED entries, by name at half as many: one that is not
 * full, even an empty one, may have another behind it. */
enum { LISTING_PAGE = 50, LISTING_SCANNED = 12000 };

typedef struct listing_filter {
    signer_kind kind; /* 0: any */
    str country;      /* empty: any */
    str words;        /* searched without accents, in any script; empty: any */
    str nuts;         /* the region or one within it; empty: any */
    int64_t before;   /* the last number of the page before; 0: the first page */
} listing_filter;

typedef struct listed {
    int64_t number; /* for paging only */
    signer_kind kind;
    str name;
    str organisation;
    str function;
    str type;
    str reason;
    str country;
    str region;
    str website; /* of an organisation */
    str group;   /* of a mandate holder */
    int64_t confirmed_ms;
    bool is_sample;
    int64_t version; /* of the text that was signed */
} listed;

typedef struct listing_page {
    const listed *at;
    size_t n;
    int64_t next_before; /* newest first; 0: this was the last page */
    str next_after;      /* by name; empty: this was the last page */
} listing_page;

MUST_USE err listing_read(core *c, arena *a, int64_t declaration_id, const listing_filter *filter,
                          size_t most, listing_page *out_page);

/* In the order of a language, by what is shown as the name; after: next_after of the page before,
 * empty for the first (filter->before says nothing here). Who was confirmed a moment ago may be
 * missing: listing_sort brings them in. ERR_INVALID: after is none of ours. */
MUST_USE err listing_read_by_name(core *c, arena *a, int64_t declaration_id,
                                  const listing_filter *filter, str lang, str after, size_t most,
                                  listing_page *out_page);

/* How many are in the order by name. */
MUST_USE err listing_total(core *c, int64_t declaration_id, int64_t *out_total);

/* Gives those who are shown and not yet in it their place in the order by name, and counts them;
 * makes the whole order anew when ICU's has changed. In small steps, from any number of places. */
MUST_USE err listing_sort(core *c, int64_t *out_sorted);

/* The search form of what is shown. */
MUST_USE err listing_fold(arena *a, const record *r, str *out_folded);

/* Enters a signature that chose to be listed; shown from confirmed_ms on, hidden while it is 0. */
MUST_USE err listing_add(db_tx *tx, int64_t signature, int64_t declaration_id, const record *r,
                         str folded, bool is_sample, int64_t confirmed_ms);

/* Takes an entry out of sight, or away; nothing happens to one that is not there. */
MUST_USE err listing_hide(db_tx *tx, int64_t signature);
MUST_USE err listing_remove(db_tx *tx, int64_t signature);
/* Out of the order by name and the count: part of both. */
MUST_USE err listing_unsort(db_tx *tx, int64_t signature);

/* "%word%word%": the words folded, in their order, each from anywhere. */
MUST_USE err listing_pattern(arena *a, str words, str *out_pattern);

/* Pages of the register are kept until the next checkpoint. What changes it without one (hiding,
 * showing, a correction of what is not committed) raises its revision in the same transaction. */
MUST_USE err listing_raise(db_tx *tx, arena *scratch);
MUST_USE err listing_revision(db_tx *tx, arena *scratch, int64_t *out_revision);

/* Reasons ("why I sign") that wait for somebody to read them; nobody else sees them before. */
typedef struct unread_reason {
    int64_t number;
    signer_kind kind;
    str name;
    str organisation;
    str reason;
} unread_reason;

typedef struct unread_reasons {
    const unread_reason *at;
    size_t n;
} unread_reasons;

MUST_USE err reason_unread(core *c, arena *a, size_t most, unread_reasons *out_reasons);
/* Shows a reason in the register, or keeps it out. ERR_NOT_FOUND: no such reason. */
MUST_USE err reason_settle(core *c, int64_t number, bool is_shown);
