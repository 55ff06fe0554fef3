/* SPDX-License-Identifier: EUPL-1.2 */
/* Sorting as the language does: "ch" behind "h" in Czech, "y" beside "i" in Lithuanian. */

#include "lang/locale.h"

int lang_compare(lang l, str a, str b)
{
    UErrorCode status = U_ZERO_ERROR;
    BUG_IF(a.n > INT32_MAX || b.n > INT32_MAX);
    UCollationResult order =
        ucol_strcollUTF8(locale_of(l)->collator, a.at, (int32_t)a.n, b.at, (int32_t)b.n, &status);
    ICU_MUST(status);
    return order != UCOL_EQUAL ? (int)order : str_cmp(a, b);
}

static int by_language(const void *left, const void *right, void *l)
{
    const str *a = left, *b = right;
    return lang_compare(*(const lang *)l, *a, *b);
}

void lang_sort(lang l, str_list *names)
{
    if (names->n > 1)
        qsort_r(names->at, names->n, sizeof *names->at, by_language, &l);
}
