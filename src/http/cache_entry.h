/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The inside of the page cache, shared by cache.c and those who answer from it.
 *
 * Readers are io threads. Each announces when it may hold entries it found (cache_enter) and when
 * it holds none (cache_leave); an entry taken out of the table is given back only after every
 * reader has left or entered anew since. So a lookup costs no lock and no reference count; whoever
 * keeps an entry beyond its turn takes a reference. */

#include "http/cache.h"
#include "http/encoding.h"

#include <stdatomic.h>

/* Head lines (without status line and Date, with the empty line) directly followed by the body. */
typedef struct cache_variant {
    str whole;
    size_t head_bytes;
    str unchanged_head; /* of the 304 */
    str etag;
} cache_variant;

typedef struct cache_entry {
    _Atomic(struct cache_entry *) next; /* in its bucket */
    struct cache_entry *retired_next;
    uint64_t retired_at;
    uint64_t hash;
    uint64_t generation;
    int64_t modified_s;
    cache_class class;
    unsigned variants; /* one bit for each encoding present */
    unsigned char body_hash[32];
    str key;
    size_t bytes; /* all of this allocation */
    cache_variant variant[ENCODING_COUNT];
    _Atomic unsigned refs;
    _Atomic bool is_used;             /* since the last eviction round */
    _Atomic int64_t refresh_until_ms; /* steady clock: somebody regenerates */
} cache_entry;

typedef struct cache_reader {
    _Atomic uint64_t seen; /* epoch at the last cache_enter; UINT64_MAX outside */
    struct cache_reader *next;
} cache_reader;

void cache_join(cache *c, cache_reader *r);
void cache_part(cache *c, cache_reader *r);
void cache_enter(cache *c, cache_reader *r);
void cache_leave(cache *c, cache_reader *r);

/* Inside enter and leave only. NULL: none. */
cache_entry *cache_look(cache *c, str key);
/* From any thread; the caller must give the reference back. NULL: none. */
cache_entry *cache_find(cache *c, str key);
void cache_keep(cache_entry *e);
void cache_give_back(cache_entry *e);

bool cache_is_fresh(cache *c, const cache_entry *e);
uint64_t cache_generation(cache *c, cache_class class);

/* True for the one caller who is to regenerate a stale entry; for 10 s nobody else is. */
bool cache_claim(cache_entry *e, int64_t steady_ms);
void cache_unclaim(cache_entry *e);

/* Puts an entry (with one reference, which the table takes) in place of the one with its key. An
 * entry too large for the table is given back at once; hold an own reference to go on using it. */
void cache_put(cache *c, cache_entry *e);

/* The variant to send to a client that accepts these encodings: br, gzip, identity. */
const cache_variant *cache_choose(const cache_entry *e, unsigned accepted);

/* Builds an entry in one allocation, with one reference. head_of writes the lines that all
 * variants share. bodies: identity is required, absent others are empty. */
typedef struct cache_parts {
    str key;
    cache_class class;
    uint64_t generation;
    int64_t modified_s;
    str lines;     /* shared by 200 and 304: Cache-Control, Vary, security … */
    str own_lines; /* only on 200: Content-Type … */
    str body[ENCODING_COUNT];
    unsigned char body_hash[32];
} cache_parts;
cache_entry *cache_build(arena *scratch, const cache_parts *parts);
