/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Form tokens: proof that a form was fetched from us, for one purpose, not long ago. Not bound to
 * a person (there are no cookies); together with Origin and Sec-Fetch-Site they keep foreign pages
 * and simple scripts out. 32 characters of base64url: 6 bytes of Unix milliseconds, then the first
 * 18 bytes of HMAC-SHA256(key, purpose 0x00 time). */

#include "crypto/crypto.h"

typedef enum token_state {
    TOKEN_FRESH,
    TOKEN_EARLY,  /* younger than the least age */
    TOKEN_STALE,  /* genuine but too old */
    TOKEN_FORGED, /* anything else, also absent */
} token_state;

enum { TOKEN_AGE_MOST_MS = 24 * 3600 * 1000 };

/* purpose: the name of the POST route ("sign_post"). out: how long ago it was made, 0 when forged.
 */
str form_token_make(arena *a, const key32 *key, str purpose, int64_t now_ms);
token_state form_token_check(arena *a, const key32 *key, str purpose, str token, int64_t now_ms,
                             int64_t age_least_ms, int64_t *out_age_ms);
