/* SPDX-License-Identifier: EUPL-1.2 */
/* What browsers, search engines and monitors ask a site for, beside its pages. */

#include "base/number.h"
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

/* --- Sitemaps: a map holds so many pages in all their languages, and the first address lists the
 * maps. The pages are gone through in the same order for each. --- */

enum { MAP_PAGES = 200 };

typedef struct survey {
    struct app *app;
    arena *a;
    sitemap *map; /* NULL: they are only counted */
    size_t first; /* of the map */
    size_t n;     /* gone through so far */
} survey;

/* One page in all its languages. */
typedef str address(arena *a, str code, str slug);

/* changed: the day of its last change; empty: not known. */
static void put_page(survey *s, address *of, str slug, str changed)
{
    size_t number = s->n++;
    if (!s->map || number < s->first || number >= s->first + MAP_PAGES)
        return;
    str_list codes = {arena_array(s->a, str, LANG_COUNT), LANG_COUNT};
    str_list urls = {arena_array(s->a, str, LANG_COUNT), LANG_COUNT};
    for (size_t i = 0; i < LANG_COUNT; i++) {
        str url = of(s->a, lang_code((lang)i), slug);
        codes.at[i] = lang_code((lang)i);
        urls.at[i] = arena_printf(s->a, "%.*s%.*s", STR_FMT(s->app->origin), STR_FMT(url));
    }
    sitemap_put(s->map, codes, urls, changed);
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
WITHOUT_SLUG(news)
WITHOUT_SLUG(stories)
WITHOUT_SLUG(actions)
WITHOUT_SLUG(embed_page)

/* day: the fact that holds the day of the last change; NULL: none does. */
static void put_items(survey *s, const edition *ed, str kind, address *of, const char *day)
{
    content_list items = alliance_items(ed->al, kind);
    for (size_t i = 0; i < items.n; i++)
        put_page(s, of, items.at[i].slug,
                 day ? fact_value(items.at[i].facts, str_of(day)) : (str){"", 0});
}

static void put_all(survey *s, const edition *ed)
{
    static address *const fixed[] = {home_address,      partners_address,  join_address,
                                     documents_address, news_address,      stories_address,
                                     actions_address,   embed_page_address};
    const str unknown = {"", 0};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        put_page(s, fixed[i], unknown, unknown);
    declaration_list declarations = ed->al->declarations;
    for (size_t i = 0; i < declarations.n; i++) {
        put_page(s, url_declaration, declarations.at[i].slug, unknown);
        put_page(s, url_sign, declarations.at[i].slug, unknown);
        put_page(s, url_figures, declarations.at[i].slug, unknown);
        put_page(s, url_map, declarations.at[i].slug, unknown);
        put_page(s, url_population, declarations.at[i].slug, unknown);
        put_page(s, url_proof, declarations.at[i].slug, unknown);
    }
    put_items(s, ed, S("story"), url_story, NULL);
    put_items(s, ed, S("partner"), url_partner, NULL);
    if (edition_main(ed, 0)) /* there is one to sign */
        put_items(s, ed, S("partner"), url_hub, NULL);
    put_items(s, ed, S("action"), url_action, NULL);
    put_items(s, ed, S("page"), url_text, NULL);
    put_items(s, ed, S("news"), url_news_piece, "date");
    put_items(s, ed, S("document"), url_document, "added");
}

err site_map(struct app *ap, req *rq, reply *out)
{
    arena *a = req_arena(rq);
    survey s = {ap, a, NULL, 0, 0};
    put_all(&s, newsroom_read(ap->news, a));
    size_t parts = (s.n + MAP_PAGES - 1) / MAP_PAGES;
    str_list urls = {arena_array(a, str, parts), parts};
    for (size_t i = 0; i < parts; i++)
        urls.at[i] = arena_printf(a, "%.*s%.*s", STR_FMT(ap->origin),
                                  STR_FMT(url_sitemap_part(a, (int64_t)i + 1)));
    sitemap_put_index(reply_body(out, 200, S("application/xml")), urls);
    return OK;
}

err site_map_part(struct app *ap, req *rq, reply *out)
{
    arena *a = req_arena(rq);
    int64_t part;
    sitemap map = {{NULL}};
    survey s = {ap, a, NULL, 0, 0};
    const edition *ed = newsroom_read(ap->news, a);
    TRY(number_parse(req_segment(rq, 0), 0, INT32_MAX, &part));
    put_all(&s, ed);
    if (part < 1 || (size_t)(part - 1) * MAP_PAGES >= s.n)
        return ERR_NOT_FOUND;
    map = sitemap_begin(reply_body(out, 200, S("application/xml")));
    s = (survey){ap, a, &map, (size_t)(part - 1) * MAP_PAGES, 0};
    put_all(&s, ed);
    sitemap_end(&map);
    return OK;
}
