/* SPDX-License-Identifier: EUPL-1.2 */
/* Places to C: `placec OUT.c regions.tsv names.tsv towns.tsv countries.tsv people.tsv shapes.tsv
 * tiles.tsv`, in this order. Every file is lines of fields parted by tabs; '#' begins a comment.
 * The keys to search by are folded here, by the same text_fold that folds what people type.
 *
 * A region that is not divided further is found as the finest one that is the same land; one that
 * is a whole country is not found at all, because the country is asked for apart. */

#include "base/number.h"
#include "place/place.h"
#include "source.h"
#include "text/text.h"

#include <stdlib.h>

enum {
    ARENA_BYTES = 1 << 30,
    ROWS_MOST = 20000,
    KEYS_MOST = 200000,
    FIELDS_MOST = 160,
    NAMES_MOST = 300,
};

typedef struct row {
    str code, name, latin, others;
    int level;
    int64_t people;
} row;

typedef struct key {
    size_t text;
    size_t row;
    bool is_start;
} key;

typedef struct work {
    arena *a;
    row *rows;
    size_t regions, n;
    key *keys;
    size_t n_keys;
    buf texts;
    buf out;
} work;

typedef struct lines {
    source s;
    str rest;
    size_t line;
    str field[FIELDS_MOST];
    size_t n;
} lines;

/* The next line with something on it. Refuses other than least to most fields. */
static bool next(lines *l, size_t least, size_t most)
{
    str line;
    while (source_line(&l->rest, &line)) {
        l->line++;
        if (line.n == 0 || line.at[0] == '#')
            continue;
        bool is_more = true;
        for (l->n = 0; is_more; l->n++) {
            is_more = str_find(line, '\t') < line.n;
            if (l->n == most)
                source_refuse(&l->s, l->line, "more than %zu fields", most);
            l->field[l->n] = str_cut(line, '\t', &line);
        }
        if (l->n < least)
            source_refuse(&l->s, l->line, "less than %zu fields", least);
        return true;
    }
    return false;
}

static lines open_lines(arena *a, const char *path)
{
    source s = source_read(a, path);
    return (lines){.s = s, .rest = s.text};
}

static int64_t number_in(const lines *l, size_t field, int64_t most)
{
    int64_t n;
    if (number_parse(l->field[field], 0, most, &n) != OK)
        source_refuse(&l->s, l->line, "\"%.*s\" is no number up to %lld", STR_FMT(l->field[field]),
                      (long long)most);
    return n;
}

static bool is_code(str s, size_t least, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.at[i] >= 'A' && s.at[i] <= 'Z') || (i >= 2 && s.at[i] >= '0' && s.at[i] <= '9')))
            return false;
    return s.n >= least && s.n <= most;
}

static row *region_of(work *w, str code)
{
    for (size_t i = 0; i < w->regions; i++)
        if (str_eq(w->rows[i].code, code))
            return &w->rows[i];
    return NULL;
}

static row *known(work *w, const lines *l, str code)
{
    row *r = region_of(w, code);
    if (!r)
        source_refuse(&l->s, l->line, "no region \"%.*s\"", STR_FMT(code));
    return r;
}

static void read_regions(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    while (next(&l, 3, 3)) {
        if (!is_code(l.field[0], 3, PLACE_CODE_MOST) || l.field[1].n == 0)
            source_refuse(&l.s, l.line, "a region is a code of 3 to 5 and a name");
        if (w->n && str_cmp(w->rows[w->n - 1].code, l.field[0]) >= 0)
            source_refuse(&l.s, l.line, "regions stand in the order of their codes");
        if (w->n == ROWS_MOST)
            source_refuse(&l.s, l.line, "too many regions");
        w->rows[w->n++] = (row){.code = l.field[0],
                                .name = l.field[1],
                                .latin = l.field[2],
                                .level = (int)l.field[0].n - 2};
    }
    w->regions = w->n;
}

/* The names from a field on stay as they stand, parted by tabs. */
static str names_from(const lines *l, size_t first)
{
    if (l->n <= first)
        return S("");
    const char *start = l->field[first].at;
    return (str){start, (size_t)(l->field[l->n - 1].at + l->field[l->n - 1].n - start)};
}

static void read_names(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    while (next(&l, 2, FIELDS_MOST)) {
        row *r = known(w, &l, l.field[0]);
        r->others = names_from(&l, 1);
    }
}

static void add_row(work *w, const lines *l, row r)
{
    if (w->n == ROWS_MOST)
        source_refuse(&l->s, l->line, "too many places");
    w->rows[w->n++] = r;
}

