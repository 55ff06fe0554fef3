/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Sitemaps (sitemaps.org, protocol 0.9) with the languages of each page as Google's hreflang
 * extension has them. */

#include "html/html.h"

typedef struct sitemap {
    html_out to;
} sitemap;

sitemap sitemap_begin(buf *to);

/* One page in several languages: codes and whole URLs, side by side. Each gets an entry that names
 * all of them. changed: the day of its last change, as 2026-11-22; empty: not known. */
void sitemap_put(sitemap *map, str_list codes, str_list urls, str changed);

void sitemap_end(sitemap *map);

/* The list of the sitemaps of a site, by their whole URLs: one map holds only so much. */
void sitemap_put_index(buf *to, str_list urls);
