/* SPDX-License-Identifier: EUPL-1.2 */
/* The input as a drawing: what passes holds no script and no way out, however it is written. */

#include "picture/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str input = {(const char *)data, size};
    size_t line;
    const char *message;
    if (drawing_check(input, &line, &message) != OK)
        return 0;
    BUG_IF(str_find_str(input, S("<script")) < size || str_find_str(input, S("<!ENTITY")) < size);
    picture_size s = drawing_size(input);
    BUG_IF(s.width < 0 || s.height < 0);
    return 0;
}
