/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What Unicode knows about text whatever its language (ICU): normal form, folding for search,
 * lower case, names of hosts. Sort keys: collation.h. All else that depends on a
 * language lives in lang/.
 *
 * All functions are safe from any thread; ICU's objects are opened at the first call and live as
 * long as the program. Common errors: ERR_INVALID for what is not UTF-8, ERR_LIMIT for more than
 * TEXT_BYTES_MOST bytes. */

#include "base/base.h"

enum { TEXT_BYTES_MOST = 256 << 10, TEXT_HOST_BYTES_MOST = 253 };

/* Canonical composition (NFC). Text already in NFC is returned as is, not copied. */
MUST_USE err text_nfc(arena *a, str s, str *out_nfc);

/* The search form: any script to Latin letters, accents dropped, lower case, runs of anything
 * else than letters and digits to one space, none at the ends. "Łódź – Παπαδόπουλος" gives
 * "lodz papadopoulos". What no rule can turn into Latin stays as it is; ASCII stays ASCII. */
MUST_USE err text_fold(arena *a, str s, str *out_folded);

/* Lower case by the root locale's full mapping. */
MUST_USE err text_lower(arena *a, str s, str *out_lower);

/* A host name to its lower-case A-label form (UTS 46 for IDNA 2008: non-transitional, STD3 rules,
 * hyphens, joiners and bidi checked). At most TEXT_HOST_BYTES_MOST bytes, before and after.
 * ERR_INVALID: not a host name with at least one dot, or an address in figures. */
MUST_USE err text_host_ascii(arena *a, str host, str *out_ascii);
/* And back for display. A name that only looks like another (letters of several scripts in one
 * label) stays in its A-label form. */
MUST_USE err text_host_unicode(arena *a, str host, str *out_unicode);

/* The part of a host name that somebody registered, by the Public Suffix List (publicsuffix.org,
 * as built into libpsl): "a.b.example.co.uk" gives "example.co.uk". A public suffix itself stays
 * as it is. Lower-case A-labels; ERR_INVALID as above. */
MUST_USE err text_host_registrable(arena *a, str host, str *out_registrable);

/* Whether it is the code of a country (ISO 3166-1 alpha-2), or XK. */
bool text_is_country(str code);
