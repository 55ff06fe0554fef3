/* SPDX-License-Identifier: EUPL-1.2 */
/* What browsers, search engines and monitors ask a site for, beside its pages. */

#include "html/sitemap.h"
#include "lang/lang.h"
#include "routes.h"
#include "static/assets.h"
#include "web/web.h"

err site_static(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    const asset *a = asset_find(req_path(rq));
    if (!a)
        return ERR_NOT_FOUND;
    reply_constant(out, a->content_type, a->identity, a->gzip, a->br);
    return OK;
}

err site_robots(struct app *ap, req *rq, reply *out)
{
    str map = url_sitemap(req_arena(rq));
    buf_printf(reply_body(out, 200, S("text/plain; charset=utf-8")),
               "User-agent: *\nDisallow: /office\n\nSitemap: %.*s%.*s\n", STR_FMT(ap->origin),
               STR_FMT(map));
    return OK;
}

err site_health(struct app *ap, req *rq, reply *out)
{
    (void)rq;
    int64_t revision;
    TRY(alliance_revision(&ap->core, &revision));
    buf_put(reply_body(out, 200, S("text/plain; charset=utf-8")), S("ok\n"));
    return OK;
}

/* One page in all its languages. */
typedef str address(arena *a, str code, str slug);

static void put_page(struct app *ap, arena *a, sitemap *map, address *of, str slug)
{
    str_list codes = {arena_array(a, str, LANG_COUNT), LANG_COUNT};
    str_list urls = {arena_array(a, str, LANG_COUNT), LANG_COUNT};
    for (size_t i = 0; i < LANG_COUNT; i++) {
        str url = of(a, lang_code((lang)i), slug);
        codes.at[i] = lang_code((lang)i);
        urls.at[i] = arena_printf(a, "%.*s%.*s", STR_FMT(ap->origin), STR_FMT(url));
    }
    sitemap_put(map, codes, urls);
}

#define WITHOUT_SLUG(name)                                                                         \
    static str name##_address(arena *a, str code, str slug)                                        \
    {                                                                                              \
        (void)slug;                                                                                \
        return url_##name(a, code);                                                                \
    }
WITHOUT_SLUG(home)
WITHOUT_SLUG(partners)
WITHOUT_SLUG(join)
WITHOUT_SLUG(documents)
WITHOUT_SLUG(stories)
WITHOUT_SLUG(actions)
WITHOUT_SLUG(embed_page)

static void put_items(struct app *ap, arena *a, sitemap *map, const edition *ed, str kind,
                      address *of)
{
    content_list items = alliance_items(ed->al, kind);
    for (size_t i = 0; i < items.n; i++)
        put_page(ap, a, map, of, items.at[i].slug);
}

err site_map(struct app *ap, req *rq, reply *out)
{
    static address *const fixed[] = {home_address,      partners_address, join_address,
                                     documents_address, stories_address,  actions_address,
                                     embed_page_address};
    arena *a = req_arena(rq);
    const edition *ed = newsroom_read(ap->news, a);
    sitemap map = sitemap_begin(reply_body(out, 200, S("application/xml")));
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        put_page(ap, a, &map, fixed[i], (str){"", 0});
    declaration_list declarations = ed->al->declarations;
    for (size_t i = 0; i < declarations.n; i++) {
        put_page(ap, a, &map, url_declaration, declarations.at[i].slug);
        put_page(ap, a, &map, url_sign, declarations.at[i].slug);
        put_page(ap, a, &map, url_figures, declarations.at[i].slug);
        put_page(ap, a, &map, url_map, declarations.at[i].slug);
        put_page(ap, a, &map, url_population, declarations.at[i].slug);
        put_page(ap, a, &map, url_proof, declarations.at[i].slug);
    }
    put_items(ap, a, &map, ed, S("story"), url_story);
    put_items(ap, a, &map, ed, S("partner"), url_partner);
    if (edition_main(ed, req_now_ms(rq)))
        put_items(ap, a, &map, ed, S("partner"), url_hub);
    put_items(ap, a, &map, ed, S("action"), url_action);
    put_items(ap, a, &map, ed, S("page"), url_text);
    sitemap_end(&map);
    return OK;
}
