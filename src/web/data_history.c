/* SPDX-License-Identifier: EUPL-1.2 */
/* The history of the count as open data: a row for each day, or for each hour or minute of which
 * one is kept (core/history.h). Bounded by that, so the same work at any size. */

#include "base/clock.h"
#include "core/history.h"
#include "routes.h"
#include "web/data.h"

/* ERR_INVALID. */
static err step_of(str name, int64_t *out_ms)
{
    static const struct {
        str name;
        int64_t ms;
    } steps[] = {{STR_INIT("day"), HISTORY_DAY},
                 {STR_INIT("hour"), HISTORY_HOUR},
                 {STR_INIT("minute"), HISTORY_MINUTE}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (str_eq(name, steps[i].name)) {
            *out_ms = steps[i].ms;
            return OK;
        }
    }
    *out_ms = HISTORY_DAY;
    return name.n ? ERR_INVALID : OK;
}

static err read(struct app *ap, req *rq, const declaration **out_d, const published **out_p,
                history *out_rows)
{
    history_range all = {0};
    int64_t step_ms;
    TRY(step_of(req_query(rq, S("step")), &step_ms));
    TRY(data_find(ap, rq, out_d, out_p));
    return history_steps(&ap->core, req_arena(rq), (*out_d)->id, &all, step_ms, HISTORY_STEPS_MOST,
                         out_rows);
}

err data_history_json(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    history rows;
    TRY(read(ap, rq, &d, &p, &rows));
    buf *b = data_reply(out, S("application/json"));
    data_put_summary(b, d, p);
    buf_put(b, S(",\"history\":["));
    for (size_t i = 0; i < rows.n; i++) {
        const history_point *at = &rows.at[i];
        char time[32];
        clock_iso8601(at->at_ms, time);
        buf_printf(b, "%s\n{\"time\":\"%s\",\"size\":%lld,\"count\":%lld,", i ? "," : "", time,
                   (long long)at->size, (long long)log_counts_total(&at->counts));
        buf_printf(b, "\"persons\":%lld,\"organisations\":%lld,\"mandates\":%lld}",
                   (long long)at->counts.of[0], (long long)at->counts.of[1],
                   (long long)at->counts.of[2]);
    }
    buf_put(b, S("]}\n"));
    return OK;
}

err data_history_csv(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    history rows;
    TRY(read(ap, rq, &d, &p, &rows));
    buf *b = data_reply(out, S("text/csv; charset=utf-8"));
    reply_header(
        out, S("Content-Disposition"),
        arena_printf(req_arena(rq), "attachment; filename=\"%.*s-history.csv\"", STR_FMT(d->slug)));
    buf_put(b, S("time,log_size,signatures,persons,organisations,mandates\r\n"));
    for (size_t i = 0; i < rows.n; i++) {
        const history_point *at = &rows.at[i];
        char time[32];
        clock_iso8601(at->at_ms, time);
        buf_printf(b, "%s,%lld,%lld,%lld,%lld,%lld\r\n", time, (long long)at->size,
                   (long long)log_counts_total(&at->counts), (long long)at->counts.of[0],
                   (long long)at->counts.of[1], (long long)at->counts.of[2]);
    }
    return OK;
}
