/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading kept checkpoints, a page of rows at a time. */

#include "core/history.h"

#include "sql/q_log.h"

typedef struct reading {
    arena *a;
    int64_t declaration;
    history_range range;
    int64_t most;
    q_checkpoint_history_rows rows;
} reading;

static err read_rows(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    reading *r = arg;
    int64_t until = r->range.until_ms ? r->range.until_ms : INT64_MAX;
    return q_checkpoint_history(tx, r->a, r->declaration, r->range.after_size, r->range.from_ms,
                                until, r->most, &r->rows);
}

err history_read(core *c, arena *a, int64_t declaration_id, const history_range *range, size_t most,
                 history *out_history)
{
    BUG_IF(most == 0 || most > HISTORY_MOST);
    reading r = {.a = a, .declaration = declaration_id, .range = *range, .most = (int64_t)most};
    TRY(db_read(c->db, read_rows, &r));
    history_point *all = arena_array(a, history_point, r.rows.n);
    for (size_t i = 0; i < r.rows.n; i++) {
        const q_checkpoint_history_row *row = &r.rows.at[i];
        all[i] = (history_point){.at_ms = row->at,
                                 .size = row->size,
                                 .counts = {{row->persons, row->organisations, row->mandates}}};
    }
    *out_history = (history){all, r.rows.n};
    return OK;
}

typedef struct curve {
    history_point *at;
    size_t n, room;
    int64_t step_ms;
} curve;

static void add_point(arena *a, curve *c, const history_point *p)
{
    if (c->n > 0 && c->at[c->n - 1].at_ms / c->step_ms == p->at_ms / c->step_ms) {
        c->at[c->n - 1] = *p;
        return;
    }
    if (c->n == c->room) {
        size_t room = c->room ? c->room * 2 : 128;
        history_point *more = arena_array(a, history_point, room);
        if (c->n)
            memcpy(more, c->at, c->n * sizeof *more);
        c->at = more;
        c->room = room;
    }
    c->at[c->n++] = *p;
}

/* In place: the i-th of `most` is taken from the same share of the way. */
static void thin(curve *c, size_t most)
{
    if (c->n <= most)
        return;
    for (size_t i = 0; i < most; i++)
        c->at[i] = c->at[i * (c->n - 1) / (most - 1)];
    c->n = most;
}

err history_steps(core *c, arena *a, int64_t declaration_id, const history_range *range,
                  int64_t step_ms, size_t most, history *out_history)
{
    BUG_IF(most < 2 || most > HISTORY_STEPS_MOST || step_ms < 1);
    curve steps = {.step_ms = step_ms};
    history_range rest = *range;
    history part;
    do {
        TRY(history_read(c, a, declaration_id, &rest, HISTORY_MOST, &part));
        for (size_t i = 0; i < part.n; i++)
            add_point(a, &steps, &part.at[i]);
        if (part.n)
            rest.after_size = part.at[part.n - 1].size;
    } while (part.n == HISTORY_MOST);
    thin(&steps, most);
    *out_history = (history){steps.at, steps.n};
    return OK;
}
