/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* One line an event on stderr: `level=warn event=db.busy key=value …`, UTC time first. Values are
 * sanitised (quoted, control bytes shown as \xNN, cut at 300 bytes). Fields are made by the three
 * constructors below, which do not take personal types. Safe from any thread. */

#include "base/str.h"

#include <stdint.h>

typedef enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;

typedef struct log_field {
    const char *key;
    str text;
    int64_t number;
    bool is_number;
} log_field;

static inline log_field log_str(const char *key, str text)
{
    return (log_field){key, text, 0, false};
}

static inline log_field log_int(const char *key, int64_t number)
{
    return (log_field){key, {"", 0}, number, true};
}

#define LOG(level, event, ...)                                                                     \
    log_write((level), (event), (const log_field[]){__VA_ARGS__},                                  \
              sizeof((const log_field[]){__VA_ARGS__}) / sizeof(log_field))

/* As LOG, for an event without fields. */
#define LOG_EVENT(level, event) log_write((level), (event), NULL, 0)

void log_write(log_level level, const char *event, const log_field *fields, size_t n);

/* Lines below this level are dropped; the start value is LOG_INFO. */
void log_set_level(log_level level);

/* The request or job this thread works on; its id stands first on each line. "" ends it. */
void log_set_context(str id);
