/* SPDX-License-Identifier: EUPL-1.2 */
/* What the API reads from memory: declarations, counts, partners, documents. Kept like pages, so
 * that asking costs nothing, and not counted against any limit. */

#include "web/api.h"

#include "routes.h"
#include "static/assets.h"
#include "web/data.h"
#include "web/kind.h"

enum { ITEMS_MOST = 100 };

err api_openapi(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    (void)rq;
    const asset *a = asset_find(ASSET_OPENAPI_JSON);
    BUG_IF(!a);
    reply_constant(out, S("application/json"), a->identity, a->gzip, a->br);
    return OK;
}

static void put_kinds(buf *b, const declaration *d)
{
    const char *comma = "";
    buf_put(b, S(",\"kinds\":["));
    for (signer_kind k = SIGNER_PERSON; k <= SIGNER_MANDATE; k++) {
        if (!declaration_takes(d, k))
            continue;
        buf_printf(b, "%s\"%.*s\"", comma, STR_FMT(kind_code(k)));
        comma = ",";
    }
    buf_put_char(b, ']');
}

static void put_address(const struct app *ap, buf *b, const char *name, str url)
{
    api_put(b, name, arena_printf(b->home, "%.*s%.*s", STR_FMT(ap->origin), STR_FMT(url)));
}

/* Without the closing brace. */
static void put_declaration(const struct app *ap, buf *b, const edition *ed, const declaration *d,
                            str code, const declaration_text *text)
{
    const published *p = edition_counts(ed, d);
    int64_t count = log_counts_total(&p->counts);
    buf_put_char(b, '{');
    api_put(b, "slug", d->slug);
    api_put(b, "type", d->is_light ? S("petition") : S("declaration"));
    api_put(b, "title", text ? text->title : S(""));
    api_put(b, "lang", text ? text->lang : d->original_lang);
    api_put_int(b, "version", d->version);
    put_kinds(b, d);
    api_put_time(b, "opens", d->opens_ms);
    api_put_time(b, "closes", d->closes_ms);
    api_put_int(b, "count", count);
    api_put_int(b, "goal", declaration_next_goal(d, count));
    api_put_time(b, "as_of", p->at_ms);
    put_address(ap, b, "url", url_declaration(b->home, code, d->slug));
    put_address(ap, b, "sign_url", url_sign(b->home, code, d->slug));
}

err api_declarations(struct app *ap, req *rq, reply *out)
{
    lang l;
    const edition *ed = newsroom_read(ap->news, req_arena(rq));
    TRY(api_lang(rq, S("en"), &l));
    str code = lang_code(l);
    declaration_list all = ed->al->declarations;
    buf *b = reply_body(out, 200, S("application/json"));
    buf_put(b, S("{\"items\":["));
    for (size_t i = 0; i < all.n; i++) {
        const declaration *d = &all.at[i];
        buf_put(b, i ? S(",\n") : S("\n"));
        put_declaration(ap, b, ed, d, code, declaration_text_in(d, d->version, code));
        buf_put_char(b, '}');
    }
    buf_put(b, S("]}\n"));
    return OK;
}

err api_declaration(struct app *ap, req *rq, reply *out)
{
    lang l;
    const declaration *d;
    const published *p;
    TRY(data_find(ap, rq, &d, &p));
    TRY(api_lang(rq, d->original_lang, &l));
    const declaration_text *text = declaration_text_in(d, d->version, lang_code(l));
    if (!text)
        return ERR_NOT_FOUND;
    buf *b = reply_body(out, 200, S("application/json"));
    put_declaration(ap, b, newsroom_read(ap->news, req_arena(rq)), d, lang_code(l), text);
    api_put(b, "state", text->state);
    api_put(b, "summary", text->summary);
    api_put(b, "text", text->body);
    buf_put(b, S(",\"text_sha256\":\""));
    buf_put_hex(b, text->hash.at, sizeof text->hash.at);
    buf_put(b, S("\"}\n"));
    return OK;
}

err api_count(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    TRY(data_find(ap, rq, &d, &p));
    buf *b = reply_body(out, 200, S("application/json"));
    data_put_summary(b, d, p);
    buf_put(b, S("}\n"));
    return OK;
}

/* --- Items of content --- */

typedef void put_item(buf *b, const content_item *item, const content_text *text);

static void put_header(buf *b, const content_text *text, const char *name)
{
    str value = fact_value(text->header, str_of(name));
    if (value.n)
        api_put(b, name, value);
}

static void put_fact(buf *b, const content_item *item, const char *name)
{
    str value = fact_value(item->facts, str_of(name));
    if (value.n)
        api_put(b, name, value);
}

static void put_partner(buf *b, const content_item *item, const content_text *text)
{
    str host = fact_value(item->facts, S("website"));
    put_header(b, text, "acronym");
    if (host.n)
        api_put(b, "website", arena_printf(b->home, "https://%.*s", STR_FMT(host)));
}

static void put_document(buf *b, const content_item *item, const content_text *text)
{
    static const char *const facts[] = {"kind",     "publisher", "year",
                                        "year_end", "languages", "url"};
    put_header(b, text, "summary");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        put_fact(b, item, facts[i]);
}

/* Behind the item that the cursor names: one that has gone meanwhile ends the list. */
static err put_items(struct app *ap, req *rq, reply *out, str kind, put_item *put)
{
    lang l;
    size_t limit, i = 0, n = 0;
    str after;
    arena *a = req_arena(rq);
    const edition *ed = newsroom_read(ap->news, a);
    TRY(api_lang(rq, S("en"), &l));
    TRY(api_limit(rq, ITEMS_MOST, &limit));
    TRY(api_cursor_read(rq, arena_cstr(a, kind), &after));
    content_list all = alliance_items(ed->al, kind);
    if (after.n) {
        while (i < all.n && !str_eq(all.at[i].slug, after))
            i++;
        i += i < all.n;
    }
    buf *b = reply_body(out, 200, S("application/json"));
    buf_put(b, S("{\"items\":["));
    for (; i < all.n && n < limit; i++) {
        const content_text *text = content_text_in(&all.at[i], lang_code(l));
        if (!text)
            continue;
        buf_put(b, n++ ? S(",\n{") : S("\n{"));
        api_put(b, "slug", all.at[i].slug);
        api_put(b, "title", fact_value(text->header, S("title")));
        api_put(b, "lang", text->lang);
        api_put(b, "state", text->state);
        put(b, &all.at[i], text);
        buf_put_char(b, '}');
    }
    buf_put_char(b, ']');
    api_put_next(b,
                 i < all.n ? api_cursor(a, arena_cstr(a, kind), all.at[i - 1].slug) : (str){"", 0});
    return OK;
}

err api_partners(struct app *ap, req *rq, reply *out)
{
    return put_items(ap, rq, out, S("partner"), put_partner);
}

err api_documents(struct app *ap, req *rq, reply *out)
{
    return put_items(ap, rq, out, S("document"), put_document);
}
