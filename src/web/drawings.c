/* SPDX-License-Identifier: EUPL-1.2 */
/* Two locks: one over the table, held for moments; one around drawing, which the same request looks
 * at the table behind, because others may have drawn what it waits for. */

#include "web/drawings.h"

#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { KEPT_MOST = 2048, WAITING_MOST = 16 };

typedef struct kept {
    str name, bytes; /* both malloc'd */
    uint64_t key;
    int64_t made_ms, used_ms;
    bool is_redrawn; /* somebody is at it */
} kept;

struct drawings {
    typeface *letters;
    pthread_mutex_t table, pen;
    atomic_int waiting;
    atomic_long missing;
    size_t bytes, bytes_most;
    kept at[KEPT_MOST];
    size_t n;
};

err drawings_open(size_t bytes_most, drawings **out_drawings)
{
    drawings *d = calloc(1, sizeof *d);
    BUG_IF(!d);
    d->bytes_most = bytes_most;
    err e = typeface_open(&d->letters);
    if (e != OK) {
        free(d);
        return e;
    }
    pthread_mutex_init(&d->table, NULL);
    pthread_mutex_init(&d->pen, NULL);
    *out_drawings = d;
    return OK;
}

static str keep(str s)
{
    char *own = malloc(s.n + 1);
    BUG_IF(!own);
    memcpy(own, s.at, s.n);
    return (str){own, s.n};
}

static void let_go(str s)
{
    union {
        const char *readable;
        void *base;
    } at = {s.at};
    free(at.base);
}

static void drop(drawings *d, kept *k)
{
    d->bytes -= k->bytes.n;
    let_go(k->name);
    let_go(k->bytes);
    *k = d->at[--d->n];
}

void drawings_close(drawings *d)
{
    if (!d)
        return;
    while (d->n)
        drop(d, &d->at[0]);
    typeface_close(d->letters);
    pthread_mutex_destroy(&d->table);
    pthread_mutex_destroy(&d->pen);
    free(d);
}

static kept *find(drawings *d, str name)
{
    for (size_t i = 0; i < d->n; i++)
        if (str_eq(d->at[i].name, name))
            return &d->at[i];
    return NULL;
}

/* What is kept and good enough. is_first: nobody is drawing it anew yet, then the caller does. */
static bool look(drawings *d, arena *a, str name, uint64_t key, int64_t now_ms, bool *out_is_mine,
                 str *out_bytes)
{
    bool is_good = false;
    *out_is_mine = false;
    pthread_mutex_lock(&d->table);
    kept *k = find(d, name);
    if (k) {
        is_good = k->key == key || now_ms - k->made_ms < DRAWINGS_PACE_MS || k->is_redrawn;
        *out_is_mine = !is_good;
        k->is_redrawn = k->is_redrawn || !is_good;
        k->used_ms = now_ms;
        *out_bytes = arena_copy(a, k->bytes);
    }
    pthread_mutex_unlock(&d->table);
    return is_good;
}

/* Room for one more, at the cost of what was not asked for longest. */
static void make_room(drawings *d, size_t bytes)
{
    while (d->n && (d->n == KEPT_MOST || d->bytes + bytes > d->bytes_most)) {
        kept *oldest = &d->at[0];
        for (size_t i = 1; i < d->n; i++)
            if (d->at[i].used_ms < oldest->used_ms)
                oldest = &d->at[i];
        drop(d, oldest);
    }
}

static void put(drawings *d, str name, uint64_t key, int64_t now_ms, str bytes)
{
    pthread_mutex_lock(&d->table);
    kept *before = find(d, name);
    if (before)
        drop(d, before);
    make_room(d, bytes.n);
    d->bytes += bytes.n;
    d->at[d->n++] = (kept){keep(name), keep(bytes), key, now_ms, now_ms, false};
    pthread_mutex_unlock(&d->table);
}

static void give_up(drawings *d, str name)
{
    pthread_mutex_lock(&d->table);
    kept *k = find(d, name);
    if (k)
        k->is_redrawn = false;
    pthread_mutex_unlock(&d->table);
}

static err draw(drawings *d, arena *a, str name, uint64_t key, int64_t now_ms, draw_call *call,
                const void *what, str *out_bytes)
{
    drawn made = {.unknown = 0};
    err e = call(d->letters, a, what, &made);
    if (e != OK) {
        give_up(d, name);
        return e;
    }
    atomic_fetch_add(&d->missing, made.unknown);
    if (made.unknown)
        LOG(LOG_WARN, "drawing.letters_missing", log_str("drawing", name),
            log_int("letters", made.unknown));
    put(d, name, key, now_ms, made.bytes);
    *out_bytes = made.bytes;
    return OK;
}

err drawings_get(drawings *d, arena *a, str name, uint64_t key, int64_t now_ms, draw_call *call,
                 const void *what, str *out_bytes)
{
    bool is_mine;
    if (look(d, a, name, key, now_ms, &is_mine, out_bytes))
        return OK;
    if (atomic_fetch_add(&d->waiting, 1) >= WAITING_MOST && !is_mine) {
        atomic_fetch_sub(&d->waiting, 1);
        return ERR_BUSY;
    }
    pthread_mutex_lock(&d->pen);
    bool is_there = !is_mine && look(d, a, name, key, now_ms, &is_mine, out_bytes);
    err e = is_there ? OK : draw(d, a, name, key, now_ms, call, what, out_bytes);
    pthread_mutex_unlock(&d->pen);
    atomic_fetch_sub(&d->waiting, 1);
    return e;
}

size_t drawings_bytes(drawings *d, str name)
{
    pthread_mutex_lock(&d->table);
    const kept *k = find(d, name);
    size_t n = k ? k->bytes.n : 0;
    pthread_mutex_unlock(&d->table);
    return n;
}

int64_t drawings_letters_missing(drawings *d)
{
    return atomic_load(&d->missing);
}
