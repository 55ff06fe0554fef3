/* SPDX-License-Identifier: EUPL-1.2 */
/* The alternates of a page are the same in each of its entries, so they are written once and then
 * copied. */

#include "html/sitemap.h"

#define RAW(o, literal) html_raw_literal((o), literal, sizeof(literal) - 1)

sitemap sitemap_begin(buf *to)
{
    sitemap map = {{to}};
    RAW(&map.to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" "
                 "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n");
    return map;
}

void sitemap_put(sitemap *map, str_list codes, str_list urls, str changed)
{
    BUG_IF(codes.n != urls.n);
    html_out *o = &map->to;
    buf alternates = buf_in(o->to->home);
    html_out other = {&alternates};
    for (size_t i = 0; i < urls.n; i++) {
        RAW(&other, "<xhtml:link rel=\"alternate\" hreflang=\"");
        html_attribute(&other, codes.at[i]);
        RAW(&other, "\" href=\"");
        html_attribute(&other, urls.at[i]);
        RAW(&other, "\"/>\n");
    }
    for (size_t i = 0; i < urls.n; i++) {
        RAW(o, "<url><loc>");
        html_text(o, urls.at[i]);
        RAW(o, "</loc>\n");
        if (changed.n) {
            RAW(o, "<lastmod>");
            html_text(o, changed);
            RAW(o, "</lastmod>\n");
        }
        html_safe(o, (safe_html){buf_str(&alternates)});
        RAW(o, "</url>\n");
    }
}

void sitemap_end(sitemap *map)
{
    RAW(&map->to, "</urlset>\n");
}

void sitemap_put_index(buf *to, str_list urls)
{
    html_out o = {to};
    RAW(&o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (size_t i = 0; i < urls.n; i++) {
        RAW(&o, "<sitemap><loc>");
        html_text(&o, urls.at[i]);
        RAW(&o, "</loc></sitemap>\n");
    }
    RAW(&o, "</sitemapindex>\n");
}
