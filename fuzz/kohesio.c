/* SPDX-License-Identifier: EUPL-1.2 */
/* The input as an exported project: facts are single lines, and few. */

#include "core/kohesio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fact_list facts;
    const char *message;
    if (size > KOHESIO_BYTES_MOST)
        return 0;
    arena *a = arena_open(64 << 20);
    if (kohesio_read(a, (str){(const char *)data, size}, &facts, &message) == OK)
        for (size_t i = 0; i < facts.n; i++) {
            str value = facts.at[i].value;
            BUG_IF(value.n == 0 || str_find(value, '\n') < value.n);
        }
    else
        BUG_IF(!message);
    arena_close(a);
    return 0;
}
