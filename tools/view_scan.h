/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The source of a view, and the directives in braces. */

#include "base/base.h"
#include "source.h"

typedef struct scan {
    const source *src;
    size_t at;
    size_t line;
} scan;

typedef enum directive_kind {
    DIRECTIVE_VALUE,
    DIRECTIVE_MESSAGE,
    DIRECTIVE_IF,
    DIRECTIVE_ELIF,
    DIRECTIVE_ELSE,
    DIRECTIVE_FOR,
    DIRECTIVE_WRAP,
    DIRECTIVE_END,
    DIRECTIVE_PART,
    DIRECTIVE_SLOT,
    DIRECTIVE_ATTR,
    DIRECTIVE_COMMENT,
    DIRECTIVE_VIEW,
    DIRECTIVE_INCLUDE
} directive_kind;

enum { MESSAGE_VALUES_MOST = 16, VIEW_PARAMETERS_MOST = 16 };

typedef struct message_value {
    str name;
    str expression;
} message_value;

typedef struct directive {
    directive_kind kind;
    size_t line;
    str name;       /* view, part, wrap, message key, attribute, item of a loop, header */
    str index;      /* counter of a loop, or empty */
    str expression; /* value, condition, slice; arguments of part and wrap; parameters of view */
    message_value values[MESSAGE_VALUES_MOST];
    size_t value_count;
} directive;

char scan_peek(const scan *c, size_t ahead); /* 0 behind the end */
str scan_rest(const scan *c);
void scan_skip(scan *c, size_t n);
_Noreturn void scan_refuse(const scan *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Reads "{…}" at the cursor; refuses what is not in the grammar. */
void scan_directive(scan *c, directive *out_directive);
