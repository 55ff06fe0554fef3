/* SPDX-License-Identifier: EUPL-1.2 */
/* Events to stderr, one write a line, so that lines of several threads and processes never mix. */

#include "base/log.h"

#include "base/clock.h"

#include <inttypes.h>
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

void log_write(log_level level, const char *event, const log_field *fields, size_t n)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < lowest)
        return;
    line l = {.n = 0};
    char stamp[32];
    clock_iso8601(clock_now_ms(), stamp);
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
    l.at[l.n++] = '\n';
    ssize_t written = write(STDERR_FILENO, l.at, l.n);
    (void)written; /* nowhere left to report to */
}
