/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the sequencer and the readers of a log share: its rows as they are kept. */

#include "core/log.h"

#include "db/db.h"

/* Values of facet_tally.facet. */
enum { FACET_LANGUAGE = 1, FACET_TYPE = 2 };

/* Values of log_head.durability. */
enum { LOG_UNSAID, LOG_SYNC, LOG_ASYNC };

/* The peaks of a tree of that size, from the 32 bytes of each, smallest first. ERR_IO: they are
 * not as many. */
MUST_USE err log_frontier_read(int64_t size, str bytes, merkle_frontier *out_frontier);

/* The counts now, and by kind and country as log_state has them. */
MUST_USE err log_breakdown_read(db_tx *tx, arena *a, int64_t declaration_id, log_counts *out_counts,
                                str *out_breakdown);
