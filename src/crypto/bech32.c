/* SPDX-License-Identifier: EUPL-1.2 */
/* A key is 256 bits in 52 letters of 5 bits, then 6 letters of checksum. */

#include "crypto/bech32.h"

enum { DATA_LETTERS = 52, CHECK_LETTERS = 6, LETTERS = DATA_LETTERS + CHECK_LETTERS };

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t check_step(uint32_t sum, unsigned value)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; i++)
        if (top >> i & 1)
            sum ^= generator[i];
    return sum;
}

/* The sum over the prefix: high bits of its letters, a zero, low bits. */
static uint32_t check_begin(str prefix)
{
    uint32_t sum = 1;
    for (size_t i = 0; i < prefix.n; i++)
        sum = check_step(sum, (unsigned char)prefix.at[i] >> 5);
    sum = check_step(sum, 0);
    for (size_t i = 0; i < prefix.n; i++)
        sum = check_step(sum, (unsigned char)prefix.at[i] & 31);
    return sum;
}

str bech32_make(arena *a, str prefix, const unsigned char bytes[static 32])
{
    buf b = buf_in(a);
    buf_put(&b, prefix);
    buf_put_char(&b, '1');
    uint32_t sum = check_begin(prefix);
    unsigned bits = 0;
    unsigned held = 0;
    size_t taken = 0;
    for (size_t i = 0; i < DATA_LETTERS; i++) {
        if (held < 5) {
            bits = bits << 8 | (taken < 32 ? bytes[taken] : 0);
            taken++;
            held += 8;
        }
        held -= 5;
        unsigned value = bits >> held & 31;
        sum = check_step(sum, value);
        buf_put_char(&b, alphabet[value]);
    }
    for (size_t i = 0; i < CHECK_LETTERS; i++)
        sum = check_step(sum, 0);
    sum ^= 1;
    for (unsigned i = 0; i < CHECK_LETTERS; i++)
        buf_put_char(&b, alphabet[sum >> 5 * (CHECK_LETTERS - 1 - i) & 31]);
    return buf_str(&b);
}

err bech32_read(str text, str prefix, unsigned char out_bytes[static 32])
{
    if (text.n != prefix.n + 1 + LETTERS || !str_starts(text, prefix) || text.at[prefix.n] != '1')
        return ERR_INVALID;
    str letters = str_skip(text, prefix.n + 1);
    unsigned char bytes[33] = {0}; /* the last letter brings four bits too many */
    uint32_t sum = check_begin(prefix);
    unsigned bits = 0;
    unsigned held = 0;
    size_t made = 0;
    for (size_t i = 0; i < LETTERS; i++) {
        const char *at = memchr(alphabet, letters.at[i], sizeof(alphabet) - 1);
        if (!at)
            return ERR_INVALID;
        unsigned value = (unsigned)(at - alphabet);
        sum = check_step(sum, value);
        if (i >= DATA_LETTERS)
            continue;
        bits = bits << 5 | value;
        held += 5;
        if (held >= 8) {
            held -= 8;
            bytes[made++] = (unsigned char)(bits >> held);
        }
    }
    if (sum != 1 || made != 32 || (bits & 15) != 0)
        return ERR_INVALID;
    memcpy(out_bytes, bytes, 32);
    return OK;
}
