/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Small files that a command is pointed to: receipts, policies, checkpoints. Failures are said on
 * stderr. */

#include "base/base.h"

MUST_USE err verify_file_read(arena *a, str path, size_t most_bytes, str *out_bytes);

/* Whole or not at all. */
MUST_USE err verify_file_write(arena *a, str path, str bytes);
