/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */

#include "base/str.h"

#include <stdint.h>

bool utf8_is_valid(str s);

/* Code points of valid text. */
size_t utf8_length(str s);

/* Takes one code point off the front of *s; -1 when the bytes are not UTF-8 (one byte is
 * skipped), -2 at the end. */
int32_t utf8_next(str *s);

/* Appends the code point's bytes to out (at most 4) and gives their number. */
size_t utf8_encode(int32_t code_point, char out[static 4]);

/* Whether valid text holds C0/C1 controls, U+2028/2029, bidi overrides or isolates, a BOM,
 * or noncharacters: what no name or title may carry. Newlines count as controls. */
bool utf8_has_controls(str s);
