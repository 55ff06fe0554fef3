/* SPDX-License-Identifier: EUPL-1.2 */
/* A view is older than the rows that it is compared with, so a true standby's is always a beginning
 * of them; save for the moment in which it has a commit already that the primary, waiting for its
 * word, does not show yet. Hence the patience with one that is ahead. */

#include "work/standbys.h"

#include "base/clock.h"
#include "base/log.h"

#include <pthread.h>

enum {
    LOGS_MOST = 64,
    LOOK_EVERY_MS = 2000,
    PAUSE_LEAST_MS = 1000,
    PAUSE_MOST_MS = 10000,
    AHEAD_MS = 1500, /* longer than a commit may wait for its standby in good health */
    AHEAD_STEP_MS = 50,
    LOOK_BYTES_MOST = 16 << 20,
};

typedef struct view {
    standby_view seen;
    uint64_t number; /* of the look, 0: none yet */
    uint64_t agreed; /* the number that was found to agree */
} view;

typedef struct standby {
    standbys *all;
    str url, name;
    pthread_t thread;
    db *db; /* its thread's own; NULL: not connected */
    /* Under the lock: */
    view of[LOGS_MOST];
    size_t tried;     /* logs that it was asked about at least once, whatever came of it */
    int64_t again_ms; /* steady */
    int64_t pause_ms; /* 0: it answers */
} standby;

struct standbys {
    arena *home;
    core *core;
    standby at[STANDBYS_MOST];
    size_t n;
    int64_t logs[LOGS_MOST];
    size_t logs_n;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_stopping;
};

static void wait_until(standbys *s, int64_t steady_ms)
{
    clock_wait(&s->changed, &s->lock, steady_ms - clock_steady_ms());
}

/* --- a thread for each --- */

static err look(standby *one, arena *a, const int64_t *logs, size_t n, standby_view *out_views)
{
    if (!one->db)
        TRY(standby_open(one->url, &one->db));
    for (size_t i = 0; i < n; i++) {
        err e = standby_look(one->all->core, one->db, a, logs[i], &out_views[i]);
        /* Opened here a moment ago, and not come there yet. */
        if (e == ERR_NOT_FOUND)
            out_views[i] = (standby_view){.root = hash_sha256(S(""))};
        else
            TRY(e);
        arena_reset(a);
    }
    return OK;
}

/* Under the lock. */
static void record(standby *one, err e, const standby_view *views, size_t n)
{
    bool was_well = one->pause_ms == 0;
    for (size_t i = 0; e == OK && i < n; i++) {
        one->of[i].seen = views[i];
        one->of[i].number++;
    }
    one->tried = n;
    one->pause_ms = e == OK                             ? 0
                    : one->pause_ms == 0                ? PAUSE_LEAST_MS
                    : one->pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS
                                                        : one->pause_ms * 2;
    one->again_ms = clock_steady_ms() + (e == OK ? LOOK_EVERY_MS : one->pause_ms);
    if (was_well != (e == OK))
        LOG(e == OK ? LOG_INFO : LOG_WARN, "standby.state", log_str("standby", one->name),
            log_str("outcome", str_of(err_name(e))));
    pthread_cond_broadcast(&one->all->changed);
}

static void *look_on(void *arg)
{
    standby *one = arg;
    standbys *s = one->all;
    arena *a = arena_open(LOOK_BYTES_MOST);
    pthread_mutex_lock(&s->lock);
    while (!s->is_stopping) {
        bool is_due =
            clock_steady_ms() >= one->again_ms || (one->tried < s->logs_n && one->pause_ms == 0);
        if (!is_due || s->logs_n == 0) {
            wait_until(s, is_due ? clock_steady_ms() + LOOK_EVERY_MS : one->again_ms);
            continue;
        }
        int64_t logs[LOGS_MOST];
        standby_view views[LOGS_MOST];
        size_t n = s->logs_n;
        memcpy(logs, s->logs, n * sizeof *logs);
        pthread_mutex_unlock(&s->lock);
        err e = look(one, a, logs, n, views);
        if (e != OK) {
            db_close(one->db);
            one->db = NULL;
        }
        arena_reset(a);
        pthread_mutex_lock(&s->lock);
        record(one, e, views, n);
    }
    pthread_mutex_unlock(&s->lock);
    db_close(one->db);
    arena_close(a);
    return NULL;
}

