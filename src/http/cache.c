/* SPDX-License-Identifier: EUPL-1.2 */
/* The page cache: a fixed table of buckets that readers walk without a lock, one lock for those
 * who change it.
 *
 * Invariant: memory of an entry is given back only when the table has let go of it, every reader
 * that could have seen it there has passed cache_leave or cache_enter since, and nobody holds a
 * reference. The first two are the retired list with its epochs, the third is the count. */

#include "http/cache.h"

#include "base/clock.h"
#include "http/cache_entry.h"

#include <pthread.h>

enum { BUCKETS = 4096, CLAIM_MS = 10 * 1000 };

struct cache {
    _Atomic(cache_entry *) bucket[BUCKETS];
    _Atomic uint64_t generation[CACHE_CLASSES];
    _Atomic uint64_t epoch;
    _Atomic int64_t vouched_ms; /* until then a stale entry is made anew */
    pthread_mutex_t lock;       /* of everything below and of changes above */
    cache_reader *readers;
    cache_entry *retired;
    size_t bytes, bytes_most, entries;
    size_t hand; /* bucket where eviction goes on */
    uint64_t evicted;
};

static uint64_t hash_of(str key)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < key.n; i++)
        hash = (hash ^ (unsigned char)key.at[i]) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

cache *cache_open(size_t bytes_most)
{
    cache *c = calloc(1, sizeof *c);
    BUG_IF(!c);
    c->bytes_most = bytes_most;
    atomic_store(&c->epoch, 1);
    atomic_store(&c->vouched_ms, INT64_MAX);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void cache_keep(cache_entry *e)
{
    atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
}

void cache_give_back(cache_entry *e)
{
    if (atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) == 1)
        free(e);
}

/* --- Readers --- */

void cache_join(cache *c, cache_reader *r)
{
    atomic_store(&r->seen, UINT64_MAX);
    pthread_mutex_lock(&c->lock);
    r->next = c->readers;
    c->readers = r;
    pthread_mutex_unlock(&c->lock);
}

void cache_part(cache *c, cache_reader *r)
{
    pthread_mutex_lock(&c->lock);
    cache_reader **at = &c->readers;
    while (*at && *at != r)
        at = &(*at)->next;
    if (*at)
        *at = r->next;
    pthread_mutex_unlock(&c->lock);
}

void cache_enter(cache *c, cache_reader *r)
{
    /* Both in one total order with the epoch's increment: whoever retires an entry either sees
     * this reader inside, or this reader sees the table without the entry. */
    atomic_store(&r->seen, atomic_load(&c->epoch));
    atomic_thread_fence(memory_order_seq_cst);
}

void cache_leave(cache *c, cache_reader *r)
{
    (void)c;
    atomic_store_explicit(&r->seen, UINT64_MAX, memory_order_release);
}

static cache_entry *walk(cache *c, uint64_t hash, str key)
{
    cache_entry *e = atomic_load_explicit(&c->bucket[hash % BUCKETS], memory_order_acquire);
    while (e && !(e->hash == hash && str_eq(e->key, key)))
        e = atomic_load_explicit(&e->next, memory_order_acquire);
    if (e && !atomic_load_explicit(&e->is_used, memory_order_relaxed))
        atomic_store_explicit(&e->is_used, true, memory_order_relaxed);
    return e;
}

cache_entry *cache_look(cache *c, str key)
{
    return walk(c, hash_of(key), key);
}

cache_entry *cache_find(cache *c, str key)
{
    uint64_t hash = hash_of(key);
    pthread_mutex_lock(&c->lock);
    cache_entry *e = walk(c, hash, key);
    if (e)
        cache_keep(e);
    pthread_mutex_unlock(&c->lock);
    return e;
}

/* --- Freshness --- */

void cache_raise(cache *c, cache_class class)
{
    atomic_fetch_add(&c->generation[class], 1);
}

uint64_t cache_generation(cache *c, cache_class class)
{
    return atomic_load(&c->generation[class]);
}

bool cache_is_fresh(cache *c, const cache_entry *e)
{
    return atomic_load_explicit(&c->generation[e->class], memory_order_acquire) == e->generation ||
           atomic_load_explicit(&c->vouched_ms, memory_order_relaxed) < clock_steady_ms();
}

void cache_vouch(cache *c, int64_t until_ms)
{
    atomic_store_explicit(&c->vouched_ms, until_ms, memory_order_relaxed);
}

bool cache_claim(cache_entry *e, int64_t steady_ms)
{
    int64_t until = atomic_load(&e->refresh_until_ms);
    return until <= steady_ms &&
           atomic_compare_exchange_strong(&e->refresh_until_ms, &until, steady_ms + CLAIM_MS);
}

void cache_unclaim(cache_entry *e)
{
    atomic_store(&e->refresh_until_ms, 0);
}

/* --- Changes; all under the lock --- */

static void reclaim(cache *c)
{
    uint64_t oldest = UINT64_MAX;
    for (cache_reader *r = c->readers; r; r = r->next) {
        uint64_t seen = atomic_load(&r->seen);
        oldest = seen < oldest ? seen : oldest;
    }
    cache_entry **at = &c->retired;
    while (*at) {
        cache_entry *e = *at;
        if (e->retired_at < oldest) {
            *at = e->retired_next;
            cache_give_back(e);
        } else {
            at = &e->retired_next;
        }
    }
}

/* Takes *at out of its bucket. Its own next stays, for readers that stand on it. */
static void retire(cache *c, _Atomic(cache_entry *) *at)
{
    cache_entry *e = atomic_load(at);
    atomic_store(at, atomic_load(&e->next));
    c->bytes -= e->bytes;
    c->entries--;
    e->retired_at = atomic_fetch_add(&c->epoch, 1);
    e->retired_next = c->retired;
    c->retired = e;
}

