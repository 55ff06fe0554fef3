/* SPDX-License-Identifier: EUPL-1.2 */
/* Sums of visits. */

#include "core/visit.h"

#include "sql/q_visit.h"

typedef struct adding {
    const visit_count *at;
    size_t n;
} adding;

static err write_counts(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const adding *w = arg;
    for (size_t i = 0; i < w->n; i++)
        TRY(q_visit_add(tx, w->at[i].day, w->at[i].source, w->at[i].n));
    return OK;
}

err visit_add(core *c, const visit_count *at, size_t n)
{
    adding w = {at, n};
    return db_write(c->db, write_counts, &w);
}

typedef struct reading {
    arena *a;
    int64_t from_day;
    visit_report out;
} reading;

static err read_sums(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    q_visit_sums_rows rows;
    TRY(q_visit_sums(tx, r->a, r->from_day, &rows));
    visit_source *all = arena_array(r->a, visit_source, rows.n);
    r->out = (visit_report){.at = all};
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].n < VISIT_LEAST)
            r->out.others += rows.at[i].n;
        else
            all[r->out.n++] = (visit_source){rows.at[i].src, rows.at[i].n};
    }
    return OK;
}

err visit_read(core *c, arena *a, int64_t from_day, visit_report *out_report)
{
    reading r = {.a = a, .from_day = from_day};
    TRY(db_read(c->db, read_sums, &r));
    *out_report = r.out;
    return OK;
}
