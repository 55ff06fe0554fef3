/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes of countries; their names in each language are lang/'s. */

#include "text/text.h"

#include <unicode/uloc.h>

bool text_is_country(str code)
{
    if (str_eq(code, S("XK")))
        return true;
    for (const char *const *known = uloc_getISOCountries(); *known; known++)
        if (str_eq(code, str_of(*known)))
            return true;
    return false;
}
