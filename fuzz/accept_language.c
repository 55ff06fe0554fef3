/* SPDX-License-Identifier: EUPL-1.2 */
/* The Accept-Language header: any bytes give one of the 24 or none, the same each time. */

#include "lang/lang.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lang found = LANG_COUNT, again = LANG_COUNT;
    str header = {(const char *)data, size};
    bool is_met = lang_negotiate(header, &found);
    BUG_IF(is_met != (found < LANG_COUNT));
    BUG_IF(lang_negotiate(header, &again) != is_met || found != again);
    /* A wish with full weight in front wins. */
    char text[1200] = "mt,";
    if (size < sizeof text - 3) {
        if (size)
            memcpy(text + 3, data, size);
        BUG_IF(!lang_negotiate((str){text, size + 3}, &found) || found != LANG_MT);
    }
    return 0;
}
