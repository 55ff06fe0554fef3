/* SPDX-License-Identifier: EUPL-1.2 */
/* Openings out of the input: keeping everything that is shown changes nothing, and keeping nothing
 * leaves the commitment as it was. */

#include "core/opening.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    arena *a = arena_open(16 << 20);
    opening o, again;
    str input = {(const char *)data, size};
    bool keep[OPENING_FIELDS];
    if (size <= OPENING_BYTES_MOST && opening_read(a, input, &o) == OK) {
        for (int all = 0; all < 2; all++) {
            memset(keep, all, sizeof keep);
            BUG_IF(opening_read(a, opening_reduced(a, &o, keep), &again) != OK);
            BUG_IF(!hash_eq(&again.commitment, &o.commitment));
        }
    }
    arena_close(a);
    return 0;
}
