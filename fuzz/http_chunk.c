/* SPDX-License-Identifier: EUPL-1.2 */
/* The chunked coding: one call or one byte at a time, the same outcome and the same body. */

#include "http/chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    static char whole[4096];
    static char slow[4096];
    chunk c = {0};
    str in = {(const char *)data, size};
    size_t whole_n = 0;
    int outcome = chunk_read(&c, &in, whole, sizeof whole, &whole_n);
    size_t left = in.n;

    chunk d = {0};
    size_t slow_n = 0;
    int last = CHUNK_MORE;
    size_t used = 0;
    while (used < size && last == CHUNK_MORE) {
        str one = {(const char *)data + used, 1};
        size_t n = 0;
        last = chunk_read(&d, &one, slow + slow_n, sizeof slow - slow_n, &n);
        slow_n += n;
        used += 1 - one.n;
    }
    BUG_IF(last != outcome || slow_n != whole_n || memcmp(whole, slow, whole_n) != 0);
    BUG_IF(outcome == CHUNK_DONE && left != size - used);
    return 0;
}
