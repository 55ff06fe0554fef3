/* SPDX-License-Identifier: EUPL-1.2 */
/* Tables of old addresses, a NUL, a path. Whatever is accepted leads to this site and nowhere else,
 * and not in a circle. */

#include "core/redirect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 8 << 10)
        return 0;
    arena *a = arena_open(64 << 20);
    str path, text = str_cut((str){(const char *)data, size}, '\0', &path);
    redirect_list all;
    redirect_fault fault = {0, NULL};
    if (redirects_read(a, text, &all, &fault) != OK) {
        BUG_IF(fault.line == 0 || !fault.what);
    } else {
        for (size_t i = 0; i < all.n; i++) {
            str to = all.at[i].to;
            BUG_IF(to.n == 0 || to.at[0] != '/' || str_starts(to, S("//")));
            for (size_t k = 0; k < to.n; k++)
                BUG_IF(to.at[k] <= ' ' || to.at[k] > '~' || to.at[k] == '\\');
            BUG_IF(!str_eq(redirects_find(all, all.at[i].from), to));
            BUG_IF(redirects_find(all, str_head(to, str_find(to, '?'))).n &&
                   str_find(to, '%') == to.n && str_find(to, '#') == to.n);
        }
        (void)redirects_find(all, path);
    }
    arena_close(a);
    return 0;
}
