/* SPDX-License-Identifier: EUPL-1.2 */
/* Regions and towns by name, for who writes one. The same for everybody and all day, so that caches
 * may keep it; nothing of a signer is asked for or kept. */

#include "routes.h"
#include "web/place_choice.h"

enum { ANSWERS_MOST = 8 };

err data_places(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    arena *a = req_arena(rq);
    place_answers all;
    str within = req_query(rq, S("country"));
    if (within.n > 2)
        return ERR_INVALID;
    err e = place_search(a, req_query(rq, S("q")), within, ANSWERS_MOST, &all);
    if (e == ERR_LIMIT)
        e = ERR_INVALID;
    TRY(e);
    buf *b = reply_body(out, 200, S("application/json"));
    reply_cache_control(out, S("public, max-age=86400"));
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    buf_printf(b, "{\"nuts\":%d,\"places\":[", PLACE_VERSION);
    for (size_t i = 0; i < all.n; i++) {
        const place *p = all.at[i].place;
        buf_printf(b, "%s\n{\"code\":\"%s\",\"country\":\"%.*s\",\"name\":", i ? "," : "", p->code,
                   STR_FMT(place_country(str_of(p->code))));
        buf_put_json(b, str_of(p->name));
        buf_put(b, S(",\"label\":"));
        buf_put_json(b, place_choice_label(a, p));
        buf_put_char(b, '}');
    }
    buf_put(b, S("]}\n"));
    return OK;
}
