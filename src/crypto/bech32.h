/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Bech32 (BIP173) for keys of 32 bytes, in lower case. */

#include "base/base.h"

/* prefix: lower-case letters, digits and '-'. */
str bech32_make(arena *a, str prefix, const unsigned char bytes[static 32]);

/* ERR_INVALID: another prefix, another length, an upper-case letter, a wrong checksum, or bits
 * left over. */
MUST_USE err bech32_read(str text, str prefix, unsigned char out_bytes[static 32]);
