/* SPDX-License-Identifier: EUPL-1.2 */
/* Editions: counted references, one lock, one looking thread.
 *
 * Content and counts change at different paces, so they are counted apart: a new checkpoint makes
 * a new edition around the same content. When the database cannot be reached, the edition that
 * stands goes on being read.
 *
 * Once a minute the pages with counts are made anew even without news: signing opens and closes by
 * the clock, and who no longer wants to be listed must not stand in a kept page until somebody
 * else signs. */

#include "web/edition.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    COUNTS_BYTES_MOST = 4 << 20,
    LOOK_EVERY_MS = 200,
    VOUCH_MS = LOOK_EVERY_MS + 1000, /* a look that takes longer is one that waits */
    RAISE_EVERY_MS = 60000,
};

typedef struct content {
    atomic_int holders;
    arena *home;
    alliance al;
    catalogue catalogue;
} content;

typedef struct issue {
    atomic_int holders;
    arena *home;
    content *texts;
    edition ed;
} issue;

struct newsroom {
    core *core;
    cache *cache;
    pthread_mutex_t lock;
    pthread_cond_t stop_signal;
    bool is_stopping;
    issue *present;
    int64_t mark;
    pthread_t looker;
};

static void content_drop(content *c)
{
    if (c && atomic_fetch_sub(&c->holders, 1) == 1) {
        catalogue_close(&c->catalogue);
        arena_close(c->home);
        free(c);
    }
}

static void issue_drop(void *thing)
{
    issue *i = thing;
    if (i && atomic_fetch_sub(&i->holders, 1) == 1) {
        content_drop(i->texts);
        arena_close(i->home);
        free(i);
    }
}

static err content_load(core *rules, content **out)
{
    content *c = calloc(1, sizeof *c);
    BUG_IF(!c);
    atomic_init(&c->holders, 1);
    c->home = arena_open(ALLIANCE_BYTES_MOST);
    err e = alliance_load(rules, c->home, &c->al);
    if (e == OK)
        e = catalogue_make(rules, c->home, &c->al, &c->catalogue);
    if (e != OK) {
        content_drop(c);
        return e;
    }
    *out = c;
    return OK;
}

/* Takes over the caller's hold on the content. */
static err issue_make(core *rules, content *texts, issue **out)
{
    issue *i = calloc(1, sizeof *i);
    BUG_IF(!i);
    atomic_init(&i->holders, 1);
    i->home = arena_open(COUNTS_BYTES_MOST);
    i->texts = texts;
    size_t n = texts->al.declarations.n;
    published *counts = arena_array(i->home, published, n);
    timestamp_kept *stamps = arena_array(i->home, timestamp_kept, n);
    err e = OK;
    for (size_t d = 0; d < n && e == OK; d++) {
        e = log_published(rules, i->home, texts->al.declarations.at[d].id, &counts[d]);
        if (e == ERR_NOT_FOUND)
            e = OK;
        if (e == OK)
            e = timestamps_last(rules, i->home, texts->al.declarations.at[d].id, &stamps[d]);
    }
    i->ed = (edition){&texts->al, &texts->catalogue, counts, stamps};
    if (e != OK) {
        issue_drop(i);
        return e;
    }
    *out = i;
    return OK;
}

static void replace(newsroom *n, issue *next, int64_t mark, bool is_new_content)
{
    pthread_mutex_lock(&n->lock);
    issue *before = n->present;
    n->present = next;
    n->mark = mark;
    pthread_mutex_unlock(&n->lock);
    issue_drop(before);
    cache_raise(n->cache, CACHE_COUNTS);
    if (is_new_content)
        cache_raise(n->cache, CACHE_TEXT);
}

static err look(newsroom *n)
{
    int64_t revision, mark;
    TRY(alliance_revision(n->core, &revision));
    TRY(log_published_mark(n->core, &mark));
    content *present = n->present->texts;
    bool is_new_content = revision != present->al.revision;
    if (!is_new_content && mark == n->mark)
        return OK;
    content *texts = present;
    if (is_new_content)
        TRY(content_load(n->core, &texts));
    else
        atomic_fetch_add(&texts->holders, 1);
    issue *next;
    TRY(issue_make(n->core, texts, &next));
    replace(n, next, mark, is_new_content);
    return OK;
}

static void *look_on(void *arg)
{
    newsroom *n = arg;
    err before = OK;
    int64_t raised_ms = clock_steady_ms();
    pthread_mutex_lock(&n->lock);
    while (!n->is_stopping) {
        clock_wait(&n->stop_signal, &n->lock, LOOK_EVERY_MS);
        if (n->is_stopping)
            break;
        pthread_mutex_unlock(&n->lock);
        err e = look(n);
        cache_vouch(n->cache, e == OK ? clock_steady_ms() + VOUCH_MS : 0);
        if (clock_steady_ms() - raised_ms >= RAISE_EVERY_MS) {
            cache_raise(n->cache, CACHE_COUNTS);
            raised_ms = clock_steady_ms();
        }
        if (e != before)
            LOG(e == OK ? LOG_INFO : LOG_WARN, "edition.look",
                log_str("outcome", str_of(err_name(e))));
        before = e;
        pthread_mutex_lock(&n->lock);
    }
    pthread_mutex_unlock(&n->lock);
    return NULL;
}

err newsroom_open(core *c, cache *pages, newsroom **out_newsroom)
{
    newsroom *n = calloc(1, sizeof *n);
    BUG_IF(!n);
    n->core = c;
    n->cache = pages;
    content *texts;
    err e = log_published_mark(c, &n->mark);
    if (e == OK)
        e = content_load(c, &texts);
    if (e == OK)
        e = issue_make(c, texts, &n->present);
    if (e != OK) {
        free(n);
        return e;
    }
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->stop_signal, NULL);
    BUG_IF(pthread_create(&n->looker, NULL, look_on, n) != 0);
    *out_newsroom = n;
    return OK;
}

void newsroom_close(newsroom *n)
{
    if (!n)
        return;
    pthread_mutex_lock(&n->lock);
    n->is_stopping = true;
    pthread_cond_signal(&n->stop_signal);
    pthread_mutex_unlock(&n->lock);
    pthread_join(n->looker, NULL);
    issue_drop(n->present);
    pthread_cond_destroy(&n->stop_signal);
    pthread_mutex_destroy(&n->lock);
    free(n);
}

const edition *newsroom_read(newsroom *n, arena *request)
{
    pthread_mutex_lock(&n->lock);
    issue *i = n->present;
    atomic_fetch_add(&i->holders, 1);
    pthread_mutex_unlock(&n->lock);
    arena_defer(request, issue_drop, i);
    return &i->ed;
}

const published *edition_counts(const edition *ed, const declaration *d)
{
    return &ed->counts[d - ed->al->declarations.at];
}

const timestamp_kept *edition_stamp(const edition *ed, const declaration *d)
{
    return &ed->stamps[d - ed->al->declarations.at];
}

const declaration *edition_main(const edition *ed, int64_t now_ms)
{
    declaration_list all = ed->al->declarations;
    for (size_t i = 0; i < all.n; i++)
        if (!all.at[i].is_light && declaration_is_open(&all.at[i], now_ms))
            return &all.at[i];
    return all.n ? &all.at[0] : NULL;
}
