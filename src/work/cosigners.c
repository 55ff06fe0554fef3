/* SPDX-License-Identifier: EUPL-1.2 */
/* One task at a time: the checkpoint asked last. Each thread takes it, answers, and rests; a newer
 * task overtakes an older one. Known sizes live in memory alone: a witness tells them (409). */

#include "work/cosigners.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "fetch/fetch.h"
#include "work/tiles.h"

#include <pthread.h>

enum {
    EXCHANGE_MS = 3000,
    REPLY_BYTES_MOST = 64 << 10,
    PAUSE_LEAST_MS = 1000,
    PAUSE_MOST_MS = 60000,
    TRIES_MOST = 3, /* of one task, as the witness says other sizes */
    LINE_BYTES_MOST = 512,
    REASON_BYTES_MOST = 200,
    TASK_BYTES_MOST = 8 << 20,
    WAIT_MOST_MS = 1000, /* its clock stands still while the machine sleeps, ours does not */
};

typedef struct cosigner {
    cosigners *all;
    const policy_witness *witness;
    str url; /* of add-checkpoint */
    pthread_t thread;
    fetch *fetch;
    uint64_t known; /* the size that the witness has, as far as we know; its thread's own */
    /* Under the lock: */
    uint64_t done;     /* the last task that it answered */
    uint64_t begun;    /* the last task that it took */
    int64_t pause_ms;  /* 0: it is at hand */
    int64_t again_ms;  /* steady; not asked before */
    int64_t signed_ms; /* steady; of the line */
    bool is_denied;
    char line[LINE_BYTES_MOST];
    size_t line_bytes;
    uint64_t line_task;
    char reason[REASON_BYTES_MOST];
} cosigner;

struct cosigners {
    arena *home;
    str origin;
    int directory_fd;
    policy policy;
    cosigner at[COSIGNERS_MOST];
    size_t n;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_stopping;
    bool has_news;
    uint64_t task; /* number of the checkpoint asked last, 0: none yet */
    uint64_t rows;
    char note[NOTE_MAX_BYTES];
    size_t note_bytes;
};

/* What one thread works on, copied out of the lock. */
typedef struct asking {
    arena *a;
    cosigner *w;
    uint64_t task, rows;
    str note, text;
    checkpoint checkpoint;
    str line; /* out */
    str reason;
} asking;

static err fail(asking *q, err e, str reason)
{
    q->reason = reason;
    return e;
}

/* The way from what the witness knows to our checkpoint, checked before it is sent: a refusal then
 * speaks of the witness's tree. */
static err put_proof(asking *q, buf *b)
{
    cosigners *all = q->w->all;
    tiles t = {q->a, all->directory_fd, q->checkpoint.size};
    hash32 old_root;
    hash_list path;
    buf_printf(b, "old %llu\n", (unsigned long long)q->w->known);
    if (q->w->known > 0 && q->w->known < q->checkpoint.size) {
        TRY(merkle_root_at(tiles_read, &t, q->w->known, &old_root));
        TRY(merkle_consistency(q->a, tiles_read, &t, q->w->known, q->checkpoint.size, &path));
        if (!merkle_consistency_ok(q->w->known, q->checkpoint.size, &old_root, &q->checkpoint.root,
                                   path))
            return ERR_IO;
        for (size_t i = 0; i < path.n; i++)
            buf_printf(b, "%s\n", arena_cstr(q->a, base64_make(q->a, hash_str(&path.at[i]))));
    }
    buf_put_char(b, '\n');
    buf_put(b, q->note);
    return OK;
}

static err take_lines(asking *q, str body)
{
    note_lines lines;
    if (note_lines_read(q->a, body, &lines) != OK)
        return fail(q, ERR_IO, S("its answer is no cosignature"));
    for (size_t i = 0; i < lines.n; i++) {
        int64_t time_s;
        if (note_line_check(q->a, &lines.at[i], q->text, &q->w->witness->key, &time_s) == OK &&
            lines.at[i].whole.n <= LINE_BYTES_MOST) {
            q->line = lines.at[i].whole;
            q->w->known = q->checkpoint.size;
            return OK;
        }
    }
    return fail(q, ERR_IO, S("its answer is not signed by the key of the policy"));
}

/* 409: the witness has another size than we thought. ERR_BUSY: ask again with that one. */
static err take_size(asking *q, str body)
{
    int64_t told;
    uint64_t before = q->w->known;
    if (!str_ends(body, S("\n")) ||
        number_parse(str_head(body, body.n - 1), 0, INT64_MAX, &told) != OK)
        return fail(q, ERR_IO, S("its answer holds no size"));
    q->w->known = (uint64_t)told;
    if (q->w->known > q->rows)
        return fail(q, ERR_DENIED,
                    arena_printf(q->a, "has seen %lld lines of this log, here are %llu",
                                 (long long)told, (unsigned long long)q->rows));
    if (q->w->known == before && before == q->checkpoint.size)
        return fail(q, ERR_DENIED, S("has seen another log of this size"));
    if (q->w->known > q->checkpoint.size)
        return OK; /* what comes next will continue it */
    return ERR_BUSY;
}

