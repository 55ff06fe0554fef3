/* SPDX-License-Identifier: EUPL-1.2 */
/* How many signings and confirmations a second the database alone keeps: the same statements as
 * core/signature, without HTTP and without cryptography, by as many threads as a server would
 * have. The yardstick for the sign benchmark, which should reach half of it.
 *
 *     commit URL [--threads N] [--seconds N] [--rows N] [--cache-mb N]
 *
 * --rows first fills the database with that many confirmed signatures (random mailboxes). Prints
 * one line a phase: rate, latency p50, p99, p99.9 and longest, size of the write-ahead log. */

#include "base/base.h"
#include "base/log.h"
#include "base/number.h"
#include "base/random.h"
#include "sql/q_job.h"
#include "sql/q_listing.h"
#include "sql/q_log.h"
#include "sql/q_record.h"
#include "sql/q_signature.h"
#include "sql/schema.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS_MOST = 256, FILL_GROUP = 5000, SAMPLES_MOST = 4 << 20, NOW_MS = 1795000000 };

typedef struct options {
    str url;
    int64_t threads, seconds, rows, cache_mb;
} options;

typedef struct material {
    char mailbox[16], signer[16], commitment[32], hash[32], payload[600], header[266], file_key[56],
        address[70], letter[110];
} material;

typedef struct bench {
    db *d;
    const options *o;
    bool is_confirm;
    atomic_llong next_link, done, failed;
    atomic_bool must_stop;
    atomic_long samples_n;
    uint32_t *samples_us;
} bench;

static str bytes(const char *at, size_t n)
{
    return (str){at, n};
}

#define BYTES(field) bytes((field), sizeof(field))

static err sign(db_tx *tx, const material *m, int64_t *out_link)
{
    int64_t id;
    TRY(q_signature_insert(tx,
                           &(q_signature_insert_in){.declaration = 1,
                                                    .kind = 1,
                                                    .country = S("DK"),
                                                    .lang = S("da"),
                                                    .text_version = 1,
                                                    .text_hash = BYTES(m->hash),
                                                    .is_listed = m->hash[0] & 1,
                                                    .mailbox = BYTES(m->mailbox),
                                                    .signer = BYTES(m->signer),
                                                    .commitment = BYTES(m->commitment),
                                                    .created = NOW_MS,
                                                    .source = S(""),
                                                    .nuts = S(""),
                                                    .type = S("")},
                           &id));
    TRY(q_record_insert(tx, id, BYTES(m->payload)));
    TRY(q_record_key_insert(tx, id, BYTES(m->header), S("")));
    if (m->hash[0] & 1)
        TRY(q_listing_insert(tx, &(q_listing_insert_in){.signature = id,
                                                        .declaration = 1,
                                                        .kind = 1,
                                                        .name = S("Solveig Ærøskøbing"),
                                                        .country = S("DK"),
                                                        .region = S("DK03"),
                                                        .website = S(""),
                                                        .political_group = S(""),
                                                        .folded = S("solveig aeroskobing")}));
    TRY(q_link_insert(tx, id, BYTES(m->hash), (opt_str){true, BYTES(m->file_key)},
                      BYTES(m->address), NOW_MS + 1000, out_link));
    return q_job_insert(tx, &(q_job_insert_in){.due = NOW_MS,
                                               .kind = 1,
                                               .created = NOW_MS,
                                               .signature = id,
                                               .link = *out_link,
                                               .lang = S("da"),
                                               .sealed = BYTES(m->letter)});
}

static err confirm(db_tx *tx, arena *scratch, int64_t number)
{
    q_link_get_row link;
    q_signature_get_row s;
    q_mailbox_signers_rows taken;
    int64_t changed;
    TRY(q_link_get(tx, scratch, number, &link));
    TRY(q_signature_get(tx, scratch, link.signature, &s));
    TRY(q_mailbox_signers(tx, scratch, s.declaration, s.mailbox, &taken));
    TRY(q_mailbox_insert(tx, s.declaration, s.mailbox, (int64_t)taken.n + 1, s.signer,
                         link.signature));
    TRY(q_signature_confirm(tx, link.signature, NOW_MS, &changed));
    if (s.is_listed)
        TRY(q_listing_show(tx, link.signature, NOW_MS));
    TRY(q_job_delete_of(tx, link.signature));
    return q_log_queue_insert(tx, &(q_log_queue_insert_in){.declaration = 1,
                                                           .verb = 1,
                                                           .signature = link.signature,
                                                           .kind = 1,
                                                           .country = s.country,
                                                           .commitment = s.commitment,
                                                           .leaf = -1});
}

/* --- works --- */

typedef struct task {
    bench *b;
    material m;
    int64_t link;
} task;

static err sign_work(db_tx *tx, arena *scratch, void *arg)
{
    task *t = arg;
    (void)scratch;
    return sign(tx, &t->m, &t->link);
}

static err confirm_work(db_tx *tx, arena *scratch, void *arg)
{
    task *t = arg;
    return confirm(tx, scratch, t->link);
}

