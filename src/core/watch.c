/* SPDX-License-Identifier: EUPL-1.2 */
/* Counting and judging.
 *
 * A counter holds two days; its count over 24 hours is today's plus that part of yesterday's which
 * has not passed yet. Networks are hashed under a key of the day, so a trace bears the tag of
 * yesterday besides, and both are added.
 *
 * Numbers of rows are given before rows are committed: on PostgreSQL a lower one may appear after a
 * higher one. So every SETTLE_MS the last few seconds are read again, and a ring of numbers tells
 * what has been counted. */

#include "core/watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "text/text.h"

#include "sql/q_watch.h"

#include <pthread.h>

enum {
    DAY_MS = 86400000,
    HOUR_MS = 3600000,
    COUNTERS = 1 << 18,
    NEIGHBOURS = 8,
    RING = 1 << 16,
    PAGE_ROWS = 5000,
    SETTLE_MS = 5000,
    NAMES_EVERY_MS = 30000,
    NAMES_BYTES = 64 << 20,
    HEATS = 64,
    HOT_HOUR_LEAST = 3000,
    HOT_TIMES = 10,
};

typedef enum subject { BY_DOMAIN, BY_NARROW, BY_WIDE } subject;

/* The rules. Each counts, per domain or network, the signatures of 24 hours that have the flags of
 * `need` and none of `unless`, and speaks of those alone. From `look` on they are counted an hour
 * late, from `hold` on when somebody has decided. */
typedef struct watch_rule {
    const char *name;
    subject by;
    int64_t need, unless;
    int look, hold;
    const char *what; /* in words */
} watch_rule;

static const watch_rule rules[] = {
    {"domain", BY_DOMAIN, 0, TRACE_COMMON, 60, 300,
     "from one mail domain that is no large provider's"},
    {"disposable", BY_DOMAIN, TRACE_DISPOSABLE, 0, 5, 30,
     "from one domain of throw-away addresses"},
    {"listed", BY_DOMAIN, TRACE_LISTED, 0, 0, 0, "from a domain that you set to held"},
    {"network", BY_NARROW, 0, TRACE_COMMON, 40, 300,
     "from one network (/32, /64), without large mail providers"},
    {"neighbours", BY_WIDE, 0, TRACE_COMMON, 160, 1200,
     "from one wider network (/24, /48), without large mail providers"},
    {"crowd", BY_NARROW, 0, 0, 1000, 5000, "from one network, all of them"},
    {"hurried", BY_NARROW, TRACE_HURRIED, 0, 20, 200,
     "from one network, in forms filled in faster than people type"},
    {"workless", BY_NARROW, TRACE_WORKLESS, 0, 1, 100,
     "from one network, without the work that was asked for"},
    {"trap", BY_NARROW, TRACE_TRAPPED, 0, 1, 50,
     "from one network that fills in a field which people cannot see"},
};
enum { RULES = sizeof rules / sizeof *rules };

bool watch_threshold_at(size_t i, watch_threshold *out_threshold)
{
    if (i >= RULES)
        return false;
    *out_threshold = (watch_threshold){rules[i].name, rules[i].what, rules[i].look, rules[i].hold};
    return true;
}

typedef struct counter {
    uint64_t key;
    int64_t day;
    uint32_t today, before;
} counter;

/* Signatures of a declaration by the hour. */
typedef struct heat {
    int64_t declaration;
    int64_t first_hour, hour; /* hour: of the newest slot */
    uint32_t of[25];
} heat;

struct watch {
    core_keys keys;
    int64_t look_every_ms;
    pthread_mutex_t look_lock; /* one look at a time; guards the fields down to `lock` */
    int64_t looked_ms, settled_ms, named_ms;
    int64_t top, settled; /* highest row seen; below this one none will appear any more */
    int64_t *ring;
    pthread_mutex_t lock; /* of all below */
    counter *counters;
    heat heats[HEATS];
    arena *names_home;
    known_domains names;
};

watch *watch_open(const core_keys *keys, int64_t look_every_ms)
{
    watch *w = calloc(1, sizeof *w);
    BUG_IF(!w);
    w->keys = *keys;
    w->look_every_ms = look_every_ms;
    w->looked_ms = w->named_ms = w->settled_ms = INT64_MIN / 2;
    w->ring = calloc(RING, sizeof *w->ring);
    w->counters = calloc(COUNTERS, sizeof *w->counters);
    BUG_IF(!w->ring || !w->counters);
    pthread_mutex_init(&w->look_lock, NULL);
    pthread_mutex_init(&w->lock, NULL);
    return w;
}

