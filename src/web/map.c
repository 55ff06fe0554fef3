/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/map.h"

#include "place/place.h"

enum { WIDTH = 6000, HEIGHT = 6400 };

/* --- Classes: each as much larger than the one before as that was than its own before --- */

/* The least b with b^MAP_SHADES >= most^i. Halving, and whole steps: the same on every machine. */
static int64_t power(int64_t most, size_t i)
{
    double wanted = 1;
    for (size_t k = 0; k < i; k++)
        wanted *= (double)most;
    int64_t low = 1, high = most;
    while (low < high) {
        int64_t mid = low + (high - low) / 2;
        double reached = 1;
        for (size_t k = 0; k < MAP_SHADES; k++)
            reached *= (double)mid;
        if (reached >= wanted)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* Nothing below least is shown: it is one class with nothing at all. */
static map_classes classes_of(int64_t least, int64_t most)
{
    map_classes c = {.at = {{0, 0, least - 1}}, .n = 1};
    int64_t low = least, below = least - 1;
    for (size_t i = 1; i <= MAP_SHADES && low <= most; i++) {
        int64_t high = i == MAP_SHADES ? most : below + power(most - below, i);
        if (high < low)
            continue;
        c.at[c.n++] = (map_class){(int)i, low, high};
        low = high + 1;
    }
    return c;
}

static int shade_of(const map_classes *c, int64_t n)
{
    for (size_t i = 0; i < c->n; i++)
        if (n >= c->at[i].low && n <= c->at[i].high)
            return c->at[i].shade;
    return 0;
}

static str label(const page_context *pc, str name, int64_t n)
{
    return arena_printf(pc->a, "%.*s: %.*s", STR_FMT(name),
                        STR_FMT(lang_number(pc->a, pc->frame.l, n)));
}

/* --- Countries --- */

static int64_t count_of(const country_rows *rows, str iso)
{
    for (size_t i = 0; i < rows->n; i++)
        if (str_eq(rows->at[i].code, iso))
            return rows->at[i].total;
    return 0;
}

/* What is around lies below, frames lie above; what does not belong on the picture is PICTURED_NOT.
 */
enum { AROUND, LAND, FRAMED, LAYERS, PICTURED_NOT };

static int layer_of(const place_shape *s, size_t code_letters)
{
    size_t n = strlen(s->code);
    if (n == 1)
        return s->code[0] == '-' ? AROUND : PICTURED_NOT;
    return s->is_framed ? FRAMED : n == code_letters ? LAND : PICTURED_NOT;
}

static map_area outlined(const place_shape *s)
{
    return (map_area){.d = str_of(s->d),
                      .shade = -1,
                      .x = s->frame_x,
                      .y = s->frame_y,
                      .has_frame = s->is_framed};
}

static map_area country_of(const page_context *pc, const figure *g, const country_rows *rows,
                           const map_classes *classes, const place_shape *s)
{
    map_area area = outlined(s);
    str iso = place_country(str_of(s->code));
    int64_t n = count_of(rows, iso);
    area.shade = shade_of(classes, n);
    if (s->is_framed) {
        area.label = place_label(pc->a, place_by_code(str_of(s->code)));
        return area;
    }
    area.label = label(pc, lang_country(pc->frame.l, iso), n);
    if (n > 0)
        area.url = arena_printf(pc->a, "%.*s?country=%.*s", STR_FMT(g->register_url), STR_FMT(iso));
    return area;
}

map_picture map_countries(const page_context *pc, const figure *g, const country_rows *rows)
{
    place_shapes shapes = place_outlines();
    map_picture p = {.width = WIDTH, .height = HEIGHT};
    int64_t most = 0;
    for (size_t i = 0; i < shapes.n; i++) {
        int64_t n = count_of(rows, place_country(str_of(shapes.at[i].code)));
        most = n > most ? n : most;
    }
    p.classes = classes_of(1, most);
    p.areas.at = arena_array(pc->a, map_area, shapes.n);
    for (int layer = 0; layer < LAYERS; layer++)
        for (size_t i = 0; i < shapes.n; i++)
            if (layer_of(&shapes.at[i], 2) == layer)
                p.areas.at[p.areas.n++] = layer == AROUND
                                              ? outlined(&shapes.at[i])
                                              : country_of(pc, g, rows, &p.classes, &shapes.at[i]);
    return p;
}

/* --- Regions --- */

static map_classes classes_of_regions(const region_rows *rows)
{
    int64_t most = 0;
    for (size_t i = 0; i < rows->n; i++)
        most = rows->at[i].code.n == PLACE_REGION + 2 && rows->at[i].count > most
                   ? rows->at[i].count
                   : most;
    return classes_of(REGION_FEW, most);
}

/* Colours and names what is drawn of a region. */
static map_area region_of(const page_context *pc, const figure *g, const region_rows *rows,
                          const map_classes *classes, map_area area, str code)
{
    const place *p = place_by_code(code);
    int64_t n = regions_count(rows, code);
    BUG_IF(!p);
    area.shade = shade_of(classes, n);
    area.label = n > 0 ? label(pc, place_label(pc->a, p), n) : place_label(pc->a, p);
    if (n > 0)
        area.url = arena_printf(pc->a, "%.*s?country=%.*s&region=%.*s", STR_FMT(g->register_url),
                                STR_FMT(place_country(code)), STR_FMT(code));
    return area;
}

map_picture map_regions(const page_context *pc, const figure *g, const region_rows *rows)
{
    place_shapes shapes = place_outlines();
    map_picture p = {.width = WIDTH, .height = HEIGHT, .classes = classes_of_regions(rows)};
    p.areas.at = arena_array(pc->a, map_area, shapes.n);
    for (int layer = 0; layer < LAYERS; layer++)
        for (size_t i = 0; i < shapes.n; i++) {
            const place_shape *s = &shapes.at[i];
            if (strcmp(s->code, "=") == 0)
                p.borders = str_of(s->d);
            if (layer_of(s, PLACE_REGION + 2) == layer)
                p.areas.at[p.areas.n++] = layer == AROUND ? outlined(s)
                                                          : region_of(pc, g, rows, &p.classes,
                                                                      outlined(s), str_of(s->code));
        }
    return p;
}

/* --- Mosaic: hexagons that stand on a corner --- */

enum { TILE = 200, STEP = 173, HALF = 100, RISE = 58, SIDE = 115, EDGE = 20, GRID = 100 };

typedef struct mosaic {
    const place_tile *at[GRID][GRID]; /* row, column */
    int columns, rows;
} mosaic;

static int left_of(int row, int column)
{
    return EDGE + column * TILE + (row % 2) * HALF;
}

static int top_of(int row)
{
    return EDGE + row * STEP;
}

static mosaic lay(void)
{
    mosaic m = {.columns = 0};
    place_tiles tiles = place_mosaic();
    for (size_t i = 0; i < tiles.n; i++) {
        const place_tile *t = &tiles.at[i];
        BUG_IF(t->row >= GRID || t->column >= GRID);
        m.at[t->row][t->column] = t;
        m.columns = t->column >= m.columns ? t->column + 1 : m.columns;
        m.rows = t->row >= m.rows ? t->row + 1 : m.rows;
    }
    return m;
}

/* Whether what stands there belongs to the same country; outside the grid nothing does. */
static bool is_same(const mosaic *m, const place_tile *t, int row, int column)
{
    if (row < 0 || column < 0 || row >= GRID || column >= GRID || !m->at[row][column])
        return false;
    return strncmp(m->at[row][column]->code, t->code, 2) == 0;
}

/* The six sides, from the top corner clockwise: where each begins, its line, its neighbour. */
static void put_borders(buf *b, const mosaic *m, const place_tile *t)
{
    int shift = t->row % 2;
    const struct {
        int x, y;
        const char *line;
        int row, column;
    } sides[] = {
        {HALF, 0, "l100 58", t->row - 1, t->column + shift},
        {TILE, RISE, "v115", t->row, t->column + 1},
        {TILE, RISE + SIDE, "l-100 58", t->row + 1, t->column + shift},
        {HALF, 2 * RISE + SIDE, "l-100-58", t->row + 1, t->column - 1 + shift},
        {0, RISE + SIDE, "v-115", t->row, t->column - 1},
        {0, RISE, "l100-58", t->row - 1, t->column - 1 + shift},
    };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (!is_same(m, t, sides[i].row, sides[i].column))
            buf_printf(b, "M%d %d%s", left_of(t->row, t->column) + sides[i].x,
                       top_of(t->row) + sides[i].y, sides[i].line);
}

static map_area tile_of(arena *a, const place_tile *t)
{
    return (map_area){.d = arena_printf(a, "M%d %dl100 58v115l-100 58l-100-58v-115z",
                                        left_of(t->row, t->column) + HALF, top_of(t->row))};
}

/* The code of a country on the tile nearest to the middle of its tiles. */
static map_word word_of(place_tiles tiles, size_t first, size_t end)
{
    long x = 0, y = 0, least = -1;
    size_t best = first;
    long n = (long)(end - first);
    for (size_t i = first; i < end; i++) {
        x += left_of(tiles.at[i].row, tiles.at[i].column);
        y += top_of(tiles.at[i].row);
    }
    for (size_t i = first; i < end; i++) {
        long dx = left_of(tiles.at[i].row, tiles.at[i].column) - x / n;
        long dy = top_of(tiles.at[i].row) - y / n;
        if (least < 0 || dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            best = i;
        }
    }
    const place_tile *t = &tiles.at[best];
    return (map_word){{t->code, 2}, left_of(t->row, t->column) + HALF, top_of(t->row) + 148};
}

static map_words words_of(arena *a, place_tiles tiles)
{
    map_words words = {arena_array(a, map_word, tiles.n), 0};
    for (size_t first = 0, end; first < tiles.n; first = end) {
        end = first + 1;
        while (end < tiles.n && strncmp(tiles.at[first].code, tiles.at[end].code, 2) == 0)
            end++;
        words.at[words.n++] = word_of(tiles, first, end);
    }
    return words;
}

map_picture map_mosaic(const page_context *pc, const figure *g, const region_rows *rows)
{
    mosaic m = lay();
    place_tiles tiles = place_mosaic();
    map_picture p = {.width = 2 * EDGE + m.columns * TILE + HALF,
                     .height = 2 * EDGE + m.rows * STEP + RISE,
                     .classes = classes_of_regions(rows)};
    buf borders = buf_in(pc->a);
    p.areas.at = arena_array(pc->a, map_area, tiles.n);
    for (size_t i = 0; i < tiles.n; i++) {
        const place_tile *t = &tiles.at[i];
        p.areas.at[p.areas.n++] =
            region_of(pc, g, rows, &p.classes, tile_of(pc->a, t), str_of(t->code));
        put_borders(&borders, &m, t);
    }
    p.borders = buf_str(&borders);
    p.words = words_of(pc->a, tiles);
    return p;
}

/* --- Pins --- */

/* Where the pin of a region stands: the point that it points at. */
static bool point_of(str region, bool is_mosaic, int *out_x, int *out_y)
{
    place_shapes shapes = place_outlines();
    place_tiles tiles = place_mosaic();
    for (size_t i = 0; !is_mosaic && i < shapes.n; i++)
        if (str_eq(str_of(shapes.at[i].code), region)) {
            *out_x = shapes.at[i].x;
            *out_y = shapes.at[i].y;
            return true;
        }
    for (size_t i = 0; is_mosaic && i < tiles.n; i++)
        if (str_eq(str_of(tiles.at[i].code), region)) {
            *out_x = left_of(tiles.at[i].row, tiles.at[i].column) + HALF;
            *out_y = top_of(tiles.at[i].row) + RISE + SIDE / 2;
            return true;
        }
    return false;
}

/* A code that several versions of the classification have names the same land in each, for what
 * changes gets a new one. Stories of one region stand side by side. */
map_pins map_stories(arena *a, story_list stories, bool is_mosaic)
{
    enum { ASIDE = 110 };
    map_pin *pins = arena_array(a, map_pin, stories.n);
    str *regions = arena_array(a, str, stories.n);
    size_t n = 0;
    for (size_t i = 0; i < stories.n; i++) {
        str region = place_cut(shown_fact(&stories.at[i].text, S("nuts")), PLACE_REGION);
        int x, y, same = 0;
        if (region.n != PLACE_REGION + 2 || !point_of(region, is_mosaic, &x, &y))
            continue;
        for (size_t k = 0; k < n; k++)
            same += str_eq(regions[k], region);
        regions[n] = region;
        pins[n++] = (map_pin){&stories.at[i],
                              arena_printf(a,
                                           "M%d %dc-50-74-78-114-78-166a78 78 0 0 1 156 0c0 52-28 "
                                           "92-78 166zm0-132a32 32 0 1 0 0-64 32 32 0 0 0 0 64z",
                                           x + same * ASIDE, y)};
    }
    return (map_pins){pins, n};
}
