/* SPDX-License-Identifier: EUPL-1.2 */
#include "web/facets.h"

#include "web/kind.h"
#include "web/regions.h"

#include <stdlib.h>

static bool is_language(str code)
{
    lang l;
    return lang_by_code(code, &l) == OK && l < LANG_COUNT;
}

static bool is_type(str code)
{
    for (size_t i = 0; organisation_types[i]; i++)
        if (str_eq(str_of(organisation_types[i]), code))
            return true;
    return false;
}

/* How many there could be. */
static size_t all_of(facet f)
{
    size_t n = 0;
    if (f == FACET_LANGUAGES)
        return LANG_COUNT;
    while (organisation_types[n])
        n++;
    return n;
}

static int by_count(const void *left, const void *right)
{
    const bar *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return str_cmp(a->code, b->code);
}

/* The rows are in order. Where only one is left out, its number would be that of all that are left
 * out: then the smallest that could be shown goes with it. */
static void fold_few(bars *rows, size_t possible)
{
    size_t n = rows->n;
    while (n > 0 && rows->at[n - 1].count < REGION_FEW)
        rows->few += rows->at[--n].count;
    if (rows->few > 0 && possible - n == 1 && n > 0)
        rows->few += rows->at[--n].count;
    rows->n = n;
}

bars facets_shown(arena *a, facet f, const published *p)
{
    bool is_languages = f == FACET_LANGUAGES;
    int64_t known = 0, n;
    str code;
    bars rows = {.at = arena_array(a, bar, all_of(f)),
                 .all = is_languages ? log_counts_total(&p->counts)
                                     : p->counts.of[SIGNER_ORGANISATION - SIGNER_PERSON]};
    for (str rest = is_languages ? p->languages : p->types; log_share_next(&rest, &code, &n);) {
        if (n <= 0 || !(is_languages ? is_language(code) : is_type(code)) || rows.n == all_of(f))
            continue;
        rows.at[rows.n++] = (bar){.code = code, .count = n};
        known += n;
    }
    if (rows.n)
        qsort(rows.at, rows.n, sizeof *rows.at, by_count);
    fold_few(&rows, all_of(f));
    bars_measure(&rows);
    rows.rest = rows.all > known ? rows.all - known : 0;
    return rows;
}

static int by_name(const void *left, const void *right, void *arg)
{
    const bar *a = left, *b = right;
    const view_context *vc = arg;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return lang_compare(vc->l, a->name, b->name);
}

void facets_name(bars *rows, facet f, const view_context *vc)
{
    view_context reader = *vc;
    for (size_t i = 0; i < rows->n; i++) {
        lang l;
        bar *row = &rows->at[i];
        if (f == FACET_TYPES)
            row->name = kind_type_name(vc->a, vc->l, SIGNER_ORGANISATION, row->code);
        else if (lang_by_code(row->code, &l) == OK)
            row->name = lang_language(vc->l, l);
    }
    if (rows->n)
        qsort_r(rows->at, rows->n, sizeof *rows->at, by_name, &reader);
}
