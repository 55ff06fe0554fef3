/* SPDX-License-Identifier: EUPL-1.2 */
/* What the API reads from the database, page by page: the history of the count, and the register,
 * which shows what its page shows and is limited likewise, so that nobody harvests names. */

#include "web/api.h"

#include "base/number.h"
#include "core/history.h"
#include "core/listing.h"
#include "lang/lang.h"
#include "routes.h"
#include "web/data.h"
#include "web/kind.h"

enum { HISTORY_PAGE = 500, WORDS_BYTES_MOST = 200 };

static str number_text(arena *a, int64_t n)
{
    return arena_printf(a, "%lld", (long long)n);
}

static void put_point(buf *b, const history_point *p)
{
    buf_put_char(b, '{');
    api_put_time(b, "time", p->at_ms);
    api_put_int(b, "size", p->size);
    api_put_int(b, "count", log_counts_total(&p->counts));
    api_put_int(b, "persons", p->counts.of[0]);
    api_put_int(b, "organisations", p->counts.of[1]);
    api_put_int(b, "mandates", p->counts.of[2]);
    buf_put_char(b, '}');
}

err api_history(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    history_range range = {0};
    history points;
    size_t limit;
    str after;
    arena *a = req_arena(rq);
    TRY(data_find(ap, rq, &d, &p));
    TRY(api_limit(rq, HISTORY_PAGE, &limit));
    TRY(api_time(req_query(rq, S("from")), &range.from_ms));
    TRY(api_time(req_query(rq, S("until")), &range.until_ms));
    TRY(api_cursor_read(rq, "history", &after));
    if (after.n && number_parse(after, 1, INT64_MAX, &range.after_size) != OK)
        return ERR_INVALID;
    TRY(history_read(&ap->core, a, d->id, &range, limit, &points));
    buf *b = api_reply(out);
    api_rate_headers(ap, rq, out, RATE_READ, "read", req_client(rq));
    buf_put_char(b, '{');
    api_put(b, "declaration", d->slug);
    buf_put(b, S(",\"items\":["));
    for (size_t i = 0; i < points.n; i++) {
        buf_put(b, i ? S(",\n") : S("\n"));
        put_point(b, &points.at[i]);
    }
    buf_put_char(b, ']');
    api_put_next(b, points.n == limit
                        ? api_cursor(a, "history", number_text(a, points.at[points.n - 1].size))
                        : (str){"", 0});
    return OK;
}

static err read_filter(req *rq, listing_filter *out_filter)
{
    str kind = req_query(rq, S("kind")), before;
    listing_filter f = {.country = req_query(rq, S("country")),
                        .words = str_trim(req_query(rq, S("words")))};
    if (kind.n && kind_by_code(kind, &f.kind) != OK)
        return ERR_INVALID;
    if ((f.country.n && f.country.n != 2) || f.words.n > WORDS_BYTES_MOST)
        return ERR_INVALID;
    TRY(api_cursor_read(rq, "register", &before));
    if (before.n && number_parse(before, 1, INT64_MAX, &f.before) != OK)
        return ERR_INVALID;
    *out_filter = f;
    return OK;
}

static void put_some(buf *b, const char *name, str value)
{
    if (value.n)
        api_put(b, name, value);
}

/* The day, and no moment: see signers.c. */
static void put_signer(buf *b, const listed *row)
{
    str name = row->name;
    buf_put_char(b, '{');
    api_put(b, "kind", kind_code(row->kind));
    api_put(b, "name", name);
    put_some(b, "organisation", row->organisation);
    put_some(b, "role", row->function);
    put_some(b, "type", row->type);
    put_some(b, "group", row->group);
    put_some(b, "website", row->website);
    put_some(b, "reason", row->reason);
    api_put(b, "country", row->country);
    put_some(b, "place", row->region);
    api_put(b, "day", lang_day_code(b->home, row->confirmed_ms));
    api_put_int(b, "version", row->version);
    if (row->is_sample)
        buf_put(b, S(",\"is_sample\":true"));
    buf_put_char(b, '}');
}

err api_register(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    listing_filter filter;
    listing_page rows;
    size_t limit;
    arena *a = req_arena(rq);
    TRY(data_find(ap, rq, &d, &p));
    TRY(api_limit(rq, LISTING_PAGE, &limit));
    TRY(read_filter(rq, &filter));
    TRY(listing_read(&ap->core, a, d->id, &filter, limit, &rows));
    buf *b = api_reply(out);
    reply_header(out, S("X-Robots-Tag"), S("noindex"));
    api_rate_headers(ap, rq, out, RATE_READ, "read", req_client(rq));
    buf_put_char(b, '{');
    api_put(b, "declaration", d->slug);
    buf_put(b, S(",\"items\":["));
    for (size_t i = 0; i < rows.n; i++) {
        buf_put(b, i ? S(",\n") : S("\n"));
        put_signer(b, &rows.at[i]);
    }
    buf_put_char(b, ']');
    api_put_next(b, rows.next_before ? api_cursor(a, "register", number_text(a, rows.next_before))
                                     : (str){"", 0});
    return OK;
}