void watch_close(watch *w)
{
    if (!w)
        return;
    pthread_mutex_destroy(&w->look_lock);
    pthread_mutex_destroy(&w->lock);
    arena_close(w->names_home);
    free(w->ring);
    free(w->counters);
    free(w);
}

/* --- tags --- */

static watch_tag tag_of(const key32 *key, str message)
{
    hash32 mac = mac_sha256(key, message);
    watch_tag tag;
    memcpy(tag.at, mac.at, sizeof tag.at);
    return tag;
}

watch_tag watch_domain_tag(const core_keys *keys, str domain)
{
    key32 key = key_derive(&keys->watch, S("domain"));
    return tag_of(&key, domain);
}

err watch_domain_read(const core_keys *keys, arena *a, str named, watch_tag *out_tag)
{
    str domain;
    if (named.n == 2 * sizeof out_tag->at && number_parse_hex(named, out_tag->at, 8) == OK)
        return OK;
    TRY(text_host_registrable(a, named, &domain));
    *out_tag = watch_domain_tag(keys, domain);
    return OK;
}

static void network_tags(const core_keys *keys, client_ip client, int64_t day,
                         watch_tag *out_narrow, watch_tag *out_wide)
{
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    bool is_ipv4 = memcmp(client.private_bytes, mapped, sizeof mapped) == 0;
    char purpose[32];
    int n = snprintf(purpose, sizeof purpose, "day/%lld", (long long)day);
    key32 key = key_derive(&keys->watch, (str){purpose, (size_t)n});
    const char *bytes = (const char *)client.private_bytes;
    *out_narrow = tag_of(&key, (str){bytes, is_ipv4 ? 16 : 8});
    *out_wide = tag_of(&key, (str){bytes, is_ipv4 ? 15 : 6});
}

/* --- counting, under w->lock --- */

static counter *find(watch *w, size_t rule, watch_tag tag)
{
    uint64_t key;
    memcpy(&key, tag.at, sizeof key);
    key ^= (uint64_t)(rule + 1) * 0x9E3779B97F4A7C15u;
    counter *first = w->counters + key % (COUNTERS / NEIGHBOURS) * NEIGHBOURS;
    counter *weakest = first;
    for (counter *c = first; c < first + NEIGHBOURS; c++) {
        if (c->key == key)
            return c;
        bool is_older = c->day < weakest->day;
        if (is_older ||
            (c->day == weakest->day && c->today + c->before < weakest->today + weakest->before))
            weakest = c;
    }
    *weakest = (counter){.key = key};
    return weakest;
}

static void roll(counter *c, int64_t day)
{
    if (day <= c->day)
        return;
    c->before = day == c->day + 1 ? c->today : 0;
    c->today = 0;
    c->day = day;
}

/* Over the 24 hours before now. */
static int64_t count_of(watch *w, size_t rule, watch_tag tag, int64_t now_ms)
{
    counter *c = find(w, rule, tag);
    roll(c, clock_day(now_ms));
    int64_t left_ms = DAY_MS - (now_ms - clock_day(now_ms) * DAY_MS);
    return c->today + c->before * left_ms / DAY_MS;
}

static bool applies(const watch_rule *r, int64_t flags)
{
    return (flags & r->need) == r->need && !(flags & r->unless);
}

static watch_tag subject_tag(const trace *t, subject by)
{
    return by == BY_DOMAIN ? t->domain : by == BY_NARROW ? t->narrow : t->wide;
}

static void count_heat(watch *w, int64_t declaration, int64_t at_ms)
{
    int64_t hour = at_ms / HOUR_MS;
    heat *h = w->heats;
    while (h < w->heats + HEATS && h->declaration != declaration && h->declaration != 0)
        h++;
    if (h == w->heats + HEATS)
        return;
    if (h->declaration == 0)
        *h = (heat){.declaration = declaration, .first_hour = hour, .hour = hour};
    if (hour <= h->hour - 25)
        return;
    for (; h->hour < hour; h->hour++) {
        memmove(h->of + 1, h->of, sizeof h->of - sizeof *h->of);
        h->of[0] = 0;
        if (hour - h->hour > 25)
            h->hour = hour - 25;
    }
    h->of[h->hour - hour]++;
}