static err fill_work(db_tx *tx, arena *scratch, void *arg)
{
    task *t = arg;
    for (int i = 0; i < FILL_GROUP; i++) {
        random_fill(t->m.mailbox, sizeof t->m.mailbox);
        TRY(sign(tx, &t->m, &t->link));
        TRY(confirm(tx, scratch, t->link));
    }
    return OK;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void *run_thread(void *arg)
{
    bench *b = arg;
    task t = {.b = b};
    random_fill(&t.m, sizeof t.m);
    while (!atomic_load(&b->must_stop)) {
        random_fill(t.m.mailbox, sizeof t.m.mailbox);
        t.m.hash[0]++;
        if (b->is_confirm)
            t.link = atomic_fetch_add(&b->next_link, 1);
        int64_t start_us = now_us();
        err e = db_write_keyed(b->d, b->is_confirm ? confirm_work : sign_work, &t);
        int64_t took_us = now_us() - start_us;
        if (e == ERR_NOT_FOUND && b->is_confirm) { /* all are confirmed */
            atomic_store(&b->must_stop, true);
            break;
        }
        atomic_fetch_add(e == OK ? &b->done : &b->failed, 1);
        long i = atomic_fetch_add(&b->samples_n, 1);
        if (i < SAMPLES_MOST)
            b->samples_us[i] = (uint32_t)took_us;
    }
    return NULL;
}

/* --- phases --- */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double log_mb(const options *o)
{
    char path[4096];
    struct stat s;
    if (!str_starts(o->url, S("sqlite:")))
        return 0;
    snprintf(path, sizeof path, "%.*s-wal", STR_FMT(str_skip(o->url, 7)));
    return stat(path, &s) == 0 ? (double)s.st_size / 1e6 : 0;
}

static void report(bench *b, const char *name, int64_t took_us)
{
    long n = atomic_load(&b->samples_n);
    n = n < SAMPLES_MOST ? n : SAMPLES_MOST;
    if (n == 0)
        return;
    qsort(b->samples_us, (size_t)n, sizeof *b->samples_us, compare);
#define AT(part) ((double)b->samples_us[(long)((double)(n - 1) * (part))] / 1000)
    printf("%-8s threads=%-4" PRId64 " rate=%-8.0f p50=%.1fms p99=%.1fms p99.9=%.1fms "
           "longest=%.1fms failed=%lld log=%.0fMB\n",
           name, b->o->threads, (double)atomic_load(&b->done) * 1e6 / (double)took_us, AT(0.5),
           AT(0.99), AT(0.999), AT(1), atomic_load(&b->failed), log_mb(b->o));
    fflush(stdout);
}

static void run_phase(bench *b, const char *name)
{
    pthread_t threads[THREADS_MOST];
    atomic_store(&b->must_stop, false);
    atomic_store(&b->done, 0);
    atomic_store(&b->failed, 0);
    atomic_store(&b->samples_n, 0);
    int64_t start_us = now_us();
    for (int64_t i = 0; i < b->o->threads; i++)
        pthread_create(&threads[i], NULL, run_thread, b);
    int64_t end_us = start_us + b->o->seconds * 1000000;
    while (now_us() < end_us && !atomic_load(&b->must_stop))
        usleep(10000);
    atomic_store(&b->must_stop, true);
    for (int64_t i = 0; i < b->o->threads; i++)
        pthread_join(threads[i], NULL);
    report(b, name, now_us() - start_us);
}

static void must(err e, const char *what)
{
    if (e == OK)
        return;
    fprintf(stderr, "%s: %s\n", what, err_name(e));
    exit(1);
}

static void fill(bench *b)
{
    task t = {.b = b};
    random_fill(&t.m, sizeof t.m);
    int64_t start_us = now_us(), n = 0;
    for (; n < b->o->rows; n += FILL_GROUP)
        must(db_write(b->d, fill_work, &t), "fill");
    if (n)
        printf("filled   rows=%" PRId64 " rate=%.0f\n", n,
               (double)n * 1e6 / (double)(now_us() - start_us));
    fflush(stdout);
}

static options read_options(int count, char **words)
{
    options o = {.threads = 64, .seconds = 10, .cache_mb = 256};
    for (int i = 1; i < count; i++) {
        str word = str_of(words[i]);
        int64_t *number = str_eq(word, S("--threads"))    ? &o.threads
                          : str_eq(word, S("--seconds"))  ? &o.seconds
                          : str_eq(word, S("--rows"))     ? &o.rows
                          : str_eq(word, S("--cache-mb")) ? &o.cache_mb
                                                          : NULL;
        if (!number)
            o.url = word;
        else if (++i == count || number_parse(str_of(words[i]), 0, 1 << 30, number) != OK)
            o.threads = 0;
    }
    if (o.url.n == 0 || o.threads < 1 || o.threads > THREADS_MOST) {
        fputs("usage: commit URL [--threads N] [--seconds N] [--rows N] [--cache-mb N]\n", stderr);
        exit(2);
    }
    return o;
}

int main(int count, char **words)
{
    options o = read_options(count, words);
    bench b = {.o = &o, .samples_us = calloc(SAMPLES_MOST, sizeof(uint32_t))};
    const db_options opening = {.url = o.url,
                                .schema = &schema_all,
                                .reach = DB_WORKER,
                                .sessions = o.threads < 128 ? (int)o.threads : 128,
                                .cache_bytes = o.cache_mb << 20};
    int applied;
    task probe = {.b = &b};
    log_set_level(LOG_WARN);
    must(db_open(&opening, &b.d), "open");
    must(db_migrate(b.d, &applied), "migrate");
    fill(&b);
    must(db_write(b.d, sign_work, &probe), "sign");
    atomic_store(&b.next_link, probe.link);
    run_phase(&b, "sign");
    b.is_confirm = true;
    run_phase(&b, "confirm");
    db_close(b.d);
    free(b.samples_us);
    return 0;
}