err standbys_open(core *c, str urls, standbys **out_standbys)
{
    arena *home = arena_open(4 << 20);
    standbys *s = arena_new(home, standbys);
    s->home = home;
    s->core = c;
    urls = arena_copy(home, urls);
    while (urls.n) {
        str url = str_cut(urls, ' ', &urls);
        if (url.n == 0)
            continue;
        if (s->n == STANDBYS_MOST) {
            arena_close(home);
            return ERR_LIMIT;
        }
        s->at[s->n++] = (standby){.all = s, .url = url, .name = standby_place(home, url)};
    }
    BUG_IF(pthread_mutex_init(&s->lock, NULL) != 0 || pthread_cond_init(&s->changed, NULL) != 0);
    for (size_t i = 0; i < s->n; i++)
        BUG_IF(pthread_create(&s->at[i].thread, NULL, look_on, &s->at[i]) != 0);
    *out_standbys = s->n ? s : NULL;
    if (s->n == 0)
        standbys_close(s);
    return OK;
}

void standbys_close(standbys *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->is_stopping = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->n; i++)
        pthread_join(s->at[i].thread, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    arena_close(s->home);
}

/* --- comparing --- */

/* Under the lock; a new one makes the threads ask. */
static size_t log_place(standbys *s, int64_t declaration_id)
{
    for (size_t i = 0; i < s->logs_n; i++)
        if (s->logs[i] == declaration_id)
            return i;
    BUG_IF(s->logs_n == LOGS_MOST);
    s->logs[s->logs_n++] = declaration_id;
    pthread_cond_broadcast(&s->changed);
    return s->logs_n - 1;
}

/* Under the lock. One that does not answer is tried as well. */
static bool all_tried(const standbys *s, size_t place)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->at[i].tried <= place && s->at[i].pause_ms == 0)
            return false;
    return true;
}

static err rows_now(standbys *s, int64_t declaration_id, int64_t *out_size)
{
    arena *a = arena_open(LOOK_BYTES_MOST);
    log_state state;
    err e = log_state_now(s->core, a, declaration_id, &state);
    *out_size = e == OK ? (int64_t)state.frontier.size : 0;
    arena_close(a);
    return e;
}

/* How many rows are here, when they become as many as the standby has; else after a while. */
static err await_rows(standbys *s, int64_t declaration_id, int64_t size, int64_t *out_here)
{
    int64_t end_ms = clock_steady_ms() + AHEAD_MS;
    TRY(rows_now(s, declaration_id, out_here));
    while (*out_here < size && clock_steady_ms() < end_ms) {
        nanosleep(&(struct timespec){0, AHEAD_STEP_MS * 1000000L}, NULL);
        TRY(rows_now(s, declaration_id, out_here));
    }
    return OK;
}

typedef struct comparing {
    standbys *s;
    arena *a;
    int64_t declaration;
    standbys_root *root;
    void *from;
    str name;
    str reason; /* out */
} comparing;

static err contradict(comparing *c, str reason)
{
    c->reason = arena_printf(c->a, "standby %.*s %.*s", STR_FMT(c->name), STR_FMT(reason));
    return ERR_DENIED;
}

static err compare_root(comparing *c, int64_t size, const hash32 *its)
{
    hash32 mine;
    TRY(c->root(c->from, (uint64_t)size, &mine));
    return hash_eq(&mine, its) ? OK
                               : contradict(c, arena_printf(c->a, "has other lines among its %lld",
                                                            (long long)size));
}

static err compare(comparing *c, const standby_view *v)
{
    int64_t here;
    if (v->is_here || (v->size == 0 && !v->is_writable))
        return OK;
    if (v->is_writable)
        return contradict(c, S("takes writes itself: it was promoted, and this server must not go "
                               "on beside it"));
    int64_t most = v->published > v->size ? v->published : v->size;
    TRY(await_rows(c->s, c->declaration, most, &here));
    if (here < most)
        return contradict(c, arena_printf(c->a, "has %lld lines of this log, here are %lld",
                                          (long long)most, (long long)here));
    TRY(compare_root(c, v->size, &v->root));
    return v->published > 0 ? compare_root(c, v->published, &v->published_root) : OK;
}

err standbys_check(standbys *s, arena *a, int64_t declaration_id, standbys_root *root, void *from,
                   str *out_reason)
{
    if (!s)
        return OK;
    comparing c = {.s = s, .a = a, .declaration = declaration_id, .root = root, .from = from};
    err e = OK;
    int64_t until_ms = clock_steady_ms() + STANDBYS_FIRST_WAIT_MS;
    pthread_mutex_lock(&s->lock);
    size_t place = log_place(s, declaration_id);
    while (!all_tried(s, place) && clock_steady_ms() < until_ms)
        wait_until(s, until_ms);
    for (size_t i = 0; i < s->n && e == OK; i++) {
        view *v = &s->at[i].of[place];
        standby_view seen = v->seen;
        uint64_t number = v->number;
        if (number == v->agreed)
            continue;
        c.name = s->at[i].name;
        pthread_mutex_unlock(&s->lock);
        e = compare(&c, &seen);
        pthread_mutex_lock(&s->lock);
        if (e == OK)
            v->agreed = number;
    }
    pthread_mutex_unlock(&s->lock);
    *out_reason = c.reason;
    return e;
}