static void count(watch *w, const trace *t)
{
    int64_t day = clock_day(t->at_ms);
    for (size_t i = 0; i < RULES; i++) {
        if (!applies(&rules[i], t->flags))
            continue;
        counter *c = find(w, i, subject_tag(t, rules[i].by));
        roll(c, day);
        if (day == c->day)
            c->today++;
        else if (day == c->day - 1)
            c->before++;
        int64_t n = (int64_t)c->today + c->before;
        if (n == rules[i].hold && n > 0)
            LOG(LOG_WARN, "watch.hold", log_str("rule", str_of(rules[i].name)),
                log_int("count", n));
        else if (n == rules[i].look && n > 1)
            LOG(LOG_INFO, "watch.look", log_str("rule", str_of(rules[i].name)),
                log_int("count", n));
    }
    count_heat(w, t->declaration, t->at_ms);
}

/* --- looking --- */

static watch_tag tag_from(str bytes)
{
    watch_tag tag = {{0}};
    if (bytes.n == sizeof tag.at)
        memcpy(tag.at, bytes.at, sizeof tag.at);
    return tag;
}

typedef struct looking {
    watch *w;
    int64_t after;
    int64_t settled_before_ms; /* rows from before that are settled */
    size_t n;                  /* out */
} looking;

static err read_traces(db_tx *tx, arena *scratch, void *arg)
{
    looking *l = arg;
    watch *w = l->w;
    q_trace_after_rows rows;
    TRY(q_trace_after(tx, scratch, l->after, PAGE_ROWS, &rows));
    l->n = rows.n;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < rows.n; i++) {
        const q_trace_after_row *row = &rows.at[i];
        l->after = row->signature;
        if (row->at < l->settled_before_ms && w->settled < row->signature)
            w->settled = row->signature;
        if (w->top < row->signature)
            w->top = row->signature;
        int64_t *place = &w->ring[row->signature % RING];
        if (*place == row->signature)
            continue;
        *place = row->signature;
        trace t = {.declaration = row->declaration,
                   .at_ms = row->at,
                   .flags = row->flags,
                   .domain = tag_from(row->domain),
                   .narrow = tag_from(row->narrow),
                   .wide = tag_from(row->wide)};
        count(w, &t);
    }
    pthread_mutex_unlock(&w->lock);
    return OK;
}

static err read_names(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    watch *w = arg;
    arena *home = arena_open(NAMES_BYTES);
    q_mail_domain_all_rows rows;
    err e = q_mail_domain_all(tx, home, &rows);
    if (e != OK) {
        arena_close(home);
        return e;
    }
    known_domain *all = arena_array(home, known_domain, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (known_domain){rows.at[i].name, (domain_class)rows.at[i].class};
    pthread_mutex_lock(&w->lock);
    arena *old = w->names_home;
    w->names_home = home;
    w->names = (known_domains){all, rows.n};
    pthread_mutex_unlock(&w->lock);
    arena_close(old);
    return OK;
}

static err look(watch *w, db *d, int64_t now_ms)
{
    if (now_ms - w->named_ms >= NAMES_EVERY_MS) {
        TRY(db_read(d, read_names, w));
        w->named_ms = now_ms;
    }
    bool is_again = now_ms - w->settled_ms >= SETTLE_MS;
    looking l = {
        .w = w, .after = is_again ? w->settled : w->top, .settled_before_ms = now_ms - SETTLE_MS};
    do
        TRY(db_read(d, read_traces, &l));
    while (l.n == PAGE_ROWS);
    if (is_again)
        w->settled_ms = now_ms;
    return OK;
}

err watch_look(watch *w, db *d, int64_t now_ms)
{
    if (!w)
        return OK;
    pthread_mutex_lock(&w->look_lock);
    int64_t since = now_ms - w->looked_ms;
    err e = since >= 0 && since < w->look_every_ms ? OK : look(w, d, now_ms);
    if (e == OK)
        w->looked_ms = now_ms;
    pthread_mutex_unlock(&w->look_lock);
    return e;
}

/* --- judging --- */

/* Names are sorted by bytes on one engine and by a locale's rules on the other. */
static domain_class class_of(watch *w, str domain)
{
    for (size_t i = 0; i < w->names.n; i++)
        if (str_eq(w->names.at[i].name, domain))
            return w->names.at[i].class;
    return DOMAIN_UNKNOWN;
}

trace watch_trace(watch *w, const core_keys *keys, int64_t declaration_id, str domain,
                  const sending *how, int64_t now_ms)
{
    static const int64_t flag_of[] = {[DOMAIN_COMMON] = TRACE_COMMON,
                                      [DOMAIN_DISPOSABLE] = TRACE_DISPOSABLE,
                                      [DOMAIN_HELD] = TRACE_LISTED,
                                      [DOMAIN_UNKNOWN] = 0};
    trace t = {.declaration = declaration_id, .at_ms = now_ms};
    t.domain = watch_domain_tag(keys, domain);
    int64_t day = clock_day(now_ms);
    network_tags(keys, how->client, day, &t.narrow, &t.wide);
    network_tags(keys, how->client, day - 1, &t.narrow_before, &t.wide_before);
    t.flags = (how->is_hurried ? TRACE_HURRIED : 0) | (how->is_workless ? TRACE_WORKLESS : 0) |
              (how->is_trapped ? TRACE_TRAPPED : 0);
    if (!w)
        return t;
    pthread_mutex_lock(&w->lock);
    t.flags |= flag_of[class_of(w, domain)];
    pthread_mutex_unlock(&w->lock);
    return t;
}

judgement watch_judge(watch *w, const trace *t, bool is_new, int64_t now_ms)
{
    judgement strictest = {WATCH_FINE, NULL};
    if (!w)
        return strictest;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < RULES; i++) {
        const watch_rule *r = &rules[i];
        if (!applies(r, t->flags))
            continue;
        int64_t n = count_of(w, i, subject_tag(t, r->by), now_ms) + is_new;
        if (r->by != BY_DOMAIN)
            n += count_of(w, i, r->by == BY_NARROW ? t->narrow_before : t->wide_before, now_ms);
        watch_level level = n >= r->hold ? WATCH_HOLD : n >= r->look ? WATCH_LOOK : WATCH_FINE;
        if (level > strictest.level)
            strictest = (judgement){level, r->name};
    }
    pthread_mutex_unlock(&w->lock);
    return strictest;
}