/* Second chance: an entry used since the hand last passed stays once more. */
static void evict(cache *c)
{
    for (size_t steps = 0; c->bytes > c->bytes_most && steps < 3 * BUCKETS; steps++) {
        _Atomic(cache_entry *) *at = &c->bucket[c->hand];
        c->hand = (c->hand + 1) % BUCKETS;
        for (cache_entry *e; (e = atomic_load(at));) {
            if (c->bytes > c->bytes_most && !atomic_exchange(&e->is_used, false)) {
                retire(c, at);
                c->evicted++;
            } else {
                at = &e->next;
            }
        }
    }
}

void cache_put(cache *c, cache_entry *e)
{
    if (e->bytes > c->bytes_most / 4) {
        cache_give_back(e);
        return;
    }
    pthread_mutex_lock(&c->lock);
    _Atomic(cache_entry *) *head = &c->bucket[e->hash % BUCKETS];
    _Atomic(cache_entry *) *at = head;
    cache_entry *old = atomic_load(at);
    while (old && !(old->hash == e->hash && str_eq(old->key, e->key))) {
        at = &old->next;
        old = atomic_load(at);
    }
    if (old && old->class == e->class && old->generation > e->generation) {
        cache_give_back(e); /* overtaken by a newer one */
    } else {
        /* The new one first, so that readers always find one of the two. */
        atomic_store_explicit(&e->next, atomic_load(head), memory_order_relaxed);
        atomic_store_explicit(head, e, memory_order_release);
        c->bytes += e->bytes;
        c->entries++;
        if (old)
            retire(c, at == head ? &e->next : at);
        evict(c);
    }
    reclaim(c);
    pthread_mutex_unlock(&c->lock);
}

void cache_close(cache *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (atomic_load(&c->bucket[i]))
            retire(c, &c->bucket[i]);
    reclaim(c);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

cache_figures cache_figures_now(cache *c)
{
    pthread_mutex_lock(&c->lock);
    cache_figures figures = {c->entries, c->bytes, c->evicted};
    pthread_mutex_unlock(&c->lock);
    return figures;
}

/* --- Entries --- */

const cache_variant *cache_choose(const cache_entry *e, unsigned accepted)
{
    unsigned usable = e->variants & accepted;
    if (usable & 1u << ENCODING_BR)
        return &e->variant[ENCODING_BR];
    if (usable & 1u << ENCODING_GZIP)
        return &e->variant[ENCODING_GZIP];
    return &e->variant[ENCODING_IDENTITY];
}

static str etag_of(arena *a, const cache_parts *parts, encoding e)
{
    static const char *const suffix[ENCODING_COUNT] = {"", "-g", "-b"};
    buf tag = buf_in(a);
    buf_put_char(&tag, '"');
    buf_put_hex(&tag, parts->body_hash, 12);
    buf_put(&tag, str_of(suffix[e]));
    buf_put_char(&tag, '"');
    return buf_str(&tag);
}

static void variant_build(arena *a, const cache_parts *parts, encoding e, cache_variant *out)
{
    out->etag = etag_of(a, parts, e);
    buf shared = buf_in(a);
    buf_printf(&shared, "ETag: %.*s\r\n", STR_FMT(out->etag));
    buf_put(&shared, parts->lines);
    buf_put(&shared, S("\r\n"));
    out->unchanged_head = buf_str(&shared);
    str body = parts->body[e];
    buf whole = buf_in(a);
    buf_reserve(&whole, parts->own_lines.n + shared.n + body.n + 128);
    buf_put(&whole, parts->own_lines);
    buf_printf(&whole, "Content-Length: %zu\r\n", body.n);
    if (e != ENCODING_IDENTITY)
        buf_printf(&whole, "Content-Encoding: %.*s\r\n", STR_FMT(encoding_name(e)));
    buf_put(&whole, out->unchanged_head);
    out->head_bytes = whole.n;
    buf_put(&whole, body);
    out->whole = buf_str(&whole);
}

/* Moves s into the block at *to. */
static void settle(str *s, char **to)
{
    if (s->n)
        memcpy(*to, s->at, s->n);
    s->at = *to;
    *to += s->n;
}

cache_entry *cache_build(arena *scratch, const cache_parts *parts)
{
    cache_entry draft = {.hash = hash_of(parts->key),
                         .generation = parts->generation,
                         .modified_s = parts->modified_s,
                         .class = parts->class,
                         .key = parts->key};
    memcpy(draft.body_hash, parts->body_hash, sizeof draft.body_hash);
    size_t bytes = sizeof draft + parts->key.n;
    for (encoding e = ENCODING_IDENTITY; e < ENCODING_COUNT; e++) {
        if (e != ENCODING_IDENTITY && parts->body[e].n == 0)
            continue;
        cache_variant *v = &draft.variant[e];
        variant_build(scratch, parts, e, v);
        draft.variants |= 1u << e;
        bytes += v->whole.n + v->unchanged_head.n + v->etag.n;
    }
    draft.bytes = bytes;
    cache_entry *entry = malloc(bytes);
    BUG_IF(!entry);
    *entry = draft;
    atomic_init(&entry->refs, 1);
    char *to = (char *)(entry + 1);
    settle(&entry->key, &to);
    for (encoding e = ENCODING_IDENTITY; e < ENCODING_COUNT; e++) {
        cache_variant *v = &entry->variant[e];
        if (!(entry->variants & 1u << e))
            continue;
        settle(&v->whole, &to);
        settle(&v->unchanged_head, &to);
        settle(&v->etag, &to);
    }
    return entry;
}