static err exchange(asking *q)
{
    buf body = buf_in(q->a);
    fetched got;
    if (put_proof(q, &body) != OK)
        return fail(q, ERR_IO, S("the tiles give no proof for it"));
    err e = fetch_post(q->w->fetch, q->a, q->w->url, S("text/plain"), buf_str(&body), &got);
    if (e != OK)
        return fail(q, ERR_IO, arena_copy(q->a, fetch_reason(q->w->fetch)));
    if (got.status == 200)
        return take_lines(q, got.body);
    if (got.status == 409)
        return take_size(q, got.body);
    if (got.status == 422 && q->w->known > 0 && q->w->known < q->checkpoint.size)
        return fail(q, ERR_DENIED,
                    arena_printf(q->a, "has seen another log up to line %llu",
                                 (unsigned long long)q->w->known));
    return fail(q, ERR_IO,
                got.status == 404   ? S("does not watch this log")
                : got.status == 403 ? S("knows another key of this log")
                                    : arena_printf(q->a, "answers %d", got.status));
}

static err ask(asking *q)
{
    err e = ERR_BUSY;
    if (q->w->known > q->checkpoint.size)
        q->w->known = q->checkpoint.size; /* it says if that is too little */
    for (int i = 0; i < TRIES_MOST && e == ERR_BUSY; i++)
        e = exchange(q);
    return e == ERR_BUSY ? fail(q, ERR_IO, S("says another size each time")) : e;
}

/* Under the lock. */
static void record(cosigner *w, asking *q, err e)
{
    cosigners *c = w->all;
    bool was_well = w->pause_ms == 0 && !w->is_denied;
    if (e == OK && q->line.n > 0) {
        memcpy(w->line, q->line.at, q->line.n);
        w->line_bytes = q->line.n;
        w->line_task = q->task;
        w->signed_ms = clock_steady_ms();
        c->has_news = c->has_news || q->task == c->task;
    }
    if (e == OK || e == ERR_DENIED)
        w->done = q->task;
    w->is_denied = e == ERR_DENIED;
    bool is_away = e != OK && e != ERR_DENIED;
    w->pause_ms = !is_away                          ? 0
                  : w->pause_ms == 0                ? PAUSE_LEAST_MS
                  : w->pause_ms * 2 > PAUSE_MOST_MS ? PAUSE_MOST_MS
                                                    : w->pause_ms * 2;
    w->again_ms = clock_steady_ms() + w->pause_ms;
    snprintf(w->reason, sizeof w->reason, "%.*s", STR_FMT(e == OK ? S("") : q->reason));
    bool is_well = e == OK;
    if (was_well != is_well)
        LOG(e == ERR_DENIED ? LOG_ERROR
            : is_well       ? LOG_INFO
                            : LOG_WARN,
            "witness.state", log_str("log", c->origin), log_str("witness", w->witness->name),
            log_str("reason", is_well ? S("answers") : q->reason));
    pthread_cond_broadcast(&c->changed);
}

/* Under the lock: when there is something to do for it; 0: not before something changes. */
static int64_t due_ms(const cosigner *w)
{
    if (w->all->task == 0)
        return 0;
    if (w->done < w->all->task)
        return w->again_ms > 0 ? w->again_ms : 1;
    return w->line_task == w->all->task ? w->signed_ms + COSIGNERS_REFRESH_MS : 0;
}

static void wait_until(cosigners *c, int64_t steady_ms)
{
    if (steady_ms == 0) {
        pthread_cond_wait(&c->changed, &c->lock);
        return;
    }
    int64_t left_ms = steady_ms - clock_steady_ms();
    clock_wait(&c->changed, &c->lock, left_ms > WAIT_MOST_MS ? WAIT_MOST_MS : left_ms);
}

/* Under the lock. */
static bool take_task(cosigner *w, asking *q)
{
    cosigners *c = w->all;
    note_lines lines;
    q->task = w->begun = c->task;
    q->rows = c->rows;
    q->note = arena_copy(q->a, (str){c->note, c->note_bytes});
    return note_split(q->a, q->note, &q->text, &lines) == OK &&
           note_checkpoint_text(q->a, q->text, &q->checkpoint) == OK;
}

