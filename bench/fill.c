/* SPDX-License-Identifier: EUPL-1.2 */
/* fill: pending signatures, ready to be confirmed by `load`.
 *
 *   fill DATA N TOKEN_FILE
 *
 * Submits N signatures through the program's own rules, on 32 threads, and writes their link
 * tokens, one a line. Their mails are dropped from the queue: nobody is to receive them. */

#include "base/clock.h"
#include "cli/keys.h"
#include "core/signature.h"
#include "sql/schema.h"

#include "base/number.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 32 };

typedef struct filling {
    core core;
    alliance al;
    int64_t n;
    atomic_llong next;
    char (*tokens)[40];
} filling;

static void *fill_on(void *arg)
{
    filling *f = arg;
    arena *a = arena_open(1 << 20);
    int64_t now_ms = clock_now_ms();
    for (long long i; (i = atomic_fetch_add(&f->next, 1)) < f->n;) {
        arena_reset(a);
        signing s = {
            .kind = SIGNER_PERSON,
            .name.private_text = arena_printf(a, "Bench Signer %lld", i),
            .mail.private_text =
                arena_printf(a, "bench-%lld-%lld@sample.invalid", (long long)now_ms, i),
            .country = S("DK"),
            .lang = S("da"),
            .is_sample = true,
        };
        submitted out;
        err e = signature_submit(&f->core, a, &f->al.declarations.at[0], &s, now_ms, &out);
        if (e != OK) {
            fprintf(stderr, "fill: %s\n", err_name(e));
            exit(1);
        }
        memcpy(f->tokens[i], out.token.at, out.token.n);
    }
    arena_close(a);
    return NULL;
}

int main(int n, char **arguments)
{
    filling *f = calloc(1, sizeof *f);
    if (n != 4 || !f || number_parse(str_of(arguments[2]), 1, 20000000, &f->n) != OK) {
        fprintf(stderr, "fill DATA N TOKEN_FILE\n");
        return 2;
    }
    crypto_init();
    arena *a = arena_open(1 << 28);
    str data = str_of(arguments[1]);
    key32 master;
    db_options options = {.url = arena_printf(a, "sqlite:%s/undersigned.db", arguments[1]),
                          .schema = &schema_all,
                          .reach = DB_WORKER,
                          .sessions = 4,
                          .cache_bytes = 256 << 20};
    if (keys_load_master(a, data, &master) != OK || db_open(&options, &f->core.db) != OK)
        return 1;
    f->core.keys = core_keys_derive(&master);
    if (alliance_load(&f->core, a, &f->al) != OK || f->al.declarations.n == 0)
        return 1;
    f->tokens = calloc((size_t)f->n, sizeof *f->tokens);
    pthread_t threads[THREADS];
    int64_t began = clock_steady_ms();
    for (int i = 0; i < THREADS; i++)
        BUG_IF(pthread_create(&threads[i], NULL, fill_on, f) != 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    int64_t took = clock_steady_ms() - began;
    FILE *file = fopen(arguments[3], "w");
    for (int64_t i = 0; file && i < f->n; i++)
        fprintf(file, "%s\n", f->tokens[i]);
    if (!file || fclose(file) != 0)
        return 1;
    printf("submitted without HTTP: %lld/s\n", (long long)(f->n * 1000 / (took ? took : 1)));
    db_close(f->core.db);
    arena_close(a);
    return 0;
}
