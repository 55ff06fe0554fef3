/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the register shows, from a row of any statement that reads it: each has a row type of its
 * own, and all name these columns alike. */

#include "core/listing.h"

#define LISTED_OF(row)                                                                             \
    ((listed){.number = (row)->signature,                                                          \
              .kind = (signer_kind)(row)->kind,                                                    \
              .name = (row)->name,                                                                 \
              .organisation = (row)->organisation,                                                 \
              .function = (row)->function,                                                         \
              .type = (row)->type,                                                                 \
              .reason = (row)->reason,                                                             \
              .country = (row)->country,                                                           \
              .region = (row)->region,                                                             \
              .website = (row)->website,                                                           \
              .group = (row)->political_group,                                                     \
              .confirmed_ms = (row)->confirmed,                                                    \
              .is_sample = (row)->is_sample,                                                       \
              .version = (row)->version})
