/* SPDX-License-Identifier: EUPL-1.2 */
/* Problems, changes, and the same for programs. */

#include "cli/content_report.h"

#include "core/content_field.h"

#include <stdio.h>
#include <unistd.h>

enum { SHOWN_MOST = 40, CHANGES_MOST = 60 };

const char *paint_of(FILE *file, paint p)
{
    static const char *const codes[] = {
        [PAINT_OFF] = "\033[0m",  [PAINT_BOLD] = "\033[1m",    [PAINT_DIM] = "\033[2m",
        [PAINT_RED] = "\033[31m", [PAINT_YELLOW] = "\033[33m", [PAINT_GREEN] = "\033[32m",
    };
    const char *term = getenv("TERM"), *off = getenv("NO_COLOR");
    bool is_plain = (off && *off) || !term || strcmp(term, "dumb") == 0 || !isatty(fileno(file));
    return is_plain ? "" : codes[p];
}

static void say_problem(const content_problem *p)
{
    fprintf(stderr, "%s%.*s", paint_of(stderr, PAINT_BOLD), STR_FMT(p->file));
    if (p->line)
        fprintf(stderr, ":%zu", p->line);
    fprintf(stderr, ":%s %s%s:%s %.*s\n", paint_of(stderr, PAINT_OFF),
            paint_of(stderr, p->is_warning ? PAINT_YELLOW : PAINT_RED),
            p->is_warning ? "warning" : "error", paint_of(stderr, PAINT_OFF), STR_FMT(p->message));
}

void content_say_problems(const content_report *report)
{
    size_t shown[2] = {0, 0};
    for (size_t i = 0; i < report->problems.n; i++) {
        const content_problem *p = &report->problems.at[i];
        if (shown[p->is_warning]++ < SHOWN_MOST)
            say_problem(p);
    }
    size_t all = report->errors + report->warnings, told = 0;
    for (size_t i = 0; i < 2; i++)
        told += shown[i] < SHOWN_MOST ? shown[i] : SHOWN_MOST;
    if (told < all)
        fprintf(stderr, "… and %zu more; --json lists up to %d\n", all - told,
                CONTENT_PROBLEMS_MOST);
}

static str counted(arena *a, size_t n, const char *one, const char *many)
{
    return arena_printf(a, "%zu %s", n, n == 1 ? one : many);
}

str content_count_problems(arena *a, const content_report *report)
{
    return arena_printf(a, "%.*s, %.*s", STR_FMT(counted(a, report->errors, "error", "errors")),
                        STR_FMT(counted(a, report->warnings, "warning", "warnings")));
}

/* --- changes --- */

static void put_languages(buf *b, const char *mark, str_list languages)
{
    if (languages.n == CONTENT_LANGUAGES) {
        buf_printf(b, " %sall languages", mark);
        return;
    }
    for (size_t i = 0; i < languages.n; i++)
        buf_printf(b, " %s%.*s", mark, STR_FMT(languages.at[i]));
}

static void print_change(arena *a, const content_change *change)
{
    static const char *const words[] = {"added", "changed", "removed"};
    static const paint paints[] = {PAINT_GREEN, PAINT_YELLOW, PAINT_RED};
    buf b = buf_in(a);
    if (change->has_facts && change->sort == CONTENT_CHANGED)
        buf_put(&b, S(" facts"));
    if (change->has_files)
        buf_put(&b, S(" files"));
    put_languages(&b, "+", change->added);
    put_languages(&b, change->sort == CONTENT_CHANGED ? "~" : "", change->changed);
    put_languages(&b, "-", change->removed);
    str name = arena_printf(a, "%.*s/%.*s", STR_FMT(change->kind), STR_FMT(change->slug));
    printf("%s%-8s%s %-36.*s%.*s\n", paint_of(stdout, paints[change->sort]), words[change->sort],
           paint_of(stdout, PAINT_OFF), STR_FMT(name), STR_FMT(buf_str(&b)));
}

static void add_languages(size_t sums[CONTENT_LANGUAGES], str_list languages)
{
    for (size_t i = 0; i < languages.n; i++)
        for (size_t l = 0; l < CONTENT_LANGUAGES; l++)
            sums[l] += str_eq(languages.at[i], str_of(content_languages[l]));
}

static void print_sums(arena *a, const char *what, const size_t sums[CONTENT_LANGUAGES])
{
    buf b = buf_in(a);
    size_t all = 0;
    bool are_equal = true;
    for (size_t l = 0; l < CONTENT_LANGUAGES; l++) {
        all += sums[l];
        are_equal = are_equal && sums[l] == sums[0];
        if (sums[l])
            buf_printf(&b, " %s %zu", content_languages[l], sums[l]);
    }
    if (all && are_equal)
        printf("  texts %s: %zu, %zu in each language\n", what, all, sums[0]);
    else if (all)
        printf("  texts %s: %zu:%.*s\n", what, all, STR_FMT(buf_str(&b)));
}

