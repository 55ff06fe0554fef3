/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/points.h"

#include "html/html.h"

/* "3. **Every region counts.** Cohesion policy …": what stands in bold, or the whole line. */
static bool read_point(arena *a, str line, str *out_point)
{
    size_t digits = 0;
    while (digits < line.n && line.at[digits] >= '0' && line.at[digits] <= '9')
        digits++;
    str rest = str_skip(line, digits);
    if (digits == 0 || !str_starts(rest, S(". ")))
        return false;
    rest = str_trim(str_skip(rest, 2));
    size_t bold = str_starts(rest, S("**")) ? str_find_str(str_skip(rest, 2), S("**")) : rest.n;
    *out_point = html_markdown_text(a, bold + 4 <= rest.n ? str_head(rest, bold + 4) : rest);
    return true;
}

str_list points_of(arena *a, str body)
{
    str_list points = {arena_array(a, str, POINTS_MOST), 0};
    for (str rest = body; rest.n && points.n < POINTS_MOST;) {
        str line = str_cut(rest, '\n', &rest);
        points.n += read_point(a, line, &points.at[points.n]);
    }
    return points;
}
