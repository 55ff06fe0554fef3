/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Addresses of those who want news: apart from the records, under a key for that purpose, and only
 * while the consent stands. */

#include "core/link.h"

/* The address is the one that the link carries; a link without one changes nothing, nor
 * does a declaration with records=browser: there the organiser writes to those who want news. */
MUST_USE err news_add(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
                      int64_t declaration_id, str lang);
MUST_USE err news_remove(db_tx *tx, int64_t signature);
