/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Whole replies kept ready to send: head and body for each encoding (identity, gzip, br). Keyed by
 * the request path with query; only GET and HEAD. Looked up by the server's own threads without a
 * worker. An entry belongs to a generation; raising the generation of a class (cache_raise)
 * makes its entries stale: one worker regenerates, the others serve the old one meanwhile. */

#include "http/http.h"

typedef enum cache_class {
    CACHE_NEVER,  /* forms with tokens, own pages: no-store */
    CACHE_COUNTS, /* shows counts: valid for one checkpoint */
    CACHE_TEXT,   /* valid until content changes */
    CACHE_ASSET,  /* content-hash name: immutable */
    CACHE_CLASSES
} cache_class;

typedef struct cache cache;

cache *cache_open(size_t bytes_most);
void cache_close(cache *c);
void cache_raise(cache *c, cache_class class);
