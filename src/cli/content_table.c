/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of languages: 24 columns of one letter fit any terminal. */

#include "cli/content_report.h"

#include "core/content_field.h"

#include <stdio.h>

enum { ROWS_MOST = 60, LABEL_COLUMNS = 28 };

/* How a state looks in the table. */
static const struct {
    const char *mark;
    paint paint;
} marks[CONTENT_STATES] = {
    [CONTENT_MISSING] = {"·", PAINT_RED},     [CONTENT_ORIGINAL] = {"O", PAINT_BOLD},
    [CONTENT_REVIEWED] = {"r", PAINT_GREEN},  [CONTENT_MACHINE] = {"m", PAINT_DIM},
    [CONTENT_OUTDATED] = {"!", PAINT_YELLOW},
};

typedef struct tally {
    size_t of[CONTENT_STATES];
    size_t items;
} tally;

static content_state state_at(const content_item *item, size_t language)
{
    return content_state_in(item, str_of(content_languages[language]));
}

static void count(tally *t, const content_item *item)
{
    t->items++;
    for (size_t l = 0; l < CONTENT_LANGUAGES; l++)
        t->of[state_at(item, l)]++;
}

/* Two lines of one letter each. */
static void print_head(void)
{
    for (size_t i = 0; i < 2; i++) {
        printf("%s%*s", paint_of(stdout, PAINT_DIM), LABEL_COLUMNS + 2, "");
        for (size_t l = 0; l < CONTENT_LANGUAGES; l++)
            printf(" %c", content_languages[l][i]);
        printf("%s\n", paint_of(stdout, PAINT_OFF));
    }
}

static void print_row(arena *a, const content_item *item)
{
    str label = item->slug;
    if (label.n > LABEL_COLUMNS)
        label = arena_printf(a, "%.*s…", LABEL_COLUMNS - 1, item->slug.at);
    int bytes_beyond = item->slug.n > LABEL_COLUMNS ? 2 : 0; /* of the ellipsis */
    printf("  %-*.*s", LABEL_COLUMNS + bytes_beyond, STR_FMT(label));
    for (size_t l = 0; l < CONTENT_LANGUAGES; l++) {
        content_state state = state_at(item, l);
        printf(" %s%s%s", paint_of(stdout, marks[state].paint), marks[state].mark,
               paint_of(stdout, PAINT_OFF));
    }
    printf("\n");
}

static bool is_complete(const content_item *item)
{
    for (size_t l = 0; l < CONTENT_LANGUAGES; l++) {
        content_state state = state_at(item, l);
        if (state == CONTENT_MISSING || state == CONTENT_OUTDATED)
            return false;
    }
    return true;
}

static void print_total(const char *name, const tally *t)
{
    printf("%-12s %5zu %-5s", name, t->items, t->items == 1 ? "item" : "items");
    for (size_t s = CONTENT_ORIGINAL; s <= CONTENT_STATES; s++) {
        size_t state = s % CONTENT_STATES; /* what is missing stands last */
        bool is_bad = state == CONTENT_MISSING || state == CONTENT_OUTDATED;
        bool is_loud = is_bad && t->of[state];
        printf("  %s%s%s %*zu", paint_of(stdout, is_loud ? marks[state].paint : PAINT_DIM),
               content_state_name((content_state)state).at, paint_of(stdout, PAINT_OFF),
               s == CONTENT_STATES ? 1 : -5, t->of[state]);
    }
    printf("\n");
}

static void print_rows(arena *a, content_list items)
{
    bool are_all = items.n <= ROWS_MOST;
    size_t shown = 0, left_out = 0;
    str kind = S("");
    for (size_t i = 0; i < items.n; i++) {
        const content_item *item = &items.at[i];
        if (!are_all && is_complete(item))
            continue;
        if (shown == ROWS_MOST) {
            left_out++;
            continue;
        }
        if (shown++ == 0)
            print_head();
        if (!str_eq(kind, item->kind))
            printf("%s%.*s%s\n", paint_of(stdout, PAINT_BOLD), STR_FMT(item->kind),
                   paint_of(stdout, PAINT_OFF));
        kind = item->kind;
        print_row(a, item);
    }
    if (left_out)
        printf("  … and %zu more that lack something\n", left_out);
    if (shown)
        printf("  O original  r reviewed  m machine  ! outdated  · missing\n\n");
}

void content_print_languages(arena *a, content_list items)
{
    tally all = {{0}, 0};
    print_rows(a, items);
    for (const content_kind *kind = content_kinds; kind->name; kind++) {
        tally t = {{0}, 0};
        for (size_t i = 0; i < items.n; i++)
            if (str_eq(items.at[i].kind, str_of(kind->name))) {
                count(&t, &items.at[i]);
                count(&all, &items.at[i]);
            }
        if (t.items)
            print_total(kind->name, &t);
    }
    print_total("all", &all);
}
