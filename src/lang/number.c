/* SPDX-License-Identifier: EUPL-1.2 */
/* Numbers as the Interinstitutional Style Guide (6.5) writes them, the same on every page, poster
 * and image: groups of three apart by a space in every language, four digits too, and a decimal
 * comma except in English, Irish and Maltese. The space is U+202F: it never breaks, and our fonts
 * have it. Serial numbers and years are not amounts: they are put as text. */

#include "lang/catalogue.h"

#define GROUP_SPACE "\xE2\x80\xAF"
#define MINUS "\xE2\x88\x92"

static void put_grouped(buf *out, uint64_t n)
{
    char digits[20];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + n % 10);
    while (n /= 10);
    while (count--) {
        buf_put_char(out, digits[count]);
        if (count && count % 3 == 0)
            buf_put(out, S(GROUP_SPACE));
    }
}

static uint64_t put_sign(buf *out, int64_t n)
{
    if (n >= 0)
        return (uint64_t)n;
    buf_put(out, S(MINUS));
    return 0 - (uint64_t)n;
}

str lang_number(arena *a, lang l, int64_t n)
{
    (void)l; /* one style for all; the parameter keeps the door open for another */
    buf out = buf_in(a);
    put_grouped(&out, put_sign(&out, n));
    return buf_str(&out);
}

str lang_decimal(arena *a, lang l, int64_t thousandths, int digits)
{
    BUG_IF(digits < 0 || digits > 3);
    static const uint64_t units[] = {1000, 100, 10, 1};
    bool has_point = l == LANG_EN || l == LANG_GA || l == LANG_MT || l == LANG_PSEUDO;
    buf out = buf_in(a);
    uint64_t unit = units[digits];
    uint64_t size = thousandths < 0 ? 0 - (uint64_t)thousandths : (uint64_t)thousandths;
    uint64_t rounded = (size + unit / 2) / unit, whole = rounded / (1000 / unit);
    if (rounded)
        put_sign(&out, thousandths);
    put_grouped(&out, whole);
    if (digits)
        buf_printf(&out, "%c%0*d", has_point ? '.' : ',', digits, (int)(rounded % (1000 / unit)));
    return buf_str(&out);
}
