/* SPDX-License-Identifier: EUPL-1.2 */
/* Normal form, folding, lower case and host names of any bytes: results are UTF-8, and doing it
 * again changes nothing where that is promised. */

#include "text/text.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MOST = 4 << 10, ARENA_BYTES = 64 << 20 };

static void check_folded(str folded)
{
    BUG_IF(!utf8_is_valid(folded));
    BUG_IF(folded.n && (folded.at[0] == ' ' || folded.at[folded.n - 1] == ' '));
    BUG_IF(str_find_str(folded, S("  ")) < folded.n);
    for (size_t i = 0; i < folded.n; i++)
        BUG_IF(folded.at[i] >= 'A' && folded.at[i] <= 'Z');
}

static void check_host(arena *a, str host)
{
    str ascii, again, shown;
    if (text_host_ascii(a, host, &ascii) != OK)
        return;
    for (size_t i = 0; i < ascii.n; i++)
        BUG_IF(!strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", ascii.at[i]));
    BUG_IF(text_host_ascii(a, ascii, &again) != OK || !str_eq(ascii, again));
    BUG_IF(text_host_unicode(a, host, &shown) != OK || !utf8_is_valid(shown));
    BUG_IF(shown.n <= TEXT_HOST_BYTES_MOST &&
           (text_host_ascii(a, shown, &again) != OK || !str_eq(ascii, again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MOST)
        return 0;
    arena *a = arena_open(ARENA_BYTES);
    str s = {(const char *)data, size}, nfc, again, folded, lower;
    bool is_utf8 = utf8_is_valid(s);
    BUG_IF((text_nfc(a, s, &nfc) == OK) != is_utf8);
    BUG_IF((text_fold(a, s, &folded) == OK) != is_utf8);
    BUG_IF((text_lower(a, s, &lower) == OK) != is_utf8);
    if (is_utf8) {
        BUG_IF(!utf8_is_valid(nfc) || !utf8_is_valid(lower));
        BUG_IF(text_nfc(a, nfc, &again) != OK || !str_eq(nfc, again));
        check_folded(folded);
    }
    check_host(a, s);
    arena_close(a);
    return 0;
}
