/* SPDX-License-Identifier: EUPL-1.2 */
/* "bytes=0-499", "bytes=500-", "bytes=-500". */

#include "http/range.h"

#include "base/number.h"

range_choice range_choose(str value, int64_t bytes, int64_t *out_from, int64_t *out_n)
{
    str last;
    *out_from = 0;
    *out_n = bytes;
    if (!str_starts(value, S("bytes=")) || str_find(value, ',') < value.n)
        return RANGE_WHOLE;
    str spec = str_trim(str_skip(value, 6));
    str first = str_cut(spec, '-', &last);
    int64_t from, to = INT64_MAX - 1;
    if (first.n + 1 + last.n != spec.n || (last.n && number_parse(last, 0, to, &to) != OK))
        return RANGE_WHOLE;
    if (first.n == 0) {
        if (last.n == 0)
            return RANGE_WHOLE;
        if (to == 0)
            return RANGE_BEHIND;
        from = to < bytes ? bytes - to : 0;
        to = bytes - 1;
    } else if (number_parse(first, 0, INT64_MAX - 1, &from) != OK || from > to) {
        return RANGE_WHOLE;
    }
    if (from >= bytes)
        return RANGE_BEHIND;
    *out_from = from;
    *out_n = (to < bytes ? to + 1 : bytes) - from;
    return RANGE_PART;
}
