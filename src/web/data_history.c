/* SPDX-License-Identifier: EUPL-1.2 */
/* The history of the count, a row for each day, as open data. */

#include "base/clock.h"
#include "core/history.h"
#include "routes.h"
#include "web/data.h"

static err read(struct app *ap, req *rq, const declaration **out_d, const published **out_p,
                history *out_days)
{
    history_range all = {0};
    TRY(data_find(ap, rq, out_d, out_p));
    return history_days(&ap->core, req_arena(rq), (*out_d)->id, &all, HISTORY_MOST, out_days);
}

err data_history_json(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    history days;
    TRY(read(ap, rq, &d, &p, &days));
    buf *b = data_reply(out, S("application/json"));
    data_put_summary(b, d, p);
    buf_put(b, S(",\"history\":["));
    for (size_t i = 0; i < days.n; i++) {
        const history_point *at = &days.at[i];
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
    history days;
    TRY(read(ap, rq, &d, &p, &days));
    buf *b = data_reply(out, S("text/csv; charset=utf-8"));
    reply_header(
        out, S("Content-Disposition"),
        arena_printf(req_arena(rq), "attachment; filename=\"%.*s-history.csv\"", STR_FMT(d->slug)));
    buf_put(b, S("time,log_size,signatures,persons,organisations,mandates\r\n"));
    for (size_t i = 0; i < days.n; i++) {
        const history_point *at = &days.at[i];
        char time[32];
        clock_iso8601(at->at_ms, time);
        buf_printf(b, "%s,%lld,%lld,%lld,%lld,%lld\r\n", time, (long long)at->size,
                   (long long)log_counts_total(&at->counts), (long long)at->counts.of[0],
                   (long long)at->counts.of[1], (long long)at->counts.of[2]);
    }
    return OK;
}
