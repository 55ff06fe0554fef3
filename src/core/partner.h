/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Members of a partner in the public register. A content folder names members by name or website;
 * an organisation that chose to be listed and bears such a name or website is shown with the
 * partner. Nothing else ties a signature to a membership, and nothing is claimed beyond that. */

#include "core/listing.h"

enum { PARTNER_MEMBER_BYTES_MOST = 255, PARTNER_MEMBERS_MOST = 20000 };

/* Whether every word, folded, stands somewhere in what a partner is called and says of itself in a
 * language. No words: true. */
MUST_USE err partner_has_words(arena *a, const content_item *item, str lang, str words,
                               bool *out_has);

/* Reads a list of members, one a line; empty lines and those that begin with '#' do not count.
 * ERR_INVALID: line *out_line is too long, or neither a name of three letters nor a host, or one
 * member too many. */
MUST_USE err partner_members_check(arena *a, str members, size_t *out_line);

/* Puts the members of one partner in place; all were taken away before by partner_members_clear. */
MUST_USE err partner_members_clear(db_tx *tx);
MUST_USE err partner_members_put(db_tx *tx, arena *scratch, str partner, str members);

/* By what an organisation of the register can be found. Part of its order by name. */
MUST_USE err partner_marks_put(db_tx *tx, arena *scratch, int64_t signature, int64_t declaration_id,
                               str organisation, str website);

/* Listed members, newest first; before: next_before of the page above, 0 for the first. Who was
 * confirmed a moment ago may be missing, as in the order by name. */
MUST_USE err partner_listed(core *c, arena *a, int64_t declaration_id, str partner, int64_t before,
                            size_t most, listing_page *out_page);