void content_print_changes(arena *a, content_changes changes)
{
    size_t items[3] = {0}, added[CONTENT_LANGUAGES] = {0}, changed[CONTENT_LANGUAGES] = {0},
           removed[CONTENT_LANGUAGES] = {0};
    for (size_t i = 0; i < changes.n; i++) {
        const content_change *change = &changes.at[i];
        if (i < CHANGES_MOST)
            print_change(a, change);
        items[change->sort]++;
        add_languages(added, change->added);
        add_languages(changed, change->changed);
        add_languages(removed, change->removed);
    }
    if (changes.n > CHANGES_MOST)
        printf("… and %zu more\n", changes.n - CHANGES_MOST);
    if (changes.n == 0) {
        printf("nothing changes\n");
        return;
    }
    printf("%.*s added, %zu changed, %zu removed\n",
           STR_FMT(counted(a, items[CONTENT_ADDED], "item", "items")), items[CONTENT_CHANGED],
           items[CONTENT_REMOVED]);
    print_sums(a, "added", added);
    print_sums(a, "changed", changed);
    print_sums(a, "removed", removed);
}

/* --- for programs --- */

static void put_pair(buf *b, const char *key, str value)
{
    buf_put_json(b, str_of(key));
    buf_put_char(b, ':');
    buf_put_json(b, value);
}

static void put_list(buf *b, const char *key, str_list values)
{
    buf_printf(b, ",\"%s\":[", key);
    for (size_t i = 0; i < values.n; i++) {
        if (i)
            buf_put_char(b, ',');
        buf_put_json(b, values.at[i]);
    }
    buf_put_char(b, ']');
}

static void put_problems(buf *b, const content_report *report)
{
    buf_put(b, S(",\"problems\":["));
    for (size_t i = 0; i < report->problems.n; i++) {
        const content_problem *p = &report->problems.at[i];
        buf_put(b, i ? S(",\n{") : S("\n{"));
        put_pair(b, "file", p->file);
        buf_printf(b, ",\"line\":%zu,\"severity\":\"%s\",", p->line,
                   p->is_warning ? "warning" : "error");
        put_pair(b, "message", p->message);
        buf_put_char(b, '}');
    }
    buf_put_char(b, ']');
}

static void put_states(buf *b, content_list items)
{
    size_t totals[CONTENT_LANGUAGES][CONTENT_STATES] = {{0}};
    buf_put(b, S(",\"languages\":["));
    for (size_t i = 0; i < items.n; i++) {
        buf_put(b, i ? S(",\n{") : S("\n{"));
        put_pair(b, "kind", items.at[i].kind);
        buf_put_char(b, ',');
        put_pair(b, "item", items.at[i].slug);
        for (size_t l = 0; l < CONTENT_LANGUAGES; l++) {
            content_state state = content_state_in(&items.at[i], str_of(content_languages[l]));
            totals[l][state]++;
            buf_put_char(b, ',');
            put_pair(b, content_languages[l], content_state_name(state));
        }
        buf_put_char(b, '}');
    }
    buf_put(b, S("],\"totals\":{"));
    for (size_t l = 0; l < CONTENT_LANGUAGES; l++) {
        buf_printf(b, "%s\"%s\":{", l ? "," : "", content_languages[l]);
        for (size_t s = 0; s < CONTENT_STATES; s++)
            buf_printf(b, "%s\"%.*s\":%zu", s ? "," : "",
                       STR_FMT(content_state_name((content_state)s)), totals[l][s]);
        buf_put_char(b, '}');
    }
    buf_put_char(b, '}');
}

static void put_changes(buf *b, content_changes changes)
{
    static const char *const words[] = {"added", "changed", "removed"};
    buf_put(b, S(",\"changes\":["));
    for (size_t i = 0; i < changes.n; i++) {
        const content_change *change = &changes.at[i];
        buf_put(b, i ? S(",\n{") : S("\n{"));
        put_pair(b, "kind", change->kind);
        buf_put_char(b, ',');
        put_pair(b, "item", change->slug);
        buf_printf(b, ",\"change\":\"%s\",\"facts\":%s,\"files\":%s", words[change->sort],
                   change->has_facts ? "true" : "false", change->has_files ? "true" : "false");
        put_list(b, "added", change->added);
        put_list(b, "changed", change->changed);
        put_list(b, "removed", change->removed);
        buf_put_char(b, '}');
    }
    buf_put_char(b, ']');
}

void content_print_json(arena *a, const content_report *report, content_list items,
                        content_changes changes)
{
    buf b = buf_in(a);
    buf_printf(&b, "{\"items\":%zu,\"texts\":%zu,\"errors\":%zu,\"warnings\":%zu,\"opened\":%zu",
               report->items, report->texts, report->errors, report->warnings,
               report->declarations_opened);
    put_problems(&b, report);
    put_states(&b, items);
    put_changes(&b, changes);
    buf_put(&b, S("}\n"));
    fwrite(b.at, 1, b.n, stdout);
}
