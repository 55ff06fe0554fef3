/* SPDX-License-Identifier: EUPL-1.2 */
/* Normal form and case, and the way to ICU's units and back. */

#include "text/units.h"

#include "base/utf8.h"

#include <pthread.h>
#include <unicode/ucasemap.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static const UNormalizer2 *composer;
static UCaseMap *case_map;

static void open_all(void)
{
    UErrorCode status = U_ZERO_ERROR;
    composer = unorm2_getNFCInstance(&status);
    case_map = ucasemap_open("", 0, &status);
    ICU_MUST(status);
}

static err check(str s)
{
    if (s.n > TEXT_BYTES_MOST)
        return ERR_LIMIT;
    return utf8_is_valid(s) ? OK : ERR_INVALID;
}

bool units_is_ascii(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.at[i] >= 0x80)
            return false;
    }
    return true;
}

err units_of(arena *a, str s, int32_t spare, units *out_units)
{
    TRY(check(s));
    /* A UTF-8 text never has more units than bytes. */
    int32_t room = (int32_t)s.n + spare;
    units u = {arena_array(a, UChar, (size_t)room + 1), 0, room};
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(u.at, room + 1, &u.n, s.at, (int32_t)s.n, &status);
    BUG_IF(U_FAILURE(status));
    *out_units = u;
    return OK;
}

str units_str(arena *a, const units *u)
{
    int32_t room = 3 * u->n + 1, n = 0;
    char *at = arena_alloc(a, (size_t)room);
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8(at, room, &n, u->at, u->n, &status);
    BUG_IF(U_FAILURE(status));
    return (str){at, (size_t)n};
}

err text_nfc(arena *a, str s, str *out_nfc)
{
    TRY(check(s));
    if (units_is_ascii(s)) {
        *out_nfc = s;
        return OK;
    }
    pthread_once(&opened, open_all);
    units from;
    TRY(units_of(a, s, 0, &from));
    UErrorCode status = U_ZERO_ERROR;
    if (unorm2_spanQuickCheckYes(composer, from.at, from.n, &status) == from.n) {
        ICU_MUST(status);
        *out_nfc = s;
        return OK;
    }
    /* Composing lengthens only the few characters that are excluded from it: threefold at most. */
    units to = {.room = 3 * from.n};
    to.at = arena_array(a, UChar, (size_t)to.room + 1);
    to.n = unorm2_normalize(composer, from.at, from.n, to.at, to.room + 1, &status);
    ICU_MUST(status);
    *out_nfc = units_str(a, &to);
    return OK;
}

err text_lower(arena *a, str s, str *out_lower)
{
    TRY(check(s));
    pthread_once(&opened, open_all);
    /* The worst case is U+023A: two bytes become three. */
    size_t room = s.n + s.n / 2 + 1;
    char *at = arena_alloc(a, room);
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = ucasemap_utf8ToLower(case_map, at, (int32_t)room, s.at, (int32_t)s.n, &status);
    BUG_IF(U_FAILURE(status));
    *out_lower = (str){at, (size_t)n};
    return OK;
}