bool watch_may_name(watch *w, const trace *t, str domain, int64_t now_ms)
{
    if (!w || (t->flags & TRACE_COMMON))
        return false;
    pthread_mutex_lock(&w->lock);
    bool may = count_of(w, 0, t->domain, now_ms) >= DOMAIN_SEEN_LEAST &&
               class_of(w, domain) == DOMAIN_UNKNOWN;
    pthread_mutex_unlock(&w->lock);
    return may;
}

bool watch_is_hot(watch *w, int64_t declaration_id, int64_t now_ms)
{
    if (!w)
        return false;
    int64_t hour = now_ms / HOUR_MS;
    bool is_hot = false;
    pthread_mutex_lock(&w->lock);
    for (const heat *h = w->heats; h < w->heats + HEATS && h->declaration; h++) {
        if (h->declaration != declaration_id || h->hour != hour || hour - h->first_hour < 24)
            continue;
        int64_t before = 0;
        for (size_t i = 1; i <= 24; i++)
            before += h->of[i];
        is_hot = h->of[0] >= HOT_HOUR_LEAST && h->of[0] * 24 > before * HOT_TIMES;
    }
    pthread_mutex_unlock(&w->lock);
    return is_hot;
}

/* --- domains by name --- */

typedef struct naming {
    arena *a;
    str name;
    domain_class class;
    known_domains out;
} naming;

static err read_domains(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    naming *n = arg;
    q_mail_domain_all_rows rows;
    TRY(q_mail_domain_all(tx, n->a, &rows));
    known_domain *all = arena_array(n->a, known_domain, rows.n);
    for (size_t i = 0; i < rows.n; i++)
        all[i] = (known_domain){rows.at[i].name, (domain_class)rows.at[i].class};
    n->out = (known_domains){all, rows.n};
    return OK;
}

err watch_domains(core *c, arena *a, known_domains *out_domains)
{
    naming n = {.a = a};
    TRY(db_read(c->db, read_domains, &n));
    *out_domains = n.out;
    return OK;
}

static err write_domain(db_tx *tx, arena *scratch, void *arg)
{
    (void)scratch;
    const naming *n = arg;
    int64_t changed;
    return n->class == DOMAIN_UNKNOWN ? q_mail_domain_delete(tx, n->name, &changed)
                                      : q_mail_domain_put(tx, n->name, (int64_t)n->class);
}

err watch_domain_set(core *c, arena *a, str name, domain_class class)
{
    naming n = {.a = a, .class = class};
    TRY(text_host_registrable(a, name, &n.name));
    return db_write(c->db, write_domain, &n);
}
