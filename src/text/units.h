/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Between our UTF-8 views and the UTF-16 that ICU works on. For src/text/ only. */

#include "text/text.h"

#include <unicode/utypes.h>

typedef struct units {
    UChar *at;
    int32_t n;
    int32_t room; /* the units that may be written */
} units;

/* Room for at least spare more units behind the text. */
MUST_USE err units_of(arena *a, str s, int32_t spare, units *out_units);
str units_str(arena *a, const units *u);

bool units_is_ascii(str s);

/* Stops the program when ICU's own data cannot be used: nothing would work. */
#define ICU_MUST(status) BUG_IF(U_FAILURE(status))
