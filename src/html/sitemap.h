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
 * all of them. */
void sitemap_put(sitemap *map, str_list codes, str_list urls);

void sitemap_end(sitemap *map);
