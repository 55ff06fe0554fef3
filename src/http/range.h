/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Parts of a file, for films: players jump, and some play nothing from a server that cannot
 * (RFC 9110, section 14). One range a request; several are answered with the whole. */

#include "base/base.h"

typedef enum range_choice {
    RANGE_WHOLE, /* none asked for, or one that may be passed over */
    RANGE_PART,
    RANGE_BEHIND, /* it begins behind the end: 416 */
} range_choice;

/* value: of the Range header; bytes: of the whole file. */
range_choice range_choose(str value, int64_t bytes, int64_t *out_from, int64_t *out_n);
