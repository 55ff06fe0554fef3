/* SPDX-License-Identifier: EUPL-1.2 */
/* The input as the first bytes of a photograph. */

#include "picture/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    picture_size s;
    if (photograph_size((str){(const char *)data, size}, &s) == OK)
        BUG_IF(s.width < 1 || s.height < 1);
    return 0;
}
