/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Addresses of those who want news: apart from the records, under a key for that purpose, and only
 * while the consent stands. Letters to them carry a token that ends it (RFC 8058). */

#include "core/link.h"
#include "core/row_token.h"

enum { LEAVE_TOKEN_CHARS = ROW_TOKEN_LONG };

/* The address is the one that the link carries; a link without one changes nothing, nor
 * does a declaration with records=browser: there the organiser writes to those who want news. */
MUST_USE err news_add(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
                      int64_t declaration_id, str lang);
MUST_USE err news_remove(db_tx *tx, int64_t signature);

/* ERR_NOT_FOUND: no consent stands. ERR_INVALID: sealed under another key. */
MUST_USE err news_address(db_tx *tx, arena *scratch, const core_keys *keys, int64_t signature,
                          email_address *out_address);

/* Ends the news of one signature and can do nothing else; it works as long as the signature is
 * there, and as often as wanted. */
str leave_token(arena *a, const core_keys *keys, int64_t signature, int64_t created_ms);

/* Ends the consent, with a trace in the language of the page. OK also for a token that is forged,
 * foreign or used before: nobody is told which. */
MUST_USE err news_leave(core *c, str token, str lang, int64_t now_ms);
