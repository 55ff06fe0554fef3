/* SPDX-License-Identifier: EUPL-1.2 */
/* The points are checkpoints (core/history.h). Between two of them nobody looked, so the curve is
 * drawn in steps: a straight line would show numbers that never were. */

#include "web/growth.h"

enum { DAYS_SHOWN = 120 };

typedef struct scale {
    int64_t from_ms, span_ms;
    int64_t most;
} scale;

static int x_of(const scale *s, int64_t at_ms)
{
    return (int)((at_ms - s->from_ms) * GROWTH_WIDTH / s->span_ms);
}

static int y_of(const scale *s, int64_t count)
{
    /* A little room above, or the line at the top would be cut in half. */
    return GROWTH_HEIGHT - (int)(count * (GROWTH_HEIGHT - GROWTH_HEIGHT / 50) / s->most);
}

static void draw(arena *a, const history *h, growth *out)
{
    const history_point *last = &h->at[h->n - 1];
    scale s = {.from_ms = h->at[0].at_ms, .span_ms = last->at_ms - h->at[0].at_ms, .most = 1};
    for (size_t i = 0; i < h->n; i++) {
        int64_t count = log_counts_total(&h->at[i].counts);
        s.most = count > s.most ? count : s.most;
    }
    buf b = buf_in(a);
    buf_printf(&b, "M0 %d", y_of(&s, log_counts_total(&h->at[0].counts)));
    for (size_t i = 1; i < h->n; i++)
        buf_printf(&b, "H%dV%d", x_of(&s, h->at[i].at_ms),
                   y_of(&s, log_counts_total(&h->at[i].counts)));
    out->line = buf_str(&b);
    out->area = arena_printf(a, "%.*sV%dH0Z", STR_FMT(out->line), GROWTH_HEIGHT);
}

err growth_read(page_context *pc, const figure *g, bool *out_is_shown, growth *out_growth)
{
    history h;
    *out_is_shown = false;
    *out_growth = (growth){.line = {"", 0}};
    TRY(history_steps(&pc->frame.app->core, pc->a, g->d->id, &(history_range){0}, HISTORY_DAY,
                      DAYS_SHOWN, &h));
    if (h.n < 2 || h.at[h.n - 1].at_ms <= h.at[0].at_ms)
        return OK;
    growth_day *all = arena_array(pc->a, growth_day, h.n);
    int64_t before = 0;
    for (size_t i = 0; i < h.n; i++) {
        int64_t count = log_counts_total(&h.at[i].counts);
        all[h.n - 1 - i] =
            (growth_day){lang_date(pc->a, pc->frame.l, h.at[i].at_ms), count, count - before};
        before = count;
    }
    out_growth->days = (growth_days){all, h.n};
    out_growth->first = all[h.n - 1];
    out_growth->last = all[0];
    draw(pc->a, &h, out_growth);
    *out_is_shown = true;
    return OK;
}
