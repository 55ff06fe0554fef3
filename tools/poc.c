/* SPDX-License-Identifier: EUPL-1.2 */
/* The catalogue compiler: po/XX.po of the 24 languages to constant tables.
 *
 * en.po is the source: a message is a stable key (msgctxt "sign.title") and English text. All
 * files are held against it before anything is written, and all faults are printed at once. A
 * message that a language lacks, or whose source has changed since, is shown in English and
 * counted; everything else that is wrong stops the build (docs/languages.md). */

#include "po/set.h"

#include <unistd.h>

enum { ARENA_BYTES = 512 << 20 };

static const char usage_text[] =
    "usage: poc --emit messages.h messages.c [--pseudo] PO...\n"
    "       poc --coverage PO...           what each language has, as a table\n"
    "       poc --complete PO...           fails unless every language has everything\n"
    "       poc --used EN.PO FOLDER...     fails when a message is shown nowhere\n"
    "       poc --sync [--trivial] FOLDER  brings all catalogues to the messages of en.po\n"
    "       poc --lacking XX PO...         what language XX lacks, as a list to translate\n"
    "       poc --fill XX.PO LIST          takes the translated list into the catalogue\n";

static int usage_error(void)
{
    fputs(usage_text, stderr);
    return 2;
}

/* The catalogues of all 24 must be there. */
static bool read_all(arena *a, char *const *paths, int n, po_set *out_set)
{
    if (!po_set_read(a, paths, (size_t)n, out_set))
        return false;
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        if (!out_set->of[i].path) {
            fprintf(stderr, "po/%.*s.po is missing\n", STR_FMT(plural_language(i)));
            return false;
        }
    }
    return true;
}

static int emit(arena *a, int n, char **args)
{
    if (n < 3)
        return usage_error();
    bool with_pseudo = strcmp(args[2], "--pseudo") == 0;
    int first = with_pseudo ? 3 : 2;
    po_set s;
    if (!read_all(a, args + first, n - first, &s))
        return 1;
    table_write(a, &s, with_pseudo, args[0], args[1]);
    return 0;
}

static int coverage(arena *a, int n, char **paths)
{
    po_set s;
    if (!read_all(a, paths, n, &s))
        return 1;
    printf("lang");
    for (size_t k = 0; k < PO_STATES; k++)
        printf("%10s", po_state_name((po_state)k));
    printf("\n");
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        size_t counts[PO_STATES] = {0};
        for (size_t m = 0; m < s.english->n; m++)
            counts[po_set_state(&s, i, &s.english->at[m])]++;
        printf("%-4.*s", STR_FMT(plural_language(i)));
        for (size_t k = 0; k < PO_STATES; k++)
            printf("%10zu", counts[k]);
        printf("\n");
    }
    return 0;
}

static int complete(arena *a, int n, char **paths)
{
    po_set s;
    if (!read_all(a, paths, n, &s))
        return 1;
    size_t lacking = 0;
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        for (size_t m = 0; m < s.english->n; m++) {
            const po_entry *english = &s.english->at[m];
            po_state state = po_set_state(&s, i, english);
            if (state < PO_OUTDATED)
                continue;
            const po_entry *e = po_set_entry(&s, i, english);
            fprintf(stderr, "%s:%zu: '%.*s' is %s\n", s.of[i].path, e ? e->line : 1,
                    STR_FMT(english->key), po_state_name(state));
            lacking++;
        }
    }
    if (lacking)
        fprintf(stderr, "%zu translations are lacking\n", lacking);
    return lacking != 0;
}

static int used(arena *a, int n, char **args)
{
    po_set s;
    if (n < 2 || !po_set_read(a, args, 1, &s))
        return n < 2 ? usage_error() : 1;
    return usage_check(a, s.english, args + 1, (size_t)n - 1) ? 0 : 1;
}

static int sync_all(arena *a, int n, char **args)
{
    bool is_trivial = n == 2 && strcmp(args[0], "--trivial") == 0;
    if (n != 1 + is_trivial)
        return usage_error();
    return sync_folder(a, args[n - 1], is_trivial) ? 0 : 1;
}

static int lacking(arena *a, int n, char **args)
{
    po_set s;
    if (!read_all(a, args + 1, n - 1, &s))
        return 1;
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        if (str_eq(plural_language(i), str_of(args[0]))) {
            fill_print_lacking(a, &s, i);
            return 0;
        }
    }
    return usage_error();
}

static int fill(arena *a, int n, char **args)
{
    return n != 2 ? usage_error() : fill_from_list(a, args[0], args[1]) ? 0 : 1;
}

int main(int n, char **args)
{
    static const struct {
        const char *name;
        int (*run)(arena *a, int n, char **args);
    } modes[] = {{"--emit", emit},    {"--coverage", coverage}, {"--complete", complete},
                 {"--used", used},    {"--lacking", lacking},   {"--fill", fill},
                 {"--sync", sync_all}};
    for (size_t i = 0; n > 2 && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(args[1], modes[i].name) == 0) {
            arena *a = arena_open(ARENA_BYTES);
            int status = modes[i].run(a, n - 2, args + 2);
            arena_close(a);
            return status;
        }
    }
    return usage_error();
}
