/* SPDX-License-Identifier: EUPL-1.2 */
/* Blocks that double in size, bump allocation inside, red zones between allocations.
 *
 * Invariant: every byte of a block that is not handed out is poisoned in sanitised builds, so an
 * overrun inside a block is reported at the byte where it happens. */

#include "base/arena.h"

#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_SANITISED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_SANITISED 1
#endif
#endif

#ifdef ARENA_SANITISED
#include <sanitizer/asan_interface.h>
enum { RED_ZONE_BYTES = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
enum { RED_ZONE_BYTES = 0 };
#endif

enum { ALIGNMENT = 16, FIRST_BLOCK_BYTES = 4096, LARGEST_STEP_BYTES = 1 << 20 };

typedef struct block {
    struct block *before;
    size_t size;
    size_t used;
    _Alignas(ALIGNMENT) unsigned char at[];
} block;

typedef struct deferred {
    struct deferred *before;
    arena_call *call;
    void *thing;
} deferred;

struct arena {
    block *newest;
    deferred *last_call;
    size_t cap;
    size_t used;
    bool one_malloc_each;
};

static void *must_malloc(size_t size)
{
    void *memory = malloc(size);
    if (!memory) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

static block *block_add(arena *a, size_t size)
{
    block *b = must_malloc(sizeof(block) + size);
    *b = (block){a->newest, size, 0};
    ASAN_POISON_MEMORY_REGION(b->at, size);
    a->newest = b;
    return b;
}

static void block_drop(block *b)
{
    ASAN_UNPOISON_MEMORY_REGION(b->at, b->size);
    free(b);
}

arena *arena_open(size_t cap_bytes)
{
    arena *a = must_malloc(sizeof *a);
    *a = (arena){.cap = cap_bytes};
#ifdef ARENA_SANITISED
    const char *mode = getenv("UNDERSIGNED_ARENA");
    a->one_malloc_each = mode && strcmp(mode, "malloc") == 0;
#endif
    return a;
}

static void run_deferred(arena *a)
{
    while (a->last_call) {
        deferred *d = a->last_call;
        a->last_call = d->before;
        d->call(d->thing);
    }
}

void arena_close(arena *a)
{
    if (!a)
        return;
    run_deferred(a);
    while (a->newest) {
        block *b = a->newest;
        a->newest = b->before;
        block_drop(b);
    }
    free(a);
}

void arena_reset(arena *a)
{
    run_deferred(a);
    while (a->newest && (a->newest->before || a->one_malloc_each)) {
        block *b = a->newest;
        a->newest = b->before;
        block_drop(b);
    }
    if (a->newest) {
        a->newest->used = 0;
        ASAN_POISON_MEMORY_REGION(a->newest->at, a->newest->size);
    }
    a->used = 0;
}

void *arena_alloc(arena *a, size_t size_bytes)
{
    BUG_IF(size_bytes > a->cap || a->used + size_bytes > a->cap);
    size_t room = (size_bytes + RED_ZONE_BYTES + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (room == 0)
        room = ALIGNMENT;
    block *b = a->newest;
    if (!b || a->one_malloc_each || b->size - b->used < room) {
        size_t step = FIRST_BLOCK_BYTES;
        if (b)
            step = b->size < LARGEST_STEP_BYTES ? b->size * 2 : LARGEST_STEP_BYTES;
        if (a->one_malloc_each || step < room)
            step = room;
        b = block_add(a, step);
    }
    void *memory = b->at + b->used;
    b->used += room;
    a->used += size_bytes;
    ASAN_UNPOISON_MEMORY_REGION(memory, size_bytes);
    memset(memory, 0, size_bytes);
    return memory;
}

void *arena_alloc_array(arena *a, size_t count, size_t size_bytes)
{
    size_t total = 0;
    BUG_IF(__builtin_mul_overflow(count, size_bytes, &total));
    return arena_alloc(a, total);
}

void arena_defer(arena *a, arena_call *call, void *thing)
{
    deferred *d = arena_new(a, deferred);
    *d = (deferred){a->last_call, call, thing};
    a->last_call = d;
}

char *arena_cstr(arena *a, str s)
{
    char *copy = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(copy, s.at, s.n);
    return copy;
}

str arena_copy(arena *a, str s)
{
    return (str){arena_cstr(a, s), s.n};
}

str arena_vprintf(arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    BUG_IF(n < 0);
    char *text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return (str){text, (size_t)n};
}

str arena_printf(arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str text = arena_vprintf(a, format, args);
    va_end(args);
    return text;
}

size_t arena_used(const arena *a)
{
    return a->used;
}
