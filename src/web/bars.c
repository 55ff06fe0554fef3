/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/bars.h"

void bars_measure(bars *rows)
{
    int64_t largest = 1;
    for (size_t i = 0; i < rows->n; i++)
        largest = rows->at[i].count > largest ? rows->at[i].count : largest;
    for (size_t i = 0; i < rows->n; i++)
        rows->at[i].share = rows->at[i].count * 100 / largest;
}
