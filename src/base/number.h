/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Numbers from outside: one parser, always with bounds. */

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/* Decimal digits with an optional leading '-', no spaces, no '+', the whole of s.
 * ERR_INVALID: not a number; ERR_LIMIT: outside lowest..highest. */
MUST_USE err number_parse(str s, int64_t lowest, int64_t highest, int64_t *out_number);

/* Value of a hexadecimal digit in either case, -1 for any other byte. */
int number_hex_digit(char c);

/* Exactly n bytes from 2n hexadecimal digits. ERR_INVALID otherwise. */
MUST_USE err number_parse_hex(str s, void *out_bytes, size_t n);
