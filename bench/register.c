/* SPDX-License-Identifier: EUPL-1.2 */
/* register: what a page of the register costs, by name and newest first, from the first to the
 * last.
 *
 *   register URL N
 *
 * Fills an empty database with N entries whose names come from many languages, sorts them as the
 * worker does, then pages through the whole register in several languages, and once more looking
 * for words that nobody bears, which is the dearest question there is. Prints, for the first and
 * the last tenth of the pages, the median and the 99th percentile in microseconds. */

#include "base/clock.h"
#include "base/number.h"
#include "core/listing.h"
#include "sql/q_listing.h"
#include "sql/schema.h"
#include "text/text.h"

#include <stdio.h>

enum { DECLARATION = 1, BATCH = 2000, PAGE = 50, TENTHS = 10 };

static const char *const firsts[] = {
    "Ana",   "Åse",      "Björn", "Čeněk", "Dorothea", "Élise", "Fionnuala", "Γιώργος", "Hanna",
    "Ивана", "Jürgen",   "Kaisa", "Łucja", "Márton",   "Nuno",  "Ödön",      "Petra",   "Șerban",
    "Tiina", "Žydrūnas", "Ħelen", "Ulla",  "Víctor",   "Wim",   "Zoltán",    "Maria",   "John"};
static const char *const syllables[] = {"ber",  "čap", "ek",  "sen", "ova", "šim", "lin",
                                        "dahl", "ñe",  "ran", "szy", "cho", "mül", "ler",
                                        "åk",   "ska", "nyi", "ou",  "pap", "ado", "иван",
                                        "ов",   "γεω", "ργι", "ż",   "ö",   "th"};

static uint32_t state = 42;

static uint32_t any(uint32_t n)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
}

#define ANY(list) list[any(sizeof list / sizeof *list)]

typedef struct filling {
    int64_t next, end;
} filling;

static err fill_some(db_tx *tx, arena *scratch, void *arg)
{
    const filling *f = arg;
    for (int64_t i = f->next; i < f->end; i++) {
        buf name = buf_in(scratch);
        buf_printf(&name, "%s ", ANY(firsts));
        for (uint32_t n = 2 + any(3); n > 0; n--)
            buf_put(&name, str_of(ANY(syllables)));
        str folded;
        TRY(text_fold(scratch, buf_str(&name), &folded));
        TRY(q_listing_insert(tx, &(q_listing_insert_in){.signature = i,
                                                        .declaration = DECLARATION,
                                                        .kind = SIGNER_PERSON,
                                                        .is_shown = true,
                                                        .name = buf_str(&name),
                                                        .country = S("DK"),
                                                        .region = S("DK03"),
                                                        .folded = folded,
                                                        .confirmed = 1781524800000}));
    }
    return OK;
}

static int by_size(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void say(const char *order, int64_t *us, size_t n)
{
    size_t tenth = n < TENTHS ? 1 : n / TENTHS;
    int64_t *last = us + n - tenth;
    qsort(us, tenth, sizeof *us, by_size);
    qsort(last, tenth, sizeof *us, by_size);
    printf(
        "%-7s %7zu pages; first tenth p50 %5lld p99 %6lld us; last tenth p50 %5lld p99 %6lld us\n",
        order, n, (long long)us[tenth / 2], (long long)us[tenth * 99 / 100],
        (long long)last[tenth / 2], (long long)last[tenth * 99 / 100]);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* language NULL: newest first. words: empty, or what nobody bears. */
static err walk(core *c, const char *language, str words, int64_t n)
{
    arena *a = arena_open(1 << 24);
    size_t most = (size_t)n / PAGE + 2, pages = 0;
    int64_t *us = calloc(most, sizeof *us), seen = 0;
    char cursor[256] = "";
    listing_filter filter = {.words = words};
    bool has_more = true;
    err e = OK;
    while (e == OK && has_more && pages < most) {
        listing_page page;
        arena_reset(a);
        int64_t began = now_us();
        e = language ? listing_read_by_name(c, a, DECLARATION, &filter, str_of(language),
                                            str_of(cursor), PAGE, &page)
                     : listing_read(c, a, DECLARATION, &filter, PAGE, &page);
        us[pages++] = now_us() - began;
        if (e != OK)
            break;
        seen += (int64_t)page.n;
        has_more = language ? page.next_after.n > 0 : page.next_before > 0;
        filter.before = page.next_before;
        snprintf(cursor, sizeof cursor, "%.*s", STR_FMT(page.next_after));
    }
    if (e == OK && seen != (words.n ? 0 : n))
        e = ERR_INVALID;
    if (e == OK)
        say(language ? language : "newest", us, pages);
    free(us);
    arena_close(a);
    return e;
}

int main(int count, char **arguments)
{
    int64_t n, sorted;
    if (count != 3 || number_parse(str_of(arguments[2]), 1000, 20000000, &n) != OK) {
        fprintf(stderr, "register URL N\n");
        return 2;
    }
    crypto_init();
    core c = {0};
    db_options options = {.url = str_of(arguments[1]),
                          .schema = &schema_all,
                          .reach = DB_WORKER,
                          .sessions = 2,
                          .cache_bytes = 256 << 20};
    int applied;
    err e = db_open(&options, &c.db);
    if (e == OK)
        e = db_migrate(c.db, &applied);
    for (filling f = {1, 1 + BATCH}; e == OK && f.next <= n; f.next = f.end, f.end += BATCH) {
        f.end = f.end > n + 1 ? n + 1 : f.end;
        e = db_write(c.db, fill_some, &f);
    }
    int64_t began = now_us();
    if (e == OK)
        e = listing_sort(&c, &sorted);
    if (e == OK)
        printf("sorted %lld in %lld ms\n", (long long)sorted, (long long)(now_us() - began) / 1000);
    static const char *const languages[] = {NULL, "en", "cs", "sv", "el", "bg"};
    for (size_t i = 0; e == OK && i < sizeof languages / sizeof *languages; i++)
        e = walk(&c, languages[i], S(""), n);
    if (e == OK)
        puts("looking for words that nobody bears:");
    for (size_t i = 0; e == OK && i < 3; i++)
        e = walk(&c, languages[i], S("nobody at all"), n);
    if (e != OK)
        fprintf(stderr, "register: %s\n", err_name(e));
    db_close(c.db);
    return e != OK;
}
