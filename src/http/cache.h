/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Whole replies kept ready to send: head and body for each encoding (identity, gzip, br). Keyed by
 * the canonical target (path and the query names that the route declares); only GET and HEAD.
 * Looked up by the server's own threads without a lock. An entry belongs to a generation; raising
 * the generation of a class (cache_raise) makes its entries stale: one worker regenerates, the
 * others serve the old one meanwhile, and go on doing so when regeneration fails. */

#include "http/http.h"

typedef enum cache_class {
    CACHE_NEVER,  /* forms with tokens, own pages: no-store */
    CACHE_COUNTS, /* shows counts: valid for one checkpoint */
    CACHE_TEXT,   /* valid until content changes */
    CACHE_ASSET,  /* content-hash name: immutable */
    CACHE_CLASSES
} cache_class;

typedef struct cache cache;

/* Holds at most bytes_most bytes; the least recently used entries go first. */
cache *cache_open(size_t bytes_most);
/* After the server that uses it. */
void cache_close(cache *c);
/* From any thread. */
void cache_raise(cache *c, cache_class class);
/* Somebody who knows says that replies can be made anew until then, by the steady clock. Beyond it,
 * what is kept is as good as fresh: nobody is to wait for an attempt. At first: for ever. */
void cache_vouch(cache *c, int64_t until_ms);

typedef struct cache_figures {
    size_t entries;
    size_t bytes;
    uint64_t evicted;
} cache_figures;
cache_figures cache_figures_now(cache *c);
