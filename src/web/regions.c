/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/regions.h"

#include "place/place.h"

#include <stdlib.h>

/* The tally is in the order of codes, so one region's lines of all levels follow each other. */
static void add(arena *a, region_rows *rows, str code, int64_t n)
{
    str region = place_cut(code, PLACE_REGION);
    region_row *last = rows->n ? &rows->at[rows->n - 1] : NULL;
    if (last && str_eq(last->code, region)) {
        last->count += n;
        return;
    }
    const place *p = place_by_code(region);
    rows->at[rows->n++] = (region_row){.code = region,
                                       .name = p ? place_label(a, p) : region,
                                       .country = place_country(region),
                                       .count = n};
}

static void fold_few(region_rows *rows)
{
    size_t kept = 0;
    int64_t largest = 1;
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->at[i].count < REGION_FEW) {
            rows->few += rows->at[i].count;
            continue;
        }
        rows->at[kept++] = rows->at[i];
        largest = rows->at[i].count > largest ? rows->at[i].count : largest;
    }
    rows->n = kept;
    for (size_t i = 0; i < kept; i++)
        rows->at[i].share = rows->at[i].count * 100 / largest;
}

region_rows regions_shown(arena *a, const published *p)
{
    size_t lines = 0;
    for (size_t i = 0; i < p->regions.n; i++)
        lines += p->regions.at[i] == '\n';
    region_rows rows = {.at = arena_array(a, region_row, lines + 1)};
    int64_t version, n, placed = 0;
    str code;
    for (str rest = p->regions; log_region_next(&rest, &version, &code, &n);) {
        if (version != PLACE_VERSION || n <= 0 || !place_by_code(code))
            continue;
        add(a, &rows, code, n);
        placed += n;
    }
    fold_few(&rows);
    int64_t all = log_counts_total(&p->counts);
    rows.unplaced = all > placed ? all - placed : 0;
    return rows;
}

static int by_count(const void *left, const void *right)
{
    const region_row *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return str_cmp(a->code, b->code);
}

void regions_name(region_rows *rows, const view_context *vc)
{
    for (size_t i = 0; i < rows->n; i++)
        rows->at[i].country_name = lang_country(vc->l, rows->at[i].country);
    if (rows->n)
        qsort(rows->at, rows->n, sizeof *rows->at, by_count);
}

int64_t regions_count(const region_rows *rows, str code)
{
    for (size_t i = 0; i < rows->n; i++)
        if (str_eq(rows->at[i].code, code))
            return rows->at[i].count;
    return 0;
}