static void read_towns(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    while (next(&l, 3, FIELDS_MOST)) {
        known(w, &l, l.field[0]);
        add_row(w, &l,
                (row){.code = l.field[0],
                      .name = l.field[1],
                      .others = names_from(&l, 3),
                      .level = PLACE_TOWN,
                      .people = number_in(&l, 2, 100000000)});
    }
}

static void read_countries(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    while (next(&l, 3, FIELDS_MOST)) {
        if (!is_code(l.field[0], 2, 2) || l.field[1].n == 0)
            source_refuse(&l.s, l.line, "a country is two letters and a name");
        add_row(w, &l,
                (row){.code = l.field[0],
                      .name = l.field[1],
                      .latin = l.field[2],
                      .others = names_from(&l, 3),
                      .level = PLACE_COUNTRY});
    }
}

/* --- Keys --- */

static size_t children(const work *w, str code, size_t *out_first)
{
    size_t n = 0;
    for (size_t i = 0; i < w->regions; i++) {
        str below = w->rows[i].code;
        if (below.n != code.n + 1 || !str_starts(below, code))
            continue;
        if (n++ == 0)
            *out_first = i;
    }
    return n;
}

/* The row under which a region is found. */
static size_t finest(const work *w, size_t i)
{
    size_t below = i;
    while (w->rows[i].level < PLACE_FINEST && children(w, w->rows[i].code, &below) == 1)
        i = below;
    return i;
}

static bool is_country(const work *w, size_t i)
{
    size_t first;
    return w->rows[i].level == 1 && children(w, str_head(w->rows[i].code, 2), &first) == 1;
}

static void add_name(work *w, size_t row_index, str name, str *seen, size_t *n_seen)
{
    str folded;
    if (text_fold(w->a, name, &folded) != OK || folded.n == 0)
        return;
    for (size_t i = 0; i < *n_seen; i++)
        if (str_eq(seen[i], folded))
            return;
    BUG_IF(*n_seen == NAMES_MOST);
    seen[(*n_seen)++] = folded;
    size_t start = w->texts.n;
    buf_put(&w->texts, folded);
    buf_put_char(&w->texts, '\0');
    for (size_t i = 0; i < folded.n; i++) {
        if (i > 0 && folded.at[i - 1] != ' ')
            continue;
        BUG_IF(w->n_keys == KEYS_MOST);
        w->keys[w->n_keys++] = (key){start + i, row_index, i == 0};
    }
}

/* "Limburg (NL)" and "München, Kreisfreie Stadt" are found by what stands before, too, and each
 * half of "Bolzano / Bozen" is a name. */
static void add_names(work *w, size_t row_index, str name, str *seen, size_t *n_seen)
{
    while (name.n) {
        size_t slash = str_find_str(name, S(" / "));
        str part = str_head(name, slash);
        size_t comma = str_find(part, ','), bracket = str_find(part, '(');
        add_name(w, row_index, part, seen, n_seen);
        add_name(w, row_index, str_head(part, comma < bracket ? comma : bracket), seen, n_seen);
        name = str_skip(name, slash + 3);
    }
}

static void make_keys(work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        const row *r = &w->rows[i];
        str seen[NAMES_MOST];
        size_t n_seen = 0;
        bool is_region = i < w->regions;
        size_t target = is_region ? finest(w, i) : i;
        if (is_region && is_country(w, i) && w->rows[target].level == 1)
            continue;
        add_names(w, target, r->name, seen, &n_seen);
        add_names(w, target, r->latin, seen, &n_seen);
        for (str rest = r->others; rest.n;)
            add_name(w, target, str_cut(rest, '\t', &rest), seen, &n_seen);
    }
}

static const char *texts;

static int by_text(const void *left, const void *right)
{
    const key *a = left, *b = right;
    int order = strcmp(texts + a->text, texts + b->text);
    if (order != 0)
        return order;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (int)b->is_start - (int)a->is_start;
}

/* --- Output --- */

static void put_field(work *w, str s)
{
    source_put_literal(&w->out, s);
    buf_put(&w->out, S(", "));
}

static void put_rows(work *w)
{
    buf_put(&w->out, S("const place place_rows[] = {\n"));
    for (size_t i = 0; i < w->n; i++) {
        const row *r = &w->rows[i];
        buf_put(&w->out, S("    {"));
        put_field(w, r->code);
        put_field(w, r->name);
        put_field(w, r->latin.n ? r->latin : S(""));
        put_field(w, r->others.n ? r->others : S(""));
        buf_printf(&w->out, "%d, %lld},\n", r->level, (long long)r->people);
    }
    buf_printf(&w->out, "};\nconst size_t place_regions = %zu, place_rows_n = %zu;\n", w->regions,
               w->n);
}

