/* SPDX-License-Identifier: EUPL-1.2 */
/* Events to stderr, one write a line, so that lines of several threads and processes never mix. */

#include "base/log.h"

#include "base/clock.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 2048, VALUE_BYTES = 300, CONTEXT_BYTES = 40 };

static _Atomic log_level lowest = LOG_INFO;
static _Thread_local char context[CONTEXT_BYTES];

typedef struct line {
    char at[LINE_BYTES];
    size_t n;
} line;

static void put(line *l, const char *text, size_t n)
{
    size_t room = LINE_BYTES - 2 - l->n;
    if (n > room)
        n = room;
    memcpy(l->at + l->n, text, n);
    l->n += n;
}

static void put_text(line *l, const char *terminated)
{
    put(l, terminated, strlen(terminated));
}

static void put_value(line *l, str value)
{
    bool is_plain = value.n > 0;
    for (size_t i = 0; i < value.n && is_plain; i++)
        is_plain = value.at[i] > ' ' && value.at[i] < 127 && value.at[i] != '"' &&
                   value.at[i] != '\\' && value.at[i] != '=';
    if (is_plain) {
        put(l, value.at, value.n < VALUE_BYTES ? value.n : VALUE_BYTES);
        return;
    }
    put_text(l, "\"");
    for (size_t i = 0; i < value.n && i < VALUE_BYTES; i++) {
        unsigned char c = (unsigned char)value.at[i];
        char shown[8];
        if (c < ' ' || c == 127 || c == '"' || c == '\\') {
            int n = snprintf(shown, sizeof shown, "\\x%02x", c);
            put(l, shown, (size_t)n);
        } else {
            put(l, (const char *)&value.at[i], 1);
        }
    }
    put_text(l, "\"");
}

void log_set_level(log_level level)
{
    lowest = level;
}

void log_set_context(str id)
{
    size_t n = id.n < CONTEXT_BYTES - 1 ? id.n : CONTEXT_BYTES - 1;
    if (n)
        memcpy(context, id.at, n);
    context[n] = '\0';
}

/* No event may fill the disk: of each, so many lines a second, and then how many were left out. */
enum { SLOTS = 64, LINES_A_SECOND = 50 };

typedef struct slot {
    int64_t second;
    int lines;
    int64_t left_out;
} slot;

static slot slots[SLOTS];
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;

/* Whether the line may be written; *out_left_out lines of the event were not since the last one. */
static bool may_write(const char *event, int64_t now_ms, int64_t *out_left_out)
{
    unsigned hash = 5381;
    for (const char *c = event; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    pthread_mutex_lock(&slots_lock);
    slot *s = &slots[hash % SLOTS];
    if (s->second != now_ms / 1000) {
        s->second = now_ms / 1000;
        s->lines = 0;
    }
    bool may = s->lines < LINES_A_SECOND;
    s->lines += may;
    *out_left_out = may ? s->left_out : 0;
    s->left_out = may ? 0 : s->left_out + 1;
    pthread_mutex_unlock(&slots_lock);
    return may;
}

void log_write(log_level level, const char *event, const log_field *fields, size_t n)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    int64_t now_ms = clock_now_ms(), left_out;
    if (level < lowest || !may_write(event, now_ms, &left_out))
        return;
    line l = {.n = 0};
    char stamp[32];
    clock_iso8601(now_ms, stamp);
    put_text(&l, stamp);
    if (context[0]) {
        put_text(&l, " id=");
        put_value(&l, str_of(context));
    }
    put_text(&l, " level=");
    put_text(&l, names[level]);
    put_text(&l, " event=");
    put_text(&l, event);
    for (size_t i = 0; i < n; i++) {
        put_text(&l, " ");
        put_text(&l, fields[i].key);
        put_text(&l, "=");
        if (fields[i].is_number) {
            char number[24];
            snprintf(number, sizeof number, "%" PRId64, fields[i].number);
            put_text(&l, number);
        } else {
            put_value(&l, fields[i].text);
        }
    }
    if (left_out) {
        char number[40];
        snprintf(number, sizeof number, " left_out=%" PRId64, left_out);
        put_text(&l, number);
    }
    l.at[l.n++] = '\n';
    ssize_t written = write(STDERR_FILENO, l.at, l.n);
    (void)written; /* nowhere left to report to */
}
