/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What Unicode knows about text whatever its language (ICU): normal form, folding for search,
 * transliteration, names of hosts. Language-dependent matters live in lang/. */

#include "base/base.h"

/* Canonical composition (NFC). ERR_INVALID: not UTF-8. Text already in NFC is returned as is. */
MUST_USE err text_nfc(arena *a, str s, str *out_nfc);

/* The search form: any script to Latin letters, accents dropped, lower case, runs of anything
 * else than letters and digits to one space. "Łódź – Παπαδόπουλος" gives "lodz papadopoulos". */
MUST_USE err text_fold(arena *a, str s, str *out_folded);

/* A host name to its lower-case A-label form (IDNA 2008/UTS 46, non-transitional, STD3 rules).
 * ERR_INVALID: not a host name with at least one dot. */
MUST_USE err text_host_ascii(arena *a, str host, str *out_ascii);
/* And back for display. */
MUST_USE err text_host_unicode(arena *a, str host, str *out_unicode);

/* Lower case by the root locale's full mapping. */
MUST_USE err text_lower(arena *a, str s, str *out_lower);
