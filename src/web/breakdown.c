/* SPDX-License-Identifier: EUPL-1.2 */
/* The breakdown is written by the sealer, sorted by kind and then by country; here the kinds are
 * laid side by side. At most as many countries as there are codes, so lists are short. */

#include "web/breakdown.h"

#include "base/number.h"
#include "web/signers.h"

#include <stdlib.h>

static const char unknown_country[] = "ZZ";

static country_row *row_of(country_rows *rows, str code)
{
    for (size_t i = 0; i < rows->n; i++)
        if (str_eq(rows->at[i].code, code))
            return &rows->at[i];
    rows->at[rows->n] = (country_row){.code = code};
    return &rows->at[rows->n++];
}

static bool add_line(country_rows *rows, str line)
{
    static const char letters[] = "pom";
    str number;
    str head = str_cut(line, ' ', &number);
    str code = str_cut(number, ' ', &number);
    int64_t n;
    const char *letter = head.n == 1 ? strchr(letters, head.at[0]) : NULL;
    if (!letter || code.n != 2 || number_parse(number, 1, INT64_MAX / 1000, &n) != OK)
        return false;
    country_row *row = row_of(rows, code);
    row->counts.of[letter - letters] += n;
    row->total += n;
    return true;
}

country_rows breakdown_rows(arena *a, str breakdown)
{
    size_t lines = 0;
    for (size_t i = 0; i < breakdown.n; i++)
        lines += breakdown.at[i] == '\n';
    country_rows rows = {arena_array(a, country_row, lines + 1), 0};
    int64_t largest = 1;
    for (str rest = breakdown; rest.n;)
        if (!add_line(&rows, str_cut(rest, '\n', &rest)))
            break;
    for (size_t i = 0; i < rows.n; i++)
        largest = rows.at[i].total > largest ? rows.at[i].total : largest;
    for (size_t i = 0; i < rows.n; i++)
        rows.at[i].share = rows.at[i].total * 100 / largest;
    return rows;
}

static void set_names(country_rows *rows, const view_context *vc)
{
    for (size_t i = 0; i < rows->n; i++)
        rows->at[i].name = signer_country(vc, rows->at[i].code);
}

static int by_name(const void *left, const void *right, void *arg)
{
    const country_row *a = left, *b = right;
    const view_context *vc = arg;
    bool is_a_last = str_eq(a->code, str_of(unknown_country));
    bool is_b_last = str_eq(b->code, str_of(unknown_country));
    if (is_a_last != is_b_last)
        return is_a_last ? 1 : -1;
    return lang_compare(vc->l, a->name, b->name);
}

static int by_total(const void *left, const void *right, void *arg)
{
    const country_row *a = left, *b = right;
    if (a->total != b->total)
        return a->total > b->total ? -1 : 1;
    return by_name(left, right, arg);
}

void breakdown_sort_by_name(country_rows *rows, const view_context *vc)
{
    view_context reader = *vc;
    set_names(rows, vc);
    qsort_r(rows->at, rows->n, sizeof *rows->at, by_name, &reader);
}

void breakdown_sort_by_total(country_rows *rows, const view_context *vc)
{
    view_context reader = *vc;
    set_names(rows, vc);
    qsort_r(rows->at, rows->n, sizeof *rows->at, by_total, &reader);
}