static void *cosign_on(void *arg)
{
    cosigner *w = arg;
    cosigners *c = w->all;
    arena *a = arena_open(TASK_BYTES_MOST);
    pthread_mutex_lock(&c->lock);
    while (!c->is_stopping) {
        int64_t due = due_ms(w);
        if (due == 0 || due > clock_steady_ms()) {
            wait_until(c, due);
            continue;
        }
        arena_reset(a);
        asking q = {.a = a, .w = w};
        BUG_IF(!take_task(w, &q));
        pthread_mutex_unlock(&c->lock);
        err e = ask(&q);
        pthread_mutex_lock(&c->lock);
        record(w, &q, e);
    }
    pthread_mutex_unlock(&c->lock);
    arena_close(a);
    return NULL;
}

err cosigners_open(const cosigner_options *options, cosigners **out_cosigners)
{
    arena *home = arena_open(4 << 20);
    cosigners *c = arena_new(home, cosigners);
    policy_fault fault;
    c->home = home;
    c->origin = arena_copy(home, options->origin);
    c->directory_fd = options->directory_fd;
    if (policy_read(home, arena_copy(home, options->policy), &c->policy, &fault) != OK) {
        arena_close(home);
        return ERR_INVALID;
    }
    BUG_IF(pthread_mutex_init(&c->lock, NULL) != 0 || pthread_cond_init(&c->changed, NULL) != 0);
    fetch_options asked = {
        .ca_file = options->ca_file, .timeout_ms = EXCHANGE_MS, .bytes_most = REPLY_BYTES_MOST};
    for (size_t i = 0; i < c->policy.witnesses_n && c->n < COSIGNERS_MOST; i++) {
        const policy_witness *witness = &c->policy.witnesses[i];
        if (witness->url.n == 0)
            continue;
        cosigner *w = &c->at[c->n++];
        *w = (cosigner){.all = c, .witness = witness, .fetch = fetch_open(&asked)};
        bool has_slash = str_ends(witness->url, S("/"));
        w->url =
            arena_printf(home, "%.*s%sadd-checkpoint", STR_FMT(witness->url), has_slash ? "" : "/");
    }
    for (size_t i = 0; i < c->n; i++)
        BUG_IF(pthread_create(&c->at[i].thread, NULL, cosign_on, &c->at[i]) != 0);
    *out_cosigners = c;
    return OK;
}

void cosigners_close(cosigners *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->is_stopping = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < c->n; i++) {
        pthread_join(c->at[i].thread, NULL);
        fetch_close(c->at[i].fetch);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    arena_close(c->home);
}

size_t cosigners_count(const cosigners *c)
{
    return c->n;
}

/* Under the lock. */
static bool any_denied(const cosigners *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].is_denied)
            return true;
    return false;
}

/* Under the lock. One that was still busy with an older task when this one came is not waited
 * for (is_late). */
static bool all_answered(const cosigners *c, const bool *is_late)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].done < c->task && c->at[i].pause_ms == 0 && !is_late[i])
            return false;
    return true;
}

err cosigners_ask(cosigners *c, str note, uint64_t rows, int wait_ms)
{
    bool is_late[COSIGNERS_MOST];
    int64_t until = clock_steady_ms() + wait_ms;
    BUG_IF(note.n > sizeof c->note);
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n; i++)
        is_late[i] = c->at[i].begun == c->task && c->at[i].done < c->task && c->task > 0;
    memcpy(c->note, note.at, note.n);
    c->note_bytes = note.n;
    c->rows = rows;
    c->task++;
    c->has_news = false;
    pthread_cond_broadcast(&c->changed);
    while (!any_denied(c) && !all_answered(c, is_late) && clock_steady_ms() < until)
        wait_until(c, until);
    err e = any_denied(c) ? ERR_DENIED : OK;
    pthread_mutex_unlock(&c->lock);
    return e;
}

str cosigners_lines(cosigners *c, arena *a)
{
    buf b = buf_in(a);
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].line_task == c->task && c->task > 0)
            buf_put(&b, (str){c->at[i].line, c->at[i].line_bytes});
    c->has_news = false;
    pthread_mutex_unlock(&c->lock);
    return buf_str(&b);
}

bool cosigners_has_news(cosigners *c)
{
    pthread_mutex_lock(&c->lock);
    bool has = c->has_news;
    pthread_mutex_unlock(&c->lock);
    return has;
}

bool cosigners_is_denied(cosigners *c)
{
    pthread_mutex_lock(&c->lock);
    bool is_denied = any_denied(c);
    pthread_mutex_unlock(&c->lock);
    return is_denied;
}

str cosigners_reason(cosigners *c, arena *a)
{
    buf b = buf_in(a);
    pthread_mutex_lock(&c->lock);
    bool is_denied = any_denied(c);
    for (size_t i = 0; i < c->n; i++) {
        const cosigner *w = &c->at[i];
        if (w->reason[0] && w->is_denied == is_denied)
            buf_printf(&b, "%switness %.*s %s", b.n ? "; " : "", STR_FMT(w->witness->name),
                       w->reason);
    }
    pthread_mutex_unlock(&c->lock);
    return buf_str(&b);
}
