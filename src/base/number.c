/* SPDX-License-Identifier: EUPL-1.2 */
/* Bounded number parsing. */

#include "base/number.h"

err number_parse(str s, int64_t lowest, int64_t highest, int64_t *out_number)
{
    bool is_negative = s.n > 0 && s.at[0] == '-';
    if (is_negative)
        s = str_skip(s, 1);
    if (s.n == 0)
        return ERR_INVALID;
    int64_t number = 0;
    bool is_huge = false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return ERR_INVALID;
        int digit = s.at[i] - '0';
        /* Counting downwards holds the most negative number too. */
        is_huge = is_huge || __builtin_mul_overflow(number, 10, &number) ||
                  __builtin_sub_overflow(number, digit, &number);
    }
    if (!is_huge && !is_negative)
        is_huge = __builtin_sub_overflow((int64_t)0, number, &number);
    if (is_huge || number < lowest || number > highest)
        return ERR_LIMIT;
    *out_number = number;
    return OK;
}

int number_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

err number_parse_hex(str s, void *out_bytes, size_t n)
{
    unsigned char *out = out_bytes;
    if (s.n != 2 * n)
        return ERR_INVALID;
    for (size_t i = 0; i < s.n; i++)
        if (number_hex_digit(s.at[i]) < 0)
            return ERR_INVALID;
    for (size_t i = 0; i < n; i++)
        out[i] =
            (unsigned char)(number_hex_digit(s.at[2 * i]) * 16 + number_hex_digit(s.at[2 * i + 1]));
    return OK;
}
