/* SPDX-License-Identifier: EUPL-1.2 */
/* Signatures by region for programs: what the page shows, small numbers folded as there. */

#include "base/clock.h"
#include "place/place.h"
#include "routes.h"
#include "web/regions.h"
#include "web/web.h"

typedef struct regions_asked {
    const declaration *d;
    const published *p;
    region_rows rows;
    char as_of[32];
} regions_asked;

static err find(struct app *ap, req *rq, regions_asked *out)
{
    const edition *ed = newsroom_read(ap->news, req_arena(rq));
    const declaration *d = alliance_declaration(ed->al, req_segment(rq, 0));
    if (!d)
        return ERR_NOT_FOUND;
    *out = (regions_asked){.d = d, .p = edition_counts(ed, d)};
    out->rows = regions_shown(req_arena(rq), out->p);
    if (out->p->size > 0)
        clock_iso8601(out->p->at_ms, out->as_of);
    return OK;
}

err data_regions_json(struct app *ap, req *rq, reply *out)
{
    regions_asked g;
    TRY(find(ap, rq, &g));
    buf *b = reply_body(out, 200, S("application/json"));
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    buf_printf(b,
               "{\"declaration\":\"%.*s\",\"nuts\":%d,\"least_shown\":%d,\"few\":%lld,"
               "\"unplaced\":%lld,\"size\":%lld,\"as_of\":",
               STR_FMT(g.d->slug), PLACE_VERSION, REGION_FEW, (long long)g.rows.few,
               (long long)g.rows.unplaced, (long long)g.p->size);
    buf_printf(b, g.as_of[0] ? "\"%s\"" : "null%s", g.as_of);
    buf_put(b, S(",\"regions\":["));
    for (size_t i = 0; i < g.rows.n; i++) {
        const region_row *r = &g.rows.at[i];
        buf_printf(b, "%s\n{\"region\":\"%.*s\",\"country\":\"%.*s\",\"name\":", i ? "," : "",
                   STR_FMT(r->code), STR_FMT(r->country));
        buf_put_json(b, r->name);
        buf_printf(b, ",\"count\":%lld}", (long long)r->count);
    }
    buf_put(b, S("]}\n"));
    return OK;
}

err data_regions_csv(struct app *ap, req *rq, reply *out)
{
    regions_asked g;
    TRY(find(ap, rq, &g));
    buf *b = reply_body(out, 200, S("text/csv; charset=utf-8"));
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    reply_header(out, S("Content-Disposition"),
                 arena_printf(req_arena(rq), "attachment; filename=\"%.*s-regions.csv\"",
                              STR_FMT(g.d->slug)));
    buf_put(b, S("region,nuts,country,signatures,as_of,log_size\r\n"));
    for (size_t i = 0; i < g.rows.n; i++)
        buf_printf(b, "%.*s,%d,%.*s,%lld,%s,%lld\r\n", STR_FMT(g.rows.at[i].code), PLACE_VERSION,
                   STR_FMT(g.rows.at[i].country), (long long)g.rows.at[i].count, g.as_of,
                   (long long)g.p->size);
    return OK;
}
