/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of the population represented, for programs. */

#include "place/place.h"
#include "routes.h"
#include "web/page_population.h"
#include "web/web.h"

static err find(struct app *ap, req *rq, const declaration **out_d, territories *out_all)
{
    const edition *ed = newsroom_read(ap->news, req_arena(rq));
    *out_d = alliance_declaration(ed->al, req_segment(rq, 0));
    return *out_d ? territory_read(&ap->core, req_arena(rq), (*out_d)->id, out_all) : ERR_NOT_FOUND;
}

static str name_of(const territories *all, int64_t step)
{
    return step < 0 ? S("") : all->at[step].of.name;
}

err data_population_json(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    territories all;
    TRY(find(ap, rq, &d, &all));
    buf *b = reply_body(out, 200, S("application/json"));
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    int64_t share = population_share(all.people);
    buf_printf(b,
               "{\"declaration\":\"%.*s\",\"nuts\":%d,\"people\":%lld,\"union\":%lld,"
               "\"percent\":%lld.%lld,\"territories\":[",
               STR_FMT(d->slug), PLACE_VERSION, (long long)all.people,
               (long long)place_people(S("EU")), (long long)share / 10, (long long)share % 10);
    for (size_t i = 0; i < all.n; i++) {
        const territory *t = &all.at[i].of;
        buf_printf(b, "%s\n{\"authority\":", i ? "," : "");
        buf_put_json(b, t->name);
        buf_printf(b, ",\"code\":\"%.*s\",\"people\":%lld,\"source\":", STR_FMT(t->code),
                   (long long)t->people);
        buf_put_json(b, t->source);
        buf_printf(b, ",\"date\":\"%.*s\",\"counted\":%s,\"covered_by\":", STR_FMT(t->date),
                   all.at[i].covered_by < 0 ? "true" : "false");
        if (all.at[i].covered_by < 0)
            buf_put(b, S("null"));
        else
            buf_put_json(b, name_of(&all, all.at[i].covered_by));
        buf_put_char(b, '}');
    }
    buf_put(b, S("]}\n"));
    return OK;
}

/* A field for spreadsheets: quoted, and no formula. */
static void put_field(buf *b, str s)
{
    buf_put_char(b, '"');
    if (s.n && strchr("=+-@\t", s.at[0]))
        buf_put_char(b, '\'');
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] == '"')
            buf_put_char(b, '"');
        buf_put_char(b, s.at[i] == '\r' || s.at[i] == '\n' ? ' ' : s.at[i]);
    }
    buf_put_char(b, '"');
}

err data_population_csv(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    territories all;
    TRY(find(ap, rq, &d, &all));
    buf *b = reply_body(out, 200, S("text/csv; charset=utf-8"));
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    reply_header(out, S("Content-Disposition"),
                 arena_printf(req_arena(rq), "attachment; filename=\"%.*s-population.csv\"",
                              STR_FMT(d->slug)));
    buf_put(b, S("authority,code,nuts,people,source,date,covered_by\r\n"));
    for (size_t i = 0; i < all.n; i++) {
        const territory *t = &all.at[i].of;
        put_field(b, t->name);
        buf_printf(b, ",%.*s,%d,%lld,", STR_FMT(t->code), PLACE_VERSION, (long long)t->people);
        put_field(b, t->source);
        buf_printf(b, ",%.*s,", STR_FMT(t->date));
        put_field(b, name_of(&all, all.at[i].covered_by));
        buf_put(b, S("\r\n"));
    }
    return OK;
}
