/* SPDX-License-Identifier: EUPL-1.2 */
/* Codes are a tree by their beginnings, so sorting them puts whatever holds others right before
 * them: one walk with a stack of one, the territory counted last, finds who is covered. */

#include "core/territory.h"

#include "base/utf8.h"
#include "place/place.h"

#include "sql/q_territory.h"

#include <stdlib.h>

bool territory_holds(str code, str other)
{
    bool is_region = str_find(code, ':') == code.n;
    return str_eq(code, other) || (is_region && place_holds(code, other));
}

/* The same territory: the newest number first. ISO dates sort as they read. */
static int by_code(const void *left, const void *right)
{
    const territory *a = left, *b = right;
    int order = str_cmp(a->code, b->code);
    if (order == 0)
        order = -str_cmp(a->date, b->date);
    if (order == 0 && a->people != b->people)
        order = a->people > b->people ? -1 : 1;
    if (order == 0)
        order = a->signature < b->signature ? -1 : a->signature > b->signature;
    return order;
}

/* Numbers of several years and sources may add up to more people than a country has. */
static int64_t sum(const territories *t)
{
    int64_t all = 0, within = 0;
    for (size_t i = 0; i < t->n; i++) {
        str own = str_head(t->at[i].of.code, 2);
        within += t->at[i].covered_by < 0 ? t->at[i].of.people : 0;
        bool is_last = i + 1 == t->n || !str_eq(str_head(t->at[i + 1].of.code, 2), own);
        if (!is_last)
            continue;
        int64_t most = place_people(own);
        all += within < most ? within : most;
        within = 0;
    }
    return all;
}

territories territory_unite(arena *a, const territory *all, size_t n)
{
    territory *sorted = arena_array(a, territory, n);
    territories t = {arena_array(a, territory_step, n), n, 0};
    if (n) {
        memcpy(sorted, all, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_code);
    }
    int64_t counted = -1;
    for (size_t i = 0; i < n; i++) {
        bool is_covered = counted >= 0 && territory_holds(sorted[counted].code, sorted[i].code);
        t.at[i] = (territory_step){sorted[i], is_covered ? counted : -1};
        if (!is_covered)
            counted = (int64_t)i;
    }
    t.people = sum(&t);
    return t;
}

/* --- Entering --- */

static bool is_known(str code)
{
    str rest;
    bool has_part = str_find(code, ':') < code.n;
    str region = str_cut(code, ':', &rest);
    if (code.n > TERRITORY_CODE_MOST || (has_part && rest.n == 0))
        return false;
    for (size_t i = 0; i < rest.n; i++)
        if (!((rest.at[i] >= '0' && rest.at[i] <= '9') ||
              (rest.at[i] >= 'A' && rest.at[i] <= 'Z') || rest.at[i] == '_'))
            return false;
    const place *p = place_by_code(region);
    if (has_part)
        return p && p->level == PLACE_FINEST;
    return p || (region.n == 2 && place_people(region) > 0 &&
                 !str_eq(region, S("GR"))); /* codes say EL */
}

/* "2024", "2024-01", "2024-01-31". */
static bool is_date(str s)
{
    static const char form[] = "0000-00-00";
    for (size_t i = 0; i < s.n && i < sizeof form - 1; i++)
        if (form[i] == '-' ? s.at[i] != '-' : s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.n == 4 || s.n == 7 || s.n == 10;
}

static bool is_sound(const territory *t)
{
    return is_known(t->code) && t->people > 0 && t->people <= place_people(str_head(t->code, 2)) &&
           t->source.n > 0 && t->source.n <= TERRITORY_SOURCE_BYTES_MOST &&
           utf8_is_valid(t->source) && is_date(t->date);
}

typedef struct entering {
    const territory *t;
    int64_t now_ms;
} entering;

static err write_entry(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const entering *e = arg;
    const territory *t = e->t;
    int64_t n;
    TRY(q_territory_signer(tx, t->signature, &n));
    if (n != 1)
        return ERR_NOT_FOUND;
    TRY(q_territory_delete(tx, t->signature, t->code, &n));
    return q_territory_insert(tx, &(q_territory_insert_in){.signature = t->signature,
                                                           .code = t->code,
                                                           .nuts_version = PLACE_VERSION,
                                                           .people = t->people,
                                                           .source = t->source,
                                                           .as_of = t->date,
                                                           .entered = e->now_ms});
}

err territory_enter(core *c, const territory *t, int64_t now_ms)
{
    entering e = {t, now_ms};
    return is_sound(t) ? db_write(c->db, write_entry, &e) : ERR_INVALID;
}

static err write_drop(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const territory *t = arg;
    int64_t n;
    TRY(q_territory_delete(tx, t->signature, t->code, &n));
    return n > 0 ? OK : ERR_NOT_FOUND;
}

err territory_drop(core *c, int64_t signature, str code)
{
    territory t = {.signature = signature, .code = code};
    return db_write(c->db, write_drop, &t);
}

typedef struct reading {
    arena *a;
    int64_t declaration;
    territory *all;
    size_t n;
} reading;

static err read_all(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    q_territory_all_rows rows;
    TRY(q_territory_all(tx, r->a, r->declaration, PLACE_VERSION, TERRITORIES_MOST, &rows));
    r->all = arena_array(r->a, territory, rows.n);
    r->n = rows.n;
    for (size_t i = 0; i < rows.n; i++)
        r->all[i] = (territory){.signature = rows.at[i].signature,
                                .name = rows.at[i].organisation,
                                .code = rows.at[i].code,
                                .people = rows.at[i].people,
                                .source = rows.at[i].source,
                                .date = rows.at[i].as_of};
    return OK;
}

err territory_read(core *c, arena *a, int64_t declaration_id, territories *out_all)
{
    reading r = {.a = a, .declaration = declaration_id};
    TRY(db_read(c->db, read_all, &r));
    *out_all = territory_unite(a, r.all, r.n);
    return OK;
}
