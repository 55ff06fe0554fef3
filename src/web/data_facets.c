/* SPDX-License-Identifier: EUPL-1.2 */
/* Signatures by language and organisations by type, for programs: what the page shows, small
 * numbers folded as there. */

#include "base/clock.h"
#include "routes.h"
#include "web/data.h"
#include "web/facets.h"
#include "web/regions.h"

static const struct {
    const char *row, *rows, *counted;
} names[] = {
    [FACET_LANGUAGES] = {"language", "languages", "signatures"},
    [FACET_TYPES] = {"type", "types", "organisations"},
};

static err put_json(struct app *ap, req *rq, reply *out, facet f)
{
    const declaration *d;
    const published *p;
    TRY(data_find(ap, rq, &d, &p));
    bars rows = facets_shown(req_arena(rq), f, p);
    buf *b = data_reply(out, S("application/json"));
    data_put_summary(b, d, p);
    data_put_root(b, p);
    buf_printf(b, ",\"least_shown\":%d,\"few\":%lld,\"unknown\":%lld,\"%s\":[", REGION_FEW,
               (long long)rows.few, (long long)rows.rest, names[f].rows);
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(b, "%s\n{\"%s\":\"%.*s\",\"count\":%lld}", i ? "," : "", names[f].row,
                   STR_FMT(rows.at[i].code), (long long)rows.at[i].count);
    buf_put(b, S("]}\n"));
    return OK;
}

static err put_csv(struct app *ap, req *rq, reply *out, facet f)
{
    const declaration *d;
    const published *p;
    char as_of[32] = "";
    TRY(data_find(ap, rq, &d, &p));
    if (p->size > 0)
        clock_iso8601(p->at_ms, as_of);
    bars rows = facets_shown(req_arena(rq), f, p);
    buf *b = data_reply(out, S("text/csv; charset=utf-8"));
    reply_header(out, S("Content-Disposition"),
                 arena_printf(req_arena(rq), "attachment; filename=\"%.*s-%s.csv\"",
                              STR_FMT(d->slug), names[f].rows));
    buf_printf(b, "%s,%s,as_of,log_size\r\n", names[f].row, names[f].counted);
    for (size_t i = 0; i < rows.n; i++)
        buf_printf(b, "%.*s,%lld,%s,%lld\r\n", STR_FMT(rows.at[i].code),
                   (long long)rows.at[i].count, as_of, (long long)p->size);
    return OK;
}

err data_languages_json(struct app *ap, req *rq, reply *out)
{
    return put_json(ap, rq, out, FACET_LANGUAGES);
}

err data_languages_csv(struct app *ap, req *rq, reply *out)
{
    return put_csv(ap, rq, out, FACET_LANGUAGES);
}

err data_types_json(struct app *ap, req *rq, reply *out)
{
    return put_json(ap, rq, out, FACET_TYPES);
}

err data_types_csv(struct app *ap, req *rq, reply *out)
{
    return put_csv(ap, rq, out, FACET_TYPES);
}
