/* SPDX-License-Identifier: EUPL-1.2 */
/* Time in front, MAC behind: nothing is stored. */

#include "http/token.h"

enum { TIME_BYTES = 6, MAC_BYTES = 18, CLOCK_SKEW_MS = 60 * 1000 };

static void mac_of(arena *a, const key32 *key, str purpose, const char *time, char *out_mac)
{
    buf message = buf_in(a);
    buf_put(&message, purpose);
    buf_put_char(&message, 0);
    buf_put(&message, (str){time, TIME_BYTES});
    hash32 mac = mac_sha256(key, buf_str(&message));
    memcpy(out_mac, mac.at, MAC_BYTES);
}

str form_token_make(arena *a, const key32 *key, str purpose, int64_t now_ms)
{
    char token[TIME_BYTES + MAC_BYTES];
    for (int i = 0; i < TIME_BYTES; i++)
        token[i] = (char)(now_ms >> 8 * (TIME_BYTES - 1 - i) & 0xff);
    mac_of(a, key, purpose, token, token + TIME_BYTES);
    return base64url_make(a, (str){token, sizeof token});
}

token_state form_token_check(arena *a, const key32 *key, str purpose, str token, int64_t now_ms,
                             int64_t age_least_ms, int64_t *out_age_ms)
{
    *out_age_ms = 0;
    str bytes = {0};
    char mac[MAC_BYTES];
    if (token.n != (TIME_BYTES + MAC_BYTES) / 3 * 4 || base64url_read(a, token, &bytes) != OK ||
        bytes.n != TIME_BYTES + MAC_BYTES)
        return TOKEN_FORGED;
    mac_of(a, key, purpose, bytes.at, mac);
    if (!str_eq_secret(str_skip(bytes, TIME_BYTES), (str){mac, sizeof mac}))
        return TOKEN_FORGED;
    int64_t made_ms = 0;
    for (int i = 0; i < TIME_BYTES; i++)
        made_ms = made_ms << 8 | (unsigned char)bytes.at[i];
    int64_t age_ms = now_ms - made_ms;
    if (age_ms < -CLOCK_SKEW_MS)
        return TOKEN_FORGED;
    *out_age_ms = age_ms;
    if (age_ms > TOKEN_AGE_MOST_MS)
        return TOKEN_STALE;
    return age_ms < age_least_ms ? TOKEN_EARLY : TOKEN_FRESH;
}
