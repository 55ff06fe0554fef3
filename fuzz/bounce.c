/* SPDX-License-Identifier: EUPL-1.2 */
/* Delivery reports, as anybody may send them. The corpus is the samples of src/mail/bounce_test.c,
 * which says what each of them means. */

#include "mail/bounce.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    arena *a = arena_open(64 << 20);
    bounce b = bounce_read(a, (str){(const char *)data, size});
    BUG_IF(b.rule != BOUNCE_IGNORE && b.action != BOUNCE_FAILED);
    BUG_IF(b.rule == BOUNCE_STOP && b.status.class != 5);
    BUG_IF(b.rule == BOUNCE_KEEP && b.status.class != 4 && b.status.class != 5);
    BUG_IF(bounce_leaving(a, (str){(const char *)data, size}).n > size);
    arena_close(a);
    return 0;
}
