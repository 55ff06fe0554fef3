/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The published form of time stamps, beside the log (docs/log.md):
 *
 *   timestamps/SIZE.checkpoint  the file that was stamped
 *   timestamps/SIZE.tsr         the authority's answer
 *   timestamps/index            "SIZE SECONDS" lines, by size
 *
 * A pure function of the rows, like tiles; the index comes last. */

#include "core/timestamps.h"

/* Writes what is missing or damaged of the stamps behind the size `after`. directory: of all logs.
 * out_last: the largest size that has one, 0: none. ERR_NOT_FOUND: this log has no folder here. */
MUST_USE err timestamp_files_write(core *c, str directory, int64_t declaration_id, str slug,
                                   int64_t after, int64_t *out_last);
