/* SPDX-License-Identifier: EUPL-1.2 */
#include "place/place.h"

#include "place/table.h"

static const place *find(str code)
{
    size_t low = 0, high = place_regions;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_cmp(str_of(place_rows[mid].code), code);
        if (order == 0)
            return &place_rows[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const place *place_by_code(str code)
{
    return find(code);
}

place_list place_level(arena *a, int level)
{
    const place **all = arena_alloc_array(a, place_regions, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < place_regions; i++)
        if (place_rows[i].level == level)
            all[n++] = &place_rows[i];
    return (place_list){all, n};
}

str place_label(arena *a, const place *p)
{
    return p->latin[0] ? arena_printf(a, "%s (%s)", p->name, p->latin) : str_of(p->name);
}

str place_country(str code)
{
    str two = str_head(code, 2);
    return str_eq(two, S("EL")) ? S("GR") : str_eq(two, S("UK")) ? S("GB") : two;
}

bool place_holds(str region, str code)
{
    return region.n > 0 && str_starts(code, region);
}

str place_cut(str code, int level)
{
    return str_head(code, (size_t)level + 2);
}

int64_t place_people(str country)
{
    int64_t all = 0;
    for (size_t i = 0; i < place_counts_n; i++) {
        str code = str_of(place_counts[i].code);
        if (str_eq(code, country) || str_eq(place_country(code), country))
            return place_counts[i].people;
        all += place_counts[i].people;
    }
    return str_eq(country, S("EU")) ? all : 0;
}

place_shapes place_outlines(void)
{
    return (place_shapes){place_shape_rows, place_shapes_n};
}

place_tiles place_mosaic(void)
{
    return (place_tiles){place_tile_rows, place_tiles_n};
}