static void put_keys(work *w)
{
    texts = w->texts.at;
    qsort(w->keys, w->n_keys, sizeof *w->keys, by_text);
    buf_put(&w->out, S("const place_key place_keys[] = {\n"));
    for (size_t i = 0; i < w->n_keys; i++)
        buf_printf(&w->out, "{%zu,%zu,%d},\n", w->keys[i].text, w->keys[i].row,
                   (int)w->keys[i].is_start);
    buf_printf(&w->out, "};\nconst size_t place_keys_n = %zu;\nconst char place_texts[] =\n",
               w->n_keys);
    for (str rest = buf_str(&w->texts); rest.n;) {
        source_put_literal(&w->out, str_head(rest, 100));
        buf_put_char(&w->out, '\n');
        rest = str_skip(rest, 100);
    }
    buf_put(&w->out, S(";\n"));
}

static void put_people(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    size_t n = 0;
    buf_put(&w->out, S("const place_count place_counts[] = {\n"));
    while (next(&l, 2, 2)) {
        if (!is_code(l.field[0], 2, 2))
            source_refuse(&l.s, l.line, "a country is two letters");
        buf_printf(&w->out, "    {\"%.*s\", %lld},\n", STR_FMT(l.field[0]),
                   (long long)number_in(&l, 1, 10000000000));
        n++;
    }
    buf_printf(&w->out, "};\nconst size_t place_counts_n = %zu;\n", n);
}

/* "80:660" as C numbers; both are 0 where there is none. */
static void put_pair(work *w, const lines *l, str pair)
{
    str y, x = str_cut(pair, ':', &y);
    lines both = *l;
    both.field[0] = x.n ? x : S("0");
    both.field[1] = y.n ? y : S("0");
    buf_printf(&w->out, "%lld, %lld, ", (long long)number_in(&both, 0, 10000),
               (long long)number_in(&both, 1, 10000));
}

static void put_shapes(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    size_t n = 0;
    buf_put(&w->out, S("const place_shape place_shape_rows[] = {\n"));
    while (next(&l, 4, 4)) {
        str code = l.field[0], frame = l.field[1], d = l.field[3];
        for (size_t i = 0; i < d.n; i++)
            if (!strchr("Mlz0123456789- ", d.at[i]))
                source_refuse(&l.s, l.line, "'%c' has no place in an outline", d.at[i]);
        if (code.n > 2 && known(w, &l, code)->level != PLACE_REGION)
            source_refuse(&l.s, l.line, "shapes are countries or regions of level %d",
                          PLACE_REGION);
        buf_put(&w->out, S("    {"));
        put_field(w, code);
        put_pair(w, &l, l.field[2]);
        buf_printf(&w->out, "%d, ", frame.n > 0);
        put_pair(w, &l, frame);
        source_put_literal(&w->out, d);
        buf_put(&w->out, S("},\n"));
        n++;
    }
    buf_printf(&w->out, "};\nconst size_t place_shapes_n = %zu;\n", n);
}

static void put_tiles(work *w, const char *path)
{
    lines l = open_lines(w->a, path);
    size_t n = 0;
    buf_put(&w->out, S("const place_tile place_tile_rows[] = {\n"));
    while (next(&l, 3, 3)) {
        if (known(w, &l, l.field[0])->level != PLACE_REGION)
            source_refuse(&l.s, l.line, "tiles are regions of level %d", PLACE_REGION);
        buf_printf(&w->out, "    {\"%.*s\", %lld, %lld},\n", STR_FMT(l.field[0]),
                   (long long)number_in(&l, 1, 100), (long long)number_in(&l, 2, 100));
        n++;
    }
    buf_printf(&w->out, "};\nconst size_t place_tiles_n = %zu;\n", n);
}

int main(int argc, char **argv)
{
    if (argc != 9) {
        fputs("usage: placec OUT.c REGIONS NAMES TOWNS COUNTRIES PEOPLE SHAPES TILES\n", stderr);
        return 2;
    }
    arena *a = arena_open(ARENA_BYTES);
    work w = {.a = a, .texts = buf_in(a), .out = buf_in(a)};
    w.rows = arena_array(a, row, ROWS_MOST);
    w.keys = arena_array(a, key, KEYS_MOST);
    read_regions(&w, argv[2]);
    read_names(&w, argv[3]);
    read_towns(&w, argv[4]);
    read_countries(&w, argv[5]);
    make_keys(&w);
    buf_put(&w.out, S("/* Made by tools/placec. */\n#include \"place/table.h\"\n\n"));
    put_rows(&w);
    put_keys(&w);
    put_people(&w, argv[6]);
    put_shapes(&w, argv[7]);
    put_tiles(&w, argv[8]);
    source_write(argv[1], buf_str(&w.out));
    arena_close(a);
    return 0;
}
